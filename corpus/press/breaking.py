"""Where lines break: hyphenation points of a word, and the best breaks of a justified paragraph.

Pure functions of strings and widths. The paragraph is broken as a whole, so that the spaces of its lines differ as
little as they can; greedy breaking in narrow columns leaves gaps as wide as the gutter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PREFIXES = ("inter", "under", "trans", "hyper", "hypo", "over", "anti", "peri", "post", "con", "dis", "pre", "sub", "per")  # fmt: skip
SUFFIXES = (
    "tion", "sion", "ment", "ness", "tive", "ture", "sis", "tic", "gical", "graphy", "logical", "tomy", "ble", "ful",
    "less", "ting", "ally",
)  # fmt: skip
SHRINK, STRETCH = 0.25, 9.0  # how far a space may go, in parts of its width
HYPHEN_COST = 2.0


@dataclass(frozen=True)
class Part:
    """What cannot be broken further: a word or a syllable of one."""

    width: float
    hyphen: float  # width of the hyphen that a break after it needs; 0 if it has its own
    ends_word: bool


@cache
def hyphenations() -> dict[str, list[int]]:
    """Words of `hyphens.txt` with the places where they may break."""
    out = {}
    for line in (Path(__file__).parent / "hyphens.txt").read_text(encoding="utf-8").split():
        parts = line.split("-")
        out["".join(parts)] = [len("".join(parts[: i + 1])) for i in range(len(parts) - 1)]
    return out


@cache
def break_points(word: str, hyphenate: bool = True) -> list[int]:
    """Where a word may be broken: after its own hyphens and, with `hyphenate`, as listed or at a plain prefix or suffix."""
    m = re.fullmatch(r"([(“]?)([A-Za-z]+(?:-[A-Za-z]+)*)([.,;:)”]*)", word)
    if not m or not m[2][1:].islower():
        return []
    shift, core = len(m[1]), m[2].lower()
    points = {i + 1 for i, c in enumerate(core) if c == "-" and 2 < i < len(core) - 3}
    if hyphenate and core in hyphenations():
        points |= set(hyphenations()[core])
    elif hyphenate and len(core) > 7 and "-" not in core:
        points |= {len(p) for p in PREFIXES if core.startswith(p) and len(core) - len(p) > 3}
        points |= {len(core) - len(s) for s in SUFFIXES if core.endswith(s) and len(core) - len(s) > 3}
    return sorted(shift + p for p in points if 1 < p < len(core) - 1)


def best_breaks(parts: list[Part], space: float, first: float, other: float) -> list[int] | None:
    """The parts after which lines end (the last one included), or None if some line cannot be filled.

    `first` is the room of the first line, `other` that of the rest.
    """
    n = len(parts)
    best: list[tuple[float, int]] = [(0.0, -1)] + [
        (float("inf"), -1)
    ] * n  # cost of lines up to here, where the last began
    for i in range(n):
        if best[i][0] == float("inf"):
            continue
        room = first if i == 0 else other
        natural, gaps = 0.0, 0
        for j in range(i, n):
            if j > i and parts[j - 1].ends_word:
                gaps += 1
            natural += parts[j].width
            broken = not parts[j].ends_word
            slack = room - natural - gaps * space - (parts[j].hyphen if broken else 0.0)
            if slack < -SHRINK * gaps * space - 0.01:
                if natural + gaps * space * (1 - SHRINK) > room:
                    break
                continue
            if j == n - 1:
                cost = 0.0 if slack >= 0 else 1.0
            elif gaps == 0:
                cost = 0.0 if slack < 1 else 1000.0
            else:
                ratio = slack / (gaps * space)
                cost = 1000.0 if ratio > STRETCH else abs(ratio) ** 3 * (3 if ratio < 0 else 1)
            if broken and parts[j].hyphen:
                cost += HYPHEN_COST
            if best[i][0] + cost + 0.1 < best[j + 1][0]:
                best[j + 1] = (best[i][0] + cost + 0.1, i)
    if best[n][0] == float("inf"):
        return None
    ends, at = [], n
    while at > 0:
        ends.append(at)
        at = best[at][1]
    return ends[::-1]
