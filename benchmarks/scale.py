"""What a million papers would take, on paper, and what ten million rows take for real.

    python benchmarks/scale.py written [--rows 10000000] [--reports FOLDER] [--folder DIR]
    python benchmarks/scale.py paper [--papers 1000000] [--workers 100] [--mbit 1000] [--reports FOLDER]

`written` reads the reports of FOLDER (the project's own corpus if not told) once with casesift, and has copies of what it found, each
with identifiers of its own, stored by real runs until there are so many rows: a folder of as many little files, a run that takes
them in, a night on which nothing is new, a night with 100 new documents, `status`, the queue of the review page, exports. Printed of each: processor
seconds, elapsed seconds, peak memory, and what stands on the disk. With `--folder` what was written stays there, and a second call goes on with it.

`paper` measures what one document costs (bytes, seconds, rows, bytes a row in the store and in the tables, what the scheduler and the
one that writes need for it) and multiplies: what a million papers need on a hundred Dask workers over S3, and what breaks first.
"""

import argparse
import hashlib
import os
import pickle
import resource
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from extract import schema  # noqa: E402
from extract.schema import Report  # noqa: E402
from pipelines.engines.processing import DefaultExtractor, quiet_libraries  # noqa: E402

NEW = 100  # documents of a night


class Templates:
    """Reports that casesift made, and copies of them under other identifiers."""

    def __init__(self, reports: list[Report]) -> None:
        self.reports = reports

    @classmethod
    def of(cls, folder: Path, kept: Path) -> "Templates":
        """What casesift reads in a folder; kept in a file, so that it is read once."""
        if not kept.exists():
            extractor, reports = DefaultExtractor()(), []
            for path in sorted(folder.rglob("*.pdf")):
                try:
                    reports.append(extractor(path, doc_id="d" + "0" * 12, file=path.name))
                except Exception as error:
                    print(f"{path.name} is left out: {error}")
            kept.write_bytes(pickle.dumps([r for r in reports if r.treatments]))
        return cls(pickle.loads(kept.read_bytes()))

    def copy(self, number: int, doc_id: str, file: str) -> Report:
        """The report of a document: one of ours, in turn."""
        ours = self.reports[number % len(self.reports)]
        old = ours.document.doc_id
        tables = {table: tuple(_renamed(row, old, doc_id, file) for row in ours.rows(table)) for table in schema.TABLES}
        (document,) = tables.pop("documents")
        reasons = {key.replace(old, doc_id): lines for key, lines in ours.reasons.items()}
        return Report.model_construct(document=document, reasons=reasons, **tables)

    @property
    def rows(self) -> float:
        """Rows of a report, on average."""
        return sum(len(r.rows(t)) for r in self.reports for t in schema.TABLES) / len(self.reports)


def _renamed(row: schema.Row, old: str, new: str, file: str) -> schema.Row:
    values = {n: v.replace(old, new) if isinstance(v, str) and old in v else v for n, v in row.__dict__.items()}
    return type(row).model_construct(**values | {"file": file})


@dataclass
class Copies:
    """Makes the extractor that reads a file of one number as the report of that number."""

    templates: Templates
    fingerprint: str = "copies"

    def __call__(self) -> "Copies.Extractor":
        return Copies.Extractor(self.templates, self.fingerprint)

    @dataclass
    class Extractor:
        templates: Templates
        fingerprint: str

        def __call__(self, path: Path, *, doc_id: str | None = None, file: str = "") -> Report:
            return self.templates.copy(int(path.read_text("ascii")), doc_id or "d0", file)


def files(folder: Path, first: int, end: int) -> None:
    """Documents by their numbers, a thousand a folder."""
    for number in range(first, end):
        below = folder / f"{number // 1000:04}"
        below.mkdir(parents=True, exist_ok=True)
        (below / f"{number:07}.txt").write_text(f"{number}\n", encoding="ascii")


def measured(name: str, act: Callable[[], str]) -> None:
    """Do something in a process of its own, and print what it took."""
    began = time.perf_counter()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            said = act()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            used = time.process_time()
            print(
                f"{name:<44} {used:8.1f} processor s {time.perf_counter() - began:8.1f} s {peak:7.0f} MB  {said}",
                flush=True,
            )
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(pid, 0)[1]:
        sys.exit(f"{name}: failed")


def size(*paths: Path) -> str:
    """Of files, together."""
    return f"{sum(p.stat().st_size for p in paths if p.exists()) / 1e9:.2f} GB"


def written(told: argparse.Namespace, base: Path) -> None:
    from pipelines.commands import frame  # noqa: F401 - what a command loads is loaded before it is measured
    from pipelines.exports import export_store
    from pipelines.run import Options, run
    from pipelines.run.status import lines, status
    from pipelines.store import Store

    quiet_libraries()
    templates = Templates.of(told.reports, base / "templates.pickle")
    number = int(told.rows / templates.rows)
    inputs, out, make = base / "papers", base / "out", Copies(templates)
    print(f"{templates.rows:.0f} rows a document, so {number:,} documents for {told.rows:,} rows", flush=True)

    def night() -> str:
        did = run([inputs], out, Options(), make=make)
        assert not did.failures, did.failures[:1]
        return f"{did.read:,} read, {sum(did.rows.values()):,} rows"

    there = len(list((inputs).rglob("*.txt"))) if inputs.exists() else 0
    if there < number:
        files(inputs, there, number)
        measured(f"a run that takes in {number - there:,} documents", night)
    store = [out / "casesift.sqlite"]
    tables = sorted(out.glob("*.csv"))
    print(f"the store {size(*store)}, the tables {size(*tables)}", flush=True)
    measured("status", lambda: next(lines(status(out))))
    measured("a night with nothing new", night)
    files(inputs, max(number, there), max(number, there) + NEW)
    measured(f"a night with {NEW} new documents", night)
    measured("status --json", lambda: f"{len(str(status(out).as_dict())):,} characters")

    def queue() -> str:
        from pipelines.review.queue import documents_in_queue

        with Store.open(out) as store:
            return f"{len(documents_in_queue(store)):,} documents"

    if told.queue:
        measured("the queue of the review page", queue)
    for name in told.exports:
        dest = base / f"as-{name}"
        shutil.rmtree(dest, ignore_errors=True)
        dest.mkdir()
        measured(f"export --to {name}", lambda name=name, dest=dest: size(*export_store(out, name, dest)))


@dataclass
class Costs:
    """What one document costs, measured here."""

    bytes: float  # of its file
    seconds: float  # of a worker's processor
    rows: float
    sent: float  # bytes that come back from a worker
    asks: float  # processor seconds of the one that asks: handing out, scheduler, store
    tables: float  # and of writing its rows into the tables
    store: float  # bytes in the store
    text: float  # and in the tables
    known: float  # bytes of memory of the one that asks, at the beginning of a run
    hashed: float  # bytes a processor second
    copied: float  # bytes a second, from table to table


def costs(told: argparse.Namespace, base: Path) -> Costs:
    from pipelines.run import Options, run
    from pipelines.store import Store
    from pipelines.tables.writing import write_tables

    pdfs = sorted(told.reports.rglob("*.pdf"))
    extractor = DefaultExtractor()()
    extractor(pdfs[0])  # loads what is loaded once
    began = time.process_time()
    templates = Templates.of(told.reports, base / "templates.pickle")
    seconds = (time.process_time() - began) / len(pdfs)
    inputs, out, number = base / "papers", base / "out", 600
    files(inputs, 0, number)
    began = time.process_time()
    run([inputs], out, Options(engine="dask", workers=1, memory=0), make=Copies(templates))
    asks = (time.process_time() - began) / number
    tables = sorted(out.glob("*.csv"))
    with Store.open(out) as store:
        began = time.process_time()
        (base / "again").mkdir(exist_ok=True)
        write_tables(store, base / "again")
        writing = (time.process_time() - began) / number
        tracemalloc.start()
        known = store.known()
        held = tracemalloc.get_traced_memory()[0] / len(known)
        tracemalloc.stop()
    sample = os.urandom(2**26)
    began = time.process_time()
    hashlib.sha256(sample).hexdigest()
    hashed = len(sample) / (time.process_time() - began)
    text = sum(t.stat().st_size for t in tables)
    began = time.perf_counter()
    for table in tables:
        shutil.copyfile(table, base / "copy")
    copied = text / (time.perf_counter() - began)
    reports = templates.reports
    return Costs(
        sum(p.stat().st_size for p in pdfs) / len(pdfs), seconds, templates.rows,
        sum(len(pickle.dumps(r)) for r in reports) / len(reports), asks - writing, writing,
        (out / "casesift.sqlite").stat().st_size / number, text / number, held, hashed, copied,
    )  # fmt: skip


def paper(told: argparse.Namespace, base: Path) -> None:
    """Print what so many papers need, the longest first."""
    one, papers = costs(told, base), told.papers
    line = told.mbit / 8 * 1e6  # bytes a second
    print(
        f"one document: {one.bytes / 1e6:.2f} MB, {one.seconds:.2f} s of a worker, {one.rows:.0f} rows, {one.sent / 1e3:.0f} KB back;"
        f" the one that asks: {1000 * one.asks:.1f} ms to hand it out and store it, {1000 * one.tables:.1f} ms for the tables,"
        f" {one.known:.0f} bytes of memory"
    )
    print(f"\n{papers:,} papers on {told.workers} workers, {told.mbit} Mbit/s to the one that asks:")
    print(
        f"  read from S3    {2 * papers * one.bytes / 1e12:8.2f} TB, each paper twice: for its SHA-256, and by its worker"
    )
    print(f"  rows            {papers * one.rows / 1e6:8.0f} million")
    print(f"  store           {papers * one.store / 1e9:8.0f} GB")
    print(f"  tables (CSV)    {papers * one.text / 1e9:8.0f} GB")
    print(f"  memory          {papers * one.known / 1e9:8.1f} GB for what is known of the papers, of the one that asks")
    hours = {
        "workers, reading": papers * one.seconds / told.workers,
        "the one that asks: papers over its line, for their SHA-256": papers * one.bytes / line,
        "the one that asks: SHA-256": papers * one.bytes / one.hashed,
        "the one that asks: handing out, scheduler, store": papers * one.asks,
        "the one that asks: tables, the first time": papers * one.tables,
        f"a night with {NEW} new papers: tables copied": papers * one.text / one.copied,
    }
    for name, seconds in sorted(hours.items(), key=lambda item: -item[1]):
        print(f"  {seconds / 3600:8.2f} h  {name}")
    enough = one.seconds / max(one.asks + one.bytes / one.hashed, one.bytes / line)
    print(f"  {enough:8.0f} workers keep the one that asks busy; more of them gain nothing")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("written", "paper"))
    parser.add_argument("--reports", type=Path, default=ROOT / "corpus" / "pdf")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--exports", nargs="*", default=["jsonl", "parquet"])
    parser.add_argument("--queue", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--papers", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--mbit", type=int, default=1000)
    told = parser.parse_args()
    with ExitStack() as stack:
        base = told.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casesift-scale-")))
        base.mkdir(parents=True, exist_ok=True)
        (written if told.what == "written" else paper)(told, base)


if __name__ == "__main__":
    main()
