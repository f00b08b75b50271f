"""Finds the row again that a decision was about, after another pipeline has read the document.

By its identifier, which stays while its evidence does; else by what it says and where: the same main value (the drug's
name, the diagnosis, the rating), at overlapping characters or in the same sentence, and nothing told that speaks against
it. A row that stood beside it when the decision was made is another fact. Each row is given to one fact at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from extract import schema
from pipelines.curation.fields import PLACE, names_row

Row = Mapping[str, Any]

#: columns that say nothing on how alike two rows are
_SILENT = {*PLACE, "doc_id", "file", "curation"}


def main_values(table: str, row: Row) -> set[tuple[Any, ...]]:
    """What a row is about, in each of the ways that count (`Table.identity`); texts without regard to case and spaces."""
    candidates = (tuple(_plain(row[name]) for name in names) for names in schema.TABLES[table].table.identity)
    return {values for values in candidates if any(v not in (None, "") for v in values)}


def likeness(table: str, then: Row, now: Row, *, moved: bool = False, strict: bool = False) -> float:
    """How much two rows are one fact, greater than 0; 0 when they are two.

    Args:
        moved: the file held other bytes then, so characters are counted differently and the sentence has to do.
        strict: a dose that only one of them tells makes two facts of it.
    """
    if not main_values(table, then) & main_values(table, now):
        return 0.0
    for name in schema.TABLES[table].table.apart:
        one, other = then[name], now[name]
        if one != other and (moved or strict or (one not in (None, "") and other not in (None, ""))):
            return 0.0
    overlap = not moved and then["start"] < now["end"] and now["start"] < then["end"]
    sentence = same_sentence(then["evidence"], now["evidence"])
    if not overlap and not sentence:
        return 0.0
    names = _telling(table)
    alike = sum(_plain(then[n]) == _plain(now[n]) for n in names) / len(names)
    same_place = not moved and (then["start"], then["end"]) == (now["start"], now["end"])
    return 1.0 + same_place + 0.5 * sentence + alike


@cache
def _telling(table: str) -> list[str]:
    """The columns that tell how alike two rows are."""
    names = schema.columns(schema.TABLES[table])
    return [n for n in names if n not in _SILENT and n != schema.KEYS[table] and not names_row(table, n)]


def _plain(value: Any) -> Any:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


def same_sentence(one: str, other: str) -> bool:
    """Whether two pieces of evidence are one sentence, or one holds the other (sentences are cut differently)."""
    a, b = sorted((_plain(one), _plain(other)), key=len)
    return bool(a) and (a == b or (len(a) >= 20 and a in b))


def assign(likes: Iterable[tuple[float, int, int]]) -> dict[int, int]:
    """Pairs, the likest first, each side used once: from (likeness, left, right) to left -> right."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for like, left, right in sorted(likes, key=lambda x: (-x[0], x[1], x[2])):
        if like > 0 and left not in pairs and right not in taken:
            pairs[left] = right
            taken.add(right)
    return pairs


def beside(table: str, row: Row, rows: Sequence[Row]) -> list[str]:
    """The identifiers of the other rows that are about the same: they are not this fact, also in a later run."""
    key, mine = schema.KEYS[table], main_values(table, row)
    return [r[key] for r in rows if r[key] != row[key] and main_values(table, r) & mine]
