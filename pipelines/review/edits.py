"""What the page sends when a curator decides, as decisions for the log.

In: the JSON of a request, from somebody who has the address but may send anything. Out: decisions written by
`pipelines.curation.record`, or `Wrong` with a message for each field, or its `Conflict`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from extract import schema
from extract.document import SourceText
from extract.errors import PipelineError
from pipelines.curation import Conflict, CuratedDocument, Decision, record
from pipelines.curation.fields import PLACE, checked, editable, problem_with
from pipelines.curation.orphaned import carried_over, orphans_of
from pipelines.curation.plausibility import REFUSE, Doubt, overruled
from pipelines.review import understanding
from pipelines.review.documents import view
from pipelines.review.forms import ADDED, FORMS, as_text, as_value, label, labelled
from pipelines.store import Store

_LONGEST_WHY = 2000


class Wrong(Exception):
    """What was sent cannot be taken.

    Attributes:
        fields: what is wrong, by field; the empty name is the whole.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(self.fields.values()))


class Doubtful(Exception):
    """What was sent is hardly ever meant; sent again with the names of the doubts in `overruled`, it is taken.

    Attributes:
        doubts: what is doubtful.
    """

    def __init__(self, doubts: list[Doubt]) -> None:
        self.doubts = doubts
        super().__init__("; ".join(d.says for d in doubts))


def decide(store: Store, curated: CuratedDocument, sent: Mapping[str, Any]) -> list[Decision]:
    """Write what was decided on rows of a document; what is written, oldest first.

    Args:
        sent: `who`, `action` (accept, reject, correct, carry, done, reopen, undo); for a row `table`, `row`, `seen` (number of the
            last decision on it that the curator saw) and `why`; `fields` (texts by column) to correct, with the texts whose
            meaning the curator has seen in `understood`, and the names of the doubts in `overruled`; `rows` (each a `table`,
            `row` and `seen`) to accept several; with done, what becomes of undecided rows in `rest` (accept, leave);
            `numbers` of the decisions to undo.

    Raises:
        Wrong, Doubtful, Undecided, Conflict
    """
    who, why, action = _text(sent, "who"), _text(sent, "why")[:_LONGEST_WHY], _text(sent, "action")
    common: dict[str, Any] = {"who": who, "doc_id": curated.doc_id, "why": why}
    match action:
        case "accept" | "reject":
            wanted = sent.get("rows") if isinstance(sent.get("rows"), list) else [sent]
            decisions = [Decision(action=action, **common, **_about(curated, w)) for w in wanted or ()]
        case "correct":
            about = _about(curated, sent)
            typed = values(about["table"], sent)
            if not typed:
                raise Wrong({"": "Nothing was changed."})
            new = understanding.with_followers(
                about["table"], curated.row(about["table"], about["row_id"]) or {}, typed, sent
            )
            common["why"] = overruled(why, _doubts(curated, about["table"], about["row_id"], new, sent))
            decisions = [Decision(action="correct", field=f, new=v, **common, **about) for f, v in new.items()]
        case "carry":
            decisions = _carried(curated, sent, common)
        case "done" | "reopen":
            patient: dict[str, Any] = {"table": "cases", "row_id": _text(sent, "row")} if sent.get("row") else {}
            decisions = [
                *(_rest(curated, sent, common) if action == "done" else ()),
                Decision(action=action, **common, **patient),
            ]
        case "undo":
            decisions = _undone(curated, sent, common)
        case _:
            raise Wrong({"": f"There is no action called {action!r}."})
    return recorded(store, decisions)


class Undecided(Exception):
    """A document or a patient is to be done while rows of it are not decided, and nobody said what becomes of them.

    Attributes:
        rows: how many.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        super().__init__(f"{rows} rows are not decided")


def _carried(curated: CuratedDocument, sent: Mapping[str, Any], common: Mapping[str, Any]) -> list[Decision]:
    """An old decision carried over to what the changed file says now.

    Raises:
        Wrong: it is no such decision any more, or the reading is another one than the person saw (`to`).
    """
    about = _about(curated, sent)
    for orphan in orphans_of(curated):
        if (orphan.fact.table, orphan.row[schema.KEYS[orphan.fact.table]]) == (about["table"], about["row_id"]):
            if orphan.reading is None or orphan.reading[schema.KEYS[orphan.fact.table]] != sent.get("to"):
                break
            return carried_over(curated, orphan, common["who"], common["why"])
    raise Wrong({"": "What is read now has changed; look again."})


def _rest(curated: CuratedDocument, sent: Mapping[str, Any], common: Mapping[str, Any]) -> list[Decision]:
    """What `rest` says of the undecided rows of what is to be done: "accept" them (`rows` names them), or "leave" them out.

    Raises:
        Undecided: it says neither, and there are some.
    """
    if sent.get("rest") == "accept":
        wanted = sent.get("rows") if isinstance(sent.get("rows"), list) else []
        return [Decision(action="accept", **common, **_about(curated, w)) for w in wanted or ()]
    seen = view(curated)
    case = _text(sent, "row")
    rows = [r for c in seen.cases if c.row and c.row.id == case for r in c.rows] if case else seen.undecided
    if (left := sum(not r.curation for r in rows)) and sent.get("rest") != "leave":
        raise Undecided(left)
    return []


def add(store: Store, curated: CuratedDocument, source: SourceText, sent: Mapping[str, Any]) -> list[Decision]:
    """Write a fact that was not found, with the place it was selected at.

    Args:
        sent: `who`, `why`, `table`, `fields` (texts by column), `start`, `end` and `selected` (the text there, as the page
            shows it).

    Raises:
        Wrong: also when other text stands at these characters than was selected.
    """
    table = table_of(sent)
    if table not in ADDED:
        raise Wrong({"": f"Nothing can be added to {table}."})
    place = place_of(source, sent)
    new = understanding.completed(table, values(table, sent), sent) | place
    who, why = _text(sent, "who"), _text(sent, "why")[:_LONGEST_WHY]
    why = overruled(why, _doubts(curated, table, "", new, sent))
    return recorded(store, [Decision(who=who, action="add", doc_id=curated.doc_id, table=table, new=new, why=why)])


def _doubts(
    curated: CuratedDocument, table: str, row_id: str, new: Mapping[str, Any], sent: Mapping[str, Any]
) -> list[Doubt]:
    """The doubts that were overruled.

    Raises:
        Wrong: a value cannot be.
        Doubtful: there are doubts that were not overruled.
    """
    doubtful = understanding.doubts(curated, table, row_id, new)
    if refused := {d.column: f"{d.says[:1].upper()}{d.says[1:]}." for d in doubtful if d.level == REFUSE}:
        raise Wrong(refused)
    known = sent.get("overruled")
    if any(d.name not in (known if isinstance(known, list) else ()) for d in doubtful):
        raise Doubtful(doubtful)
    return doubtful


def place_of(source: SourceText, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Where a selection stands: characters, page, box, section and sentence, as columns.

    Raises:
        Wrong: there is no such place, or other text stands there.
    """
    start, end = sent.get("start"), sent.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(source.text):
        raise Wrong({"": "Select some text on the page first."})
    selected = " ".join(_text(sent, "selected").split())
    if selected and selected != " ".join(source.text[start:end].split()):
        raise Wrong({"": "The text of this document has changed; reload the page and select again."})
    section, box = source.section_at(start), source.box(start, end)
    place: dict[str, Any] = {"start": start, "end": end, "evidence": sentence(source.text, start, end)}
    place["section"] = section.name if section else ""
    if box is not None:
        place |= {"page": box.page, "x0": box.x0, "top": box.top, "x1": box.x1, "bottom": box.bottom}
    return place


def sentence(text: str, start: int, end: int) -> str:
    """The sentence around characters start..end, roughly: up to a stop before a capital, or an empty line."""
    stops = [
        m.end()
        for m in re.finditer(
            r"(?<![A-Z\d])[.!?][\])\"']*\s+(?=[A-Z(\d])|\n\s*\n", text[max(0, start - 1000) : end + 1000]
        )
    ]
    low = max(0, start - 1000)
    begin = max((low + s for s in stops if low + s <= start), default=low)
    finish = min((low + s for s in stops if low + s >= end), default=min(len(text), end + 1000))
    return " ".join(text[begin:finish].split())


def _about(curated: CuratedDocument, sent: Any) -> dict[str, Any]:
    """The row that is meant."""
    if not isinstance(sent, Mapping):
        raise Wrong({"": "A row is expected."})
    table, row_id, seen = table_of(sent), _text(sent, "row"), sent.get("seen")
    if not isinstance(seen, int) or isinstance(seen, bool):
        raise Wrong({"": "`seen` is expected: the last decision on the row that you saw."})
    if curated.row(table, row_id) is None:
        raise Wrong({"": "This row is not there any more: a new run has read the document. Reload the page."})
    return {"table": table, "row_id": row_id, "seen": seen}


def _undone(curated: CuratedDocument, sent: Mapping[str, Any], common: Mapping[str, Any]) -> list[Decision]:
    """Take back the decisions named, the newest first; or, with none named, the curator's last one that still counts."""
    numbers = sent.get("numbers")
    standing = {d.number: d for fact in curated.facts.values() for d in fact.decisions if d.number not in fact.undone}
    if not numbers:
        mine = [n for n, d in standing.items() if d.who == common["who"].strip() and d.action != "undo"]
        numbers = [max(mine)] if mine else []
    wanted = sorted((n for n in numbers if isinstance(n, int) and n in standing), reverse=True)
    if not wanted:
        raise Wrong({"": "There is nothing of yours to undo in this document."})
    if any(standing[n].who != common["who"].strip() for n in wanted):
        raise Wrong({"": "Only your own decisions can be undone; correct the row instead."})
    sent_seen = sent.get("seen")
    seen = max(wanted[0], sent_seen) if isinstance(sent_seen, int) else wanted[0]
    return [Decision(action="undo", new=n, seen=seen, **common) for n in wanted]


def values(table: str, sent: Mapping[str, Any], *, strict: bool = True) -> dict[str, Any]:
    """The values of the fields sent, checked; where `shown` tells what the form began with, only the changed ones.

    Raises:
        Wrong: a field cannot hold its value; if not `strict`, it is left out.
    """
    fields, shown = sent.get("fields"), sent.get("shown")
    if not isinstance(fields, Mapping) or not all(isinstance(v, str) for v in fields.values()):
        raise Wrong({"": "`fields` is expected: texts by column."})
    shown = shown if isinstance(shown, Mapping) else {}
    accepted, wrong = {}, {}
    for name, text in fields.items():
        if name not in editable(table) or name in PLACE:
            wrong[str(name)] = f"{label(str(name))} cannot be changed."
            continue
        if shown.get(name) == text:
            continue
        value = as_value(table, name, text)
        if problem := problem_with(table, name, value):
            wrong[name] = f"{label(name)}: {problem}."
            continue
        accepted[name] = checked(table, name, value)
    if wrong and strict:
        raise Wrong(wrong)
    return accepted


def recorded(store: Store, decisions: list[Decision]) -> list[Decision]:
    """Write decisions.

    Raises:
        Wrong: they cannot be taken, or nobody says who decides.
        Conflict
    """
    if not decisions or not decisions[0].who.strip():
        raise Wrong({"who": "Say who you are first."} if decisions else {"": "Nothing was decided."})
    try:
        return record(store, decisions)
    except Conflict:
        raise
    except PipelineError as error:
        if error.code.value != "usage":
            raise
        what = labelled(re.sub(r"\b\w+\.(?=[a-z_]+:)", "", error.what))
        raise Wrong({"": f"{what[:1].upper()}{what[1:]}."}) from error


def table_of(sent: Mapping[str, Any]) -> str:
    """The table that is meant.

    Raises:
        Wrong: there is none of that name here.
    """
    table = _text(sent, "table")
    if table not in FORMS:
        raise Wrong({"": f"There is no table called {table!r} here."})
    return table


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    return value if isinstance(value, str) else ""


def current(curated: CuratedDocument, table: str, row_id: str) -> dict[str, str]:
    """A row's values as inputs hold them, for the other side of a conflict; empty when there is no such row."""
    row = curated.row(table, row_id)
    return {n: as_text(row[n]) for n in editable(table) if n not in PLACE} if row else {}
