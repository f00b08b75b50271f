"""Inputs and outputs at addresses: memory:// in this process, file:// where worker processes read too."""

from __future__ import annotations

import glob
import hashlib
import importlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import pytest
from fake_extractor import FakeExtractor, Held, MakeFake
from out_tables import facts, table
from typer.testing import CliRunner

from extract.errors import Code, PipelineError
from pipelines.cli import app
from pipelines.engines.processing import process
from pipelines.engines.tasks import Task
from pipelines.inputs.addresses import Address
from pipelines.inputs.scratch import scratch
from pipelines.run import Options, Watcher, run
from pipelines.run.remote_output import RemoteOutput
from pipelines.store import Store

fsspec = pytest.importorskip("fsspec", reason="no fsspec: pip install 'casesift[remote]'")

CLI = Path(__file__).with_name("fake_cli.py")

PAPERS = "memory://bucket/papers"
TABLES = "memory://bucket/tables"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CASESIFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def memory():
    """The same little reports as in `reports`, in memory."""
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    fs.pipe("/bucket/papers/a.txt", b"Colchicine 0.5 mg\npain 8/10\n")
    fs.pipe("/bucket/papers/b.TXT", b"Prednisone 20 mg\nAspirin\n")
    fs.pipe("/bucket/papers/2022/skin/c.txt", b"Lidocaine 2 %\n")
    yield fs
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]


@pytest.fixture
def remote(memory, out):
    """Run over the papers in memory; `remote.read` lists the files that were read."""

    def remote(*inputs: str, to=out, **options):
        fake = FakeExtractor()
        summary = run(inputs or [PAPERS], to, Options(**options), make=lambda: fake)
        remote.read = fake.read_files
        return summary

    return remote


def test_the_tables_are_those_of_the_same_folder_here(remote, reports, out, tmp_path):
    assert remote().ok
    run([reports], tmp_path / "here", make=MakeFake())
    assert facts(out) == facts(tmp_path / "here")
    assert [d["file"] for d in table(out, "documents")] == ["2022/skin/c.txt", "a.txt", "b.TXT"]


def test_what_has_not_changed_is_not_fetched_again(remote, memory, monkeypatch):
    remote()
    monkeypatch.setattr(type(memory), "_open", lambda *_, **__: pytest.fail("fetched"))
    assert remote().unchanged == 3 and remote.read == []


def test_new_changed_moved_and_gone_documents_are_treated_as_in_a_folder(remote, memory, out):
    remote()
    memory.pipe("/bucket/papers/new.txt", b"Ibuprofen 400 mg\n")
    memory.pipe("/bucket/papers/a.txt", b"Colchicine 1 mg\n")
    memory.mv("/bucket/papers/b.TXT", "/bucket/papers/2022/b.txt")
    memory.rm("/bucket/papers/2022/skin/c.txt")
    summary = remote()
    assert (remote.read, summary.moved, summary.gone) == (["a.txt", "new.txt"], 1, ["2022/skin/c.txt"])
    doses = {t["file"]: t["dose_value"] for t in table(out, "treatments") if t["drug"] != "aspirin"}
    assert doses == {"2022/b.txt": "20", "2022/skin/c.txt": "2", "a.txt": "1", "new.txt": "400"}
    assert remote(prune=True).rows["documents"] == 3


def test_a_document_that_changes_after_the_listing_is_read_as_it_is_then(memory, out):
    class Changing(Watcher):
        def start(self, plan):
            memory.pipe("/bucket/papers/b.TXT", b"Prednisone 40 mg\n")

    assert run([PAPERS], out, make=MakeFake(), watcher=Changing()).ok
    assert any(t["dose_value"] == "40" for t in table(out, "treatments"))
    assert run([PAPERS], out, make=MakeFake()).read == 0


def test_a_document_that_changes_between_hash_and_reading_is_read_the_next_time(memory):
    task = Task(Address(f"{PAPERS}/b.TXT", (24, 1, 0)), "b.TXT", "d1", hashlib.sha256(b"older").hexdigest(), None)
    assert process(FakeExtractor(), task).code == "changed"


def test_the_copies_are_gone_after_the_reading(remote, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    held = []

    class Looking(FakeExtractor):
        def read(self, path):
            held.append(sum(1 for _ in (tmp_path / "scratch").rglob("document*")))
            return super().read(path)

    run([PAPERS], tmp_path / "out", make=Looking)
    assert held == [1, 1, 1] and not any((tmp_path / "scratch").iterdir())


def test_what_a_killed_run_had_fetched_is_swept_by_the_next(remote, memory, reports, tmp_path, monkeypatch):
    temporary = tmp_path / "scratch"
    temporary.mkdir()
    Held(reports, "n.txt")
    command = [sys.executable, str(CLI), "run", reports.as_uri(), "--out", str(tmp_path / "killed"), "--workers", "1"]
    told = os.environ | {"FAKE_SECONDS": "0", "TMPDIR": str(temporary)}
    process = subprocess.Popen(command, env=told, stderr=subprocess.PIPE, text=True)
    while not glob.glob(f"{temporary}/**/*.begun", recursive=True):  # noqa: PTH207 - rglob stumbles over folders that go meanwhile
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.kill()
    process.communicate()
    (left,) = temporary.glob("casesift-fetched-*[0-9a-f]")
    assert any(p.is_file() for p in left.rglob("*")) and left.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with scratch() as ours:  # of a run that goes on
        assert remote().ok
        assert Path(ours).is_dir() and not left.exists()
    assert not any(temporary.glob("casesift-fetched-*"))


def test_hidden_names_other_types_and_output_folders_are_left_out(remote, memory):
    for name in (".trash/x.txt", ".x.txt", "x.docx", "old/casesift.sqlite", "old/x.txt", "old/brat/y.txt"):
        memory.pipe(f"/bucket/papers/{name}", b"Drug\n")
    assert remote(exclude=("b.*",)).found == 2


def test_one_document_and_two_inputs_keep_their_names_apart(remote, memory, out):
    memory.pipe("/bucket/more/a.txt", b"Naproxen 500 mg\n")
    remote("memory://bucket/papers", "memory://bucket/more", "memory://bucket/papers/a.txt")
    names = [d["file"] for d in table(out, "documents")]
    assert names == ["2022/skin/c.txt", "b.TXT", "more/a.txt", "papers/a.txt"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("memory://bucket/none", "no such file or folder: memory://bucket/none; check the address"),
        ("nope://bucket/x", "no such protocol as nope://"),
        ("sftp://me:secret@host/x", "a password in an address would be stored and logged"),
        ("zip://x::memory://bucket/a.zip", "addresses within addresses"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_one_line(memory, tmp_path, address, told):
    result = CliRunner().invoke(app, ["run", address, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2 and told in result.stderr
    assert "secret" not in result.stderr and len(result.stderr.splitlines()) == 1


def test_a_listing_that_fails_costs_no_document_its_rows(remote, memory, monkeypatch, out):
    remote()

    def unreachable(*_, **__):
        raise RuntimeError("EndpointConnectionError:\nno route to host")

    monkeypatch.setattr(type(memory), "ls", unreachable)
    with pytest.raises(PipelineError, match=r"memory://bucket/papers: cannot be listed .*no route to host") as told:
        remote()
    assert told.value.code is Code.USAGE
    assert not any(d["warnings"] for d in table(out, "documents"))


def test_an_address_that_goes_away_breaks_the_run_off(memory, out):
    class Vanishing(Watcher):
        def start(self, plan):
            memory.rm("/bucket/papers", recursive=True)

    summary = run([PAPERS], out, make=MakeFake(), watcher=Vanishing())
    assert summary.read == 1 and "memory://bucket/papers is no longer there" in summary.broken_off


def test_worker_processes_fetch_for_themselves(reports, out, tmp_path):
    for i in range(6):
        (reports / f"n{i}.txt").write_text(f"Drug{i} {i + 1} mg\n")
    (reports / "die.txt").write_text("DIE")
    summary = run([reports.as_uri()], out, Options(workers=2), make=MakeFake())
    assert [f.file for f in summary.failures] == ["die.txt"]
    run([reports], tmp_path / "here", Options(workers=2), make=MakeFake())
    assert facts(out) == facts(tmp_path / "here")


@pytest.mark.xdist_group("dask")
def test_dask_workers_fetch_for_themselves(reports, out, tmp_path):
    pytest.importorskip("distributed", reason="no Dask: pip install 'casesift[dask]'")
    assert run([reports.as_uri()], out, Options(engine="dask", workers=2, memory=0), make=MakeFake()).ok
    run([reports], tmp_path / "here", make=MakeFake())
    assert facts(out) == facts(tmp_path / "here")


def test_links_at_a_file_address_are_not_followed(reports, out):
    (reports / "link.txt").symlink_to("/etc/hostname")
    summary = run([reports.as_uri()], out, make=MakeFake())
    assert summary.found == 3 and "a link is not followed" in summary.problems[0]


# outputs ----------------------------------------------------------------------------------------------------------


def at(memory, folder: Path) -> Path:
    """The output folder in memory, copied here."""
    folder.mkdir()
    for name in memory.ls("/bucket/tables", detail=False):
        memory.get_file(name, str(folder / name.rpartition("/")[2]))
    return folder


def test_store_and_tables_are_put_at_an_address(remote, memory, reports, tmp_path):
    summary = remote(to=TABLES)
    assert summary.ok and summary.as_dict()["out"] == TABLES
    run([PAPERS], tmp_path / "here", make=MakeFake())
    there = at(memory, tmp_path / "there")
    assert facts(there) == facts(tmp_path / "here")
    assert {p.name for p in there.iterdir()} == {
        p.name for p in (tmp_path / "here").iterdir() if not p.name.startswith((".", "casesift.sqlite-"))
    }


def test_another_machine_goes_on_from_there(remote, memory, cache, tmp_path):
    remote(to=TABLES)
    cache.rename(tmp_path / "cache of another machine")
    memory.pipe("/bucket/papers/new.txt", b"Ibuprofen 400 mg\n")
    assert remote(to=TABLES).unchanged == 3 and remote.read == ["new.txt"]
    assert len(table(at(memory, tmp_path / "there"), "documents")) == 4


def test_a_run_that_cannot_put_its_tables_there_has_lost_nothing(remote, memory, monkeypatch, tmp_path):
    remote(to=TABLES)
    before = memory.cat("/bucket/tables/casesift.sqlite")
    memory.pipe("/bucket/papers/new.txt", b"Ibuprofen 400 mg\n")
    with monkeypatch.context() as patch:
        put = type(memory).put_file

        def full(fs, here, there, **more):
            if "casesift.sqlite" in there:
                put(fs, os.devnull, there)  # half of it
                raise OSError(28, "No space left on device")
            put(fs, here, there, **more)

        patch.setattr(type(memory), "put_file", full)
        with pytest.raises(PipelineError, match=r"cannot be written .No space left") as told:
            remote(to=TABLES)
    assert told.value.code is Code.STORE
    assert memory.cat("/bucket/tables/casesift.sqlite") == before
    assert remote(to=TABLES).unchanged == 4 and remote.read == []
    there = at(memory, tmp_path / "there")
    assert len(table(there, "documents")) == 4 and not list(there.glob(".*.part"))


def test_the_run_of_another_machine_is_not_overwritten(remote, memory, cache, tmp_path):
    remote(to=TABLES)

    class Meanwhile(Watcher):
        def start(self, plan):
            os.environ["CASESIFT_CACHE"] = str(tmp_path / "elsewhere")
            memory.pipe("/bucket/papers/theirs.txt", b"Naproxen 500 mg\n")
            remote(to=TABLES)
            os.environ["CASESIFT_CACHE"] = str(cache)

    memory.pipe("/bucket/papers/ours.txt", b"Ibuprofen 400 mg\n")
    with pytest.raises(PipelineError, match="another machine wrote there") as told:
        run([PAPERS], TABLES, make=MakeFake(), watcher=Meanwhile())
    assert told.value.code is Code.LOCKED
    summary = remote(to=TABLES)
    assert summary.ok and len(table(at(memory, tmp_path / "there"), "documents")) == 5


def test_the_store_there_is_one_whole_file(remote, memory, tmp_path):
    remote(to=TABLES)
    with Store.open(at(memory, tmp_path / "there")) as store:
        assert [k.file for k in store.known()] == ["2022/skin/c.txt", "a.txt", "b.TXT"]
        assert {k.path.url for k in store.known()} == {f"memory:///bucket/papers/{k.file}" for k in store.known()}


def test_nothing_new_writes_no_tables_again(remote, memory, monkeypatch):
    remote(to=TABLES)
    stamp = memory.info("/bucket/tables/treatments.csv")["created"]
    assert remote(to=TABLES).ok and memory.info("/bucket/tables/treatments.csv")["created"] == stamp


def test_two_runs_of_one_machine_are_held_apart(remote, memory):
    from pipelines.store.locking import locked

    with locked(RemoteOutput(TABLES).folder), pytest.raises(PipelineError) as told:
        remote(to=TABLES)
    assert told.value.code is Code.LOCKED


def test_other_commands_say_that_they_need_a_folder_here():
    result = CliRunner().invoke(app, ["status", "s3://bucket/tables"])
    assert result.exit_code == 2 and "only `casesift run` takes addresses" in result.stderr


def test_tables_and_figures_name_the_address(memory, tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.engines.processing._loaded", lambda *_: FakeExtractor())
    metrics, summary = tmp_path / "casesift.prom", tmp_path / "summary.json"
    told = CliRunner().invoke(
        app,
        ["run", PAPERS, "--out", TABLES, "--workers", "0", "--metrics", str(metrics), "--summary", str(summary)],
    )
    assert told.exit_code == 0, told.stderr
    assert f"tables: {TABLES}" in told.stderr and f'"out": "{TABLES}"' in summary.read_text()
    assert f'casesift_last_run_exit_code{{out="{TABLES}"}} 0' in metrics.read_text()


def test_folders_of_this_machine_do_not_pay_for_addresses():
    code = "import sys, pipelines.cli, pipelines.run.batch; print({'fsspec', 'spacy', 'pandas'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


@pytest.fixture
def buckets(memory):
    """An object store: its first names are buckets, and making a folder makes one; listings are kept."""

    class Buckets(type(memory)):
        protocol = "s3"
        made: ClassVar[set[str]] = {"papers"}

        def exists(self, path, **_):
            bucket, _, name = self._strip_protocol(path).strip("/").partition("/")
            return bucket in self.made and (not name or super().exists(path))

        def makedirs(self, path, exist_ok=False):
            self.made.add(self._strip_protocol(path).strip("/").partition("/")[0])

        @classmethod
        def _strip_protocol(cls, path):
            return super()._strip_protocol(str(path).replace("s3://", "memory://"))

        def unstrip_protocol(self, name):
            return f"s3://{name.strip('/')}"

    registry = importlib.import_module("fsspec.registry")
    before = dict(registry._registry)
    fsspec.register_implementation("s3", Buckets, clobber=True)
    memory.pipe("/papers/a.txt", b"Colchicine 0.5 mg\n")
    yield Buckets
    registry._registry.clear()
    registry._registry.update(before)


def test_a_misspelt_bucket_is_told_before_anything_is_read_and_never_made(buckets, tmp_path):
    made = []
    for address in ("s3://paprs/tables", "s3://paprs"):
        with pytest.raises(PipelineError, match=r"there is no bucket 'paprs', .*; check the address, or make") as told:
            run(["s3://papers"], address, make=lambda: made.append(1) or FakeExtractor())
        assert told.value.code is Code.USAGE
    assert buckets.made == {"papers"} and not made
    assert run(["s3://papers"], "s3://papers/tables", make=MakeFake()).ok and buckets.made == {"papers"}
