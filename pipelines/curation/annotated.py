"""Curated documents as annotated texts: for training, and for tools that show and edit annotations.

In: a store. Out: texts with labelled spans: the mentions of the run, and over them what curators said. The words of an
accepted, corrected or added fact are labelled where they stand in its sentence; a diagnosis or pain score that was rejected
loses its label. A rejected drug keeps it: the words are a drug's all the same, it is only no fact of the patient. For training,
`decided` leaves out the paragraphs in which something stands that nobody decided on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from extract import schema
from extract.errors import CasesiftError
from pipelines.curation.curated import CuratedDocument
from pipelines.curation.fields import NOT_FACTS
from pipelines.curation.stored import document
from pipelines.inputs.known import Known
from pipelines.store import Store

Row = dict[str, Any]

#: the label of the words in a column, by table
_LABELS = {name: labels for name, row in schema.TABLES.items() if row.table.curated and (labels := schema.labels(row))}

#: tables whose rows the labels of their words are linked to, because `linked_to` names them
_LINKED = ("treatments", "pain_scores")

#: characters around a fact in which its words are looked for
_NEAR = 400


@dataclass(frozen=True)
class Span:
    """A labelled span; `linked_to` names the fact it belongs to."""

    start: int
    end: int
    label: str
    assertion: str = ""
    linked_to: str = ""


@dataclass(frozen=True)
class Annotated:
    """A document's text and its spans, in text order."""

    known: Known
    text: str
    spans: list[Span]
    done: bool


def annotated(
    store: Store, left_out: list[str], *, only_done: bool = False, read: Callable[[Store, str], str] | None = None
) -> Iterator[Annotated]:
    """The documents of the store as annotated texts.

    Args:
        left_out: gets a line on each document whose text cannot be had any more.
        only_done: leave out documents whose curation is not finished.
        read: gives a document's text; by default it is read again from its file, or from the cache.
    """
    read = read or _text
    for known in store.known():
        if known.status == "failed":
            continue
        curated = document(store, known.doc_id)
        if only_done and not curated.done:
            continue
        try:
            text = read(store, known.doc_id)
        except CasesiftError as error:
            left_out.append(f"{known.file}: {error.reason}")
            continue
        rows = curated.rows("mentions")
        if any(text[r["start"] : r["end"]] != r["text"] for r in rows if r["curation"] in ("", "accepted")):
            left_out.append(f"{known.file}: its text has changed since its rows were made; run again")
            continue
        yield Annotated(known, text, spans(curated, text), bool(curated.done))


def decided(curated: CuratedDocument, annotated: Annotated) -> tuple[Annotated, int]:
    """The text's paragraphs in which nothing stands that nobody decided on, joined, and how many were left out.

    A span is decided on when a fact that was decided on names it, by its place, by its identifier or by its words.
    """
    facts = [
        r | {"key": r[schema.KEYS[t]]}
        for t in _LABELS
        for r in curated.rows(t)
        if r["curation"] not in ("", "orphaned")
    ]
    keys = {r["key"] for r in facts}
    places = {(r["start"], r["end"]) for r in facts}
    words = {w.casefold() for r in facts for w in _wordings(r)}
    judged = {(r["start"], r["end"], r["label"]) for r in curated.rows("mentions") if r["curation"]}
    waiting = [
        (r["start"], r["end"])
        for t, labels in _LABELS.items()
        for r in curated.rows(t)
        if not r["curation"] and any(r[column] for column in labels)
    ]

    def is_decided(s: Span) -> bool:
        text = annotated.text[s.start : s.end].casefold()
        return s.linked_to in keys or (s.start, s.end) in places or text in words or (s.start, s.end, s.label) in judged

    waiting += [(s.start, s.end) for s in annotated.spans if not is_decided(s)]
    text, kept, left_out = "", list[Span](), 0
    for begin, end in _paragraphs(annotated.text):
        if any(begin <= start < end for start, _ in waiting):
            left_out += 1
            continue
        moved = len(text) - begin
        kept += [
            replace(s, start=s.start + moved, end=s.end + moved)
            for s in annotated.spans
            if begin <= s.start and s.end <= end
        ]
        text += annotated.text[begin:end]
    return replace(annotated, text=text, spans=kept), left_out


def _wordings(row: Row) -> set[str]:
    """What a fact is called, and the words of its columns."""
    wordings = {str(row.get(n) or "") for names in _LABELS.values() for n in names} | set(
        (row.get("also") or "").split("; ")
    )
    return (wordings | {str(row.get("drug") or ""), str(row.get("diagnosis") or "")}) - {""}


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines of a text begin and end, each with its line break: a line is a paragraph."""
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, at + len(line)
        at += len(line)


def _text(store: Store, doc_id: str) -> str:
    from pipelines.store.sources import source_of

    return source_of(store, doc_id).text


def spans(curated: CuratedDocument, text: str) -> list[Span]:
    """The labelled spans of a document, with what curators said of mentions and of facts."""
    by_place = {
        (r["start"], r["end"], r["label"]): Span(r["start"], r["end"], r["label"], r["assertion"], r["linked_to"])
        for r in curated.rows("mentions")
        if r["curation"] not in NOT_FACTS and r["label"] in schema.MENTION_LABELS
    }
    for table, labels in _LABELS.items():
        for row in curated.rows(table):
            if row["curation"] == "rejected":
                if list(labels) == ["text"]:  # else the words may be those of another row
                    by_place.pop((row["start"], row["end"], labels["text"]), None)
            elif row["curation"] and row["curation"] != "orphaned":
                for column, label in labels.items():
                    _label(by_place, text, row, table, row[column], label)
    return sorted(by_place.values(), key=lambda s: (s.start, s.end, s.label))


def _label(by_place: dict[tuple[int, int, str], Span], text: str, row: Row, table: str, words: str, label: str) -> None:
    """Label the words of a fact where they stand nearest to it; another span of the label across them gives way."""
    at = _nearest(text, words, row["start"]) if words else None
    if at is None:
        return
    start, end = at
    if any(s.label == label and s.start <= start and end <= s.end for s in by_place.values()):
        return
    for key, span in list(by_place.items()):
        if span.label == label and span.start < end and start < span.end:
            del by_place[key]
    assertion = {"diagnosis": row.get("assertion", ""), "drug": row.get("status", "")}.get(label, "")
    linked = row[schema.KEYS[table]] if table in _LINKED else ""
    by_place[start, end, label] = Span(start, end, label, assertion, linked)


def _nearest(text: str, words: str, near: int) -> tuple[int, int] | None:
    low, high = max(0, near - _NEAR), near + _NEAR
    window = text[low:high].casefold()
    if len(window) != len(text[low:high]):  # a letter that folds into two
        window = text[low:high].lower() if len(text[low:high].lower()) == len(text[low:high]) else text[low:high]
    wanted, places, at = words.casefold(), [], -1
    while (at := window.find(wanted, at + 1)) >= 0:
        before, after = window[at - 1 : at], window[at + len(wanted) : at + len(wanted) + 1]
        if not (before.isalnum() and wanted[0].isalnum()) and not (after.isalnum() and wanted[-1].isalnum()):
            places.append(low + at)
    if not places:
        return None
    start = min(places, key=lambda p: abs(p - near))
    return start, start + len(words)
