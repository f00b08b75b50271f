"""How the matches of an expression can begin: the first three characters of each, as kinds of characters.

Used by `scanning`, which tries an expression only where one of its openings stands. In comes a source, out go strings over a small
alphabet (`shape`): letters without case, "0" for any digit, " " for any space, "." for everything else; one that ends in "*" may go
on with anything. There are never too few openings; there may be too many. None are given where they would rule nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

#: characters of an opening
LENGTH = 3
_ANY = "*"
#: more openings than this are cut short
_MOST = 4000
#: a set of more characters is taken for any character
_LARGEST_RANGE = 400


class _Shapes(dict[int, str]):
    """What `str.translate` makes of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        lower = {"ı": "i", "ſ": "s"}.get(char, char.lower()[0])  # both match "i" and "s" where case is ignored
        shape = lower if "a" <= lower <= "z" else "0" if char.isdecimal() else " " if char.isspace() else "."
        self[code] = shape
        return shape


_SHAPES = _Shapes()


def shape(text: str) -> str:
    """`text` as kinds of characters; its length stays."""
    return text.translate(_SHAPES)


def openings(source: str, flags: int = 0) -> list[str] | None:
    """The openings of an expression that matches only where no letter or digit stands right before; None for any other.

    Raises re.error; AttributeError where the parser of this Python's `re` is built otherwise.
    """
    nodes = list(import_module("re._parser").parse(source, flags))
    starts = _heads(nodes)
    if any(start in ("", _ANY) or start[0] == " " for start in starts):
        return None
    return sorted(starts) if _at_word_start(nodes) else None


def _name(value: Any) -> str:
    """The name of a constant of the parser."""
    return str(getattr(value, "name", value))


def _at_word_start(nodes: list[Any]) -> bool:
    """Whether no match begins behind a letter or digit: so say a look behind, or a boundary before letters and digits."""
    for at, (op, value) in enumerate(nodes):
        kind = _name(op)
        if kind == "ASSERT_NOT":
            direction, inner = value
            if direction < 0 and _is_word_set(list(inner)):
                return True
        elif kind == "AT":
            if _name(value) == "AT_BOUNDARY" and all(head[:1] not in ("", ".", _ANY) for head in _heads(nodes[at:])):
                return True
        elif kind == "BRANCH":
            return all(_at_word_start(list(branch)) for branch in value[1])
        elif kind == "SUBPATTERN":
            return _at_word_start(list(value[3]))
        elif kind != "ASSERT":
            return False
    return False


def _is_word_set(inner: list[Any]) -> bool:
    """Whether a look behind is a single set that holds all letters and digits."""
    if len(inner) != 1 or _name(inner[0][0]) != "IN":
        return False
    items = [(_name(op), _name(value)) for op, value in inner[0][1]]
    return ("CATEGORY", "CATEGORY_WORD") in items and ("NEGATE", "None") not in items


def _heads(nodes: Iterable[Any]) -> set[str]:
    """The openings of a sequence; those shorter than `LENGTH` that do not end in "*" are whole matches."""
    heads = {""}
    for node in nodes:
        if all(_is_full(head) for head in heads):
            break
        heads = _joined(heads, _of(node))
    return heads


def _is_full(head: str) -> bool:
    return len(head) >= LENGTH or head.endswith(_ANY)


def _joined(heads: set[str], tails: set[str]) -> set[str]:
    """Each opening that is not full with each of what may follow."""
    full = {head for head in heads if _is_full(head)}
    full |= {(head + tail)[:LENGTH] for head in heads - full for tail in tails}
    return full if len(full) <= _MOST else {head[:1].rstrip(_ANY) + _ANY for head in full}


def _of(node: Any) -> set[str]:
    """The openings of one node; of what has no width the empty one."""
    op, value = node
    kind = _name(op)
    if kind == "LITERAL":
        return {shape(chr(value))}
    if kind in ("ASSERT", "ASSERT_NOT", "AT"):
        return {""}
    if kind == "IN":
        return _of_set(value)
    if kind == "BRANCH":
        return set().union(*(_heads(branch) for branch in value[1]))
    if kind == "SUBPATTERN":
        return _heads(value[3])
    if kind == "ATOMIC_GROUP":
        return _heads(value)
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _repeated(*value)
    return {_ANY}


def _repeated(least: int, most: int, inner: Any) -> set[str]:
    once, heads, shapes = _heads(inner), {""}, set()
    if least == 0:
        shapes.add("")
    for times in range(1, min(int(most), LENGTH) + 1):
        heads = _joined(heads, once)
        if times >= min(least, LENGTH):
            shapes |= heads
    return shapes


_CATEGORIES: Mapping[str, str] = {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}


def _of_set(items: Iterable[Any]) -> set[str]:
    shapes: set[str] = set()
    for op, value in items:
        kind = _name(op)
        if kind == "LITERAL":
            shapes.add(shape(chr(value)))
        elif kind == "RANGE" and value[1] - value[0] <= _LARGEST_RANGE:
            shapes.update(shape("".join(map(chr, range(value[0], value[1] + 1)))))
        elif kind == "CATEGORY" and _name(value) in _CATEGORIES:
            shapes.add(_CATEGORIES[_name(value)])
        else:
            return {_ANY}
    return shapes
