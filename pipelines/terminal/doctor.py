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
from typing import TYPE_CHECKING, Literal

from extract.errors import CasesiftError, to_install

if TYPE_CHECKING:
    from packaging.requirements import Requirement

Level = Literal["ok", "none", "warn", "fail"]

#: what each extra is for; the rest are for those who work on casesift itself, and `_ocr` looks at its own
_EXTRAS = {
    "review": "`casesift review`",
    "report": "`casesift report`",
    "bioc": "`casesift export --to bioc`",
    "phenopackets": "`casesift export --to phenopackets`",
    "fhir": "`casesift export --to fhir`",
    "dask": "`casesift run --engine dask`",
    "remote": "addresses such as s3://bucket/papers",
    "train": "`casesift train`",
}

#: modules of the knowledge bases; each may tell version and size with `describe()`
_KNOWLEDGE = ("extract.language.terms.drugs", "extract.language.codes.icd", "extract.language.codes.linkers")

_SAMPLE = "A 44-year-old woman with gout was given colchicine 0.5 mg orally twice daily for 10 days.\n"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: `fail` means that runs will not work, `warn` that something is amiss.

    `none` is an extra that is not installed, which is no fault.
    """

    level: Level
    what: str
    message: str
    mend: str = ""


def check() -> list[Finding]:
    """All checks, in order; none of them raises."""
    findings: list[Finding] = []
    for part in (_python, _packages, _extras, _pipeline, _model, _knowledge, _cache, _ocr):
        try:
            findings += part()
        except CasesiftError as error:
            findings.append(Finding("fail", _name(part), error.what, error.mend))
        except Exception as error:
            findings.append(Finding("fail", _name(part), f"{type(error).__name__}: {error}", "reinstall casesift"))
    return findings


def _name(part: Callable[[], Iterator[Finding]]) -> str:
    return part.__name__.strip("_")


def _python() -> Iterator[Finding]:
    release = sys.version.split()[0]
    if (3, 11) <= sys.version_info[:2] <= (3, 12):
        yield Finding("ok", "python", release)
    else:
        yield Finding("warn", "python", release, "casesift is made for Python 3.11 and 3.12 (as scispaCy is)")


def _packages() -> Iterator[Finding]:
    yield Finding("ok", "casesift", version("casesift"))
    for need in _needs(""):
        level, message = _have(need)
        mend = {"fail": "pip install casesift", "warn": "pip install casesift again"}.get(level, "")
        yield Finding(level, need.name, message, mend)


def _extras() -> Iterator[Finding]:
    for extra, use in _EXTRAS.items():
        have = {need.name: _have(need) for need in _needs(extra)}
        levels = {level for level, _ in have.values()}
        install = to_install(f"casesift[{extra}]")
        if "fail" in levels:
            lacking = ", ".join(name for name, (level, _) in have.items() if level == "fail")
            yield Finding("none", f"extra {extra}", f"not installed ({lacking})", f"only {use} needs it: {install}")
            continue
        versions = ", ".join(f"{name} {message}" for name, (_, message) in have.items())
        if "warn" in levels:
            yield Finding("warn", f"extra {extra}", versions, f"{install} again")
        else:
            yield Finding("ok", f"extra {extra}", versions)


def _needs(extra: str) -> Iterator[Requirement]:
    """What casesift requires: itself, or an extra on top of that."""
    from packaging.requirements import Requirement

    for text in requires("casesift") or []:
        need = Requirement(text)
        always = need.marker is None or need.marker.evaluate({"extra": ""})
        if always if not extra else not always and need.marker and need.marker.evaluate({"extra": extra}):
            yield need


def _have(need: Requirement) -> tuple[Level, str]:
    """Whether a package is there, and its version."""
    try:
        have = version(need.name)
    except PackageNotFoundError:
        return "fail", "not installed"
    return (
        ("ok", have)
        if need.specifier.contains(have, prereleases=True)
        else ("warn", f"{have}, made for {need.specifier}")
    )


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
            facts = describe()
            if isinstance(facts, dict):
                facts = ", ".join(f"{key} {value}" for key, value in facts.items() if key != "digest")
            yield Finding("ok", name.rpartition(".")[2], str(facts))


def _cache() -> Iterator[Finding]:
    from extract.cache_dir import root

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
        yield Finding("none", "extra ocr", "not at hand", f"only scanned pages need it; to have them read: {missing}")
    else:
        yield Finding("ok", "extra ocr", f"tesseract at {shutil.which('tesseract')}")
