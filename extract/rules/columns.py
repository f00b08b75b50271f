"""What the cells of a rule file may hold: each kind of column reads one cell and says what it allows.

Stands below `RuleFile` in the flow: a cell's text comes in, its value goes out; what is not allowed raises ValueError with the
reason.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from extract.rules.compiling import compiled
from extract.rules.joining import alternation

#: before a pattern that is matched at word starts
WORD_START = r"(?<![\w-])"


class Place(Enum):
    """Where in a sentence the patterns of a kind are looked for. In an example [[double brackets]] mark the mention meant."""

    ANYWHERE = "somewhere in the sentence"
    OPENS = "begins the sentence"
    BEFORE = "somewhere before the mention"
    BEHIND = "begins right behind the mention"
    NEXT = "begins behind the mention, blanks, commas and brackets passed over"
    BETWEEN = "begins between two mentions"
    NAME = "begins the mention itself"
    END = "ends the mention itself"
    WHOLE = "is the whole mention"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a rule file. `required`: no cell may be empty."""

    required: bool = False

    @property
    def title(self) -> str:
        """The kind of column in a word, for messages and the reference."""
        return type(self).__name__.lower()

    @property
    def allowed(self) -> str:
        """What a cell may hold, for messages and the reference."""
        return "any text"

    def read(self, cell: str) -> Any:
        """The value of a cell that is not empty. Raises ValueError with the reason."""
        return cell.strip()

    def empty(self) -> Any:
        """The value of an empty cell."""
        return ""


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    """Anything: a comment, a reason, an example."""


@dataclass(frozen=True, kw_only=True)
class Word(Column):
    """A word or phrase as it is written, without marks of a pattern. Its words are divided by single blanks."""

    required: bool = True

    @property
    def allowed(self) -> str:
        """What a cell may hold."""
        return "a word or phrase, its words divided by single blanks"

    def read(self, cell: str) -> str:
        """The phrase. Raises ValueError where blanks are doubled."""
        if "  " in cell.strip():
            raise ValueError(f"{cell!r} has two blanks in a row")
        return cell.strip()


@dataclass(frozen=True, kw_only=True)
class Words(Column):
    """Several words or phrases in one cell, divided by `separator`; the value is a tuple."""

    separator: str = "|"

    @property
    def allowed(self) -> str:
        """What a cell may hold."""
        return f"words or phrases divided by {self.separator!r}"

    def read(self, cell: str) -> tuple[str, ...]:
        """The phrases, empty ones left out."""
        return tuple(word.strip() for word in cell.split(self.separator) if word.strip())

    def empty(self) -> tuple[str, ...]:
        """No phrases."""
        return ()


class Choice(Column):
    """One of the values declared. A dictionary of values says what each one means."""

    def __init__(self, *values: str, required: bool = True) -> None:
        super().__init__(required=required)
        object.__setattr__(self, "values", tuple(values))

    values: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """What a cell may hold."""
        return "one of " + ", ".join(self.values)

    def read(self, cell: str) -> str:
        """The value. Raises ValueError that names the nearest one."""
        value = cell.strip()
        if value not in self.values:
            raise ValueError(f"{value!r} is not {self.allowed}{nearest(value, self.values)}")
        return value


class Kinds(Choice):
    """The kinds of patterns a file has, and where in a sentence each is looked for."""

    def __init__(self, **places: Place) -> None:
        super().__init__(*places)
        object.__setattr__(self, "places", dict(places))

    places: dict[str, Place]

    @property
    def title(self) -> str:
        """The kind of column in a word."""
        return "choice"


@dataclass(frozen=True, kw_only=True)
class Number(Column):
    """A number; `whole` ones are int, others float; an empty cell is None."""

    whole: bool = False

    @property
    def allowed(self) -> str:
        """What a cell may hold."""
        return "a whole number" if self.whole else "a number"

    def read(self, cell: str) -> float | int:
        """The number. Raises ValueError."""
        try:
            return int(cell) if self.whole else float(cell)
        except ValueError:
            raise ValueError(f"{cell.strip()!r} is not {self.allowed}") from None

    def empty(self) -> None:
        """No number."""
        return


@dataclass(frozen=True, kw_only=True)
class Flag(Column):
    """Yes or no; an empty cell is no."""

    @property
    def allowed(self) -> str:
        """What a cell may hold."""
        return "true or yes; false, no or nothing"

    def read(self, cell: str) -> bool:
        """Whether it says yes. Raises ValueError."""
        value = cell.strip().lower()
        if value not in ("true", "yes", "false", "no"):
            raise ValueError(f"{cell.strip()!r} is not {self.allowed}")
        return value in ("true", "yes")

    def empty(self) -> bool:
        """No."""
        return False


@dataclass(frozen=True, kw_only=True)
class Character(Column):
    """A character by its code point in hexadecimal figures ("03B1"); the value is the character."""

    required: bool = True

    @property
    def allowed(self) -> str:
        """What a cell may hold."""
        return "the code point of a character, four to six hexadecimal figures"

    def read(self, cell: str) -> str:
        """The character. Raises ValueError."""
        if not re.fullmatch(r"[0-9A-Fa-f]{4,6}", cell.strip()) or int(cell, 16) > sys.maxunicode:
            raise ValueError(f"{cell.strip()!r} is not {self.allowed}")
        return chr(int(cell, 16))


@dataclass(frozen=True, kw_only=True)
class Pattern(Column):
    """A regular expression; `{name}` in it stands for a word class, `{!name}` for: no word of it and a blank right
    before. The value is its source, the classes filled in.

    Args:
        prefix: stands before each expression made of the patterns, as `WORD_START`.
        suffix: stands behind it.
        flags: of `re`.
        place: where the patterns are looked for, in a file without kinds.
        alone: whether each pattern is used by itself (`RuleFile.compiled`), not joined with the others of its kind.
        tried: whether each row has an example that is run. Only pieces of patterns, which match nothing by themselves, have none.
    """

    required: bool = True
    prefix: str = ""
    suffix: str = ""
    flags: int = re.IGNORECASE
    place: Place = Place.ANYWHERE
    tried: bool = True
    alone: bool = False

    @property
    def allowed(self) -> str:
        """What a cell may hold."""
        case = "case ignored" if self.flags & re.IGNORECASE else "case counts"
        starts = ", matched at word starts" if self.prefix == WORD_START else ""
        return f"a regular expression, {case}{starts}; {{name}} is a word class"

    def read(self, cell: str) -> str:
        """The source: blanks at its ends count."""
        return cell

    def joined(self, sources: Iterable[str]) -> str:
        """One expression for several patterns, as a source."""
        return f"{self.prefix}(?:{alternation(sources)}){self.suffix}"

    def compile(self, sources: Iterable[str]) -> re.Pattern[str]:
        """One expression for several patterns. Raises re.error."""
        return compiled(self.joined(sources), self.flags)


@dataclass(frozen=True, kw_only=True)
class Compiled(Column):
    """A pattern in a language of its own; `{name}` in it stands for the words of a class, divided by "|".

    Args:
        compiled_by: makes the value of the cell; raises ValueError with the reason.
        language: what a cell may hold, for messages and the reference.
        found: whether what the cell compiles to is found in an example.
    """

    compiled_by: Callable[[str], Any]
    language: str
    found: Callable[[Any, str], bool]
    required: bool = True

    @property
    def title(self) -> str:
        """The kind of column in a word."""
        return "pattern"

    @property
    def allowed(self) -> str:
        """What a cell may hold."""
        return self.language

    def read(self, cell: str) -> Any:
        """What the cell compiles to. Raises ValueError."""
        return self.compiled_by(cell.strip())


def nearest(word: str, allowed: Iterable[str]) -> str:
    """ "; did you mean X?" for the allowed word nearest to one that is not, or nothing."""
    close = difflib.get_close_matches(word, list(allowed), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
