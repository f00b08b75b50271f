"""Runs that are killed, held and interrupted: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from fake_extractor import Held, MakeFake
from out_tables import facts, table

from pipelines.run import run

CLI = Path(__file__).with_name("fake_cli.py")
CAMPAIGN = Path(__file__).parents[2] / "benchmarks" / "faults.py"


def start(seconds: float, *args: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(CLI), "run", *map(str, args)]
    environment = os.environ | {"FAKE_SECONDS": str(seconds)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def finish(folder: Path, out: Path) -> None:
    assert run([folder], out, make=MakeFake()).ok


def wait_for_documents(out: Path, number: int) -> None:
    deadline = time.monotonic() + 300  # on a busy machine a run needs its time to start
    while time.monotonic() < deadline:
        try:
            with closing(sqlite3.connect(f"file:{out / 'casesift.sqlite'}?mode=ro", uri=True)) as db:
                done = db.execute("SELECT count(*) FROM documents").fetchone()[0]
            if done >= number:
                return
        except sqlite3.Error:
            pass
        time.sleep(0.01)
    raise AssertionError("the run did not get going")


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(40):
        lines = "".join(f"Drug{i}x{j} {j + 1} mg\n" for j in range(20))
        (folder / f"n{i:02}.txt").write_text(lines)
    (folder / "n40.txt").write_text((folder / "n00.txt").read_text())
    return folder


@pytest.fixture
def whole(many: Path, tmp_path: Path):
    """The tables of a run that nobody disturbed."""
    finish(many, tmp_path / "whole")
    return facts(tmp_path / "whole")


def killed_and_resumed(many: Path, out: Path, kills: int, *options: str, seed: int = 0) -> None:
    chance = random.Random(seed)
    for _ in range(kills):
        process = start(0.01, many, "--out", out, *options)
        time.sleep(chance.uniform(0.2, 0.9))
        process.kill()
        process.communicate()
    finish(many, out)


def test_a_killed_run_is_resumed_to_the_same_tables(many, whole, tmp_path):
    out, held = tmp_path / "killed", Held(many, "n05a.txt")
    process = start(0, many, "--out", out)
    held.wait(process)
    process.kill()
    process.communicate()
    assert not (out / "documents.csv").exists()
    held.path.unlink()
    finish(many, out)
    assert facts(out) == whole


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--workers", "2"), ("--force",)])
def test_runs_killed_at_any_moment_lose_and_double_nothing(many, whole, tmp_path, options):
    for trial in range(5):
        out = tmp_path / f"killed-{trial}"
        killed_and_resumed(many, out, 4, *options, seed=trial)
        assert facts(out) == whole
        assert not list(out.glob(".*.part"))


@pytest.mark.parametrize(
    ("sign", "workers"),
    [(signal.SIGINT, 1), (signal.SIGTERM, 1), pytest.param(signal.SIGINT, 2, marks=pytest.mark.slow)],
)
def test_an_interrupted_run_writes_what_is_done(many, whole, tmp_path, sign, workers):
    out = tmp_path / "interrupted"
    process = start(0.2 * workers, many, "--out", out, "--workers", workers)  # long enough to be interrupted
    wait_for_documents(out, 3)
    process.send_signal(sign)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 130 and "run again to go on" in told and "Traceback" not in told
    assert 3 <= len(table(out, "documents")) < 41
    finish(many, out)
    assert facts(out) == whole


def test_a_second_run_at_the_same_time_is_turned_away(many, tmp_path):
    out, held = tmp_path / "out", Held(many, "n05a.txt")
    first = start(0, many, "--out", out)
    held.wait(first)
    second = start(0, many, "--out", out)
    _, told = second.communicate(timeout=300)
    assert second.returncode == 75 and "another run holds" in told
    held.let_go()
    first.communicate(timeout=300)
    assert first.returncode == 0 and len(table(out, "documents")) == 42


@pytest.mark.slow
def test_the_fault_campaign_loses_doubles_and_hangs_nothing():
    command = [sys.executable, str(CAMPAIGN), "--trials", "15", "--real", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False)
    assert done.returncode == 0 and "lost 0, doubled 0, hangs 0, left 0" in done.stdout, done.stdout + done.stderr
