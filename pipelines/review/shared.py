"""What the handlers of the review page share: the store, the queue, the templates, and one other thread for slow work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from starlette.responses import HTMLResponse

from extract.document import SourceText
from pipelines.curation import CuratedDocument, document
from pipelines.inputs.known import Known
from pipelines.review import forms
from pipelines.review.documents import DocumentView
from pipelines.review.queue import Queue
from pipelines.review.rendering import environment
from pipelines.store import Store
from pipelines.store.sources import cache_folder, known_document, source_at, told_text

_T = TypeVar("_T")

#: pages of a document whose text is read in well under a second
_FEW_PAGES = 20


class Review:
    """What the handlers share: the store, the queue, the other thread."""

    def __init__(self, out: Path, *, who: str = "") -> None:
        self.out, self.who = out, who
        self.slow = ThreadPoolExecutor(max_workers=1, thread_name_prefix="review")
        self.templates = environment()
        self._warming: set[asyncio.Future[Any]] = set()
        self._suggested: tuple[int, dict[str, tuple[str, ...]]] = (-1, {})

    def open(self) -> None:
        """Open the store, in the thread that is to use it; the other one loads meanwhile what reads and draws."""
        self.store = Store.open(self.out)
        self.queue = Queue(self.store)
        self.slow.submit(_loaded)

    def close(self) -> None:
        """Close the store, let the other thread finish."""
        self.slow.shutdown(cancel_futures=True)
        self.store.close()

    async def slowly(self, work: Callable[..., _T], *args: Any, **kwargs: Any) -> _T:
        """Do something in the other thread."""
        return await asyncio.get_running_loop().run_in_executor(self.slow, partial(work, *args, **kwargs))

    def warm(self, work: Callable[..., Any], *args: Any) -> None:
        """Do something in a further thread whose result is kept by what does it."""
        task = asyncio.get_running_loop().run_in_executor(None, partial(work, *args))
        self._warming.add(task)
        task.add_done_callback(self._warming.discard)

    def begin_reading(self, known: Known) -> None:
        """Read a document's text already, for it is asked for in a moment; what is wrong with it is told then."""
        spans = told_text(self.store, known.doc_id)
        self.slow.submit(source_at, known, cache_folder(self.store), spans=spans)

    def quick(self, doc_id: str) -> str:
        """The document, if reading its text takes no time to speak of: then a page may have it read ahead, in the thread that draws too."""
        asked = "SELECT 1 FROM documents WHERE doc_id = ? AND status != 'failed' AND ocr_pages = 0 AND pages BETWEEN 1 AND ?"
        return doc_id if self.store.select(asked, [doc_id, _FEW_PAGES]) else ""

    def html(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page from a template."""
        return HTMLResponse(self.templates.get_template(template).render(who=self.who, **values), status_code=status)

    def curated(self, doc_id: str) -> tuple[Known, CuratedDocument]:
        """A document of the store, as curated."""
        return known_document(self.store, doc_id), document(self.store, doc_id)

    async def source(self, known: Known) -> SourceText:
        """The text of a document."""
        spans = told_text(self.store, known.doc_id)
        return await self.slowly(source_at, known, cache_folder(self.store), spans=spans)

    def suggested(self) -> Mapping[str, tuple[str, ...]]:
        """Values that forms suggest."""
        self.queue.entries()
        if self._suggested[0] != (generation := self.queue.counter.generation):
            self._suggested = (generation, forms.suggestions(self.store))
        return self._suggested[1]

    def rows(self, seen: DocumentView) -> str:
        """The facts of a document as HTML."""
        return self.templates.get_template("rows.html").render(doc=seen)


def _loaded() -> None:
    """Load what reading a text and drawing a page take; the first document would wait for it."""
    from extract.reading import read

    del read
    for name in ("document.html", "rows.html", "form.html"):
        environment().get_template(name)
