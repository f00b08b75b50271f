"""Parquet partitioned by run: what Arrow reads there is the table, and later exports write only what changed."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from test_spliced import disturb, shelf, sifted  # noqa: F401

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.curation import curated_rows
from pipelines.exports import export_store
from pipelines.store import Store


def partitions(out: Path, to: Path) -> list[str]:
    """Export; which partitions of the treatments were written."""
    paths = [p.relative_to(to / "parquet").as_posix() for p in export_store(out, "parquet", to, partition=True)]
    return [p for p in paths if p.startswith("treatments/")]


def read(to: Path, table: str) -> list[dict]:
    """A table as Arrow reads it, in document order."""
    rows = pq.read_table(to / "parquet" / table).to_pylist()
    assert all(row.pop("run") is not None for row in rows)
    return sorted(rows, key=lambda r: (r["file"], r["doc_id"]))


def stored(out: Path, table: str) -> list[dict]:
    with Store.open(out) as store:
        return sorted(curated_rows(store, table), key=lambda r: (r["file"], r["doc_id"]))


def test_a_night_adds_a_partition_and_leaves_the_others(shelf, tmp_path):  # noqa: F811
    out, to = tmp_path / "out", tmp_path / "to"
    sifted(shelf, out)
    assert partitions(out, to) == ["treatments/run=1/part.parquet"]
    assert partitions(out, to) == []
    (shelf / "m.txt").write_text("Aspirin 1 g\n")
    sifted(shelf, out)
    assert partitions(out, to) == ["treatments/run=2/part.parquet"]
    frame = pd.read_parquet(to / "parquet" / "treatments")
    assert set(frame[frame["run"].astype(int) == 2]["drug"]) == {"aspirin"}
    assert frame["dose_value"].dtype == "float64" and len(frame) == len(stored(out, "treatments"))
    (shelf / "n03.txt").write_text("Ibuprofen 1 g\n")  # a document of the first run, in the third
    sifted(shelf, out)
    assert partitions(out, to) == [f"treatments/run={n}/part.parquet" for n in (1, 3)]
    for path in shelf.iterdir():  # all of them changed: nothing is left of the other runs
        path.write_text(path.read_text() + f"More{path.stem} 2 mg\n")
    sifted(shelf, out)
    partitions(out, to)
    assert [p.name for p in (to / "parquet" / "treatments").iterdir()] == ["run=4"]
    assert read(to, "diagnoses") == [] == stored(out, "diagnoses")


@pytest.mark.parametrize("seed", range(2))
def test_after_any_night_the_partitions_are_the_tables(shelf, tmp_path, seed):  # noqa: F811
    chance, out, to = random.Random(seed + 100), tmp_path / "out", tmp_path / "to"
    sifted(shelf, out)
    for _ in range(6):
        for _ in range(chance.randrange(1, 4)):
            disturb(shelf, out, chance)
        sifted(shelf, out, prune=chance.random() < 0.5)
        if chance.random() < 0.7:
            export_store(out, "parquet", to, partition=True)
    export_store(out, "parquet", to, partition=True)
    for table in schema.TABLES:
        assert read(to, table) == stored(out, table)


def test_an_export_that_was_killed_is_taken_up_again(shelf, tmp_path, monkeypatch):  # noqa: F811
    out, to = tmp_path / "out", tmp_path / "to"
    sifted(shelf, out)
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.exports.parquet.documents_of", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            export_store(out, "parquet", to, partition=True)
    export_store(out, "parquet", to, partition=True)
    assert read(to, "mentions") == stored(out, "mentions")


def test_partitions_of_another_store_and_files_of_others_are_left_alone(casesift, shelf, tmp_path):  # noqa: F811
    one, other, to = tmp_path / "one", tmp_path / "other", tmp_path / "to"
    sifted(shelf, one)
    sifted(shelf, other)
    export_store(one, "parquet", to, partition=True)
    with pytest.raises(PipelineError, match="partitions are of another store") as error:
        export_store(other, "parquet", to, partition=True)
    assert error.value.code == Code.USAGE
    (tmp_path / "theirs" / "parquet").mkdir(parents=True)
    (tmp_path / "theirs" / "parquet" / "letters.parquet").touch()
    result = casesift("export", one, "--to", "parquet", "--partition", "--dest", tmp_path / "theirs")
    assert result.exit_code == 2 and "holds files that are not casesift's" in result.stderr
    result = casesift("export", one, "--to", "xlsx", "--partition")
    assert result.exit_code == 2 and "--partition is for parquet" in result.stderr
