"""What the review page is told: decisions, and the answers to them; also to what cannot be taken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from extract.errors import CasesiftError, Code
from pipelines.curation import Conflict, CuratedDocument, Decision, document, successors
from pipelines.curation.derived import CODED, code_of
from pipelines.curation.repeated import COLUMNS, repeated
from pipelines.curation.repeated import everywhere as edits_everywhere
from pipelines.review import edits, forms, understanding
from pipelines.review.documents import said_of, view
from pipelines.review.shared import Review
from pipelines.store.locking import locked


async def preview(review: Review, request: Request) -> Response:
    """What is understood of a form that is not saved yet."""
    sent = await sent_json(request)
    _, curated = review.curated(request.path_params["doc_id"])
    table, row = edits.table_of(sent), sent.get("row")
    typed = edits.values(table, sent, strict=False)
    answer = await asyncio.to_thread(understanding.preview, curated, table, row if isinstance(row, str) else "", typed)
    return JSONResponse(answer)


async def decide(review: Review, request: Request) -> Response:
    """A decision on rows of a document, or on the document."""
    sent = await sent_json(request)
    _, curated = review.curated(request.path_params["doc_id"])
    await _codes_at_hand(sent)
    before = review.store.revision
    try:
        decisions = edits.decide(review.store, curated, sent)
    except Conflict as conflict:
        return _conflict(review, curated, sent, conflict)
    return _decided(review, curated.doc_id, decisions, before)


async def add(review: Review, request: Request) -> Response:
    """A fact that was not found."""
    sent = await sent_json(request)
    known, curated = review.curated(request.path_params["doc_id"])
    source = await review.source(known)
    await _codes_at_hand(sent)
    before = review.store.revision
    return _decided(review, curated.doc_id, edits.add(review.store, curated, source, sent), before)


async def everywhere(review: Review, request: Request) -> Response:
    """A correction that was made twice, made on all rows of its kind."""
    sent = await sent_json(request)
    correction = {name: sent.get(name) for name in ("table", "field", "old", "new")}
    table, name = str(correction["table"]), str(correction["field"])
    if not all(isinstance(v, str) for v in correction.values()) or name not in COLUMNS.get(table, ()):
        raise edits.Wrong({"": "There is no such correction."})
    like = Decision(who="", action="correct", table=table, field=name, new=correction["new"], old=correction["old"])
    what = repeated(review.store, [like])
    if what is None:
        raise edits.Wrong({"": "No row is left to correct so."})
    who = sent.get("who")
    decisions = edits.recorded(review.store, edits_everywhere(review.store, what, who if isinstance(who, str) else ""))
    _, curated = review.curated(str(request.path_params["doc_id"]))
    seen = view(curated)
    review.queue.counter.learn(seen)
    return JSONResponse(
        {"rows": review.rows(seen), "numbers": [], "row": "", "changed": len({d.row_id for d in decisions})}
    )


async def succeed(review: Review, request: Request) -> Response:
    """Decisions on a file that is gone go on with one that says the same."""
    sent = await sent_json(request)
    offer = next(
        (o for o in successors.offers(review.store) if (o.old, o.new) == (sent.get("old"), sent.get("new"))), None
    )
    if offer is None:
        raise edits.Wrong({"": "The two files are not a pair any more; reload the page."})
    with locked(review.out):
        successors.take_over(review.store, offer)
    return JSONResponse({"taken": offer.decisions})


async def _codes_at_hand(sent: Mapping[str, Any]) -> None:
    """Look the codes of what was typed up in another thread: the first time takes seconds. They are remembered."""
    fields = sent.get("fields")
    for column in CODED:
        name = fields.get(column) if isinstance(fields, Mapping) else ""
        if isinstance(name, str) and name:
            await asyncio.to_thread(code_of, column, name)


def _decided(review: Review, doc_id: str, decisions: list[Decision], before: int) -> Response:
    """The answer to what was decided: the facts as they are now. `before`: the store's revision before it."""
    review.queue.counter.decided(before, review.store.revision)
    seen = view(document(review.store, doc_id))
    review.queue.counter.learn(seen)
    row = decisions[-1].row_id if decisions else ""
    again = repeated(review.store, decisions)
    return JSONResponse(
        {"rows": review.rows(seen), "last": seen.state, "numbers": [d.number for d in decisions], "row": row,
         "repeated": asdict(again) | {"label": forms.label(again.field)} if again else None}
    )  # fmt: skip


def _conflict(review: Review, curated: CuratedDocument, sent: Mapping[str, Any], conflict: Conflict) -> Response:
    d = conflict.decision
    fact = curated.fact(d.table, d.row_id)
    newer = [{"who": n.who, "when": n.when, "what": said_of(n, curated)} for n in conflict.newer]
    now = edits.current(curated, d.table, d.row_id)
    labels = {name: forms.label(name) for name in now}
    answer = {"newer": newer, "now": now, "labels": labels, "seen": fact.last if fact else 0, "row": d.row_id}
    return JSONResponse({"conflict": answer, "rows": review.rows(view(curated))}, status_code=409)


async def sent_json(request: Request) -> dict[str, Any]:
    """The JSON object of a request.

    Raises:
        Wrong: it holds none.
    """
    try:
        sent = json.loads(await request.body())
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise edits.Wrong({"": "A JSON object is expected."})
    return sent


async def refused(review: Review, request: Request, error: Exception) -> Response:
    """The answer to an error of ours: a page for who asked for one, else one line."""
    assert isinstance(error, CasesiftError)
    status = 404 if error.code in (Code.USAGE, Code.NOT_FOUND) else 503 if error.code is Code.STORE else 422
    if "text/html" in request.headers.get("accept", ""):
        return review.html("error.html", status=status, what=error.what, mend=error.mend, file=error.file)
    return PlainTextResponse(error.reason, status_code=status)


async def wrong(request: Request, error: Exception) -> Response:
    """The answer to what cannot be taken: a message for each field."""
    assert isinstance(error, edits.Wrong)
    return JSONResponse({"errors": error.fields}, status_code=422)


async def doubtful(request: Request, error: Exception) -> Response:
    """The answer to what is hardly ever meant: the doubts, which may be overruled."""
    assert isinstance(error, edits.Doubtful)
    return JSONResponse({"doubts": [{"name": d.name, "column": d.column, "says": d.says} for d in error.doubts]}, 422)


async def undecided(request: Request, error: Exception) -> Response:
    """The answer to "done" while rows are not decided: what is to become of them?"""
    assert isinstance(error, edits.Undecided)
    return JSONResponse({"undecided": error.rows, "errors": {"": f"{error}."}}, status_code=422)
