"""What a run keeps, reads again, and leaves alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from fake_extractor import FakeExtractor, MakeFake
from out_tables import facts, table

from extract.errors import CasesiftError, Code, LanguageError, PipelineError
from pipelines.engines.processing import Outcome
from pipelines.run import Options, Watcher, run
from pipelines.store import Store
from pipelines.store.locking import locked


def ids(out: Path) -> dict[str, str]:
    return {d["file"]: d["doc_id"] for d in table(out, "documents")}


def test_a_run_writes_tables_in_document_order(sift, out):
    summary = sift()
    assert summary.ok and summary.read == summary.found == 3
    assert [d["file"] for d in table(out, "documents")] == ["2022/skin/c.txt", "a.txt", "b.TXT"]
    assert [t["drug"] for t in table(out, "treatments")] == ["lidocaine", "colchicine", "prednisone", "aspirin"]
    assert summary.rows["treatments"] == 4


def test_a_document_is_named_after_its_bytes(sift, out, reports):
    import hashlib

    sift()
    sha = hashlib.sha256((reports / "a.txt").read_bytes()).hexdigest()
    row = next(d for d in table(out, "documents") if d["file"] == "a.txt")
    assert row["sha256"] == sha and row["doc_id"] == "d" + sha[:12] and row["pipeline"] == "fake-1"


def test_nothing_new_means_nothing_read_or_written(sift, out):
    sift()
    before = {p.name: p.stat().st_mtime_ns for p in out.glob("*.csv")}
    summary = sift()
    assert sift.read == [] and summary.unchanged == 3 and summary.ok
    assert {p.name: p.stat().st_mtime_ns for p in out.glob("*.csv")} == before


def test_unchanged_documents_are_not_even_opened(sift, closed):
    sift()
    closed |= {"a.txt", "b.TXT", "c.txt"}
    assert sift().unchanged == 3 and sift().ok


def test_only_new_and_changed_documents_are_read(sift, out, reports):
    sift()
    (reports / "new.txt").write_text("Ibuprofen 400 mg\n")
    (reports / "a.txt").write_text("Colchicine 1 mg\n")
    sift()
    assert sift.read == ["a.txt", "new.txt"]
    assert [t["dose_value"] for t in table(out, "treatments") if t["file"] == "a.txt"] == ["1"]
    assert len(table(out, "documents")) == 4


def test_a_change_that_keeps_size_and_time_is_seen(sift, out, reports):
    sift()
    before = (reports / "b.TXT").stat()
    (reports / "b.TXT").write_text("Prednisone 80 mg\nAspirin\n")
    os.utime(reports / "b.TXT", ns=(before.st_atime_ns, before.st_mtime_ns))
    sift()
    assert sift.read == ["b.TXT"]


def test_a_touched_document_is_hashed_but_not_read(sift, reports):
    sift()
    os.utime(reports / "a.txt", (1, 1))
    assert sift().unchanged == 3 and sift.read == []


def test_another_pipeline_reads_everything_again_and_so_does_force(sift, out):
    sift()
    assert sift(fingerprint="fake-2").read == 3
    assert {d["pipeline"] for d in table(out, "documents")} == {"fake-2"}
    assert sift(fingerprint="fake-2").read == 0
    assert sift(fingerprint="fake-2", force=True).read == 3


def test_moving_keeps_rows_and_identifiers(sift, out, reports):
    sift()
    before = facts(out)
    (reports / "later").mkdir()
    (reports / "a.txt").rename(reports / "later" / "renamed.txt")
    summary = sift()
    assert sift.read == [] and summary.moved == 1 and not summary.gone
    rows = [t for t in table(out, "treatments") if t["file"] == "later/renamed.txt"]
    assert [t["treatment_id"] for t in rows] == [
        t["treatment_id"] for t in before["treatments"] if t["file"] == "a.txt"
    ]
    assert "a.txt" not in ids(out)


def test_moving_the_whole_folder_reads_nothing(sift, out, reports, tmp_path):
    sift()
    before = facts(out)
    reports.rename(tmp_path / "elsewhere")
    sift(tmp_path / "elsewhere")
    assert sift.read == [] and facts(out) == before


def test_two_documents_that_swap_names_swap_rows(sift, out, reports):
    sift()
    before = ids(out)
    (reports / "a.txt").rename(reports / "x")
    (reports / "b.TXT").rename(reports / "a.txt")
    (reports / "x").rename(reports / "b.TXT")
    sift()
    after = ids(out)
    assert sift.read == []
    assert (after["a.txt"], after["b.TXT"]) == (before["b.TXT"], before["a.txt"])


def test_the_same_bytes_twice_are_two_documents_and_the_second_says_so(sift, out, reports):
    shutil.copy(reports / "a.txt", reports / "copy.txt")
    sift()
    documents = {d["file"]: d for d in table(out, "documents")}
    assert documents["a.txt"]["doc_id"] != documents["copy.txt"]["doc_id"]
    assert documents["copy.txt"]["warnings"] == "same bytes as a.txt" and documents["a.txt"]["warnings"] == ""
    assert sum(t["file"] == "copy.txt" for t in table(out, "treatments")) == 1
    assert sift().read == 0


def test_the_copy_loses_its_warning_with_the_original(sift, out, reports):
    shutil.copy(reports / "a.txt", reports / "copy.txt")
    sift()
    (reports / "a.txt").unlink()
    sift()
    documents = {d["file"]: d["warnings"] for d in table(out, "documents")}
    assert documents["copy.txt"] == "" and "no longer" in documents["a.txt"]


def test_a_deleted_document_keeps_its_rows_until_it_is_pruned(sift, out, reports):
    sift()
    before = ids(out)
    (reports / "a.txt").rename(reports / "a.away")
    assert sift().gone == ["a.txt"]
    assert "no longer" in {d["file"]: d["warnings"] for d in table(out, "documents")}["a.txt"]
    assert any(t["file"] == "a.txt" for t in table(out, "treatments"))
    assert sift().gone == []
    (reports / "a.away").rename(reports / "a.txt")
    assert sift().read == 0
    assert all(d["warnings"] == "" for d in table(out, "documents")) and ids(out) == before
    (reports / "a.txt").unlink()
    sift(prune=True)
    assert "a.txt" not in ids(out) and not any(t["file"] == "a.txt" for t in table(out, "treatments"))


def test_runs_over_other_inputs_add_to_the_folder(sift, out, tmp_path):
    sift()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.txt").write_text("Morphine 5 mg\n")
    assert not sift(tmp_path / "more").gone
    files = ids(out)
    assert len(files) == 4 and "more/a.txt" in files and "a.txt" in files
    assert sift(tmp_path / "more").read == 0 and ids(out) == files


def test_failing_documents_stop_no_other_and_tell_why(sift, out, reports):
    (reports / "empty.txt").write_text("")
    (reports / "bug.txt").write_text("BUG")
    summary = sift()
    assert not summary.ok and summary.read == 5
    assert [f.file for f in summary.failures] == ["bug.txt", "empty.txt"]
    rows = {d["file"]: d for d in table(out, "documents")}
    assert rows["empty.txt"]["status"] == "failed"
    assert rows["empty.txt"]["reason"] == "empty-file: the file is empty; take it out of the folder"
    assert rows["bug.txt"]["reason"].startswith("internal: RuntimeError: something nobody thought of;")
    assert rows["a.txt"]["status"] == "ok"


def test_what_failed_is_tried_again_when_asked_or_changed(sift, reports):
    (reports / "bug.txt").write_text("BUG")
    sift()
    again = sift()
    assert sift.read == [] and again.ok and [f.file for f in again.failed_before] == ["bug.txt"]
    assert len(sift(retry_failed=True).failures) == 1 and sift.read == ["bug.txt"]
    (reports / "bug.txt").write_text("Aspirin 100 mg\n")
    assert sift().ok and sift.read == ["bug.txt"]


@pytest.fixture
def closed(monkeypatch):
    """Names of files that cannot be opened."""
    names: set[str] = set()
    open_file = Path.open

    def guarded(self, *args, **kwargs):
        if self.name in names:
            raise PermissionError(13, "Permission denied")
        return open_file(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", guarded)
    return names


def test_a_document_that_cannot_be_opened_fails_once(sift, out, closed):
    closed.add("a.txt")
    summary = sift()
    assert [f.reason.split(":")[0] for f in summary.failures] == ["not-readable"]
    assert {d["file"]: d["status"] for d in table(out, "documents")}["a.txt"] == "failed"
    assert sift().ok and sift().failed_before
    closed.clear()
    assert sift().ok and sift.read == ["a.txt"] and len(table(out, "documents")) == 3


def test_a_document_that_cannot_be_opened_any_more_keeps_its_rows(sift, out, reports, closed):
    sift()
    (reports / "a.txt").write_text("Colchicine 9 mg\n")
    closed.add("a.txt")
    assert [f.file for f in sift().failures] == ["a.txt"]
    assert [t["dose_value"] for t in table(out, "treatments") if t["file"] == "a.txt"] == ["0.5"]
    closed.clear()
    assert sift().ok and [t["dose_value"] for t in table(out, "treatments") if t["file"] == "a.txt"] == ["9"]


def test_an_empty_folder_gives_empty_tables(sift, out, tmp_path):
    (tmp_path / "none").mkdir()
    summary = sift(tmp_path / "none")
    assert summary.ok and summary.found == 0
    assert table(out, "documents") == [] and (out / "treatments.csv").read_text().startswith("treatment_id,")


def test_tables_that_were_deleted_come_back(sift, out):
    sift()
    before = facts(out)
    (out / "treatments.csv").unlink()
    sift()
    assert facts(out) == before


def test_output_inside_the_input_folder_is_not_read(sift, reports):
    fake = FakeExtractor()
    for _ in range(2):
        summary = run([reports], reports / "results", make=lambda: fake)
        (reports / "results" / "brat").mkdir(exist_ok=True)
        (reports / "results" / "brat" / "d1.txt").write_text("x")
    assert summary.found == 3


def test_two_runs_into_one_folder_are_held_apart(sift, out):
    with locked(out), pytest.raises(PipelineError) as error:
        sift()
    assert error.value.code is Code.LOCKED
    assert sift().ok


@pytest.mark.parametrize("options", [{"engine": "abacus"}, {"workers": -1}])
def test_bad_options_are_usage_errors_that_say_what_there_is(sift, options):
    with pytest.raises(PipelineError) as error:
        sift(**options)
    assert error.value.code is Code.USAGE and error.value.mend


def test_a_pipeline_that_cannot_be_built_ends_the_run(reports, out):
    class Broken(FakeExtractor):
        def __call__(self, path, *, doc_id=None, file=""):
            raise LanguageError(Code.BAD_CONFIG, "no such component")

    with pytest.raises(CasesiftError):
        run([reports], out, make=Broken)


def test_an_interrupted_run_keeps_what_is_done_and_goes_on(reports, out, sift):
    class Impatient(Watcher):
        def done(self, outcome: Outcome) -> None:
            raise KeyboardInterrupt

    summary = run([reports], out, make=MakeFake(), watcher=Impatient())
    assert summary.interrupted and not summary.ok and len(table(out, "documents")) == 1
    assert sift().read == 2


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b""])
def test_a_damaged_store_is_told_and_not_overwritten(sift, out, content):
    out.mkdir()
    (out / "casesift.sqlite").write_bytes(content)
    with pytest.raises(PipelineError) as error:
        sift()
    assert error.value.code is Code.STORE and "casesift.sqlite: store: it is damaged (" in str(error.value)
    assert f"`casesift repair {out}` makes it anew" in error.value.mend
    assert (out / "casesift.sqlite").read_bytes() == content


def test_a_store_of_a_newer_casesift_is_refused(sift, out):
    import sqlite3

    sift()
    with sqlite3.connect(out / "casesift.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(PipelineError, match="newer"):
        sift()


def test_a_store_without_a_newer_column_gets_it(sift, out):
    import sqlite3

    sift()
    with sqlite3.connect(out / "casesift.sqlite") as db:
        db.execute("ALTER TABLE treatments DROP COLUMN outcome")
    db.close()
    with Store.open(out) as store:
        assert [r["outcome"] for r in store.rows("treatments")] == [""] * 4


def test_text_that_utf8_cannot_hold_does_not_break_the_store(reports, out):
    class Surrogates(FakeExtractor):
        def __call__(self, path, *, doc_id=None, file=""):
            report = super().__call__(path, doc_id=doc_id, file=file)
            return report.model_copy(update={"document": report.document.model_copy(update={"title": "a\ud800b"})})

    assert run([reports], out, make=Surrogates).ok
    assert {d["title"] for d in table(out, "documents")} == {"a\ufffdb"}


def test_workers_change_nothing_in_the_rows(reports, tmp_path):
    for i in range(12):
        (reports / f"n{i}.txt").write_text(f"Drug{i} {i + 1} mg\n")
    run([reports], tmp_path / "one", make=MakeFake())
    for workers in (1, 2, 8):
        run([reports], tmp_path / str(workers), Options(workers=workers), make=MakeFake())
        assert facts(tmp_path / "one") == facts(tmp_path / str(workers))


def test_a_worker_that_dies_or_hangs_costs_one_document(reports, out):
    (reports / "die.txt").write_text("DIE")
    (reports / "hang.txt").write_text("HANG")
    summary = run([reports], out, Options(workers=2, timeout=4), make=MakeFake())
    assert [(f.file, f.reason.split(":")[0]) for f in summary.failures] == [
        ("die.txt", "crashed"),
        ("hang.txt", "timeout"),
    ]
    assert summary.rows["treatments"] == 4


def test_the_first_documents_are_read_before_the_last_are_opened(tmp_path, out):
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(60):
        (folder / f"{i:02}.txt").write_text(f"Drug{i} 1 mg\n")

    class Removing(FakeExtractor):
        def __call__(self, path, **told):
            (folder / "59.txt").unlink(missing_ok=True)
            return super().__call__(path, **told)

    summary = run([folder], out, make=lambda: Removing())
    assert summary.read == 60 and [f.file for f in summary.failures] == ["59.txt"]
    assert summary.failures[0].reason.startswith("not-readable: ")


def test_a_moved_file_among_new_ones_of_many_sizes_keeps_its_rows(sift, out, reports):
    sift()
    before = ids(out)["a.txt"]
    (reports / "a.txt").rename(reports / "z.txt")
    for i in range(30):
        (reports / f"new{i}.txt").write_text("Ibuprofen 400 mg\n" * (i + 1))
    (reports / "same-size.txt").write_text("Colchicine 0.9 mg\npain 8/10\n")  # as a.txt was
    summary = sift()
    assert summary.moved == 1 and summary.read == 31 and ids(out)["z.txt"] == before


def test_new_files_with_the_same_bytes_are_told_apart_in_document_order(sift, out, reports):
    for name in ("p", "q", "r"):
        (reports / f"{name}.txt").write_text("Aspirin 100 mg\n")
    sift()
    first, *others = (ids(out)[f"{name}.txt"] for name in "pqr")
    rows = {d["file"]: d for d in table(out, "documents")}
    assert first == f"d{rows['p.txt']['sha256'][:12]}" and len({first, *others}) == 3
    assert [rows[f"{n}.txt"]["warnings"] for n in "qr"] == ["same bytes as p.txt"] * 2
