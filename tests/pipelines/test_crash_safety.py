"""What the world does to a run: full disks, shares that go away, files that are not there yet, doors that are closed."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from fake_extractor import FakeExtractor, MakeFake
from out_tables import facts, table

from extract.errors import Code, PipelineError, ReadingError
from pipelines.inputs.discover import STORE_NAME
from pipelines.run import Options, Watcher, run
from pipelines.run.status import status
from pipelines.store.locking import LOCK_NAME

CLI = Path(__file__).with_name("fake_cli.py")


def casesift(*args: object, before: list[str] | None = None, **told) -> subprocess.CompletedProcess[str]:
    command = [*(before or ()), sys.executable, str(CLI), *map(str, args)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=os.environ | {"FAKE_SECONDS": "0"},
        timeout=300,
        check=False,
        **told,
    )


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(60):
        (folder / f"n{i:02}.txt").write_text("".join(f"Drug{i}x{j} {j + 1} mg\n" for j in range(30)))
    return folder


@pytest.fixture
def whole(many: Path, tmp_path: Path):
    run([many], tmp_path / "whole", make=MakeFake())
    return facts(tmp_path / "whole")


@pytest.fixture
def small_disk(tmp_path: Path):
    """A folder on a disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def whole_or_absent(out: Path) -> None:
    """No half-written table, no half document."""
    assert not list(out.glob(".*.part"))
    with closing(sqlite3.connect(out / "casesift.sqlite")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counts = "SELECT count(*) FROM treatments t WHERE t.doc_id = d.doc_id"
        assert {n for (n,) in db.execute(f"SELECT ({counts}) FROM documents d WHERE status = 'ok'")} <= {30}


def test_a_full_disk_is_told_and_the_next_run_goes_on(many, whole, small_disk, tmp_path):
    out = small_disk / "out"
    full = casesift("run", many, "--out", out)
    assert full.returncode == 1 and "Traceback" not in full.stderr
    assert "full" in full.stderr and "make room" in full.stderr and len(full.stderr.splitlines()) == 1
    whole_or_absent(out)
    assert 0 < status(out).documents["ok"] < 60
    subprocess.run(["mount", "-o", "remount,size=50m", small_disk], check=True)
    assert casesift("run", many, "--out", out).returncode == 0
    assert facts(out) == whole


def test_a_disk_that_was_full_before_the_run(many, small_disk):
    (small_disk / "ballast").write_bytes(b"x" * 1_040_000)
    full = casesift("run", many, "--out", small_disk / "out")
    assert full.returncode in (1, 2) and "Traceback" not in full.stderr and len(full.stderr.splitlines()) == 1
    (small_disk / "ballast").unlink()
    shutil.rmtree(small_disk / "out", ignore_errors=True)
    assert casesift("run", many / "n00.txt", "--out", small_disk / "out").returncode == 0


@pytest.mark.parametrize("size", [50_000, 200_000, 400_000])
def test_a_file_that_may_not_grow_is_told_and_the_next_run_goes_on(many, whole, tmp_path, size):
    out = tmp_path / "out"
    full = casesift(
        "run", many, "--out", out, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    )
    assert full.returncode == 1 and "Traceback" not in full.stderr and len(full.stderr.splitlines()) == 1
    assert "store:" in full.stderr
    assert casesift("run", many, "--out", out).returncode == 0
    whole_or_absent(out)
    assert facts(out) == whole


def test_a_disk_full_of_tables_leaves_the_old_ones(many, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run([many], out, make=MakeFake())
    before = facts(out)
    (many / "n00.txt").write_text("Aspirin 100 mg\n")
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(PipelineError, match="No space left on device"):
        run([many], out, make=MakeFake())
    assert facts(out) == before and not list(out.glob(".*.part"))
    monkeypatch.setattr(os, "fsync", fsync)
    run([many], out, make=MakeFake())
    assert len(table(out, "treatments")) == 59 * 30 + 1


@pytest.fixture
def bound() -> list[str]:
    """What to put before a command so that permissions hold for it, for root as well."""
    if os.getuid() != 0:
        return []
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if not shutil.which("setpriv") or subprocess.run([*bound, "true"], check=False).returncode:
        pytest.skip("root is not bound by permissions, and there is no setpriv to change that")
    return bound


def test_an_output_folder_that_cannot_be_written_is_a_usage_error(many, tmp_path, bound):
    for how in ("new", "there"):
        out = tmp_path / how / "out"
        (out if how == "there" else out.parent).mkdir(parents=True)
        (out if how == "there" else out.parent).chmod(0o555)
        shutil.copytree(many, tmp_path / f"in-{how}")
        done = casesift("run", tmp_path / f"in-{how}", "--out", out, before=bound)
        assert done.returncode == 2 and "Permission denied" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_store_that_may_only_be_read(many, tmp_path, bound):
    out = tmp_path / "out"
    assert casesift("run", many, "--out", out).returncode == 0
    before = facts(out)
    shutil.copytree(many, tmp_path / "in")
    (tmp_path / "in" / "new.txt").write_text("Aspirin 100 mg\n")
    for path in (out, *out.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = casesift("run", tmp_path / "in", "--out", out, before=bound)
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1
    for command in (["status", out], ["export", out, "--to", "jsonl", "--dest", tmp_path / "elsewhere"]):
        looked = casesift(*command, before=bound)
        assert looked.returncode == 0, looked.stderr
    for path in (out, *out.iterdir()):
        path.chmod(0o777)
    assert facts(out) == before
    assert casesift("run", tmp_path / "in", "--out", out).returncode == 0


def test_files_and_folders_that_may_not_be_read_are_told_and_read_when_they_may(tmp_path, bound):
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "closed").mkdir(parents=True)
    (folder / "a.txt").write_text("Aspirin 100 mg\n")
    (folder / "b.txt").write_text("Morphine 5 mg\n")
    (folder / "closed" / "c.txt").write_text("Codeine 30 mg\n")
    out.mkdir()
    out.chmod(0o777)
    (folder / "b.txt").chmod(0)
    (folder / "closed").chmod(0)
    first = casesift("run", folder, "--out", out, before=bound)
    assert first.returncode == 1 and "closed: cannot be listed (Permission denied)" in first.stderr
    assert "or leave it out with --exclude closed" in first.stderr
    assert "b.txt: not-readable: cannot be read (Permission denied); give read permission" in first.stderr
    again = casesift("run", folder, "--out", out, "--quiet", before=bound)
    assert again.returncode == 1 and len(again.stderr.splitlines()) == 1 and "closed: cannot be listed" in again.stderr
    assert casesift("run", folder, "--out", out, "--exclude", "closed", before=bound).returncode == 0
    (folder / "b.txt").chmod(0o644)
    (folder / "closed").chmod(0o755)
    assert casesift("run", folder, "--out", out, before=bound).returncode == 0
    assert [d["status"] for d in table(out, "documents")] == ["ok"] * 3
    (folder / "closed").chmod(0)
    casesift("run", folder, "--out", out, "--prune", before=bound)
    assert len(table(out, "documents")) == 3  # nobody knows that it is gone


def test_a_file_still_being_copied_is_not_done(sift, reports, out):
    (reports / "grow.txt").write_text("GROW 1 mg\n")
    summary = sift()
    assert [f.reason for f in summary.failures] == [
        "changed: the file changed while it was read; the next run tries again"
    ]
    assert {d["file"]: d["status"] for d in table(out, "documents")}["grow.txt"] == "failed"
    (reports / "grow.txt").write_text("Morphine 5 mg\nAspirin 100 mg\n")
    assert sift().ok and sift.read == ["grow.txt"]
    assert len([t for t in table(out, "treatments") if t["file"] == "grow.txt"]) == 2


def test_a_file_touched_while_it_is_read_is_done(sift, reports):
    (reports / "touch.txt").write_text("TOUCH 1 mg\n")
    assert sift().ok and sift().read == 0


def test_a_document_replaced_while_it_is_read_keeps_the_rows_it_had(sift, reports, out):
    sift()
    (reports / "a.txt").write_text("GROW 1 mg\n")
    assert [f.file for f in sift().failures] == ["a.txt"]
    assert {t["drug"] for t in table(out, "treatments") if t["file"] == "a.txt"} == {"colchicine"}
    (reports / "a.txt").write_text("Morphine 5 mg\n")
    assert sift().ok
    assert {t["drug"] for t in table(out, "treatments") if t["file"] == "a.txt"} == {"morphine"}


def test_what_failed_for_want_of_room_is_read_by_the_next_run(sift, reports, out):
    (reports / "full.txt").write_text("FULL 1 mg\n")
    assert "No space left on device" in sift().failures[0].reason
    assert sift().read == 1 and not sift().ok


class Unmounting(Watcher):
    """Takes a folder away after some documents."""

    def __init__(self, folder: Path, after: int) -> None:
        self.folder, self.left = folder, after

    def done(self, outcome) -> None:
        self.left -= 1
        if self.left == 0:
            self.folder.rename(self.folder.with_name("unmounted"))


class Opening(FakeExtractor):
    def read(self, path):
        try:
            return super().read(path)
        except FileNotFoundError as error:
            raise ReadingError(Code.NOT_FOUND, "no such file", file=path, mend="check the path") from error


def test_a_share_that_goes_away_breaks_the_run_off_and_costs_nothing(many, whole, tmp_path):
    out = tmp_path / "out"
    summary = run([many], out, make=Opening, watcher=Unmounting(many, 20))
    assert summary.exit_code == 1 and "many is no longer there" in summary.broken_off
    assert summary.read == 21 and len(table(out, "documents")) == 21
    with pytest.raises(PipelineError, match="no such file or folder"):
        run([many], out, make=Opening)
    (tmp_path / "unmounted").rename(many)
    assert run([many], out, make=Opening).ok
    assert facts(out) == whole


def test_an_empty_mount_point_is_not_pruned(many, tmp_path):
    out = tmp_path / "out"
    run([many], out, make=MakeFake())
    many.rename(tmp_path / "unmounted")
    many.mkdir()
    with pytest.raises(PipelineError, match="is the share mounted"):
        run([many], out, Options(prune=True), make=MakeFake())
    assert len(table(out, "documents")) == 60
    assert run([many], out, Options(prune=True, allow_empty=True), make=MakeFake()).rows["documents"] == 0


def test_the_lock_of_a_dead_process_holds_nobody(many, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, str(CLI), "run", str(many), "--out", str(out)]
    killed = subprocess.Popen(command, env=os.environ | {"FAKE_SECONDS": "0.1"}, stderr=subprocess.DEVNULL)
    while not (out / "casesift.sqlite").exists():
        assert killed.poll() is None
    killed.kill()
    killed.wait()
    assert (out / LOCK_NAME).exists() and not status(out).running
    assert run([many], out, make=MakeFake()).ok


def test_an_output_folder_that_is_moved_away_ends_the_run(reports, out, tmp_path):
    class Moving(Watcher):
        def done(self, outcome):
            out.rename(tmp_path / "elsewhere")

    with pytest.raises(PipelineError, match="moved or removed while it was written to; put the output folder back"):
        run([reports], out, make=MakeFake(), watcher=Moving())
    (tmp_path / "elsewhere").rename(out)
    assert run([reports], out, make=MakeFake()).unchanged == 1


def test_the_last_changes_of_a_store_that_was_taken_away_are_not_written_over(reports, out):
    run([reports], out, make=MakeFake())
    (out / STORE_NAME).rename(out / "kept")
    log = out / f"{STORE_NAME}-wal"
    log.write_bytes(b"changes")
    with pytest.raises(PipelineError, match=f"it is gone, but {log.name} beside it holds its last changes; put"):
        run([reports], out, make=MakeFake())
    assert log.read_bytes() == b"changes"
    log.unlink()
    (out / "kept").rename(out / STORE_NAME)
    assert run([reports], out, make=MakeFake()).unchanged == 3
