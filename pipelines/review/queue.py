"""The queue: all documents of a store with what is left to do in each (see `queue_counts`), found, ordered and paged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlencode

from extract import schema
from pipelines.curation.documents import today
from pipelines.curation.orphaned import orphans_of
from pipelines.curation.stored import documents
from pipelines.review.queue_counts import Counter, Entry
from pipelines.store import Store
from pipelines.store.layout import fold

PAGE = 50

TABS = (("todo", "To review"), ("begun", "Begun"), ("done", "Done"), ("failed", "Not read"), ("all", "All"))

#: the first is the usual one: confidence tells right rows from wrong ones well enough to begin with the doubtful
SORTS = (
    ("unsure", "most unsure first"),
    ("file", "as in the folder"),
    ("open", "most open first"),
    ("year", "newest first"),
)

BELOW = (0.5, 0.7, 0.8, 0.9)

#: has a decision with which the newest run disagrees
DIFFERS = "differs"

#: has a decision whose sentence is gone since the file was changed
CHANGED = "changed"

#: what a document can be asked to have: name, label, table, condition on a row
FIELDS = (
    ("diagnosis", "a diagnosis", "diagnoses", "1"), ("treatment", "a treatment", "treatments", "1"),
    ("dose", "a dose", "treatments", "dose_text != '' OR dose_value IS NOT NULL"),
    ("vehicle", "a vehicle", "treatments", "vehicle != ''"), ("route", "a route", "treatments", "route != ''"),
    ("frequency", "a frequency", "treatments", "frequency_text != ''"),
    ("duration", "a duration", "treatments", "duration_text != ''"),
    ("indication", "what a drug was given for", "treatments", "indication_text != ''"),
    ("pain", "a pain score", "pain_scores", "1"), ("therapy", "a therapy", "therapies", "1"), ("event", "an adverse event", "adverse_events", "1"),
    (DIFFERS, "a newer run that disagrees", "", ""), (CHANGED, "a decision whose file was changed", "", ""),
)  # fmt: skip

#: columns that free text is looked for in, besides title and file
_SEARCHED = {name: row.table.searched for name, row in schema.TABLES.items() if row.table.searched}


@dataclass(frozen=True)
class Want:
    """What a curator asks the queue for; see `FIELDS`, `SORTS`, `TABS`."""

    show: str = "todo"
    q: str = ""
    drug: str = ""
    field: str = ""
    below: float | None = None
    sort: str = SORTS[0][0]
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """From the query of an address; what makes no sense counts as not asked for."""
        below = query.get("below", "")
        page = query.get("page", "1")
        return cls(
            show=_one_of(query.get("show"), TABS, "todo"), q=query.get("q", "").strip()[:200],
            drug=query.get("drug", "").strip()[:200], field=_one_of(query.get("field"), FIELDS, ""),
            below=next((b for b in BELOW if str(b) == below), None), sort=_one_of(query.get("sort"), SORTS, SORTS[0][0]),
            page=int(page) if page.isdecimal() and len(page) < 9 and int(page) else 1,
        )  # fmt: skip

    def query(self, **changed: Any) -> str:
        """The address's query with "?", what is usual left out; empty when all is."""
        want, usual = replace(self, **{"page": 1, **changed}), Want()
        parameters = {name: getattr(want, name) for name in self.__dataclass_fields__}
        rest = urlencode({name: value for name, value in parameters.items() if value != getattr(usual, name)})
        return f"?{rest}" if rest else ""

    @property
    def narrowed(self) -> bool:
        """Whether more than the tab is asked for."""
        return bool(self.q or self.drug or self.field or self.below)


def _one_of(value: str | None, known: Iterable[tuple[Any, ...]], usual: str) -> str:
    return value if value is not None and any(k[0] == value for k in known) else usual


@dataclass(frozen=True)
class Page:
    """One page of the queue."""

    entries: list[Entry]
    total: int
    number: int
    pages: int


@dataclass
class Queue:
    """The queue of a store."""

    store: Store
    counter: Counter = field(init=False)

    def __post_init__(self) -> None:
        self.counter = Counter(self.store)

    def entries(self) -> list[Entry]:
        """All documents, in document order."""
        return self.counter.entries()

    def counts(self) -> dict[str, int]:
        """Documents of each tab."""
        counts = dict.fromkeys((name for name, _ in TABS), 0)
        for entry in self.entries():
            for name in counts:
                counts[name] += _in_tab(entry, name)
        return counts

    def find(self, want: Want, unsure: float) -> list[Entry]:
        """The documents that are asked for, in the order asked for.

        Args:
            unsure: facts with less confidence are counted in `Entry.low`, unless `want.below` says otherwise.
        """
        entries = [e for e in self.entries() if _in_tab(e, want.show)]
        for wanted in (self._having(want), self._with_drug(want.drug), self._with_text(want.q)):
            if wanted is not None:
                entries = [e for e in entries if e.doc_id in wanted]
        limit = want.below or unsure
        entries = [replace(e, low=sum(s < limit for s in e.sure)) for e in entries]
        if want.below:
            entries = [e for e in entries if e.low]
        keys: dict[str, Any] = {
            "unsure": lambda e: (-e.low, e.least if e.least is not None else 2.0), "open": lambda e: -e.open, "year": lambda e: -(e.year or 0),
        }  # fmt: skip
        return sorted(entries, key=keys[want.sort]) if want.sort in keys else entries

    def unsure_after(self, doc_id: str, listed: list[Entry]) -> str:
        """The next document of a list in which something unsure still waits, after one and then from the top; empty when none does."""
        at = next((i for i, e in enumerate(listed) if e.doc_id == doc_id), -1)
        return next((e.doc_id for e in [*listed[at + 1 :], *listed[: max(at, 0)]] if e.low), "")

    def left(self) -> tuple[int, float]:
        """How many facts still wait for somebody, and how many seconds a decision takes here."""
        return sum(e.open for e in self.entries()), self.counter.pace

    def page(self, want: Want, unsure: float) -> Page:
        """One page of what is asked for; the last one when there are not so many."""
        entries = self.find(want, unsure)
        pages = max(1, -(-len(entries) // PAGE))
        number = min(want.page, pages)
        return Page(entries[(number - 1) * PAGE : number * PAGE], len(entries), number, pages)

    # finding -------------------------------------------------------------------------------------------------------

    def _having(self, want: Want) -> set[str] | None:
        if not want.field:
            return None
        if want.field == DIFFERS:
            return {curated.doc_id for curated in documents(self.store) if curated.disagreements or curated.orphans}
        if want.field == CHANGED:
            return {curated.doc_id for curated in documents(self.store) if orphans_of(curated)}
        table, condition = next((t, c) for name, _, t, c in FIELDS if name == want.field)
        return self._ids(f"SELECT DISTINCT doc_id FROM {table} WHERE {condition}")

    def _with_drug(self, drug: str) -> set[str] | None:
        if not drug:
            return None
        like = _like(drug)
        doc_ids = self._ids(
            f"SELECT DISTINCT doc_id FROM treatments WHERE {_holds(('drug', 'text', 'also'))}", [like] * 6
        )
        return doc_ids | self._said(drug)

    def _with_text(self, text: str) -> set[str] | None:
        """Documents in which every word is found, each somewhere."""
        if not text:
            return None
        doc_ids: set[str] | None = None
        for word in text.split():
            like, with_word = _like(word), set()
            for table, names in _SEARCHED.items():
                with_word |= self._ids(
                    f"SELECT DISTINCT doc_id FROM {table} WHERE {_holds(names)}", [like] * 2 * len(names)
                )
            with_word |= self._said(word)
            doc_ids = with_word if doc_ids is None else doc_ids & with_word
        return doc_ids

    def _said(self, word: str) -> set[str]:
        """Documents in which a curator wrote it; the log holds what is not ASCII as escapes."""
        query = "SELECT DISTINCT doc_id, new FROM decisions WHERE new LIKE ? ESCAPE '!' OR instr(new, '\\u')"
        plain = fold(word) or ""
        doc_ids = {
            doc_id
            for doc_id, new in self.store.select(query, [_like(word)])
            if plain in (fold(json.dumps(json.loads(new), ensure_ascii=False)) or "")
        }
        todays = today(self.store) if doc_ids else {}
        return {todays.get(d, d) for d in doc_ids}

    def _ids(self, query: str, values: list[str] | None = None) -> set[str]:
        return {row[0] for row in self.store.select(query, values or ())}


def _in_tab(entry: Entry, tab: str) -> bool:
    return tab == "all" or entry.state == tab or (tab == "todo" and entry.state == "begun")


def _holds(names: Iterable[str]) -> str:
    """SQL: a column holds what is looked for, accents apart; only what is not ASCII is folded, for that takes time."""
    return " OR ".join(f"{n} LIKE ? ESCAPE '!' OR ({n} GLOB '*[^ -~]*' AND fold({n}) LIKE ? ESCAPE '!')" for n in names)


def _like(text: str) -> str:
    text = fold(text) or ""
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"
