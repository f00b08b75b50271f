"""Builds the language pipeline from its configuration and runs it: `SourceText` in, spaCy `Doc` out.

`pipeline.cfg` beside this file is the whole of it, readable, every stage with its settings. `load` makes a
spaCy `Language` of it, `analyse` and `pipe` hand it the text of a document with the document's layout
(`doc._.source`), and `fingerprint` names the exact code, settings and vocabularies, so that a later run knows
which documents were read by the same pipeline.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import spacy
from confection import ConfigValidationError
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_model_from_config

from extract.errors import Code, LanguageError
from extract.language import spans
from extract.reading.source import SourceText

CONFIG = Path(__file__).with_name("pipeline.cfg")

#: longest text a pipeline takes, in characters: a book of 1,500 pages
MAX_LENGTH = 5_000_000

#: installed packages whose version can change what is found
_PACKAGES = ("casesift", "spacy", "scispacy", "drug-named-entity-recognition", "simple-icd-10-cm")


def read_config(config: Path | str | None = None, **overrides: Any) -> spacy.util.Config:
    """The configuration: ours, with the sections of the file `config` laid over it, then single settings.

    Args:
        config: a file in the form of `pipeline.cfg`; it needs to hold only what it changes.
        overrides: single settings by their dotted name, e.g. `**{"components.casesift_sentences.method": "pysbd"}`.

    Raises:
        LanguageError: the file is absent or not a configuration, or a setting names a section that is not there.
    """
    merged = spacy.util.Config().from_disk(CONFIG, interpolate=False)
    if config is not None:
        path = Path(config)
        if not path.is_file():
            raise LanguageError(Code.BAD_CONFIG, "there is no such configuration file", file=path)
        try:
            text = path.read_text(encoding="utf-8")
            if "[components]" not in text:  # confection wants every parent section named
                text = f"[components]\n\n{text}"
            merged = merged.merge(spacy.util.Config().from_str(text, interpolate=False))
        except (ConfigValidationError, ValueError, UnicodeDecodeError) as error:
            raise LanguageError(
                Code.BAD_CONFIG, f"it cannot be read as a spaCy configuration ({_first_line(error)})", file=path,
                mend="write sections as [components.NAME] and values as JSON, as pipeline.cfg of the package does",
            ) from error  # fmt: skip
    for name, value in overrides.items():
        _set(merged, name, value)
    return merged


def load(config: Path | str | None = None, **overrides: Any) -> Language:
    """The language pipeline, ready for `analyse`. Arguments as for `read_config`.

    Raises:
        LanguageError: the configuration names an unknown stage or setting, or a value of the wrong kind.
    """
    merged = read_config(config, **overrides)
    collecting = gc.isenabled()
    gc.disable()  # a million small objects are made and kept: looking for garbage among them doubles the time
    try:
        nlp = load_model_from_config(merged.interpolate(), auto_fill=True)
    except (ConfigValidationError, ValueError, KeyError) as error:
        raise LanguageError(
            Code.BAD_CONFIG, f"the language pipeline cannot be built: {_first_line(error)}", file=config,
            mend=f"stages are {', '.join(stages())}; their settings are listed in pipeline.cfg",
        ) from error  # fmt: skip
    finally:
        if collecting:
            gc.enable()
    nlp.max_length = MAX_LENGTH
    return nlp


def analyse(nlp: Language, source: SourceText | str) -> Doc:
    """Read one document: the `Doc` with its mentions in `doc.spans["mentions"]` and `doc._.source` set."""
    return nlp(_doc(nlp, source))


def pipe(nlp: Language, sources: Iterable[SourceText | str], *, batch_size: int | None = None) -> Iterator[Doc]:
    """Read many documents, in batches; the `Doc`s come in the order of the sources."""
    yield from nlp.pipe((_doc(nlp, source) for source in sources), batch_size=batch_size)


def fingerprint(settings: Language | spacy.util.Config) -> str:
    """Twelve hexadecimal digits that change when the code, the settings, a vocabulary, the model or a library does.

    Args:
        settings: a pipeline, or what `read_config` gives: then nothing needs to be loaded for it. The two differ.
    """
    config = settings.config if isinstance(settings, Language) else settings
    digest = hashlib.sha256(_code_digest())
    digest.update(json.dumps(config.interpolate(), sort_keys=True, default=str).encode())
    return digest.hexdigest()[:12]


def stages() -> list[str]:
    """The names of our pipeline stages, as far as they are installed."""
    return sorted(name for name in spacy.registry.factories.get_all() if name.startswith("casesift_"))


def _doc(nlp: Language, source: SourceText | str) -> Doc:
    spans.register()
    text = source if isinstance(source, str) else source.text
    doc = nlp.make_doc(text)
    doc._.source = None if isinstance(source, str) else source
    return doc


def _set(config: dict[str, Any], name: str, value: Any) -> None:
    *sections, key = name.split(".")
    at: Any = config
    for section in sections:
        if not isinstance(at, dict) or section not in at:
            raise LanguageError(
                Code.BAD_CONFIG, f"there is no setting {name!r}", mend="their names stand in pipeline.cfg"
            )
        at = at[section]
    at[key] = value


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = ": ".join(lines[:4]).split(": {'nlp': ")[0]  # confection adds the whole block, objects and all
    return message or type(error).__name__


@cache
def _code_digest() -> bytes:
    """Digest of all files of the package but compiled ones, and of the versions of the libraries that matter."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for package in _PACKAGES:
        try:
            digest.update(f"{package}=={version(package)}".encode())
        except PackageNotFoundError:
            digest.update(f"{package} is not installed".encode())
    return digest.digest()
