"""What an operator has from a run that nobody watches: its book, its log, its figures, its way to stop."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from fake_extractor import FakeExtractor, Held, MakeFake
from out_tables import facts, table
from test_faults import many, start, wait_for_documents, whole  # noqa: F401 - fixtures
from typer.testing import CliRunner

from extract.errors import Code, LanguageError, PipelineError
from pipelines import cli
from pipelines.commands import frame
from pipelines.engines import processing
from pipelines.inputs.since import parse_since
from pipelines.run import Options, run
from pipelines.run.runfiles import RunFiles
from pipelines.run.status import status
from pipelines.store.locking import locked


@pytest.fixture
def casesift(monkeypatch):
    monkeypatch.setattr(processing, "DefaultExtractor", lambda *settings: MakeFake())
    monkeypatch.setattr(frame.state, "debug", False)
    return lambda *args: CliRunner().invoke(cli.app, [str(a) for a in args])


# status --------------------------------------------------------------------------------------------------------


def test_status_tells_runs_counts_and_reasons(casesift, reports, out):
    (reports / "empty.txt").write_text("")
    casesift("run", reports, "--out", out)
    casesift("run", reports, "--out", out)
    told = casesift("status", out)
    assert told.exit_code == 0 and told.stderr == ""
    assert told.stdout.startswith("4 documents: 3 ok, 1 failed\n")
    runs = re.findall(r"^  (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)  (.*)$", told.stdout, re.MULTILINE)
    assert [how.split(",")[0] for _, how in runs] == ["done: 4 found", "done"]
    assert "documents failed: 4 found, 3 read, 1 failed" in runs[1][1]
    assert "  empty-file: the file is empty; take it out of the folder\n    empty.txt\n" in told.stdout


def test_status_as_json_has_all_of_it(casesift, reports, out):
    (reports / "empty.txt").write_text("")
    casesift("run", reports, "--out", out)
    told = json.loads(casesift("status", out, "--json").stdout)
    assert told["documents"] == {"ok": 3, "partial": 0, "failed": 1} and told["running"] is False
    assert told["failures"][0]["file"] == "empty.txt"
    (last,) = told["runs"]
    assert last["exit_code"] == 1 and last["fingerprint"] == "fake-1" and last["version"] and last["host"]
    assert last["told"]["read"] == 4 and last["told"]["failures"] == told["failures"]
    assert datetime.fromisoformat(last["ended"]) >= datetime.fromisoformat(last["started"])


def test_status_of_a_running_and_of_a_killed_run(many, tmp_path):  # noqa: F811
    out, held = tmp_path / "out", Held(many, "n05a.txt")
    process = start(0, many, "--out", out)
    held.wait(process)
    with pytest.raises(PipelineError, match=rf"another run holds .*\(process {process.pid} on "):
        run([many], out, make=MakeFake())
    told = CliRunner().invoke(cli.app, ["status", str(out)]).stdout
    assert f"running on {os.uname().nodename}, process {process.pid}" in told
    process.kill()
    process.communicate()
    assert "killed: it could not note its end" in CliRunner().invoke(cli.app, ["status", str(out)]).stdout


def test_a_run_that_could_not_go_on_is_in_the_book(reports, out):
    class Broken(FakeExtractor):
        def __call__(self, path, *, doc_id=None, file=""):
            raise LanguageError(Code.BAD_CONFIG, "no such component")

    with pytest.raises(LanguageError):
        run([reports], out, make=Broken)
    (last,) = status(out).runs
    assert last.exit_code == 2 and "no such component" in last.told["error"]


def test_status_of_no_output_folder_is_exit_code_2(casesift, reports):
    assert casesift("status", reports).exit_code == 2


def test_an_error_about_a_name_of_odd_bytes_is_in_the_book(sift, reports, out, monkeypatch):
    def full(*_):
        raise PipelineError(Code.STORE, "the disk is full", file=os.fsdecode(b"caf\xe9.txt"))

    monkeypatch.setattr("pipelines.run.batch.refresh_tables", full)
    with pytest.raises(PipelineError):
        sift()
    assert "the disk is full" in status(out).runs[0].told["error"]


# files for other programs ---------------------------------------------------------------------------------------


def test_the_summary_and_the_figures_tell_what_the_run_did(casesift, reports, out, tmp_path):
    (reports / "empty.txt").write_text("")
    result = casesift("run", reports, "--out", out, "--summary", tmp_path / "s.json", "--metrics", tmp_path / "m.prom")
    assert result.exit_code == 1
    summary = json.loads((tmp_path / "s.json").read_text())
    assert (summary["found"], summary["read"], summary["exit_code"]) == (4, 4, 1)
    assert summary["failures"][0]["file"] == "empty.txt" and summary["rows"]["treatments"] == 4
    figures = (tmp_path / "m.prom").read_text()
    assert f'casesift_last_run_documents{{out="{out}",result="failed"}} 1\n' in figures
    assert f'casesift_last_run_exit_code{{out="{out}"}} 1\n' in figures and figures.endswith("\n")
    for line in figures.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) casesift_\w+ .+|casesift_\w+\{(\w+="[^"]*",?)+\} [\d.e+]+', line), line
    assert {p.name for p in tmp_path.iterdir()} >= {"s.json", "m.prom"} and not list(tmp_path.glob(".*.part"))


def test_the_summary_to_standard_output(casesift, reports, out):
    assert json.loads(casesift("run", reports, "--out", out, "-q", "--summary", "-").stdout)["found"] == 3


def test_a_run_that_cannot_go_on_says_so_in_its_files_and_a_held_one_leaves_them(casesift, reports, out, tmp_path):
    files = ("--summary", tmp_path / "s.json", "--metrics", tmp_path / "m.prom")
    casesift("run", reports, "--out", out, *files)
    success = re.search(r"casesift_last_success_timestamp_seconds\S+ (\d+)", (tmp_path / "m.prom").read_text())[1]
    with locked(out):
        assert casesift("run", reports, "--out", out, *files).exit_code == 75
    assert json.loads((tmp_path / "s.json").read_text())["exit_code"] == 0
    assert casesift("run", tmp_path / "gone", "--out", out, *files).exit_code == 2
    assert "no such file or folder" in json.loads((tmp_path / "s.json").read_text())["error"]
    figures = (tmp_path / "m.prom").read_text()
    assert f'casesift_last_run_exit_code{{out="{out}"}} 2\n' in figures
    assert f" {success}\n" in figures  # an alert on the age of the last success still works


def test_a_folder_for_them_that_is_not_there_is_told_before_the_run(casesift, reports, out, tmp_path):
    result = casesift("run", reports, "--out", out, "--metrics", tmp_path / "no" / "m.prom")
    assert result.exit_code == 2 and not out.exists()
    with pytest.raises(PipelineError):
        RunFiles(tmp_path / "no" / "s.json").check()


# the log --------------------------------------------------------------------------------------------------------


def test_a_json_log_is_one_object_a_line(casesift, reports, out):
    (reports / "empty.txt").write_text("")
    (reports / 'a\n"b.txt').write_text("Aspirin 100 mg\n")
    result = casesift("run", reports, "--out", out, "--log-format", "json")
    assert result.stdout == ""
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert (lines[0]["event"], lines[-1]["event"]) == ("start", "end")
    assert sorted(line["event"] for line in lines[1:-1]) == ["document"] * 4 + ["failed"]
    assert all(
        datetime.now(UTC) - datetime.fromisoformat(line["time"]) < timedelta(hours=1) and line["level"]
        for line in lines
    )
    failed = next(line for line in lines if line["event"] == "failed")
    assert (failed["level"], failed["file"], failed["code"]) == ("error", "empty.txt", "empty-file")
    assert 'a\n"b.txt' in {line.get("file") for line in lines}
    assert lines[-1]["read"] == 5 and lines[-1]["failures"] == 1 and lines[-1]["exit_code"] == 1


def test_a_quiet_json_log_has_only_what_went_wrong(casesift, reports, out, tmp_path):
    assert casesift("run", reports, "--out", out, "-q", "--log-format", "json").stderr == ""
    (line,) = casesift("run", tmp_path / "no", "--out", out, "-q", "--log-format", "json").stderr.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["code"]) == ("error", "error", "usage")


# since ----------------------------------------------------------------------------------------------------------


def test_since_takes_what_changed_and_forgets_nothing(sift, out, reports):
    sift()
    (reports / "new.txt").write_text("Aspirin 100 mg\n")
    tomorrow = time.time() + 86400
    assert sift(since=tomorrow).found == 0 and len(table(out, "documents")) == 3
    assert not sift(since=tomorrow).gone
    os.utime(reports / "new.txt", (1, 1))  # copied with its old date; its change time is new
    assert sift(since=time.time() - 3600).read == 1 and len(table(out, "documents")) == 4


@pytest.mark.parametrize(("text", "ago"), [("90m", 5400), ("12h", 43200), ("7d", 604800), ("2w", 1209600)])
def test_an_age_counts_back_from_now(text, ago):
    assert abs(time.time() - ago - parse_since(text)) < 60


def test_a_date_is_local_midnight_and_anything_else_a_usage_error(casesift, reports, out):
    assert parse_since("2026-11-01") == datetime(2026, 11, 1).timestamp()
    assert parse_since("2026-11-01T20:30") - parse_since("2026-11-01") == 20.5 * 3600
    result = casesift("run", reports, "--out", out, "--since", "yesterday")
    assert result.exit_code == 2 and "12h, 7d or 2w" in result.stderr


# stopping -------------------------------------------------------------------------------------------------------


def told_to_stop(process: subprocess.Popen[str]) -> str:
    """What a run says up to the moment when it has heard of the signal."""
    told = ""
    while "stopping" not in told:
        line = process.stderr.readline()
        assert line, told
        told += line
    return told


@pytest.mark.parametrize("workers", [0, 2])
def test_the_first_signal_lets_finish_what_is_in_flight(many, whole, tmp_path, workers):  # noqa: F811
    out, held = tmp_path / "out", Held(many, "n05a.txt")
    process = start(0, many, "--out", out, "--workers", workers)
    held.wait(process)
    process.send_signal(signal.SIGTERM)
    told = told_to_stop(process)
    assert "stopping: what is in flight may finish within 10 s" in told
    held.let_go()
    told += process.communicate(timeout=300)[1]
    assert process.returncode == 130 and "interrupted; what was done is kept" in told and "Traceback" not in told
    status_of = {d["file"]: d["status"] for d in table(out, "documents")}
    assert status_of["n05a.txt"] == "ok"  # it was in flight
    held.path.unlink()
    assert run([many], out, Options(prune=True), make=MakeFake()).ok
    assert facts(out) == whole


@pytest.mark.parametrize("workers", [0, 2])
def test_the_second_signal_stops_at_once(many, whole, tmp_path, workers):  # noqa: F811
    out, held = tmp_path / "out", Held(many, "n00a.txt")
    process = start(0, many, "--out", out, "--workers", workers, "--grace", 300)
    held.wait(process)
    process.send_signal(signal.SIGINT)
    told_to_stop(process)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=300)  # nobody lets the document go on, and the grace is five minutes
    assert process.returncode == 130 and "Traceback" not in told and "the next run does that" in told
    assert not (out / "documents.csv").exists()
    held.path.unlink()
    assert run([many], out, make=MakeFake()).ok
    assert facts(out) == whole


def test_what_takes_longer_than_the_grace_time_is_left_for_the_next_run(many, tmp_path):  # noqa: F811
    out, held = tmp_path / "out", Held(many, "n00a.txt")
    process = start(0, many, "--out", out, "--workers", 1, "--grace", 0.5)
    held.wait(process)
    wait_for_documents(out, 1)
    process.terminate()
    process.communicate(timeout=300)
    assert process.returncode == 130
    assert {d["file"]: d["status"] for d in table(out, "documents")} == {"n00.txt": "ok"}


def test_workers_end_with_a_run_that_is_killed(many, tmp_path):  # noqa: F811
    import psutil

    process = start(0.3, many, "--out", tmp_path / "out", "--workers", 2)
    wait_for_documents(tmp_path / "out", 1)
    workers = psutil.Process(process.pid).children()
    assert len(workers) >= 2
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(workers, timeout=300)
    assert not alive


def test_options_of_the_limits_reach_the_engine():
    limits = Options(workers=3, timeout=5, memory=700, grace=1).limits
    assert (limits.workers, limits.timeout, limits.memory, limits.grace) == (3, 5, 700, 1)


def test_the_module_starts_as_a_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "status", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "run `casesift run` first" in done.stderr
