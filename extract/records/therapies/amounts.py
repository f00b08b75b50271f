"""How much of a therapy: the dose of a radiation, its fractions, and how many sessions, read from the words around its name.

In: a sentence's text and the place of a therapy in it. Out: `Amount`. Called by `rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.language.quantities.radiation import COUNT, DOSE, FRACTIONS, count, gray

_SESSIONS = re.compile(
    rf"\b(?P<n>{COUNT})\s+(?:more\s+|further\s+|consecutive\s+|additional\s+|daily\s+|weekly\s+|alternate[- ]day\s+)?"
    r"(?:sessions?|exchanges|treatments?|rounds|courses|cycles|dives)\b",
    re.IGNORECASE,
)  # fmt: skip
_TIMES = re.compile(
    rf"^\W*(?:\w+\s+){{0,2}}?(?P<n>(?:{COUNT})\s+times|twice|thrice)\b(?!\s+(?:a|per|each|every|daily|weekly|in)\b)",
    re.I,
)
#: what stands between a count and a therapy, and between a therapy and its count
_OF = re.compile(r"\s+of\s+(?:[\w-]+\s+){0,2}")
_FOR = re.compile(
    r"\s*[,(:]?\s*(?:therapy\s+|treatment\s+)?(?:\([\w-]+\)\s+)?(?:for|in|with|at|over|was given|were given)?\s*\(?(?:a total of\s+|total\s+)?"
)
#: kinds of which sessions are counted; an operation is done, not held in sessions
COUNTED = frozenset(
    {
        "dialysis",
        "apheresis",
        "oxygen",
        "electrical",
        "laser",
        "phototherapy",
        "rehabilitation",
        "psychotherapy",
        "radiotherapy",
    }
)


@dataclass(frozen=True, slots=True)
class Amount:
    """What is told of how much; empty and None where nothing is."""

    dose_text: str = ""
    dose_gy: float | None = None
    fractions: int | None = None
    sessions: int | None = None

    def __bool__(self) -> bool:
        return bool(self.dose_text) or self.fractions is not None or self.sessions is not None

    def agrees(self, other: Amount) -> bool:
        """Whether the two can be told of one therapy: no figure of one is another's."""
        pairs = ((self.dose_gy, other.dose_gy), (self.fractions, other.fractions), (self.sessions, other.sessions))
        return all(a is None or b is None or a == b for a, b in pairs)

    def joined(self, other: Amount) -> Amount:
        """What either tells."""
        return Amount(
            self.dose_text or other.dose_text,
            self.dose_gy if self.dose_gy is not None else other.dose_gy,
            self.fractions if self.fractions is not None else other.fractions,
            self.sessions if self.sessions is not None else other.sessions,
        )


def amounts(text: str, places: list[tuple[int, int, str]]) -> list[Amount]:
    """The amount of each therapy of a sentence, given as (start, end, kind); a figure is that of the nearest it can belong to."""
    doses = {
        i: m
        for m in DOSE.finditer(text)
        if (i := _nearest(m, places, {"radiotherapy", "transplantation"}, text)) is not None
    }
    fractions = {
        i: m for m in FRACTIONS.finditer(text) if (i := _nearest(m, places, {"radiotherapy"}, text)) is not None
    }
    sessions = {i: m for m in _SESSIONS.finditer(text) if (i := _counted(m, places, text)) is not None}
    out = []
    for i, (_, end, kind) in enumerate(places):
        dose, fraction, session = doses.get(i), fractions.get(i), sessions.get(i)
        times = _TIMES.match(text[end:]) if session is None and kind in COUNTED else None
        out.append(
            Amount(
                " ".join(text[dose.start() : _end(dose, fraction)].split()) if dose else "",
                gray(dose) if dose else None,
                count(fraction["n"] or fraction["m"]) if fraction else None,
                count(session["n"]) if session else count(times["n"].split()[0]) if times else None,
            )
        )
    return out


def _end(dose: re.Match[str], fraction: re.Match[str] | None) -> int:
    """The end of a dose as written, the fractions right behind it included ("60 Gy in 30 fractions")."""
    return fraction.end() if fraction is not None and 0 <= fraction.start() - dose.end() <= 8 else dose.end()


def _nearest(
    match: re.Match[str], places: list[tuple[int, int, str]], kinds: frozenset[str] | set[str], text: str
) -> int | None:
    """The nearest therapy of these kinds, no end of a clause between; None when there is none."""
    options = [(gap, i) for i, gap in _gaps(match, places, text) if places[i][2] in kinds]
    return min(options)[1] if options else None


def _counted(match: re.Match[str], places: list[tuple[int, int, str]], text: str) -> int | None:
    """The therapy whose sessions these are: named right behind ("five sessions of X"), or right before ("X for five sessions")."""
    for i, (start, end, kind) in enumerate(places):
        near = (
            _OF.fullmatch(text[match.end() : start])
            if match.start() < start
            else _FOR.fullmatch(text[end : match.start()])
        )
        if near and kind in COUNTED:
            return i
    return None


def _gaps(match: re.Match[str], places: list[tuple[int, int, str]], text: str) -> Iterator[tuple[int, int]]:
    for i, (start, end, _) in enumerate(places):
        left, right = (end, match.start()) if start < match.start() else (match.end(), start)
        if right - left <= 90 and ";" not in text[left:right]:
            yield i, max(0, right - left)
