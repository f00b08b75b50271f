"""How long the review page takes over a large store: the queue, a document, its text and pages, a decision.

    casesift run REPORTS --out OUT
    python benchmarks/review_speed.py OUT [--documents 1000]

The rows of OUT are copied under new identifiers into a store of its own until it holds that many documents (a hundred of them
begun, so that curated rows are counted too); then the page is asked as a browser would ask it. Seconds of wall clock, the median
of several; on a busy machine look at the processor seconds beside them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

from extract import schema
from extract.schema import Report
from pipelines.curation import Decision, record
from pipelines.review.app import create_app
from pipelines.store import Store

HOST = "127.0.0.1:8765"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--documents", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        ids = copies(options.out, out, options.documents)
        size = (out / "casesift.sqlite").stat().st_size / 1e6
        with TestClient(create_app(out, token="t"), base_url=f"http://{HOST}") as client:
            client.get("/?token=t", follow_redirects=False)
            print(f"{len(ids)} documents, store {size:.0f} MB")
            measure(client, ids)


def copies(origin: Path, out: Path, wanted: int) -> list[str]:
    """Copy the documents of a store again and again under new identifiers; every tenth is begun."""
    made: list[str] = []
    with Store.open(origin) as source, Store.open(out, create=True) as store:
        known = [k for k in source.known() if k.status != "failed"]
        rows = {k.doc_id: {t: list(source.rows(t, doc_id=k.doc_id)) for t in schema.TABLES} for k in known}
        while len(made) < wanted:
            round_ = len(made) // len(known)
            for k in known[: wanted - len(made)]:
                doc_id = f"{k.doc_id}x{round_}"
                text = {
                    t: [renamed(r, k.doc_id, doc_id, f"{round_:03}/{k.file}") for r in rs]
                    for t, rs in rows[k.doc_id].items()
                }
                parts = {t: tuple(schema.TABLES[t](**r) for r in rs) for t, rs in text.items() if t != "documents"}
                store.put(Report(document=schema.Document(**text["documents"][0]), **parts), k.path, k.stamp)
                made.append(doc_id)
        for doc_id in made[::10]:
            first = next(iter(store.rows("diagnoses", doc_id=doc_id)), None)
            if first:
                record(
                    store,
                    [
                        Decision(
                            who="Anna", action="accept", doc_id=doc_id, table="diagnoses", row_id=first["diagnosis_id"]
                        )
                    ],
                )
    return made


def renamed(row: dict, old: str, new: str, file: str) -> dict:
    told = {
        k: v.replace(old, new) if isinstance(v, str) and k.endswith(("_id", "linked_to")) else v for k, v in row.items()
    }
    return told | {"file": file}


def measure(client: TestClient, ids: list[str]) -> None:
    def asked(path: str) -> Callable[[int], None]:
        def ask(i: int) -> None:
            answer = client.get(path.format(ids[i * 7 % len(ids)]), headers={"accept": "text/html"})
            assert answer.status_code == 200, (path, answer.text)

        return ask

    def decided(i: int) -> None:
        answer = client.post(
            f"/d/{ids[i * 7 % len(ids)]}/decide",
            json={"who": "Ben", "action": "done", "rest": "leave"},
            headers={"origin": f"http://{HOST}"},
        )
        assert answer.status_code == 200, answer.text

    told("queue, first time", asked("/"), 1)
    told("queue, again", asked("/"))
    told("queue, a late page", asked("/?show=all&page=15"))
    told("queue, free text", asked("/?q=pain+treated"))
    told("queue, drug", asked("/?drug=pred"))
    told("queue, unsure first", asked("/?below=0.7&sort=unsure"))
    told("document", asked("/d/{}"))
    told("its text, first time", asked("/d/{}/text"), 3)
    told("its text, again", asked("/d/{}/text"), 3)
    told("a page image, first time", asked("/d/{}/page/1/1400"), 3)
    told("a page image, again", asked("/d/{}/page/1/1400"), 3)
    told("a decision", decided)
    told("queue after a decision", lambda i: (decided(i + 20), asked("/")(i))[1])


def told(what: str, ask: Callable[[int], None], times: int = 9) -> None:
    wall, cpu = [], []
    for i in range(times):
        began, worked = time.perf_counter(), time.process_time()
        ask(i)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - worked)
    print(f"{what:28} {statistics.median(wall):6.3f} s   processor {statistics.median(cpu):6.3f} s")


if __name__ == "__main__":
    main()
