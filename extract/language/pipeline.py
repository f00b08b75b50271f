"""Builds the language pipeline from its configuration and runs it: `SourceText` in, spaCy `Doc` out.

`extract/pipeline.cfg` holds the whole of it, readable, every stage with its settings. `load` makes a
spaCy `Language` of it, `analyse` and `pipe` hand it the text of a document with the document's layout
(`doc._.source`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from confection import Config, ConfigValidationError
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_model_from_config

from extract.document import SourceText
from extract.errors import Code, LanguageError
from extract.language import spans
from extract.settings import Settings, defaults, read_settings

#: longest text a pipeline takes, in characters: a book of 1,500 pages
MAX_LENGTH = 5_000_000


def load(settings: Settings | Path | str | None = None, **overrides: Any) -> Language:
    """The language pipeline, ready for `analyse`.

    Args:
        settings: what `read_settings` gave, or its first argument.
        overrides: as for `read_settings`, where it is not yet called.

    Raises:
        LanguageError: the configuration names an unknown stage or setting, or a value of the wrong kind.
    """
    if not isinstance(settings, Settings):
        settings = read_settings(settings, **overrides)
    collecting = gc.isenabled()
    gc.disable()  # a million small objects are made and kept: looking for garbage among them doubles the time
    try:
        nlp = load_model_from_config(_config(settings), auto_fill=True)
    except (ConfigValidationError, ValueError, KeyError) as error:
        raise LanguageError(
            Code.BAD_CONFIG, f"the language pipeline cannot be built: {_first_line(error)}", file=settings.file or None,
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


def stages() -> list[str]:
    """The names of our pipeline stages, as far as they are installed."""
    return sorted(name for name in spacy.registry.factories.get_all() if name.startswith("casesift_"))


def _config(settings: Settings) -> Config:
    """What spaCy makes the pipeline of: the sections of the settings, and the user's vocabularies in the stages that take them."""
    config = Config(settings.language).interpolate()
    if settings.vocabulary:
        for stage in config["components"].values():
            if "vocabulary" in defaults(stage.get("factory", "")):
                stage["vocabulary"] = settings.own_words
    return config


def _first_line(error: Exception) -> str:
    """What is wrong with a configuration, on one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = ": ".join(lines[:4]).split(": {'nlp': ")[0]  # confection adds the whole block, objects and all
    return message or type(error).__name__


def _doc(nlp: Language, source: SourceText | str) -> Doc:
    spans.register()
    text = source if isinstance(source, str) else source.text
    doc = nlp.make_doc(text)
    doc._.source = None if isinstance(source, str) else source
    return doc
