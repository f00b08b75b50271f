"""Patterns of trigger rules: the places a cell of the column `pattern` is made of, and how they are filled by the words of a sentence.

Stands below `rules`, whose docstring tells how a pattern is written. In: the cell's text, and `Words`. Out: its `Slot`s, and where they match.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.language.context.words import WORD, Words, word_list

NUMBERS, GAP_ENDS = word_list("number"), word_list("gap")

#: "acidominimus", "kingae", "mitis"; "-osis" and "-itis" are diseases
_LATIN = re.compile(
    r"(?![a-z]*(?:osis|itis|ous|rsus)$)[a-z]{3,}(?:us|um|is|ii|ae|ans|ens|[nrt]i|ica|osa|ea)|mitis|difficile"
)
_SLOT = re.compile(r"(?P<gap>~\d+)|(?P<class><[a-z]+>)|(?P<start>\^)|(?P<words>[^\s<>~^]+)")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a pattern."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    kind: str = ""  # "", "num", "year", "initial", "latin", "drug", "diagnosis", "start"
    gap: int = 0
    optional: bool = False

    def fits(self, word: str) -> bool:
        """Whether one word fills the place."""
        if self.kind == "num":
            return word[0].isdigit() or word in NUMBERS
        if self.kind == "year":
            return len(word) == 4 and word.isdigit() and word[:2] in ("19", "20")
        if self.kind == "initial":
            return len(word) == 1 and word.isalpha()
        if self.kind == "latin":
            return bool(_LATIN.fullmatch(word))
        return word in self.words or (bool(self.prefixes) and word.startswith(self.prefixes))

    def may_be(self, word: str) -> bool:
        """Whether the place does not rule out that this word, "" for none, stands where it begins."""
        if self.gap or self.optional or self.kind in ("drug", "diagnosis", "start"):
            return True
        return word != "" and self.fits(word)


def compile_pattern(pattern: str) -> tuple[Slot, ...]:
    """The places of a pattern. Raises ValueError on a sign that means nothing."""
    slots: list[Slot] = []
    for part in pattern.split():
        if part == ",":
            slots.append(Slot(frozenset({","})))
            continue
        optional = len(part) > 1 and part.endswith("?")
        part = part[:-1] if optional else part
        m = _SLOT.fullmatch(part)
        if m is None:
            raise ValueError(f"cannot read {part!r} in the pattern {pattern!r}")
        if m["gap"]:
            slots.append(Slot(gap=int(part[1:])))
        elif m["class"]:
            slots.append(Slot(kind=part[1:-1], optional=optional))
        elif m["start"]:
            slots.append(Slot(kind="start"))
        else:
            choices = part.split("|")
            whole = [w for w in choices if not (w.endswith("*") and len(w) > 1)]
            split = [WORD.findall(w) for w in whole]
            if any(len(w) != 1 for w in split):
                raise ValueError(f"{part!r} in the pattern {pattern!r} is more than one word: put blanks between")
            slots.append(
                Slot(
                    frozenset(w[0] for w in split),
                    tuple(w[:-1] for w in choices if w.endswith("*") and len(w) > 1),
                    optional=optional,
                )
            )
    if not slots or slots[0].gap or slots[-1].gap or slots[0].optional:
        raise ValueError(f"the pattern {pattern!r} must begin and end with a word")
    return tuple(slots)


def match_slots(
    slots: tuple[Slot, ...], k: int, i: int, words: Words
) -> tuple[int, tuple[int, ...], tuple[int, ...]] | None:
    """Match places k.. from word i on: (end, words matched one by one, mentions named), the shortest gaps first."""
    if k == len(slots):
        return i, (), ()
    slot = slots[k]
    n = len(words.text)
    if slot.gap:
        for j in range(i, min(i + slot.gap, n) + 1):
            if j > i and words.text[j - 1] in GAP_ENDS:
                return None
            rest = match_slots(slots, k + 1, j, words)
            if rest is not None:
                return rest
        return None
    if slot.kind == "start":
        return match_slots(slots, k + 1, i, words) if i == 0 else None
    if i < n:
        if slot.kind in ("drug", "diagnosis"):
            owner = words.owner[i]
            if owner >= 0 and words.labels[owner] == slot.kind and (i == 0 or words.owner[i - 1] != owner):
                j = i
                while j < n and words.owner[j] == owner:
                    j += 1
                rest = match_slots(slots, k + 1, j, words)
                if rest is not None:
                    return rest[0], rest[1], (owner, *rest[2])
        elif slot.fits(words.text[i]):
            rest = match_slots(slots, k + 1, i + 1, words)
            if rest is not None:
                return rest[0], (i, *rest[1]), rest[2]
    return match_slots(slots, k + 1, i, words) if slot.optional else None
