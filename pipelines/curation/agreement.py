"""How far two curators agree, field by field: Cohen's kappa (Cohen 1960) and F1.

In: a store in which both decided. Each curator's rows are made again from their decisions alone; rows count that both judged:
by a decision, or because both marked the document done, which lets stand what is not decided on. Out: for each field how many
rows were compared, the share on which both say the same, kappa, and F1 of the values told, one curator being taken for gold
(which one does not matter for F1). Facts that one of them added and the other did not count as misses. "Whole row" counts a row as
the same only where both have all of it alike. Which rows they differ on: `differences`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.curation.curated import CuratedDocument
from pipelines.curation.decisions import Decision, decisions
from pipelines.curation.fields import CURATED, NOT_FACTS
from pipelines.curation.row_matching import assign, likeness
from pipelines.curation.sheets import canonical, correctable
from pipelines.curation.stored import documents
from pipelines.store import Store

#: the field that says whether a row is a fact at all, and the one that stands for all of a row's
KEPT = "is a fact"
WHOLE = "whole row"

#: how the reason of a decision begins that settled a difference: it is nobody's own
SETTLED = "settled between"

#: of a 95% interval
_WIDE = 1.96

#: fields that say little: identifiers, other wordings, similarity of codes
_LEFT_OUT = {"case_id", "treatment_id", "linked_to", "also", "code_score", "origin", "norm"}

Row = dict[str, Any]


@dataclass
class Agreement:
    """Two curators on one field of a table."""

    table: str
    field: str
    rows: int = 0
    same: int = 0
    #: values told by the one, by the other
    told: tuple[int, int] = (0, 0)
    both: int = 0
    kappa: float | None = None
    #: the ends of the 95% interval of kappa; None without one
    low: float | None = None
    high: float | None = None

    @property
    def share(self) -> float | None:
        """Share of rows on which both say the same; None when none was compared."""
        return self.same / self.rows if self.rows else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall of the one against the other; None when neither told anything."""
        return 2 * self.both / sum(self.told) if sum(self.told) else None


@dataclass
class Pair:
    """Two curators and where they agree."""

    one: str
    other: str
    documents: int = 0
    fields: list[Agreement] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        fields = [asdict(f) | {"share": f.share, "f1": f.f1} for f in self.fields]
        return {"curators": [self.one, self.other], "documents": self.documents, "fields": fields}


def curators(store: Store) -> list[str]:
    """All who decided on something of their own."""
    return sorted({d.who for d in decisions(store) if not d.why.startswith(SETTLED)})


def agreement(store: Store, who: Sequence[str] = ()) -> list[Pair]:
    """Each two curators, of those named or of all there are, on the documents both worked on.

    Raises:
        PipelineError: `usage`, when there are fewer than two, or no curator of a name.
    """
    known = curators(store)
    if unknown := [c for c in who if c not in known]:
        raise PipelineError(
            Code.USAGE, f"no decisions by {unknown[0]!r}", mend=f"curators: {', '.join(known) or 'none yet'}"
        )
    asked = list(who) or known
    if len(asked) < 2:
        raise PipelineError(
            Code.USAGE, f"decisions by {', '.join(asked) or 'nobody'}: agreement needs two curators",
            mend="let a second one work on the same documents",
        )  # fmt: skip
    worked = list(documents(store))
    return [_pair(worked, one, other) for one, other in combinations(asked, 2)]


def _pair(worked: Sequence[CuratedDocument], one: str, other: str) -> Pair:
    pair = Pair(one, other)
    collected: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for document in worked:
        views = view_of(document, one), view_of(document, other)
        if not all(view.decisions for view in views):
            continue
        pair.documents += 1
        for table in CURATED:
            for mine, theirs in judged(table, *views):
                for name, a, b in (*answers(table, mine, theirs), _whole(table, mine, theirs)):
                    collected.setdefault((table, name), []).append((a, b))
    pair.fields = [_agreement(table, name, pairs) for (table, name), pairs in collected.items()]
    order = {(t, n): i for i, (t, n) in enumerate((t, n) for t in CURATED for n in (WHOLE, KEPT, *correctable(t)))}
    pair.fields.sort(key=lambda f: order[f.table, f.field])
    return pair


def view_of(document: CuratedDocument, who: str) -> CuratedDocument:
    """The document as one curator alone left it; what they accepted is what they were shown, what settles a difference is not theirs."""
    decided = [_as_shown(d) for d in document.decisions if d.who == who and not d.why.startswith(SETTLED)]
    return CuratedDocument(document.doc_id, document.file, document.extracted, decided)


def _as_shown(d: Decision) -> Decision:
    if "shown" not in d.anchor:
        return d
    return replace(d, anchor=d.anchor | {"row": d.anchor["row"] | d.anchor["shown"]})


def judged(table: str, one: CuratedDocument, other: CuratedDocument) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows both judged, side by side; None where a curator does not have the fact."""
    key, finished = schema.KEYS[table], bool(one.done and other.done)
    extracted = {r[key] for r in one.extracted.get(table, ())}
    mine, theirs = ({r[key]: r for r in view.rows(table)} for view in (one, other))
    for row_id in (i for i in mine if i in extracted and i in theirs):
        facts = [view.fact(table, row_id) for view in (one, other)]
        if finished or all(f is not None and f.about_row for f in facts):
            yield mine[row_id], theirs[row_id]
    added, others = ([r for i, r in rows.items() if i not in extracted] for rows in (mine, theirs))
    yield from _added(table, added, others, finished=finished)


def _added(
    table: str, added: Sequence[Row], others: Sequence[Row], *, finished: bool
) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows that the one added beside those that the other did, by their likeness; `finished`: nobody adds any more."""
    key = schema.KEYS[table]
    same_id = {r[key] for r in others}
    pairs = assign(
        (9.0 if a[key] == b[key] else likeness(table, a, b), i, j) for i, a in enumerate(added) for j, b in enumerate(others)
    )  # fmt: skip
    for i, row in enumerate(added):
        if i in pairs or finished or row[key] in same_id:
            yield row, others[pairs[i]] if i in pairs else None
    if finished:
        yield from ((None, r) for j, r in enumerate(others) if j not in set(pairs.values()))


def answers(table: str, one: Row | None, other: Row | None) -> Iterator[tuple[str, str, str]]:
    """By column what the one and the other say of a row, as text."""
    kept = [row is not None and row["curation"] not in NOT_FACTS for row in (one, other)]
    yield KEPT, _yes(kept[0]), _yes(kept[1])
    if one is None or other is None:
        row = one or other or {}
        for name in (n for n in correctable(table) if n not in _LEFT_OUT and row[n] not in (None, "")):
            values = [canonical(r[name]) if r and k else "" for r, k in zip((one, other), kept, strict=True)]
            yield name, values[0], values[1]
    elif all(kept):
        for name in (n for n in correctable(table) if n not in _LEFT_OUT):
            yield name, canonical(one[name]).casefold(), canonical(other[name]).casefold()


def _whole(table: str, one: Row | None, other: Row | None) -> tuple[str, str, str]:
    """All that a row says, with each of the two; "" where it is no fact."""
    names = [n for n in correctable(table) if n not in _LEFT_OUT]

    def summary(row: Row | None) -> str:
        if row is None or row["curation"] in NOT_FACTS:
            return ""
        return " | ".join(canonical(row[n]).casefold() for n in names)

    return WHOLE, summary(one), summary(other)


def _yes(kept: bool) -> str:
    return "yes" if kept else "no"


def _agreement(table: str, name: str, answers: Sequence[tuple[str, str]]) -> Agreement:
    silent = "no" if name == KEPT else ""
    stated = [(a != silent, b != silent) for a, b in answers]
    interval = kappa_interval(answers)
    return Agreement(
        table, name, rows=len(answers), same=sum(a == b for a, b in answers),
        told=(sum(a for a, _ in stated), sum(b for _, b in stated)),
        both=sum(a == b != silent for a, b in answers), kappa=kappa(answers), low=interval[0], high=interval[1],
    )  # fmt: skip


def kappa(answers: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of pairs of answers: agreement beyond chance, at most 1.

    None when nothing was compared, or both always give one and the same answer: then chance alone explains it.
    """
    if not answers:
        return None
    observed, expected = _observed_and_expected(answers)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def kappa_interval(answers: Sequence[tuple[str, str]]) -> tuple[float | None, float | None]:
    """The ends of the 95% interval of Cohen's kappa; None where there is no kappa.

    That of the observed agreement by Wilson (1927), agreement by chance taken as it is, as in Cohen's standard error; unlike that one it
    does not shrink to nothing where both always agree: of 38 rows that are all the same, kappa may still be 0.9.
    """
    if kappa(answers) is None:
        return None, None
    observed, expected = _observed_and_expected(answers)
    n, z = len(answers), _WIDE
    middle = (observed + z * z / (2 * n)) / (1 + z * z / n)
    wide = z / (1 + z * z / n) * (observed * (1 - observed) / n + z * z / (4 * n * n)) ** 0.5
    low, high = ((share - expected) / (1 - expected) for share in (middle - wide, middle + wide))
    return max(-1.0, low), min(1.0, high)


def _observed_and_expected(answers: Sequence[tuple[str, str]]) -> tuple[float, float]:
    n = len(answers)
    ones, others = Counter(a for a, _ in answers), Counter(b for _, b in answers)
    return sum(a == b for a, b in answers) / n, sum(ones[c] * others[c] for c in ones) / n**2
