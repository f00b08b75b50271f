"""Small documents go to a worker several at a time, and each still costs nobody but itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_extractor import Held, MakeFake, marked
from out_tables import facts, table

from pipelines.engines import workers
from pipelines.engines.batches import SMALL, Batches
from pipelines.engines.engine import local
from pipelines.engines.processing import Limits
from pipelines.engines.tasks import Task
from pipelines.inputs.known import Stamp
from pipelines.run import Options, run
from pipelines.stopping import Stop


def task(name: str, size: int | None, unreadable: str = "") -> Task:
    stamp = None if size is None else Stamp(size, 1, 1)
    return Task(Path("/in") / name, name, f"d{name}", "", stamp, unreadable=unreadable)


def drawn(batches: Batches, takers: int = 1) -> list[list[str]]:
    found = []
    while batch := batches.draw(takers):
        found.append([t.file for t in batch])
    return found


def small(number: int, size: int = 100) -> list[Task]:
    return [task(f"{i}.txt", size) for i in range(number)]


def test_small_texts_go_together_and_large_ones_alone():
    tasks = iter([*small(3), task("paper.pdf", 100), *small(2), task("long.txt", SMALL + 1), task("unknown.txt", None)])
    assert drawn(Batches(tasks)) == [
        ["0.txt", "1.txt", "2.txt"], ["paper.pdf"], ["0.txt", "1.txt"], ["long.txt"], ["unknown.txt"],
    ]  # fmt: skip
    assert drawn(Batches(iter([task("a.txt", 9), task("b.txt", 9, "not-readable: closed"), task("c.txt", 9)]))) == [
        ["a.txt"], ["b.txt"], ["c.txt"],
    ]  # fmt: skip


def test_a_batch_is_bounded_in_number_and_size():
    assert [len(b) for b in drawn(Batches(iter(small(40))))] == [16, 16, 8]
    assert [len(b) for b in drawn(Batches(iter(small(9, SMALL))))] == [4, 4, 1]


def test_what_is_left_is_shared_among_the_workers():
    sizes = [len(b) for b in drawn(Batches(small(64)), takers=4)]
    assert sum(sizes) == 64 and sizes[0] == 7 and sizes[-4:] == [1, 1, 1, 1] and sizes == sorted(sizes, reverse=True)


def test_what_is_put_back_goes_alone():
    batches = Batches(iter(small(3)))
    batches.put_back(batches.draw(1))
    assert drawn(batches) == [["0.txt"], ["1.txt"], ["2.txt"]]


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    folder.mkdir()
    for i in range(60):
        (folder / f"n{i:02}.txt").write_text(f"Drug{i} {i + 1} mg\n")
    return folder


@pytest.fixture
def given(monkeypatch) -> list[int]:
    """How many documents were handed to a worker each time."""
    counts: list[int] = []
    give = workers._Worker.give

    def counted(worker, batch):
        counts.append(len(batch))
        return give(worker, batch)

    monkeypatch.setattr(workers._Worker, "give", counted)
    return counts


def test_poison_among_small_ones_costs_itself(shelf, tmp_path, given):
    for number, word in ((3, "DIE"), (5, "BUG"), (9, "HANG"), (10, "DIEONCE")):
        (shelf / f"n{number:02}.txt").write_text(f"{word} 1 mg\n")
    summary = run([shelf], tmp_path / "out", Options(workers=2, timeout=4), make=MakeFake())
    failures = {d["file"]: d["reason"].split(":")[0] for d in table(tmp_path / "out", "documents") if d["reason"]}
    assert failures == {"n03.txt": "crashed", "n05.txt": "internal", "n09.txt": "timeout"}
    assert summary.statuses["ok"] == 57 and max(given) > 5


def test_rows_are_those_of_one_at_a_time_and_few_ways_are_gone(shelf, tmp_path, given):
    run([shelf], tmp_path / "here", Options(workers=0), make=MakeFake())
    run([shelf], tmp_path / "there", Options(workers=2), make=MakeFake())
    assert facts(tmp_path / "here") == facts(tmp_path / "there")
    assert sum(given) == 60 and len(given) < 25


def test_a_stop_begins_nothing_more_of_a_batch(tmp_path):
    tasks = []
    for i in range(20):
        path = tmp_path / f"{i:02}.txt"
        path.write_text(f"Drug{i} 1 mg\n")
        tasks.append(Task(path, path.name, f"d{i:012}", "", Stamp.of(path)))
    held = Held(tmp_path, "03.txt")
    tasks[3] = Task(held.path, "03.txt", "d3", "", Stamp.of(held.path))
    stop, outcomes = Stop(), []
    for outcome in local(iter(tasks), MakeFake(), Limits(workers=1), stop):
        outcomes.append(outcome)
        if len(outcomes) == 3:
            held.wait()
            stop.ask()
            held.let_go()
    assert [o.task.file for o in outcomes] == ["00.txt", "01.txt", "02.txt", "03.txt"]
    assert marked(held.path, "begun").exists()
