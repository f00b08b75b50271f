"""The review page as a web application: which address gives what.

| address | gives |
|---|---|
| `/` | the queue |
| `/d/{doc_id}` | a document: pages on the left, facts on the right; `#{row_id}` chooses a row |
| `/d/{doc_id}/rows` | its facts alone (HTML), after somebody decided |
| `/d/{doc_id}/text` | its text and where its words stand (JSON) |
| `/d/{doc_id}/page/{n}/{width}` | an image of a page |
| `/d/{doc_id}/form` | the form to correct a row or add one (HTML) |
| `/d/{doc_id}/decide`, `/d/{doc_id}/add` | POST: a decision |
| `/normal` | what a wording says in numbers (JSON) |

The store is used by the event loop's thread alone. What takes longer (reading a text again, drawing a page) waits its turn
in one other thread: PDFium is not thread-safe.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from extract.errors import CasesiftError, Code, PipelineError
from extract.reading import SourceText
from pipelines.curation import Conflict, CuratedDocument, Decision, document
from pipelines.review import edits, forms, marks, normal, pages
from pipelines.review.documents import UNSURE, DocumentView, names, said_of, view
from pipelines.review.queue import BELOW, FIELDS, SORTS, TABS, Queue, Want
from pipelines.review.rendering import environment
from pipelines.review.security import Guard
from pipelines.sources import cache_folder, checked_path, fitting, known_document, source_at
from pipelines.store import Known, Store

HERE = Path(__file__).parent

_T = TypeVar("_T")

#: a page's image changes only with the document's bytes, which its address names
_KEEP = {"cache-control": "private, max-age=604800, immutable"}


class Review:
    """What the handlers share: the store, the queue, the other thread."""

    def __init__(self, out: Path, *, who: str = "") -> None:
        self.out, self.who = out, who
        self.slow = ThreadPoolExecutor(max_workers=1, thread_name_prefix="review")
        self.templates = environment()
        self._suggested: tuple[int, dict[str, tuple[str, ...]]] = (-1, {})

    def open(self) -> None:
        """Open the store; in the thread that is to use it."""
        self.store = Store.open(self.out)
        self.queue = Queue(self.store)

    def close(self) -> None:
        """Close the store, let the other thread finish."""
        self.slow.shutdown(cancel_futures=True)
        self.store.close()

    async def slowly(self, work: Callable[..., _T], *args: Any, **kwargs: Any) -> _T:
        """Do something in the other thread."""
        return await asyncio.get_running_loop().run_in_executor(self.slow, partial(work, *args, **kwargs))

    def html(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page from a template."""
        return HTMLResponse(self.templates.get_template(template).render(who=self.who, **values), status_code=status)

    def curated(self, doc_id: str) -> tuple[Known, CuratedDocument]:
        """A document of the store, as curated."""
        return known_document(self.store, doc_id), document(self.store, doc_id)

    async def source(self, known: Known) -> SourceText:
        """The text of a document, and 1.0 if its rows fit it."""
        told = [(m["start"], m["end"], m["text"]) for m in self.store.rows("mentions", doc_id=known.doc_id)]
        return await self.slowly(source_at, known, cache_folder(self.store), told=told)

    def suggested(self) -> Mapping[str, tuple[str, ...]]:
        """Values that forms suggest."""
        if self._suggested[0] != (revision := self.store.revision):
            self._suggested = (revision, forms.suggestions(self.store))
        return self._suggested[1]


def create_app(out: Path, *, token: str, who: str = "") -> Starlette:
    """The application for an output folder.

    Args:
        token: whoever has it may use the page.
        who: name of the curator, if there is only one.
    """
    review = Review(out, who=who)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        review.open()
        try:
            yield
        finally:
            review.close()

    def handler(work: Callable[[Review, Request], Any]) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            return await work(review, request)

        return handle

    routes = [
        Route("/", handler(show_queue)),
        Route("/normal", handler(normal_values)),
        Route("/d/{doc_id}", handler(show_document)),
        Route("/d/{doc_id}/rows", handler(show_rows)),
        Route("/d/{doc_id}/text", handler(text_of)),
        Route("/d/{doc_id}/page/{page:int}/{width:int}", handler(page_image)),
        Route("/d/{doc_id}/form", handler(show_form)),
        Route("/d/{doc_id}/decide", handler(decide), methods=["POST"]),
        Route("/d/{doc_id}/add", handler(add), methods=["POST"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    app = Starlette(
        routes=routes, lifespan=lifespan, middleware=[Middleware(Guard, token=token)],
        exception_handlers={CasesiftError: partial(_refused, review), edits.Wrong: _wrong},
    )  # fmt: skip
    app.state.review = review
    return app


# pages ------------------------------------------------------------------------------------------------------------


async def show_queue(review: Review, request: Request) -> Response:
    """The queue."""
    want = Want.of(request.query_params)
    return review.html(
        "queue.html", want=want, page=review.queue.page(want, UNSURE), counts=review.queue.counts(),
        tabs=TABS, sorts=SORTS, fields=[f[:2] for f in FIELDS], below=BELOW, drugs=review.suggested()["drug"],
        out=str(review.out), out_name=review.out.resolve().name,
    )  # fmt: skip


async def show_document(review: Review, request: Request) -> Response:
    """A document, with links to those before and after it in the queue that was asked for."""
    known, one = review.curated(request.path_params["doc_id"])
    want = Want.of(request.query_params)
    listed = [e.doc_id for e in review.queue.find(want, UNSURE)]
    everything = [e.doc_id for e in review.queue.entries()]
    before, after, position = _beside(known.doc_id, listed, everything)
    problem, sizes, text = "", [], None
    try:
        path = checked_path(known)
        if path.suffix.lower() == ".pdf":
            sizes = await review.slowly(pages.sizes, path)
        else:
            text = await review.source(known)
    except CasesiftError as error:
        problem = error.reason
    seen = view(one)
    review.queue.counter.learn(seen)
    return review.html(
        "document.html", doc=seen, known=known, sizes=sizes, widths=pages.WIDTHS, problem=problem, want=want,
        marks=marks.marked(text.text, seen) if text else (), before=before, after=after,
        position=position, total=len(listed), unsure=UNSURE, added=[(t, forms.FACTS[t]) for t in forms.ADDED],
    )  # fmt: skip


def _beside(doc_id: str, listed: list[str], everything: list[str]) -> tuple[str, str, int]:
    """The documents before and after one in the list, and its place; one that is no longer in it keeps its place."""
    if doc_id in listed:
        at = listed.index(doc_id)
        return listed[at - 1] if at else "", listed[at + 1] if at + 1 < len(listed) else "", at + 1
    order = {d: i for i, d in enumerate(everything)}
    here = order.get(doc_id, 0)
    before = [d for d in listed if order[d] < here]
    after = [d for d in listed if order[d] > here]
    return before[-1] if before else "", after[0] if after else (before[0] if before else ""), 0


async def show_rows(review: Review, request: Request) -> Response:
    """The facts of a document, as HTML; 204 when the curator has seen the newest decision (`?last=`)."""
    _, one = review.curated(request.path_params["doc_id"])
    seen = view(one)
    if request.query_params.get("last") == seen.state:
        return Response(status_code=204)
    return HTMLResponse(_rows(review, seen), headers={"x-last": seen.state})


def _rows(review: Review, seen: DocumentView) -> str:
    return review.templates.get_template("rows.html").render(doc=seen)


async def show_form(review: Review, request: Request) -> Response:
    """The form to correct a row (`?table=&row=`), or to add one (`?table=&start=&end=&case=`)."""
    known, one = review.curated(request.path_params["doc_id"])
    query = request.query_params
    table = query.get("table", "")
    if table not in forms.FACTS:
        raise PipelineError(Code.USAGE, f"no form for {table!r}", mend=f"there are {', '.join(forms.FACTS)}")
    row: dict[str, Any] | None
    if row_id := query.get("row", ""):
        row = one.row(table, row_id)
        if row is None:
            raise edits.Wrong({"": "This row is not there any more; reload the page."})
        fact = one.fact(table, row_id)
        seen, place, selected = fact.last if fact else 0, {}, ""
    else:
        source = await review.source(known)
        place = {name: int(query[name]) for name in ("start", "end") if query.get(name, "").isdecimal()}
        place = edits.place_of(source, place)
        selected = source.text[place["start"] : place["end"]]
        row = await asyncio.to_thread(normal.first_values, table, selected)
        row["case_id"], seen = query.get("case", ""), 0
    groups = forms.form(
        table, row, cases=names(one, "cases"), treatments=names(one, "treatments"), suggested=review.suggested()
    )
    return review.html(
        "form.html", groups=groups, table=table, title=forms.FACTS[table], row_id=row_id, seen=seen, place=place,
        selected=selected, evidence=row.get("evidence") or place.get("evidence", ""),
    )  # fmt: skip


# data -------------------------------------------------------------------------------------------------------------


async def text_of(review: Review, request: Request) -> Response:
    """The text of a document, its words' places, and whether its rows were made from this very text."""
    known, one = review.curated(request.path_params["doc_id"])
    source = await review.source(known)
    told = [(m["start"], m["end"], m["text"]) for m in one.extracted["mentions"]]
    return JSONResponse({
        "text": source.text, "words": list(pages.words(source)), "fits": fitting(source, told) == 1.0,
    })  # fmt: skip


async def page_image(review: Review, request: Request) -> Response:
    """A page as an image."""
    known = known_document(review.store, request.path_params["doc_id"])
    path, cache = checked_path(known), cache_folder(review.store)
    page, width = request.path_params["page"], request.path_params["width"]
    drawn = await review.slowly(pages.image, path, known.sha256, page, width, cache)
    return Response(drawn, media_type="image/jpeg", headers=_KEEP)


async def normal_values(review: Review, request: Request) -> Response:
    """What a wording (`?field=&text=`) says in numbers, as inputs hold them."""
    field, text = request.query_params.get("field", ""), request.query_params.get("text", "")[:200]
    told = await asyncio.to_thread(normal.columns_of, field, text)
    return JSONResponse({name: forms.as_text(value) for name, value in told.items()})


# decisions --------------------------------------------------------------------------------------------------------


async def decide(review: Review, request: Request) -> Response:
    """A decision on rows of a document, or on the document."""
    sent = await _json(request)
    _, one = review.curated(request.path_params["doc_id"])
    before = review.store.revision
    try:
        said = edits.decide(review.store, one, sent)
    except Conflict as conflict:
        return _conflict(review, one, sent, conflict)
    return _decided(review, one.doc_id, said, before)


async def add(review: Review, request: Request) -> Response:
    """A fact that was not found."""
    sent = await _json(request)
    known, one = review.curated(request.path_params["doc_id"])
    source = await review.source(known)
    before = review.store.revision
    return _decided(review, one.doc_id, edits.add(review.store, one, source, sent), before)


def _decided(review: Review, doc_id: str, said: list[Decision], before: int) -> Response:
    """The answer to what was decided: the facts as they are now. `before`: the store's revision before it."""
    review.queue.counter.decided(before, review.store.revision)
    seen = view(document(review.store, doc_id))
    review.queue.counter.learn(seen)
    row = said[-1].row_id if said else ""
    return JSONResponse(
        {"rows": _rows(review, seen), "last": seen.state, "numbers": [d.number for d in said], "row": row}
    )


def _conflict(review: Review, one: CuratedDocument, sent: Mapping[str, Any], conflict: Conflict) -> Response:
    d = conflict.decision
    fact = one.fact(d.table, d.row_id)
    newer = [{"who": n.who, "when": n.when, "what": said_of(n)} for n in conflict.newer]
    now = edits.current(one, d.table, d.row_id)
    labels = {name: forms.label(name) for name in now}
    told = {"newer": newer, "now": now, "labels": labels, "seen": fact.last if fact else 0, "row": d.row_id}
    return JSONResponse({"conflict": told, "rows": _rows(review, view(one))}, status_code=409)


async def _json(request: Request) -> dict[str, Any]:
    try:
        sent = json.loads(await request.body())
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise edits.Wrong({"": "A JSON object is expected."})
    return sent


# errors -----------------------------------------------------------------------------------------------------------


async def _refused(review: Review, request: Request, error: Exception) -> Response:
    assert isinstance(error, CasesiftError)
    status = 404 if error.code in (Code.USAGE, Code.NOT_FOUND) else 503 if error.code is Code.STORE else 422
    if "text/html" in request.headers.get("accept", ""):
        return review.html("error.html", status=status, what=error.what, mend=error.mend, file=error.file)
    return PlainTextResponse(error.reason, status_code=status)


async def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, edits.Wrong)
    return JSONResponse({"errors": error.fields}, status_code=422)
