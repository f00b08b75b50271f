"""All settings of casesift: `pipeline.cfg` of the package, with what a person's own file changes laid over it. Read once.

Ground floor: in comes a configuration file, or none; out goes a `Settings`, frozen and picklable, which the extractor and every
process that reads for it share, so that all rows of a run carry the fingerprint of the settings they were made with. The
defaults stand in `pipeline.cfg` and nowhere else. A section, a setting or a value that cannot be is refused with its line and
the nearest name there is. Nothing of spaCy is imported: a run that has nothing to do stays quick.
"""

from __future__ import annotations

import configparser
import copy
import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from extract.errors import Code, LanguageError

#: where every setting stands with its default
CONFIG = Path(__file__).with_name("pipeline.cfg")

#: sections of spaCy's own, and what [nlp] may hold beside what ours holds; the values are spaCy's to check
_OF_SPACY = frozenset({"paths", "variables", "system", "corpora", "training", "pretraining", "initialize"})
_OF_NLP = frozenset({
    "lang", "pipeline", "batch_size", "tokenizer", "disabled", "vectors", "before_creation", "after_creation",
    "after_pipeline_creation",
})  # fmt: skip
_STAGE = "components."
_HEADER = re.compile(r"\[([^\]]+)\]")
_KEY = re.compile(r"([^\s#;\[=:][^=:]*?)\s*[=:]")
_MEND = "all settings and what they mean: docs/configuration.md"

Sections = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class ReadingSettings:
    """How files become text; the meaning of each stands in `pipeline.cfg`."""

    pdf_engine: str
    max_pages: int
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
        told = json.dumps([asdict(self.reading), asdict(self.records), words, self.language], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def with_reading(self, **changed: Any) -> Settings:
        """These settings with some of [reading] changed."""
        return replace(self, reading=replace(self.reading, **changed))


@cache
def packaged() -> Settings:
    """The settings as they come with casesift."""
    return _settings(_packaged(), None, {})


def defaults(factory: str) -> dict[str, Any]:
    """The settings of a stage of ours, for whoever adds it to a pipeline of his own; none for other people's stages."""
    return {k: copy.deepcopy(v) for k, v in _packaged().get(_STAGE + factory, {}).items() if k != "factory"}


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
    sections = copy.deepcopy(_packaged())
    lines: dict[tuple[str, str], int] = {}
    file = None if path is None else Path(path)
    if file is not None:
        given, lines = _read(file)
        _lay_over(sections, given, _At(file, lines))
    for name, value in overrides.items():
        section, _, key = name.rpartition(".")
        _lay_over(sections, {section: {key: value}}, _At(None, {}))
    return _settings(sections, file, lines)


@cache
def _packaged() -> Sections:
    return _read(CONFIG)[0]


@dataclass(frozen=True)
class _At:
    """Where settings come from: a file with the lines of its sections and keys, or a call."""

    file: Path | None
    lines: Mapping[tuple[str, str], int]

    def error(self, section: str, key: str, what: str, mend: str = _MEND) -> LanguageError:
        line = self.lines.get((section, key))
        where = f"line {line}: " if line and self.file is not None else ""
        return LanguageError(Code.BAD_CONFIG, f"{where}{what}", file=self.file, mend=mend)


def _read(path: Path) -> tuple[Sections, dict[tuple[str, str], int]]:
    """The sections of a file, values read as JSON, and the line of each section (key "") and key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise LanguageError(Code.BAD_CONFIG, "there is no such configuration file", file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise LanguageError(
            Code.BAD_CONFIG, f"the configuration cannot be read ({told})", file=path, mend="it is a text file in UTF-8"
        ) from error
    lines = _lines(text)
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    parser.optionxform = lambda optionstr: optionstr  # type: ignore[method-assign]
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise LanguageError(
            Code.BAD_CONFIG, _told(error), file=path,
            mend="write sections as [components.NAME] and values as JSON, as pipeline.cfg of the package does",
        ) from error  # fmt: skip
    at = _At(path, lines)
    return {s: {k: _value(s, k, v, at) for k, v in parser.items(s)} for s in parser.sections()}, lines


def _lines(text: str) -> dict[tuple[str, str], int]:
    lines: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            section = header[1]
            lines[section, ""] = number
        elif key := _KEY.match(line):
            lines[section, key[1]] = number
    return lines


def _told(error: configparser.Error) -> str:
    """What is wrong with the form of a file, with the line."""
    if isinstance(error, configparser.MissingSectionHeaderError):
        return f"line {error.lineno}: {error.line.strip()!r} stands in no section"
    if isinstance(error, configparser.DuplicateSectionError):
        return f"line {error.lineno}: the section [{error.section}] stands twice"
    if isinstance(error, configparser.DuplicateOptionError):
        return f"line {error.lineno}: {error.option!r} stands twice in [{error.section}]"
    if isinstance(error, configparser.ParsingError) and error.errors:
        line, source = error.errors[0]
        return f"line {line}: {source.strip(chr(39))} is neither a [section] nor a setting with its value"
    return " ".join(str(error).split())


def _value(section: str, key: str, cell: str, at: _At) -> Any:
    if "${" in cell:  # a reference that spaCy fills in
        return cell
    try:
        return json.loads(cell)
    except ValueError:
        what = f"{key} = {' '.join(cell.split())!r} is no value"
        raise at.error(section, key, what, 'values are true, false, numbers, "texts" or ["lists", "of them"]') from None


def _lay_over(sections: Sections, given: Sections, at: _At) -> None:
    """Change `sections` by what is given, once it is seen that all of it can be."""
    for section, values in given.items():
        known = _known(section, values, sections, given, at)
        into = sections.setdefault(section, {})
        for key, value in values.items():
            if known is not None:
                _check(section, key, value, known, at)
                value = float(value) if isinstance(known[key], float) and isinstance(value, int) else value
            both = isinstance(value, dict) and isinstance(into.get(key), dict)
            into[key] = into[key] | value if both else value


def _known(section: str, values: dict[str, Any], sections: Sections, given: Sections, at: _At) -> dict[str, Any] | None:
    """The settings a section may hold with values of their kinds; None where they are not ours to know."""
    top = section.partition(".")[0]
    if section == "components" or top in _OF_SPACY:
        return None
    if section == "nlp":
        return dict.fromkeys(_OF_NLP) | _packaged()["nlp"]
    if top == "nlp" and section.split(".")[1] in _OF_NLP:
        return None
    if section in _packaged() and not section.startswith(_STAGE):
        return _packaged()[section]
    if section.startswith(_STAGE):
        stage, *inner = section.removeprefix(_STAGE).split(".")
        here = given.get(_STAGE + stage, {}) | (values if not inner else {})
        factory = here.get("factory", sections.get(_STAGE + stage, {}).get("factory"))
        if ours := _packaged().get(_STAGE + str(factory)):
            known = ours.get(inner[0]) if len(inner) == 1 else None
            if not inner or isinstance(known, dict):
                return known if inner else ours
        elif factory or "source" in here:
            return None  # a stage of somebody else's
    near = _nearest(section, sections)
    raise at.error(section, "", f"there is no section [{section}]{near and f'; did you mean [{near}]?'}")


def _check(section: str, key: str, value: Any, known: Mapping[str, Any], at: _At) -> None:
    if key not in known:
        near = _nearest(key, known)
        what = f"there is no setting {key!r} in [{section}]{near and f'; did you mean {near!r}?'}"
        raise at.error(section, key, what)
    kind = known[key]
    if kind is None or (isinstance(value, str) and "${" in value):
        return
    if not _is_like(value, kind):
        raise at.error(section, key, f"{key} = {json.dumps(value, default=str)} in [{section}] is not {_kind(kind)}")
    for name in value if isinstance(kind, dict) and kind else ():
        if name not in kind:
            near = _nearest(name, kind)
            what = f"there is no {name!r} in {key} of [{section}]{near and f'; did you mean {near!r}?'}"
            raise at.error(section, key, what)
    choices = _CHOICES.get((section, key))
    if choices and value not in choices:
        near = _nearest(str(value), choices)
        what = f"{key} = {json.dumps(value)} in [{section}] is none of {', '.join(choices)}"
        raise at.error(section, key, what + (near and f"; did you mean {near!r}?"))


#: values that are one of a few; those of stages are checked by the stages
_CHOICES = {("reading", "pdf_engine"): ("auto", "pdfium", "pdfplumber")}


def _is_like(value: Any, default: Any) -> bool:
    """Whether a value is of the kind that the default is of. Amounts are never below zero."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, int | float):
        return isinstance(value, int if isinstance(default, int) else int | float) and value >= 0
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if isinstance(default, dict):
        return isinstance(value, dict) and (
            not default or all(_is_like(v, next(iter(default.values()))) for v in value.values())
        )
    return isinstance(value, str)


def _kind(default: Any) -> str:
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, int):
        return "a whole number from 0"
    if isinstance(default, float):
        return "a number from 0"
    if isinstance(default, list):
        return 'a list of texts, as ["a", "b"]'
    return "a table, as " + json.dumps(default) if isinstance(default, dict) else 'a text, as "a"'


def _nearest(name: str, names: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(names), n=1)), "")


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
        tuple(_vocabulary(sections["vocabulary"], _At(file, lines))),
        json.dumps(language, default=str),
    )


def _vocabulary(files: Mapping[str, str], at: _At) -> Iterable[VocabularyFile]:
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
            told = getattr(error, "strerror", None) or str(error)
            what = f"{kind} = {json.dumps(name)}: it cannot be read ({told})"
            raise at.error("vocabulary", kind, what, "a CSV in UTF-8 is needed") from error
        yield VocabularyFile(kind, str(path), text)
