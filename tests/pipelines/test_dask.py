"""The Dask engine: the rows of the local one, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from fake_extractor import MakeFake
from out_tables import facts, table
from typer.testing import CliRunner

from extract.errors import PipelineError
from pipelines.cli import app
from pipelines.run import Options, Watcher, run
from pipelines.stopping import Stop

distributed = pytest.importorskip("distributed", reason="no Dask: pip install 'casesift[dask]'")

#: the clusters of this file do not run beside each other
pytestmark = pytest.mark.xdist_group("dask")

DASK = Options(engine="dask", workers=2, memory=0)


@pytest.fixture(scope="module")
def address():
    """A scheduler with two workers."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", memory_limit=None, silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address


def on(address: str, **more) -> Options:
    return Options(engine="dask", scheduler=address, **more)


@pytest.fixture
def many(reports: Path) -> Path:
    for i in range(30):
        (reports / f"n{i:02}.txt").write_text(f"Drug{i} {i + 1} mg\npain {i % 11}/10\n")
    return reports


def test_rows_are_those_of_the_local_engine(many, tmp_path, address):
    run([many], tmp_path / "local", make=MakeFake())
    summary = run([many], tmp_path / "dask", on(address), make=MakeFake())
    assert summary.ok and summary.read == 33
    assert facts(tmp_path / "local") == facts(tmp_path / "dask")


def test_a_cluster_is_made_when_none_is_named(reports, out):
    summary = run([reports], out, DASK, make=MakeFake())
    assert summary.ok and summary.rows["treatments"] == 4


def test_a_worker_killed_in_the_middle_loses_nothing(many, tmp_path):
    run([many], tmp_path / "local", make=MakeFake())

    class Killer(Watcher):
        seen = 0

        def done(self, outcome):
            self.seen += 1
            if self.seen == 5:
                os.kill(self.victim, signal.SIGKILL)

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", memory_limit=None, silence_logs=50
    ) as cluster:
        killer = Killer()
        killer.victim = next(iter(cluster.workers.values())).pid
        summary = run(
            [many], tmp_path / "dask", on(cluster.scheduler_address), make=MakeFake(seconds=0.1), watcher=killer
        )
    assert killer.seen == 33 and summary.ok
    assert facts(tmp_path / "local") == facts(tmp_path / "dask")


def test_documents_that_kill_or_hang_cost_themselves(reports, out):
    (reports / "die.txt").write_text("DIE")
    (reports / "hang.txt").write_text("HANG")
    summary = run([reports], out, Options(engine="dask", workers=2, memory=0, timeout=10), make=MakeFake())
    assert [(f.file, f.reason.split(":")[0]) for f in summary.failures] == [
        ("die.txt", "crashed"),
        ("hang.txt", "timeout"),
    ]
    assert summary.rows["treatments"] == 4


def test_a_stopped_run_keeps_what_is_done_and_goes_on(many, tmp_path, address):
    stop = Stop()

    class Stopper(Watcher):
        def done(self, outcome):
            stop.ask()

    summary = run([many], tmp_path / "out", on(address), make=MakeFake(seconds=0.05), watcher=Stopper(), stop=stop)
    assert summary.interrupted and 0 < summary.read < 33
    again = run([many], tmp_path / "out", on(address), make=MakeFake())
    assert again.read == 33 - summary.read
    run([many], tmp_path / "local", make=MakeFake())
    assert facts(tmp_path / "local") == facts(tmp_path / "out")


def test_workers_of_another_casesift_are_refused(reports, out, address):
    home = os.getpid()

    class Elsewhere(MakeFake):
        """Has another fingerprint in other processes."""

        def __call__(self):
            made = super().__call__()
            if os.getpid() != home:
                made.fingerprint = "old"
            return made

    with pytest.raises(PipelineError, match="another casesift"):
        run([reports], out, on(address), make=Elsewhere())


def test_no_scheduler_is_told_in_one_line(reports, tmp_path):
    told = CliRunner().invoke(
        app,
        ["run", str(reports), "--out", str(tmp_path / "out"), "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"],
    )
    assert told.exit_code == 2
    assert "no Dask scheduler with workers at tcp://127.0.0.1:9" in told.stderr


def test_failures_and_stray_files_are_told_the_same_way(reports, tmp_path, address):
    (reports / "empty.txt").write_text("")
    (reports / "bug.txt").write_text("BUG")
    run([reports], tmp_path / "local", make=MakeFake())
    run([reports], tmp_path / "dask", on(address), make=MakeFake())
    reasons = [
        [(d["file"], d["status"], d["reason"]) for d in table(tmp_path / o, "documents")] for o in ("local", "dask")
    ]
    assert reasons[0] == reasons[1]
