"""All settings of casesift: `pipeline.cfg` of the package, with what a person's own file changes laid over it. Read once.

Ground floor: in comes a configuration file, or none; out goes a `Settings`, frozen and picklable, which the extractor and every
process that reads for it share, so that all rows of a run carry the fingerprint of the settings they were made with. The
defaults stand in `pipeline.cfg` and nowhere else; what cannot be is refused as it is read (`configuration`). Nothing of spaCy
is imported: a run that has nothing to do stays quick.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from extract.configuration import STAGE, Sections, Source, lay_over, packaged_sections, read_sections


@dataclass(frozen=True)
class ReadingSettings:
    """How files become text; the meaning of each stands in `pipeline.cfg`."""

    pdf_engine: str
    max_pages: int
    max_characters: int
    ocr_resolution: int
    ocr_timeout: float


@dataclass(frozen=True)
class RecordsSettings:
    """How mentions become rows; the meaning of each stands in `pipeline.cfg`."""

    largest_series: int
    study_sentences: int
    evidence_length: int
    primary_weight: float
    pain_sentences: int
    pain_sentences_main: int
    outcome_sentences: int


@dataclass(frozen=True)
class VocabularyFile:
    """A vocabulary of the user's: which kind of [vocabulary] it is, where it stands, and what it holds."""

    kind: str
    path: str
    text: str


@dataclass(frozen=True)
class Settings:
    """One configuration.

    Attributes:
        file: the file it was changed by, "" for the packaged one.
        reading, records: the settings of these rooms.
        vocabulary: the user's vocabularies, read.
        pipeline: the sections of the language pipeline, [nlp] and [components.*], as JSON; see `language`.
    """

    file: str
    reading: ReadingSettings
    records: RecordsSettings
    vocabulary: tuple[VocabularyFile, ...]
    pipeline: str

    @property
    def language(self) -> dict[str, Any]:
        """The sections of the language pipeline, nested as spaCy has them; a new dictionary each time."""
        sections: dict[str, Any] = json.loads(self.pipeline)
        return sections

    @property
    def own_words(self) -> dict[str, dict[str, str]]:
        """The user's vocabularies as the stages take them, by kind."""
        return {file.kind: {"path": file.path, "text": file.text} for file in self.vocabulary}

    @cached_property
    def digest(self) -> str:
        """Hexadecimal digits that change whenever a setting or a word of a vocabulary does, wherever their files stand."""
        words = [(file.kind, file.text) for file in self.vocabulary]
        settings = json.dumps([asdict(self.reading), asdict(self.records), words, self.language], sort_keys=True)
        return hashlib.sha256(settings.encode()).hexdigest()

    def with_reading(self, **changed: Any) -> Settings:
        """These settings with some of [reading] changed."""
        return replace(self, reading=replace(self.reading, **changed))


@cache
def packaged() -> Settings:
    """The settings as they come with casesift."""
    return _settings(packaged_sections(), None, {})


def defaults(factory: str) -> dict[str, Any]:
    """The settings of a stage of ours, for whoever adds it to a pipeline of his own; none for other people's stages."""
    return {k: copy.deepcopy(v) for k, v in packaged_sections().get(STAGE + factory, {}).items() if k != "factory"}


def read_settings(path: Path | str | None = None, **overrides: Any) -> Settings:
    """The packaged settings, with those of the file `path` laid over them, then single ones.

    Args:
        path: a file in the form of `pipeline.cfg` that holds what it changes; None changes nothing.
        overrides: single settings by their dotted names, e.g. `**{"components.casesift_sentences.method": "pysbd"}`.

    Raises:
        LanguageError: (bad-config) the file is absent or no configuration, a section or setting is not known, or a value is
            of the wrong kind; with the line, and the nearest name there is.
    """
    if path is None and not overrides:
        return packaged()
    sections = copy.deepcopy(packaged_sections())
    lines: dict[tuple[str, str], int] = {}
    file = None if path is None else Path(path)
    if file is not None:
        given, lines = read_sections(file)
        lay_over(sections, given, Source(file, lines))
    for name, value in overrides.items():
        section, _, key = name.rpartition(".")
        lay_over(sections, {section: {key: value}}, Source(None, {}))
    return _settings(sections, file, lines)


def _settings(sections: Sections, file: Path | None, lines: Mapping[tuple[str, str], int]) -> Settings:
    language: dict[str, Any] = {}
    for section, values in sections.items():
        if section.partition(".")[0] in ("reading", "records", "vocabulary"):
            continue
        at = language
        for part in section.split("."):
            at = at.setdefault(part, {})
        at.update(values)
    return Settings(
        "" if file is None else str(file),
        ReadingSettings(**sections["reading"]),
        RecordsSettings(**sections["records"]),
        tuple(_vocabulary(sections["vocabulary"], Source(file, lines))),
        json.dumps(language, default=str),
    )


def _vocabulary(files: Mapping[str, str], at: Source) -> Iterable[VocabularyFile]:
    """The user's vocabularies; a path is relative to the configuration file that names it."""
    for kind, name in files.items():
        if not name:
            continue
        path = (at.file.parent if at.file is not None else Path()) / name
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            mend = "paths are relative to the configuration file"
            raise at.error("vocabulary", kind, f"{kind} = {json.dumps(name)}: there is no such file", mend) from None
        except (OSError, UnicodeDecodeError) as error:
            problem = getattr(error, "strerror", None) or str(error)
            what = f"{kind} = {json.dumps(name)}: it cannot be read ({problem})"
            raise at.error("vocabulary", kind, what, "a CSV in UTF-8 is needed") from error
        yield VocabularyFile(kind, str(path), text)
