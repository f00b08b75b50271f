#!/usr/bin/env python3
"""A curator's session by script: the same decisions on the same rows, in the review page and in a spreadsheet.

    casesift run corpus/pdf --out OUT
    python benchmarks/curator_session.py OUT [--rows 100] [--json FILE]     # needs Chromium, Playwright and LibreOffice

Whole documents are curated until there are that many rows. Of the rows some share is right, some needs a value corrected, some is no fact
(`MIX`, near what reports that nobody had looked at needed); which, is drawn by chance from a fixed seed. Both sessions work on a copy of
OUT, with the defaults of either way, and must leave the same rows.

- Review page: every key goes to a real browser. Counted are keys, clicks, and the seconds until the page shows what a key did.
- Spreadsheet: `casesift export --to xlsx`; cells are typed into by LibreOffice, and `casesift apply` takes them back. Counted are the keys that
  a person who knows the shortcuts needs (see `Sheet`); the first letter is enough for a word that stands above in the column. Its seconds are
  those of export, opening, saving and apply.

A script can say what has to be pressed and waited for. It says nothing of reading and judging, which both ways need and which take most of a
curator's time, nor of mistakes. Seconds a person needs are told by the keystroke-level model (Card, Moran and Newell 1980: an estimate for
practised people, within some 20%): a key 0.28 s, pointing 1.10 s, a click 0.20 s, a hand to or from the mouse 0.40 s, making up one's mind
1.35 s (once a row, once a field that is looked for, once a paper that is looked up), and the seconds waited.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from curator_spreadsheet import in_a_spreadsheet, looking_up
from curator_tasks import CLICK, HAND, KEY, MIND, MIX, POINT, Effort, Task, tasks
from review_page import Page, reviewing

from extract import schema
from pipelines.curation import curated_rows
from pipelines.curation.fields import editable
from pipelines.review.forms import FACTS
from pipelines.store import Store


def in_the_page(out: Path, planned: list[Task]) -> Effort:
    """The session in the review page, documents in the order of its queue."""
    effort, wanted = Effort(), {t.row_id: t for t in planned}
    left = {t.doc_id for t in planned}
    with reviewing(out) as page:
        page.queue()
        at = page.place_in_queue(left)
        effort.keys += page.press("j", at + 1) + page.press("Enter")
        effort.waited.append(page.until_open())
        while left:
            doc = page.doc_id
            if doc not in left:  # not among those of the session
                effort.keys += page.press("n")
                effort.waited.append(page.until_open(after=doc))
                continue
            while (row := page.chosen()) and row in wanted and page.undecided(row):
                _decide(page, wanted[row], effort)
            left.discard(doc)
            effort.keys += page.press("d")
            if left:
                effort.waited.append(page.until_open(after=doc))
            else:
                page.settled()
    return effort


def _decide(page: Page, task: Task, effort: Effort) -> None:
    effort.minds += 1
    if task.action != "correct":
        effort.keys += page.press({"accept": "a", "reject": "r"}[task.action])
        effort.waited.append(page.until_decided(task.row_id))
        return
    effort.minds += 1
    effort.keys += page.press("e")
    effort.waited.append(page.until_form())
    tabs = page.tabs_to(task.column)
    if tabs * KEY <= 2 * HAND + POINT + CLICK:
        effort.keys += page.press("Tab", tabs)
    else:
        page.click(task.column)
        effort.clicks, effort.hands = effort.clicks + 1, effort.hands + 2
    effort.keys += page.type(task.column, task.value)
    effort.waited.append(page.until_understood())
    effort.keys += page.press("Enter")
    effort.waited.append(page.until_decided(task.row_id))
    effort.keys += page.press("J")  # a correction stays where it is, to be looked at


def values(out: Path, planned: list[Task]) -> dict[str, dict[str, Any]]:
    """The rows that were decided on, as they are now."""
    ids = {t.row_id for t in planned}
    with Store.open(out) as store:
        return {
            r[schema.KEYS[t]]: {n: r[n] for n in (*editable(t), "curation")}
            for t in FACTS for r in curated_rows(store, t) if r[schema.KEYS[t]] in ids
        }  # fmt: skip


def copies(out: Path, folder: Path) -> Iterator[Path]:
    """Copies of an output folder, of its store alone."""
    for name in ("page", "sheet"):
        (folder / name).mkdir()
        shutil.copy(out / "casesift.sqlite", folder / name)
        yield folder / name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with Store.open(options.out) as store:
            planned = tasks(store, options.rows, options.seed)
        page_out, sheet_out = copies(options.out, folder)
        page = in_the_page(page_out, planned)
        sheet = in_a_spreadsheet(sheet_out, planned, folder).effort
        one, other = values(page_out, planned), values(sheet_out, planned)
    differing = [i for i in one if one[i] != other[i]]
    looking = looking_up(planned)
    looked = Effort(
        sheet.keys + looking.keys,
        sheet.clicks + looking.clicks,
        sheet.hands + looking.hands,
        sheet.minds + looking.minds,
        sheet.waited,
    )
    report(
        planned,
        {"review page": page, "spreadsheet, its sentence only": sheet, "spreadsheet, and the paper": looked},
        differing,
        one,
        other,
    )
    if options.json:
        told = {
            "rows": len(planned),
            "page": vars(page),
            "sheet": vars(sheet),
            "looked": vars(looked),
            "differing": differing,
        }
        options.json.write_text(json.dumps(told, indent=1))


def report(planned: list[Task], efforts: dict[str, Effort], differing: list[str], one: Any, other: Any) -> None:
    n = len(planned)
    actions = ", ".join(f"{sum(t.action == a for t in planned)} {a}" for a in MIX)
    print(
        f"{n} rows of {len({t.doc_id for t in planned})} documents: {actions}; rows that differ afterwards: {len(differing)}"
    )
    for i in differing[:5]:
        print("  ", i, {k: (one[i][k], other[i][k]) for k in one[i] if one[i][k] != other[i][k]})
    print(
        f"{'':32} {'keys a row':>10} {'clicks':>7} {'waits':>6} {'longest':>8} {'waited a row':>13} {'by KLM a row':>13} {'hands alone':>12}"
    )
    for name, e in efforts.items():
        print(
            f"{name:32} {e.keys / n:10.2f} {e.clicks:7} {len(e.waited):6} {max(e.waited):7.2f}s {sum(e.waited) / n:12.2f}s {e.seconds / n:12.2f}s {(e.seconds - e.minds * MIND) / n:11.2f}s"
        )
    print(f"median wait in the page {statistics.median(efforts['review page'].waited):.3f} s")


if __name__ == "__main__":
    main()
