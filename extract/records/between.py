"""What stands between two mentions of a sentence, as patterns are to read it.

In: a sentence and two of its mentions. Out: the text between, without dosing and brackets, and without the others of a list at either end;
another mention that is left in it is "_". Shared by the rooms that tie mentions to each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.mention import Mention, Sentence

_DOSING = ("dose", "volume", "ratio", "form", "vehicle", "route", "frequency", "duration", "site", "age", "sex")
_BRACKET = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
#: one of a list, at an end of the text between
_LISTED_BEHIND = re.compile(r"^(?:\s*(?:,|/|and|or|plus|with|\+)+\s*(?:the |a )?_)+")
_LISTED_BEFORE = re.compile(r"(?:_\s*(?:,|/|and|or|with|\+)*\s*(?:and |or )?)+(?:the |a |an )?$")
#: what a drug was given for, right behind it
_FOR = re.compile(r"^\s*for (?:the |his |her |a |an )?(?:[\w-]+ ){0,2}_(?=\s*,?\s)")


def between_of(s: Sentence, first: Mention, second: Mention, named: Sequence[Mention], *, purpose: bool = False) -> str:
    """The text between two mentions; `named`: the others that can be of a list with them; `purpose`: keep "for Y" behind a drug."""
    text = list(s.between(first, second))
    at = first.end
    for m in s.of(*_DOSING):
        if first.end <= m.start and m.end <= second.start:
            text[m.start - at : m.end - at] = " " * (m.end - m.start)
    for m in named:
        if first.end <= m.start and m.end <= second.start:
            text[m.start - at : m.end - at] = ["_", *[""] * (m.end - m.start - 1)]
    plain = re.sub(r"\s+", " ", _BRACKET.sub(" ", "".join(text)))
    plain = _LISTED_BEFORE.sub("", _LISTED_BEHIND.sub("", plain))
    return plain if purpose or first.label != "drug" else _FOR.sub("", plain)
