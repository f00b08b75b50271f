"""A store that is damaged, lost or put back from last week: no decision of a curator is lost, and no damage goes unnoticed."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fake_extractor import MakeFake
from out_tables import facts, table
from typer.testing import CliRunner

from extract.errors import Code, PipelineError
from pipelines import cli
from pipelines.commands import frame
from pipelines.curation.decisions import Decision, decisions
from pipelines.curation.recording import record
from pipelines.engines import processing
from pipelines.run import run
from pipelines.run.repair import damage_of, repair
from pipelines.store import Store
from pipelines.store.decision_log import LOG_NAME

STORE = "casesift.sqlite"


@pytest.fixture
def casesift(monkeypatch):
    monkeypatch.setattr(processing, "DefaultExtractor", lambda *settings: MakeFake())
    monkeypatch.setattr(frame.state, "debug", False)
    return lambda *args: CliRunner().invoke(cli.app, [str(a) for a in args])


def decide(out: Path, drug: str, dose: float) -> None:
    with Store.open(out) as store:
        row = next(r for r in store.rows("treatments") if r["drug"] == drug)
        told = {"doc_id": row["doc_id"], "table": "treatments", "row_id": row["treatment_id"]}
        record(store, [Decision(who="Dr Berg", action="correct", field="dose_value", new=dose, **told)])


def decided(out: Path) -> list[Decision]:
    with Store.open(out) as store:
        return decisions(store)


@pytest.fixture
def curated(reports, out) -> Path:
    """An output folder with some hundred rows and three decisions."""
    for i in range(30):
        (reports / f"n{i:02}.txt").write_text("".join(f"Drug{i}x{j} {j + 1} mg\n" for j in range(20)))
    run([reports], out, make=MakeFake())
    decide(out, "colchicine", 1.5)
    decide(out, "lidocaine", 4)
    decide(out, "colchicine", 2.5)
    run([reports], out, make=MakeFake())
    return out


def log_lines(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / LOG_NAME).read_text().splitlines()]


def test_each_decision_is_a_line_of_the_log_at_once(curated):
    decide(curated, "prednisone", 40)
    lines = log_lines(curated)
    assert [(x["number"], x["who"], x["field"], x["new"]) for x in lines] == [
        (1, "Dr Berg", "dose_value", 1.5), (2, "Dr Berg", "dose_value", 4.0), (3, "Dr Berg", "dose_value", 2.5),
        (4, "Dr Berg", "dose_value", 40.0),
    ]  # fmt: skip


def test_a_store_that_is_moved_away_costs_no_decision(reports, curated):
    before, log = facts(curated), decided(curated)
    (curated / STORE).rename(curated / "away")
    summary = run([reports], curated, make=MakeFake())
    assert decided(curated) == log and facts(curated) == before
    (told,) = summary.problems
    assert told == "3 decisions of curators taken back from decisions.jsonl: casesift.sqlite did not have them"
    assert not list(curated.glob("*.edited-*"))  # nobody edited anything
    assert not run([reports], curated, make=MakeFake()).problems


def test_an_older_store_put_back_gets_the_newer_decisions(reports, curated, tmp_path):
    with closing(sqlite3.connect(curated / STORE)) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "old"),))
    decide(curated, "prednisone", 40)
    run([reports], curated, make=MakeFake())
    log = decided(curated)
    (tmp_path / "old").replace(curated / STORE)
    for ending in ("-wal", "-shm"):
        (curated / f"{STORE}{ending}").unlink(missing_ok=True)
    run([reports], curated, make=MakeFake())
    assert decided(curated) == log and not list(curated.glob("*.edited-*"))
    assert any(t["dose_value"] == "40" for t in table(curated, "treatments"))


def test_a_log_that_belongs_to_another_store_is_kept_beside(reports, curated):
    lines = log_lines(curated)
    lines[1] |= {"who": "Dr Other"}
    (curated / LOG_NAME).write_text("".join(json.dumps(line) + "\n" for line in lines))
    (told,) = run([reports], curated, make=MakeFake()).problems
    (aside,) = curated.glob("decisions.2*.jsonl")
    assert aside.name in told and [x["who"] for x in log_lines(curated)] == ["Dr Berg"] * 3


def test_a_half_written_line_spoils_nothing(reports, curated):
    with (curated / LOG_NAME).open("a") as stream:
        stream.write('{"number": 4, "who"')
    decide(curated, "prednisone", 40)
    (curated / STORE).unlink()
    log_after = run([reports], curated, make=MakeFake())
    assert "4 decisions" in log_after.problems[0] and [d.new for d in decided(curated)] == [1.5, 4.0, 2.5, 40.0]


def test_the_log_catches_up_when_it_could_not_be_written(reports, curated):
    kept = (curated / LOG_NAME).read_bytes()
    (curated / LOG_NAME).unlink()
    (curated / LOG_NAME).mkdir()
    decide(curated, "prednisone", 40)  # is in the store in any case
    (curated / LOG_NAME).rmdir()
    (curated / LOG_NAME).write_bytes(kept)
    assert not run([reports], curated, make=MakeFake()).problems
    assert [x["number"] for x in log_lines(curated)] == [1, 2, 3, 4]


def test_decisions_on_a_file_that_changed_since_find_it_again(reports, curated):
    (reports / "a.txt").write_text("Colchicine 0.5 mg\nAspirin 100 mg\n")
    run([reports], curated, make=MakeFake())
    run([reports], curated, make=MakeFake())  # the log has now which document took the place of which
    before = facts(curated)
    assert any(t["dose_value"] == "2.5" for t in before["treatments"])
    (curated / STORE).unlink()
    run([reports], curated, make=MakeFake())
    assert facts(curated) == before


def flip(path: Path, chance: random.Random) -> None:
    """Some bytes of a page in the middle become others."""
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    raw = bytearray(path.read_bytes())
    page = chance.randrange(1, len(raw) // 4096) * 4096
    raw[page : page + 12] = bytes(chance.randrange(256) for _ in range(12))
    path.write_bytes(raw)


@pytest.mark.parametrize("seed", range(12))
def test_damage_is_noticed_and_repaired_without_losing_a_decision(casesift, reports, curated, seed):
    before, log = facts(curated), decided(curated)
    flip(curated / STORE, random.Random(seed))
    if not damage_of(curated / STORE):  # those bytes were of no consequence
        assert casesift("run", reports, "--out", curated, "--quiet").stderr == ""
        return
    night = casesift("run", reports, "--out", curated, "--quiet")
    assert night.exit_code == 1 and len(night.stderr.splitlines()) == 1
    assert f"{curated}/{STORE}: store: it is damaged (" in night.stderr
    assert f"`casesift repair {curated}` makes it anew, and keeps what curators decided" in night.stderr
    mended = casesift("repair", curated)
    assert mended.exit_code == 0, mended.stderr
    assert (
        "casesift: casesift.sqlite was damaged (" in mended.stderr and "; kept as casesift.damaged-2" in mended.stderr
    )
    assert "casesift: 3 decisions of curators kept\n" in mended.stderr and "33 documents: 33 read" in mended.stderr
    assert facts(curated) == before and decided(curated) == log
    assert not list(curated.glob("*.edited-*")) and damage_of(curated / STORE) == ""


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 1000])
def test_a_store_of_which_nothing_is_left(casesift, reports, curated, content):
    before = facts(curated)
    (curated / STORE).write_bytes(content)
    assert casesift("run", reports, "--out", curated).exit_code == 1
    assert (curated / STORE).read_bytes() == content
    assert casesift("repair", curated).exit_code == 0  # which inputs there were is known beside the store as well
    assert facts(curated) == before
    assert casesift("run", reports, "--out", curated, "--quiet").stderr == ""


def test_decisions_that_only_the_damaged_store_has_are_taken_from_it(casesift, curated):
    (curated / LOG_NAME).unlink()
    log = decided(curated)
    with closing(sqlite3.connect(curated / STORE)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'mentions'").fetchone()
    for ending in ("-wal", "-shm"):
        (curated / f"{STORE}{ending}").unlink(missing_ok=True)
    with (curated / STORE).open("r+b") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(b"\xff" * 4096)
    told = repair(curated)
    assert (told.decisions, told.from_store, told.lost) == (3, 3, []) and decided(curated) == log
    assert len(log_lines(curated)) == 3


def test_a_store_that_is_whole_is_left_alone(casesift, curated):
    state = (curated / STORE).stat().st_mtime_ns
    told = casesift("repair", curated)
    assert (
        told.exit_code == 0 and "casesift.sqlite is whole: nothing to repair (3 decisions of curators)" in told.stderr
    )
    assert (curated / STORE).stat().st_mtime_ns == state
    assert casesift("repair", curated.parent / "reports").exit_code == 2


def test_without_any_trace_of_the_inputs_they_are_asked_for(casesift, reports, curated):
    (curated / STORE).write_bytes(b"")
    (curated / ".casesift.json").unlink()
    told = casesift("repair", curated)
    assert told.exit_code == 2 and "name the folders: casesift repair OUT INPUT..." in told.stderr
    again = casesift("repair", curated, reports)
    assert again.exit_code == 0 and "nothing to repair (3 decisions" in again.stderr
    assert casesift("run", reports, "--out", curated).exit_code == 0 and len(decided(curated)) == 3


def test_a_store_is_copied_before_its_layout_is_changed(reports, curated):
    with closing(sqlite3.connect(curated / STORE)) as db:
        db.execute("DROP TABLE replaced")
        db.commit()
    assert run([reports], curated, make=MakeFake()).ok
    (copy,) = curated.glob("casesift.backup-*.sqlite")
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT count(*) FROM decisions").fetchone() == (3,)
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'replaced'").fetchone() == (0,)


def test_no_room_for_the_copy_changes_nothing(reports, curated, monkeypatch):
    with closing(sqlite3.connect(curated / STORE)) as db:
        db.execute("DROP TABLE replaced")
        db.commit()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(
        PipelineError, match=r"cannot be copied before it is changed .*No space left.*make room"
    ) as told:
        run([reports], curated, make=MakeFake())
    assert told.value.code is Code.STORE and not list(curated.glob(".*.part"))


def test_a_table_of_which_nothing_is_known_is_kept_only_when_it_is_another(reports, out):
    run([reports], out, make=MakeFake())
    with (out / "treatments.csv").open("a") as stream:
        stream.write("typed by somebody\n")
    (out / STORE).unlink()
    (out / ".casesift.json").unlink()
    told = run([reports], out, make=MakeFake()).problems  # of documents.csv as well: it has the seconds a document took
    (told,) = (line for line in told if not line.startswith("documents.csv"))
    assert told.startswith("treatments.csv is not what the store wrote (it is a new one); kept as treatments.edited-")
