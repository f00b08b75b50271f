"""Tables of which little changed: rows of other documents are copied, and what comes out is what writing all of it gives."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest
from fake_extractor import FakeExtractor

from extract import schema
from pipelines.curation import Decision, record
from pipelines.run import Options, run
from pipelines.store import Store
from pipelines.tables import spliced
from pipelines.tables.writing import refresh_tables, write_tables


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with enough documents for two of them to be little; one holds the bytes of another."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for i in range(30):
        (folder / f"n{i:02}.txt").write_text(f"Drug{i} {i + 1} mg\nÄther;{i}\npain {i % 10}/10\n")
    (folder / "twin.txt").write_bytes((folder / "n07.txt").read_bytes())
    return folder


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """The documents whose rows were made for a table since it was last cleared."""
    documents: list[str] = []
    original = spliced.lines

    def noted(names, rows, *more):
        rows = list(rows)
        documents.extend(sorted({r["file"] for r in rows}))
        return original(names, rows, *more)

    monkeypatch.setattr(spliced, "lines", noted)
    return documents


def sifted(folder: Path, out: Path, **options) -> None:
    run([folder], out, Options(**options), make=lambda: FakeExtractor())


def tables(folder: Path) -> dict[str, bytes]:
    return {table: (folder / f"{table}.csv").read_bytes() for table in schema.TABLES}


def whole(out: Path, to: Path) -> dict[str, bytes]:
    """The tables as they are when all of them is written."""
    to.mkdir(exist_ok=True)
    with Store.open(out) as store:
        write_tables(store, to)
    return tables(to)


def decide(out: Path, chance: random.Random) -> None:
    with Store.open(out) as store:
        rows = [r for r in store.rows("treatments") if r["dose_value"]]
        row = chance.choice(rows)
        name, value = chance.choice(
            [("dose_value", float(chance.randrange(1, 900))), ("drug", f"drug {chance.random()}")]
        )
        where = {"table": "treatments", "doc_id": row["doc_id"], "row_id": row["treatment_id"]}
        record(store, [Decision(action="correct", **where, field=name, new=value, who="Ada")])


def disturb(folder: Path, out: Path, chance: random.Random) -> dict[str, bool]:
    """Something that happens to a folder between two nights; options of the night after it."""
    there = sorted(folder.iterdir())
    match chance.randrange(8):
        case 0:
            (folder / f"new{chance.randrange(10**6)}.txt").write_text(f"Neu{chance.random()} 4 mg\n")
        case 1:
            chance.choice(there).write_text(f"Changed {chance.randrange(10**6)} g\n")
        case 2:
            chance.choice(there).rename(folder / f"{chance.choice('abxyz')}{chance.randrange(10**6)}.txt")
        case 3:
            chance.choice(there).unlink()
        case 4:
            (folder / f"copy{chance.randrange(10**6)}.txt").write_bytes(chance.choice(there).read_bytes())
        case 5:
            chance.choice(there).write_text("")  # fails
        case 6:
            decide(out, chance)
        case 7:
            return {"prune": True}
    return {}


@pytest.mark.parametrize("seed", range(2))
def test_after_any_night_the_tables_are_those_of_writing_all_of_them(shelf, tmp_path, seed, monkeypatch):
    chance, out = random.Random(seed), tmp_path / "out"
    sifted(shelf, out)
    monkeypatch.setattr(spliced, "_MOST", 2.0)
    monkeypatch.setattr(spliced.Whole, "write", lambda *_: pytest.fail("all of it is written"))
    for night in range(8):
        options = [disturb(shelf, out, chance) for _ in range(chance.randrange(1, 4))]
        sifted(shelf, out, prune=any(o.get("prune") for o in options))
        assert tables(out) == whole(out, tmp_path / "whole"), f"night {night} after {options}"
        with Store.open(out) as store:
            counted = {t: store.select(f"SELECT count(*) FROM {t}")[0][0] for t in schema.TABLES}
            assert store.counts() == counted and "row_counts" in dict(store.select("SELECT key, value FROM meta"))


def test_only_what_changed_is_made_again(shelf, tmp_path, made):
    out = tmp_path / "out"
    sifted(shelf, out)
    made.clear()
    (shelf / "m.txt").write_text("Aspirin 1 g\n")
    (shelf / "n03.txt").unlink()
    sifted(shelf, out)
    assert set(made) == {"m.txt", "n03.txt"}
    assert tables(out) == whole(out, tmp_path / "whole")


def test_a_copy_says_so_and_no_more_when_the_original_changes(shelf, tmp_path, made):
    out = tmp_path / "out"
    sifted(shelf, out)
    assert b"same bytes as n07.txt" in tables(out)["documents"]
    made.clear()
    (shelf / "n07.txt").write_text("Other 1 mg\n")
    sifted(shelf, out)
    assert set(made) == {"n07.txt", "twin.txt"}
    assert b"same bytes" not in tables(out)["documents"]


@pytest.mark.parametrize("how", ["edited", "touched", "gone", "other columns", "older notes"])
def test_a_table_that_is_not_as_it_was_written_is_written_whole(shelf, tmp_path, made, monkeypatch, how):
    out = tmp_path / "out"
    sifted(shelf, out)
    path = out / "cases.csv"
    match how:
        case "edited":
            path.write_bytes(path.read_bytes().replace(b"44", b"45"))
        case "touched":
            os.utime(path, (1, 1))
        case "gone":
            path.unlink()
        case "other columns":
            monkeypatch.setattr(spliced, "_FORMAT", 2)
        case "older notes":
            with Store.open(out) as store, store.transaction(rows=False) as db:
                db.execute("UPDATE written SET size = size + 1 WHERE \"table\" = 'mentions' AND file = 'n09.txt'")
    made.clear()
    (shelf / "m.txt").write_text("Aspirin 1 g\n")
    sifted(shelf, out)
    assert len(set(made)) == 32
    assert tables(out) == whole(out, tmp_path / "whole")


def test_a_file_system_that_cannot_copy_between_files(shelf, tmp_path, made, monkeypatch):
    def cannot(*_args, **_more):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", cannot, raising=False)
    monkeypatch.setattr(spliced, "_BLOCK", 100)
    out = tmp_path / "out"
    sifted(shelf, out)
    made.clear()
    (shelf / "z.txt").write_text("Aspirin 1 g\n")
    sifted(shelf, out)
    assert set(made) == {"z.txt"}
    assert tables(out) == whole(out, tmp_path / "whole")


def test_a_run_killed_between_two_tables_leaves_nothing_that_the_next_trusts(shelf, tmp_path, monkeypatch):
    out = tmp_path / "out"
    sifted(shelf, out)
    (shelf / "m.txt").write_text("Aspirin 1 g\n")
    with monkeypatch.context() as patch:
        patch.setattr(spliced.Splice, "note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sifted(shelf, out)
    with Store.open(out) as store:
        assert refresh_tables(store, out)
    assert tables(out) == whole(out, tmp_path / "whole")


def test_a_store_from_before_is_brought_up_and_its_tables_are_written_once(shelf, tmp_path, made):
    out = tmp_path / "out"
    sifted(shelf, out)
    with Store.open(out) as store, store.transaction(rows=False) as db:
        for table in ("changes", "partitions", "written"):
            db.execute(f"DROP TABLE {table}")
        db.execute("DROP INDEX documents_bytes")
    (shelf / "m.txt").write_text("Aspirin 1 g\n")
    sifted(shelf, out)
    made.clear()
    (shelf / "o.txt").write_text("Aspirin 2 g\n")
    sifted(shelf, out)
    assert set(made) == {"o.txt"} and tables(out) == whole(out, tmp_path / "whole")
