from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from extract.errors import Code, LanguageError
from pipelines import cli
from pipelines.terminal import doctor
from pipelines.terminal.doctor import Finding, check


@pytest.fixture
def findings(monkeypatch):
    """The findings without the one that loads the pipeline."""
    monkeypatch.setattr(doctor, "_pipeline", lambda: iter([Finding("ok", "pipeline", "loads")]))
    return lambda: {f.what: f for f in check()}


def test_every_requirement_is_looked_at(findings):
    found = findings()
    assert {"python", "casesift", "spacy", "scispacy", "pdfplumber", "pyarrow", "cache", "extra ocr"} <= set(found)
    assert found["spacy"].level == "ok" and found["spacy"].message.startswith("3.")
    assert "pytest" not in found  # extras are nobody's illness


def test_a_missing_package_fails_and_an_old_one_warns(findings, monkeypatch):
    def version(name):
        if name == "spacy":
            raise doctor.PackageNotFoundError(name)
        return "0.1"

    monkeypatch.setattr(doctor, "version", version)
    found = findings()
    assert found["spacy"].level == "fail" and found["spacy"].mend
    assert found["scispacy"].level == "warn" and ">=" in found["scispacy"].message


def test_extras_are_told_with_what_installs_them(findings, monkeypatch):
    there = doctor.version

    def version(name):
        if name in ("dask", "distributed"):
            raise doctor.PackageNotFoundError(name)
        return there(name)

    monkeypatch.setattr(doctor, "version", version)
    found = findings()
    dask = found["extra dask"]
    assert (dask.level, dask.message) == ("none", "not installed (dask, distributed)")
    assert dask.mend == "only `casesift run --engine dask` needs it: pip install 'casesift[dask]'"
    assert {"extra review", "extra report", "extra remote", "extra bioc"} <= set(found)
    assert not any(f.level == "fail" for f in found.values())


def test_a_cache_that_cannot_be_written_is_a_warning(findings, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CASESIFT_CACHE", str(tmp_path / "file" / "cache"))
    assert findings()["cache"].level == "warn"


def test_a_pipeline_that_does_not_load_fails_with_its_reason(monkeypatch):
    def broken():
        raise LanguageError(Code.BAD_CONFIG, "no such stage", mend="mend the configuration")

    broken.__name__ = "_pipeline"
    monkeypatch.setattr(doctor, "_pipeline", broken)
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert result.exit_code == 1
    assert "fail pipeline: no such stage; mend the configuration" in result.stdout


def test_a_healthy_installation_passes():
    levels = {f.what: f.level for f in check()}
    assert levels["pipeline"] == levels["sample sentence"] == "ok"


def test_the_sample_is_read_as_a_run_reads_it(monkeypatch, tmp_path):
    from pipelines.terminal.doctor_run import check_run

    monkeypatch.setenv("CASESIFT_CACHE", str(tmp_path))
    first = {f.what: f for f in check_run()}
    assert [f.level for f in first.values()] == ["ok"] * 3
    assert "read from end to end: colchicine 0.5 mg" in first["run"].message and "MB at most" in first["memory"].message
    note = json.loads((tmp_path / "doctor.json").read_text())
    (tmp_path / "doctor.json").write_text(json.dumps(note | {"seconds": 0.01}))
    again = {f.what: f for f in check_run()}
    assert again["speed"].level == "warn" and "s the last time" in again["speed"].message


def test_a_sample_that_cannot_be_read_is_a_failure_with_what_to_do():
    from pipelines.terminal.doctor_run import check_run

    (finding,) = check_run(Unreadable())
    assert (finding.level, finding.what) == ("fail", "run") and "no libpdfium" in finding.message and finding.mend


class Unreadable:
    def __call__(self):
        raise ImportError("no libpdfium")
