"""Reads a configuration file and lays it over the packaged one, section by section.

Ground floor, under `settings`. In: a file in the form of `pipeline.cfg`. Out: its sections with values read as JSON; a section, a
setting or a value that cannot be is refused with its line and the nearest name there is.
"""

from __future__ import annotations

import configparser
import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
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
STAGE = "components."
_HEADER = re.compile(r"\[([^\]]+)\]")
_KEY = re.compile(r"([^\s#;\[=:][^=:]*?)\s*[=:]")
_MEND = "all settings and what they mean: docs/configuration.md"

Sections = dict[str, dict[str, Any]]


@cache
def packaged_sections() -> Sections:
    """The sections of the packaged file; not to be changed."""
    return read_sections(CONFIG)[0]


@dataclass(frozen=True)
class Source:
    """Where settings come from: a file with the lines of its sections and keys, or a call."""

    file: Path | None
    lines: Mapping[tuple[str, str], int]

    def error(self, section: str, key: str, what: str, mend: str = _MEND) -> LanguageError:
        """What is wrong with a setting, or with a section (key ""), with the line it stands in."""
        line = self.lines.get((section, key))
        where = f"line {line}: " if line and self.file is not None else ""
        return LanguageError(Code.BAD_CONFIG, f"{where}{what}", file=self.file, mend=mend)


def read_sections(path: Path) -> tuple[Sections, dict[tuple[str, str], int]]:
    """The sections of a file, values read as JSON, and the line of each section (key "") and key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise LanguageError(Code.BAD_CONFIG, "there is no such configuration file", file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise LanguageError(
            Code.BAD_CONFIG,
            f"the configuration cannot be read ({problem})",
            file=path,
            mend="it is a text file in UTF-8",
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
    at = Source(path, lines)
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


def _value(section: str, key: str, cell: str, at: Source) -> Any:
    if "${" in cell:  # a reference that spaCy fills in
        return cell
    try:
        return json.loads(cell)
    except ValueError:
        what = f"{key} = {' '.join(cell.split())!r} is no value"
        raise at.error(section, key, what, 'values are true, false, numbers, "texts" or ["lists", "of them"]') from None


def lay_over(sections: Sections, given: Sections, at: Source) -> None:
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


def _known(
    section: str, values: dict[str, Any], sections: Sections, given: Sections, at: Source
) -> dict[str, Any] | None:
    """The settings a section may hold with values of their kinds; None where they are not ours to know."""
    top = section.partition(".")[0]
    if section == "components" or top in _OF_SPACY:
        return None
    if section == "nlp":
        return dict.fromkeys(_OF_NLP) | packaged_sections()["nlp"]
    if top == "nlp" and section.split(".")[1] in _OF_NLP:
        return None
    if section in packaged_sections() and not section.startswith(STAGE):
        return packaged_sections()[section]
    if section.startswith(STAGE):
        stage, *inner = section.removeprefix(STAGE).split(".")
        stage_settings = given.get(STAGE + stage, {}) | (values if not inner else {})
        factory = stage_settings.get("factory", sections.get(STAGE + stage, {}).get("factory"))
        if ours := packaged_sections().get(STAGE + str(factory)):
            known = ours.get(inner[0]) if len(inner) == 1 else None
            if not inner or isinstance(known, dict):
                return known if inner else ours
        elif factory or "source" in stage_settings:
            return None  # a stage of somebody else's
    near = _nearest(section, sections)
    raise at.error(section, "", f"there is no section [{section}]{near and f'; did you mean [{near}]?'}")


def _check(section: str, key: str, value: Any, known: Mapping[str, Any], at: Source) -> None:
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
