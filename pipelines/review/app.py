"""The review page as a web application: which address gives what.

| address | gives |
|---|---|
| `/` | the queue |
| `/differences`; `/settle` | where two curators differ; POST: as one of them has it |
| `/succeed` | POST: decisions on a file that is gone go on with one that says the same |
| `/d/{doc_id}` | a document: pages on the left, facts on the right; `#{row_id}` chooses a row |
| `/d/{doc_id}/rows` | its facts alone (HTML), after somebody decided |
| `/d/{doc_id}/text` | its text and where its words stand (JSON) |
| `/d/{doc_id}/page/{n}/{width}` | an image of a page |
| `/d/{doc_id}/form` | the form to correct a row or add one (HTML) |
| `/d/{doc_id}/preview` | POST: what is understood of a form that is not saved yet (JSON) |
| `/d/{doc_id}/everywhere` | POST: a correction that was made twice, on all rows of its kind |
| `/d/{doc_id}/decide`, `/d/{doc_id}/add` | POST: a decision |

The store is used by the event loop's thread alone. What takes longer (reading a text again, drawing a page) waits its turn
in one other thread: PDFium is not thread-safe.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from extract.errors import CasesiftError
from pipelines.review import assets, differing, post, views
from pipelines.review.edits import Doubtful, Undecided, Wrong
from pipelines.review.security import Guard
from pipelines.review.shared import Review


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
        Route("/", handler(views.show_queue)),
        Route("/differences", handler(differing.show_differences)),
        Route("/settle", handler(differing.settled), methods=["POST"]),
        Route("/succeed", handler(post.succeed), methods=["POST"]),
        Route("/d/{doc_id}", handler(views.show_document)),
        Route("/d/{doc_id}/rows", handler(views.show_rows)),
        Route("/d/{doc_id}/text", handler(views.text_of)),
        Route("/d/{doc_id}/page/{page:int}/{width:int}", handler(views.page_image)),
        Route("/d/{doc_id}/form", handler(views.show_form)),
        Route("/d/{doc_id}/everywhere", handler(post.everywhere), methods=["POST"]),
        Route("/d/{doc_id}/preview", handler(post.preview), methods=["POST"]),
        Route("/d/{doc_id}/decide", handler(post.decide), methods=["POST"]),
        Route("/d/{doc_id}/add", handler(post.add), methods=["POST"]),
        *assets.mounted(),
    ]
    app = Starlette(
        routes=routes, lifespan=lifespan, middleware=[Middleware(Guard, token=token)],
        exception_handlers={CasesiftError: partial(post.refused, review), Wrong: post.wrong, Doubtful: post.doubtful, Undecided: post.undecided},
    )  # fmt: skip
    app.state.review = review
    return app
