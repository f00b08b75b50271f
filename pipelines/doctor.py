"""`casesift doctor`: is everything there that a run needs? Each check is one finding, with what to do."""

from __future__ import annotations

import importlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from extract.errors import CasesiftError

Level = Literal["ok", "warn", "fail"]

#: modules of the knowledge bases; each may tell version and size with `describe()`
_KNOWLEDGE = ("extract.language.drugs", "extract.language.icd", "extract.language.codes")

_SAMPLE = "A 44-year-old woman with gout was given colchicine 0.5 mg orally twice daily for 10 days.\n"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: `fail` means that runs will not work, `warn` that something optional is missing."""

    level: Level
    what: str
    told: str
    mend: str = ""


def check() -> list[Finding]:
    """All checks, in order; none of them raises."""
    findings: list[Finding] = []
    for one in (_python, _packages, _pipeline, _model, _knowledge, _cache, _ocr):
        try:
            findings += one()
        except CasesiftError as error:
            findings.append(Finding("fail", _name(one), error.what, error.mend))
        except Exception as error:
            findings.append(Finding("fail", _name(one), f"{type(error).__name__}: {error}", "reinstall casesift"))
    return findings


def _name(one: Callable[[], Iterator[Finding]]) -> str:
    return one.__name__.strip("_")


def _python() -> Iterator[Finding]:
    told = sys.version.split()[0]
    if (3, 11) <= sys.version_info[:2] <= (3, 12):
        yield Finding("ok", "python", told)
    else:
        yield Finding("warn", "python", told, "casesift is made for Python 3.11 and 3.12 (as scispaCy is)")


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    yield Finding("ok", "casesift", version("casesift"))
    for text in requires("casesift") or []:
        need = Requirement(text)
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            have = version(need.name)
        except PackageNotFoundError:
            yield Finding("fail", need.name, "not installed", "pip install casesift")
            continue
        if need.specifier.contains(have, prereleases=True):
            yield Finding("ok", need.name, have)
        else:
            yield Finding("warn", need.name, f"{have}, made for {need.specifier}", "pip install casesift again")


def _pipeline() -> Iterator[Finding]:
    from extract import Extractor

    extractor = Extractor()
    with tempfile.TemporaryDirectory(prefix="casesift-doctor-") as folder:
        sample = Path(folder) / "sample.txt"
        sample.write_text(_SAMPLE, encoding="utf-8")
        report = extractor(sample)
    yield Finding("ok", "pipeline", f"loads, fingerprint {extractor.fingerprint}")
    drugs = ", ".join(t.drug or t.text for t in report.treatments)
    if "colchicine" in drugs:
        yield Finding("ok", "sample sentence", f"read: {drugs}")
    else:
        yield Finding(
            "fail", "sample sentence", "its drug was not found", "reinstall casesift: model or vocabularies are damaged"
        )


def _model() -> Iterator[Finding]:
    from extract.language import model
    from extract.language.model.tagger import META

    folder = Path(model.__file__).with_name(model.DEFAULT_PATH)
    if not (folder / META).is_file():
        mend = "reinstall casesift; until then rules and vocabularies alone find mentions"
        yield Finding("fail", "mention model", "its weights are not there", mend)
        return
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    yield Finding("ok", "mention model", f"{folder.name}, {size / 1e6:.1f} MB")


def _knowledge() -> Iterator[Finding]:
    for name in _KNOWLEDGE:
        module = importlib.import_module(name)
        if describe := getattr(module, "describe", None):
            told = describe()
            if isinstance(told, dict):
                told = ", ".join(f"{key} {value}" for key, value in told.items() if key != "digest")
            yield Finding("ok", name.rpartition(".")[2], str(told))


def _cache() -> Iterator[Finding]:
    from extract.language.cache_dir import root

    folder = root()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            yield Finding("ok", "cache", str(folder))
    except OSError as error:
        mend = "set CASESIFT_CACHE to a folder that can be written; until then each start takes longer"
        yield Finding("warn", "cache", f"{folder} cannot be written ({error.strerror})", mend)


def _ocr() -> Iterator[Finding]:
    from extract.reading.ocr import available

    if missing := available():
        yield Finding("warn", "ocr", "not at hand", f"only scanned pages need it; to have them read: {missing}")
    else:
        yield Finding("ok", "ocr", f"tesseract at {shutil.which('tesseract')}")
