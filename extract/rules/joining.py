"""Many short patterns become one expression that searches as fast as a long one written by hand.

Stands behind `Pattern.joined`: in come the sources of the rows of a kind, in their order; out goes the source of one expression.
Rows are short for people. `re` is quickest where neighbouring alternatives with the same beginning or end share it, and where no
group stands in a group for nothing: "in (?:May)" and "in (?:June|July)" become "in (?:May|June|July)". What matches stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from extract.rules.compiling import derived

_QUANTIFIER = re.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?")
_SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|N\{[^}]*\}|\d{1,3}|.)", re.DOTALL)
_PLAIN = re.compile(r"[\w']+")
#: letters up to one that a quantifier follows
_RUN = re.compile(r"[\w']+(?=[\w'][*+?{])|[\w']+(?![*+?{])")


def alternation(sources: Iterable[str]) -> str:
    """The alternatives of all sources, joined by "|". Sources that cannot be taken apart are put in groups and left to `re`."""
    sources = list(sources)
    return derived("alternation", "\0".join(sources), lambda: _alternation(sources))


def _alternation(sources: Sequence[str]) -> str:
    try:
        sequences = [atoms for source in sources for atoms in _alternatives(source)]
    except ValueError:
        return "|".join(f"(?:{source})" for source in sources)
    return "|".join(_merged(sequences))


def _merged(sequences: Sequence[list[str]]) -> Iterator[str]:
    """Runs of neighbours with the same ends, each as one source."""
    at = 0
    while at < len(sequences):
        stop, ends = at + 1, (0, 0)
        while stop < len(sequences):
            shared = _ends(sequences[stop - 1], sequences[stop])
            if shared == (0, 0) or (ends != (0, 0) and shared != ends):
                break
            ends, stop = shared, stop + 1
        yield _run(sequences[at:stop], *ends)
        at = stop


def _run(run: Sequence[list[str]], first: int, last: int) -> str:
    """Alternatives that share their `first` and their `last` atoms."""
    if len(run) == 1:
        return "".join(run[0])
    middles = [atoms[first : len(atoms) - last] for atoms in run]
    inner = "|".join("".join(atoms) for middle in middles for atoms in _opened(middle))
    return "".join([*run[0][:first], f"(?:{inner})", *run[0][len(run[0]) - last :]])


def _ends(former: list[str], latter: list[str]) -> tuple[int, int]:
    """How many atoms two alternatives share at their beginning and their end, no word torn apart."""
    shorter = min(len(former), len(latter))
    first = 0
    while first < shorter and former[first] == latter[first]:
        first += 1
    while first and _PLAIN.fullmatch(former[first - 1]):
        first -= 1
    last = 0
    while last < shorter - first and former[-1 - last] == latter[-1 - last]:
        last += 1
    while last and _PLAIN.fullmatch(former[-last]):
        last -= 1
    if not first and not any(atom.startswith("(") for atom in former[len(former) - last :]):
        last = 0  # nothing gained: `re` tells alternatives apart by their first letters
    return first, last


def _alternatives(source: str) -> Iterator[list[str]]:
    """The alternatives of a source, each as its atoms; an alternative that is nothing but a group is opened."""
    sequence: list[str] = []
    for atom in [*_atoms(source), "|"]:
        if atom == "|":
            yield from _opened(sequence)
            sequence = []
        else:
            sequence.append(atom)


def _opened(atoms: list[str]) -> Iterator[list[str]]:
    if len(atoms) == 1 and atoms[0].startswith("(?:") and atoms[0].endswith(")"):
        yield from _alternatives(atoms[0][3:-1])
    else:
        yield atoms


def _atoms(source: str) -> Iterator[str]:
    """Words, characters, escapes, sets and groups, each with its quantifier, and the bars between alternatives.

    Raises ValueError where brackets do not pair.
    """
    at = 0
    while at < len(source):
        if run := _RUN.match(source, at):
            yield run.group()
            at = run.end()
            continue
        end = _end(source, at)
        atom = source[at:end]
        quantifier = _QUANTIFIER.match(source, end) if atom != "|" else None
        if atom.startswith("(?:"):
            inner = "|".join("".join(atoms) for atoms in _alternatives(atom[3:-1]))
            atom = f"(?:{inner})"
        if quantifier:
            atom, end = atom + quantifier.group(), quantifier.end()
        yield atom
        at = end


def _end(source: str, at: int) -> int:
    """Where the atom that begins at `at` ends, its quantifier not counted. Raises ValueError where it does not end."""
    if source[at] in "\\[":
        match = (_ESCAPE if source[at] == "\\" else _SET).match(source, at)
        if match is None:
            raise ValueError(source)
        return match.end()
    if source[at] != "(":
        return at + 1
    inside = at + 1
    while inside < len(source) and source[inside] != ")":
        inside = _end(source, inside)
    if inside >= len(source):
        raise ValueError(source)
    return inside + 1
