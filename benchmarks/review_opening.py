#!/usr/bin/env python3
"""How long the review page takes to open a document with many rows, in a real browser.

    casesift run REPORTS --out OUT
    python benchmarks/review_opening.py OUT [--rows 300] [--times 7]     # needs Chromium and Playwright

The document of OUT with the most facts gets them again and again, under new identifiers, until it has so many. It is opened in browsers that
have nothing kept, the first time with nothing kept by the server either. Told are the seconds from asking for the page until its facts can be
decided on, and until the words of its pages can be selected. On a busy machine look at the load beside them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

from review_page import reviewing

from extract import schema
from extract.schema import Report
from pipelines.review.forms import FACTS
from pipelines.store import Store


def grown(origin: Path, out: Path, wanted: int) -> str:
    """A store with the document of `origin` that has most facts, given `wanted` of them; its identifier."""
    with Store.open(origin) as source, Store.open(out, create=True) as store:
        readable = [k for k in source.known() if k.status != "failed" and k.file.endswith(".pdf")]
        known = max(readable, key=lambda k: sum(len(list(source.rows(t, doc_id=k.doc_id))) for t in FACTS))
        rows: dict[str, list[dict[str, Any]]] = {t: list(source.rows(t, doc_id=known.doc_id)) for t in schema.TABLES}
        facts = {t: list(rows[t]) for t in FACTS if t != "cases"}
        again = 0
        while sum(len(rows[t]) for t in FACTS) < wanted:
            again += 1
            for table, found in facts.items():
                rows[table] += [r | {schema.KEYS[table]: f"{r[schema.KEYS[table]]}x{again}"} for r in found]
        parts = {t: tuple(schema.TABLES[t](**r) for r in rs) for t, rs in rows.items() if t != "documents"}
        store.put(Report(document=schema.Document(**rows["documents"][0]), **parts), known.path, known.stamp)
        print(f"{known.file}: {sum(len(rows[t]) for t in FACTS)} rows, {rows['documents'][0]['pages']} pages")
        return known.doc_id


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        doc_id = grown(options.out, Path(folder), options.rows)
        with reviewing(Path(folder), contexts=options.times) as pages:
            figures = []
            for page in pages:
                page.queue()
                figures.append(page.opening(doc_id))
    print(f"{'':8} {'facts':>7} {'words':>7}")
    print(f"{'first':8} {figures[0][0]:6.2f}s {figures[0][1]:6.2f}s")
    for name, of in (("median", statistics.median), ("best", min)):
        print(f"{name:8} {of([f for f, _ in figures[1:]]):6.2f}s {of([w for _, w in figures[1:]]):6.2f}s")
    print("load", *(f"{x:.1f}" for x in os.getloadavg()))


if __name__ == "__main__":
    main()
