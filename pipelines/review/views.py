"""What the review page shows: the queue, a document and its parts. Nothing here changes anything."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.curation import derived, orphaned, successors
from pipelines.curation.agreement import curators
from pipelines.curation.fields import UNSURE, editable, names_row
from pipelines.review import edits, forms, highlights, normal, pages
from pipelines.review.assets import KEPT
from pipelines.review.documents import DocumentView, RowView, view
from pipelines.review.labels import names
from pipelines.review.queue import BELOW, FIELDS, SORTS, TABS, Want
from pipelines.review.shared import Review
from pipelines.store.layout import fold
from pipelines.store.sources import cache_folder, checked_path, fitting, known_document, told_text


async def show_queue(review: Review, request: Request) -> Response:
    """The queue."""
    want = Want.of(request.query_params)
    page = review.queue.page(want, UNSURE)
    return review.html(
        "queue.html", want=want, page=page, ahead=review.quick(page.entries[0].doc_id if page.entries else ""), counts=review.queue.counts(),
        tabs=TABS, sorts=SORTS, fields=[f[:2] for f in FIELDS], below=BELOW, drugs=review.suggested()["drug"],
        out=str(review.out), out_name=review.out.resolve().name, offers=successors.offers(review.store),
        orphaned=orphaned.count(review.store), left=review.queue.left(), several=len(curators(review.store)) > 1,
    )  # fmt: skip


async def show_document(review: Review, request: Request) -> Response:
    """A document, with links to those before and after it in the queue that was asked for."""
    known, curated = review.curated(request.path_params["doc_id"])
    want = Want.of(request.query_params)
    entries = review.queue.find(want, UNSURE)
    listed = [e.doc_id for e in entries]
    everything = [e.doc_id for e in review.queue.entries()]
    before, after, position = _beside(known.doc_id, listed, everything if want.sort == "file" else [])
    problem, sizes, text = "", [], None
    try:
        path = checked_path(known)
        if path.suffix.lower() == ".pdf":
            sizes = await review.slowly(pages.sizes, path, known.sha256)
            if not curated.rows("documents")[0]["ocr_pages"]:  # of a scan the pages come first
                review.begin_reading(known)
        else:
            text = await review.source(known)
    except CasesiftError as error:
        problem = error.reason
    seen = view(curated)
    review.queue.counter.learn(seen)
    return review.html(
        "document.html", doc=seen, sizes=sizes, widths=pages.WIDTHS, problem=problem, want=want,
        marks=highlights.marked(text.text, seen) if text else (), before=before, after=after,
        position=position, total=len(listed), first=_first(seen, want), unsure_after=review.queue.unsure_after(known.doc_id, entries),
        pace=review.queue.counter.pace, ahead=review.quick(after), added=[(t, forms.FACTS[t]) for t in forms.ADDED],
    )  # fmt: skip


def _first(seen: DocumentView, want: Want) -> str:
    """The row that the queue was asked for: the first that matches the filter, of those that wait for somebody if one does."""
    if not (want.below or want.drug or want.q or want.field):
        return ""
    words = [fold(w) or "" for w in (want.q or want.drug).split()]
    tables = {name: table for name, _, table, _ in FIELDS}

    def matches(row: RowView) -> bool:
        text = fold(" ".join((row.name, row.evidence, *(p.text for p in row.parts)))) or ""
        return (
            (not want.below or (row.confidence < want.below and not row.curation))
            and (not want.drug or row.table == "treatments")
            and all(w in text for w in words)
            and (not tables.get(want.field) or row.table == tables[want.field])
        )

    rows = [r for c in seen.cases for r in c.rows if matches(r)]
    rows.sort(key=lambda r: bool(r.curation))
    return rows[0].id if rows else ""


def _beside(doc_id: str, listed: list[str], everything: list[str]) -> tuple[str, str, int]:
    """The documents before and after one in the list, and its place.

    Args:
        everything: all documents in the order of the list, by which one that is no longer in it keeps its place; without them it is
            followed by the first of the list.
    """
    if doc_id in listed:
        at = listed.index(doc_id)
        return listed[at - 1] if at else "", listed[at + 1] if at + 1 < len(listed) else "", at + 1
    order = {d: i for i, d in enumerate(everything)}
    place = order.get(doc_id, -1)
    before = [d for d in listed if order.get(d, 0) < place]
    after = [d for d in listed if order.get(d, 0) > place]
    return before[-1] if before else "", after[0] if after else (before[0] if before else ""), 0


async def show_rows(review: Review, request: Request) -> Response:
    """The facts of a document, as HTML; 204 when the curator has seen the newest decision (`?last=`)."""
    _, curated = review.curated(request.path_params["doc_id"])
    seen = view(curated)
    if request.query_params.get("last") == seen.state:
        return Response(status_code=204)
    return HTMLResponse(review.rows(seen), headers={"x-last": seen.state})


async def show_form(review: Review, request: Request) -> Response:
    """The form to correct a row (`?table=&row=`), or to add one (`?table=&start=&end=&case=`)."""
    known, curated = review.curated(request.path_params["doc_id"])
    query = request.query_params
    table = query.get("table", "")
    if table not in forms.FORMS:
        raise PipelineError(Code.USAGE, f"no form for {table!r}", mend=f"there are {', '.join(forms.FORMS)}")
    row: dict[str, Any] | None
    if row_id := query.get("row", ""):
        row = curated.row(table, row_id)
        if row is None:
            raise edits.Wrong({"": "This row is not there any more; reload the page."})
        fact = curated.fact(table, row_id)
        seen, place, selected = fact.last if fact else 0, {}, ""
    else:
        source = await review.source(known)
        place = edits.place_of(source, {name: _whole(query.get(name, "")) for name in ("start", "end")})
        selected = source.text[place["start"] : place["end"]]
        row = await asyncio.to_thread(normal.first_values, table, selected)
        row["case_id"], seen = query.get("case", ""), 0
        if table == "adverse_events":
            row |= normal.drug_beside(curated.rows("treatments"), place["evidence"])
    if table in ("diagnoses", "adverse_events"):  # so that codes are at hand when somebody types
        review.warm(derived.code_of, "diagnosis", "gout")
    others = {t: names(curated, t) for t in {names_row(table, n) for n in editable(table)} if t}
    groups = forms.form(table, row, others=others, suggested=review.suggested())
    return review.html(
        "form.html", groups=groups, table=table, title=forms.FORMS[table], row_id=row_id, seen=seen, place=place,
        follows=derived.FOLLOWS.get(table, {}), coded=derived.CODED, selected=selected, evidence=row.get("evidence") or place.get("evidence", ""),
    )  # fmt: skip


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None


async def text_of(review: Review, request: Request) -> Response:
    """The text of a document, its words' places, and whether its rows were made from this very text."""
    known = known_document(review.store, request.path_params["doc_id"])
    source = await review.source(known)
    fits = fitting(source, told_text(review.store, known.doc_id)) == 1.0
    return JSONResponse({"text": source.text, "words": list(pages.words(source)), "fits": fits})


async def page_image(review: Review, request: Request) -> Response:
    """A page as an image."""
    known = known_document(review.store, request.path_params["doc_id"])
    path, cache = checked_path(known), cache_folder(review.store)
    page, width = request.path_params["page"], request.path_params["width"]
    drawn = await review.slowly(pages.image, path, known.sha256, page, width, cache)
    return Response(drawn, media_type="image/jpeg", headers=KEPT)
