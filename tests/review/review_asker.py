"""An output folder to review, and somebody who asks the server as a browser would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_extractor import PaperExtractor

from pipelines.run import Options, run

CORPUS = Path(__file__).parents[2] / "corpus" / "pdf"
TOKEN = "a-token-for-tests"
HOST = "127.0.0.1:8765"


@dataclass
class Folder:
    """Reports to read and what was read of them."""

    root: Path

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def out(self) -> Path:
        return self.root / "out"

    def run(self, extractor: PaperExtractor | None = None, **options: Any) -> None:
        run([self.reports], self.out, Options(**options), make=lambda: extractor or PaperExtractor())


class Asker:
    """A browser that has opened the page: it sends the cookie, and with what it posts the page's origin."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def post(self, path: str, body: dict[str, Any], **more: Any) -> Any:
        return self.client.post(path, json={"who": "Anna"} | body, headers={"origin": f"http://{HOST}"}, **more)

    def rows(self, doc_id: str) -> dict[str, dict[str, str]]:
        """The facts of a document as the page shows them: name to what its element carries."""
        from lxml import html

        page = html.fromstring(self.get(f"/d/{doc_id}/rows").text)
        told = {}
        for row in page.xpath('//li[contains(@class, "row")]'):
            states = {"undecided", "accepted", "corrected", "rejected", "added"} & set(row.get("class").split())
            (what,) = row.xpath('.//span[@class="what"]')
            told[row.get("data-name")] = {
                "row": row.get("id"), "table": row.get("data-table"), "seen": int(row.get("data-seen")),
                "state": states.pop(), "text": " ".join(what.text_content().split()),
            }  # fmt: skip
        return told

    def about(self, doc_id: str, name: str) -> dict[str, Any]:
        """What names a row in a request."""
        row = self.rows(doc_id)[name]
        return {k: row[k] for k in ("row", "table", "seen")}


def asking(folder: Folder) -> Iterator[Asker]:
    from starlette.testclient import TestClient

    from pipelines.review.app import create_app

    with TestClient(create_app(folder.out, token=TOKEN), base_url=f"http://{HOST}") as client:
        client.get(f"/?token={TOKEN}")
        yield Asker(client)


def ids(folder: Folder) -> dict[str, str]:
    """The documents by their file."""
    from pipelines.store import Store

    with Store.open(folder.out) as store:
        return {k.file: k.doc_id for k in store.known()}
