"""What a document can do to its worker, and what that costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from multiprocessing import active_children
from pathlib import Path

import pytest
from fake_extractor import FakeExtractor, MakeFake
from out_tables import facts, table

from extract.errors import Code, LanguageError, PipelineError
from pipelines.engines import engine as engine_module
from pipelines.engines import fair_time, workers
from pipelines.engines.engine import local
from pipelines.engines.fair_time import FairTime
from pipelines.engines.processing import Limits, failed
from pipelines.engines.tasks import Task
from pipelines.run import Options, Watcher, run
from pipelines.run.status import status
from pipelines.stopping import Stop


def reasons(out: Path) -> dict[str, str]:
    return {d["file"]: d["reason"].split(":")[0] for d in table(out, "documents") if d["status"] == "failed"}


def crew():
    """The worker processes there are now."""
    return [p for p in active_children() if p.name == "casesift-worker"]


def tasks_in(folder: Path, number: int) -> list[Task]:
    folder.mkdir(exist_ok=True)
    for i in range(number):
        (folder / f"{i}.txt").write_text(f"Drug{i} 1 mg\n")
    return [Task(folder / f"{i}.txt", f"{i}.txt", f"d{i:012}", "", None) for i in range(number)]


@pytest.mark.parametrize("count", [1, 2])
def test_poison_costs_itself_and_nothing_else(reports, out, count):
    for name in ("DIE", "HANG", "EAT", "BUG"):
        (reports / f"{name}.txt").write_text(name)
    summary = run([reports], out, Options(workers=count, timeout=15, memory=400), make=MakeFake())
    assert reasons(out) == {"DIE.txt": "crashed", "HANG.txt": "timeout", "EAT.txt": "memory", "BUG.txt": "internal"}
    assert summary.rows["treatments"] == 4 and summary.statuses["ok"] == 3


def test_the_reason_tells_what_the_limit_was_and_what_to_do(reports, out):
    (reports / "die.txt").write_text("DIE")
    (reports / "hang.txt").write_text("HANG")
    told = {f.file: f.reason for f in run([reports], out, Options(workers=2, timeout=6), make=MakeFake()).failures}
    assert told["hang.txt"] == "timeout: took longer than 6 seconds; the next run tries again (1 of 3 times)"
    assert "exit code 9" in told["die.txt"] and "tried again alone" in told["die.txt"]


def test_a_document_whose_worker_was_killed_is_tried_once_more(reports, out):
    (reports / "once.txt").write_text("DIEONCE 1 mg\n")
    assert run([reports], out, Options(workers=2), make=MakeFake()).ok
    assert (reports / "once.died").exists() and reasons(out) == {}


def test_a_worker_killed_from_outside_changes_no_row(reports, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_STILLBORN", 100)  # it may be one that is not ready yet, three times
    for i in range(12):
        (reports / f"n{i}.txt").write_text(f"Drug{i} {i + 1} mg\n")
    run([reports], tmp_path / "calm", make=MakeFake())

    class Killer(Watcher):
        kills = 0

        def done(self, outcome):
            if self.kills < 3 and (alive := crew()):
                alive[0].kill()
                self.kills += 1

    killer = Killer()
    assert run([reports], tmp_path / "killed", Options(workers=2), make=MakeFake(seconds=0.05), watcher=killer).ok
    assert killer.kills == 3 and facts(tmp_path / "calm") == facts(tmp_path / "killed")


def test_tasks_are_drawn_as_workers_come_free(tmp_path):
    tasks = tasks_in(tmp_path / "many", 30)
    drawn = []
    engine = local((drawn.append(t) or t for t in tasks), MakeFake(), Limits(workers=2), Stop())
    for done, _ in enumerate(engine, 1):
        assert len(drawn) <= done + 2 * 2
    assert done == 30


def test_workers_are_replaced_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_TASKS_A_WORKER", 4)
    started = []
    start = workers._context.Process
    monkeypatch.setattr(workers._context, "Process", lambda **told: started.append(1) or start(**told))
    outcomes = list(local(tasks_in(tmp_path / "many", 10), MakeFake(), Limits(workers=1), Stop()))
    assert len(outcomes) == 10 and all(o.report for o in outcomes) and len(started) == 3


def test_no_worker_outlives_the_run(reports, out):
    (reports / "hang.txt").write_text("HANG")
    run([reports], out, Options(workers=2, timeout=1), make=MakeFake())
    assert crew() == []


def test_a_stop_gives_what_is_in_flight_its_time_and_no_more(tmp_path):
    stop = Stop()
    tasks = tasks_in(tmp_path / "many", 20)
    tasks[1].path.write_text("HANG")
    outcomes = []
    for outcome in local(tasks, MakeFake(seconds=0.2), Limits(workers=2, grace=1.0), stop):
        outcomes.append(outcome)
        if len(outcomes) == 3:
            stop.ask()
    assert 3 <= len(outcomes) <= 5 and all(o.report for o in outcomes)
    assert "1.txt" not in {o.task.file for o in outcomes}  # which takes a minute


class Broken:
    """Makes nothing."""

    def __call__(self):
        raise LanguageError(Code.BAD_CONFIG, "no such component", mend="name another")


class Stillborn:
    """Kills the worker that would make it."""

    def __call__(self):
        os.kill(os.getpid(), signal.SIGKILL)


class Unloadable(FakeExtractor):
    """Tells its fingerprint, but lacks a module."""

    @property
    def nlp(self):
        raise ModuleNotFoundError("No module named 'weights'")


@pytest.mark.parametrize("workers", [0, 2])
def test_a_pipeline_that_cannot_be_loaded_fails_no_document(reports, out, workers):
    with pytest.raises(PipelineError) as error:
        run([reports], out, Options(workers=workers), make=Unloadable)
    assert "No module named 'weights'" in str(error.value) and "doctor" in error.value.mend
    assert sum(status(out).documents.values()) == 0


@pytest.mark.parametrize(("make", "code"), [(Broken(), Code.BAD_CONFIG), (Stillborn(), Code.CRASHED)])
def test_workers_that_cannot_start_end_the_run(tmp_path, make, code):
    with pytest.raises((LanguageError, PipelineError)) as error:
        list(local(tasks_in(tmp_path / "many", 5), make, Limits(workers=2), Stop()))
    assert error.value.code is code and error.value.mend


def test_a_limit_below_what_the_pipeline_needs_is_told_at_once(reports, out):
    with pytest.raises(PipelineError) as error:
        run([reports], out, Options(workers=1, memory=1), make=MakeFake(loading=2.0))
    assert error.value.code is Code.USAGE and "--memory 1 MB" in str(error.value)


class Unsendable(FakeExtractor):
    def __call__(self, path, *, doc_id=None, file=""):
        return threading.Lock()


class MakeUnsendable:
    def __call__(self):
        return Unsendable()


def test_a_report_that_cannot_be_sent_is_one_failure(tmp_path):
    outcomes = list(local(tasks_in(tmp_path / "many", 2), MakeUnsendable(), Limits(workers=1), Stop()))
    assert [o.code for o in outcomes] == ["internal"] * 2


@pytest.fixture
def crowded():
    """A processor that eight others want as well."""
    if not Path("/proc/self/schedstat").exists():
        pytest.skip("this system does not tell how long a process waits for a processor")
    spin = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"
    others = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(8)]
    yield others
    for other in others:
        other.kill()
        other.wait()


def test_time_in_which_others_have_the_processor_does_not_count(crowded):
    pid, began = crowded[0].pid, time.monotonic()
    clock = FairTime(pid)
    while fair_time.waited(pid) < 2.0:
        time.sleep(0.1)
        taken = clock.taken()
    assert taken < time.monotonic() - began - 1.0


def test_time_in_which_all_stood_still_does_not_count(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(fair_time.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(fair_time, "waited", lambda *_: 0.0)
    clock = FairTime(os.getpid())
    for _ in range(20):
        now[0] += 0.1
        clock.taken()
    now[0] += 3600.0  # the machine was paused
    assert round(clock.taken(), 1) == 2.0
    now[0] += 1.0
    assert round(clock.taken(), 1) == 3.0


def test_what_took_too_long_is_tried_again_three_times_and_then_left(reports, out, monkeypatch):
    for path in [*reports.glob("*.txt"), *reports.glob("*.TXT")]:
        path.unlink()
    (reports / "slow.txt").write_text("Aspirin 100 mg\n")

    def night(**options):
        def slow(tasks, make, limits, stop):
            for task in tasks:
                yield failed(task, Code.TIMEOUT, "took longer than 300 seconds", "raise --timeout and --retry-failed")

        with monkeypatch.context() as patch:
            patch.setitem(engine_module.ENGINES, "local", slow)
            return run([reports], out, Options(exclude=("2022/*",), **options), make=MakeFake())

    told = [night().failures[0].reason for _ in range(4)]
    again = "timeout: took longer than 300 seconds; the next run tries again"
    assert told == [
        f"{again} (1 of 3 times)", f"{again} (2 of 3 times)", f"{again} (3 of 3 times)",
        "timeout: took longer than 300 seconds, in 4 runs; raise --timeout and --retry-failed",
    ]  # fmt: skip
    assert night().read == 0 and night(retry_failed=True).read == 1 and night().read == 0
    (reports / "slow.txt").write_text("Aspirin 200 mg\n")  # another document
    assert night().failures[0].reason == f"{again} (1 of 3 times)"
    assert run([reports], out, Options(exclude=("2022/*",)), make=MakeFake()).read == 1
    assert not night().read
