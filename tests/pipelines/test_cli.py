"""Commands as a person types them: what is printed where, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from out_tables import table

from extract.errors import Code, PipelineError
from extract.schema import Report
from pipelines.store.locking import locked

GOLD = {
    "doc": "a",
    "cases": [{"age": {"years": 44}, "treatments": [{"drug": "colchicine", "status": "given", "regimens": []}]}],
}


def test_a_run_says_what_it_did_on_standard_error_only(casesift, reports, out):
    result = casesift("run", reports, "--out", out)
    assert result.exit_code == 0 and result.stdout == ""
    assert "3 documents: 3 read, 0 unchanged" in result.stderr
    assert "treatments 4" in result.stderr and str(out) in result.stderr
    assert "3 unchanged" in casesift("run", reports, "--out", out).stderr


def test_a_quiet_run_says_nothing_unless_something_is_wrong(casesift, reports, out):
    assert casesift("run", reports, "--out", out, "--quiet").output == ""
    (reports / "bug.txt").write_text("BUG")
    result = casesift("run", reports, "--out", out, "-q")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "1 document failed:",
        "  bug.txt: internal: RuntimeError: something nobody thought of; a bug of casesift: please report it with the file",
    ]


def test_failures_are_exit_code_1_once_and_again_when_retried(casesift, reports, out):
    (reports / "empty.txt").write_text("")
    assert casesift("run", reports, "--out", out).exit_code == 1
    again = casesift("run", reports, "--out", out)
    assert again.exit_code == 0 and "1 document failed in an earlier run" in again.stderr
    assert casesift("run", reports, "--out", out, "--retry-failed").exit_code == 1


def test_many_failures_are_not_all_listed(casesift, reports, out):
    for i in range(30):
        (reports / f"e{i}.txt").write_text("")
    result = casesift("run", reports, "--out", out)
    assert "30 documents failed" in result.stderr and "... and 10 more: see documents.csv" in result.stderr


def test_globs_reach_the_run(casesift, reports, out):
    casesift("run", reports, "--out", out, "--include", "*.txt", "--exclude", "2022/*", "--exclude", "b.*")
    assert [d["file"] for d in table(out, "documents")] == ["a.txt"]


def test_debug_shows_where_a_document_broke(casesift, reports, out):
    (reports / "bug.txt").write_text("BUG")
    assert "Traceback" in casesift("--debug", "run", reports, "--out", out).stderr


def test_a_missing_input_is_exit_code_2_and_one_line(casesift, tmp_path):
    result = casesift("run", tmp_path / "no\nsuch", "--out", tmp_path / "out")
    assert result.exit_code == 2 and result.stdout == ""
    assert len(result.stderr.splitlines()) == 1 and "no\\nsuch" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "args",
    [
        ["run"],
        ["run", "IN", "--workers", "-1"],
        ["run", "IN", "--workers", "many"],
        ["run", "IN", "--engine", "abacus"],
        ["run", "IN", "--no-such-option"],
        ["export", "IN", "--to", "csv"],
        ["export", "IN"],
        ["evaluate", "IN", "IN"],
        ["text", "IN/nothing.pdf"],
        ["fly"],
    ],
)
def test_what_cannot_be_done_is_exit_code_2_without_a_traceback(casesift, reports, args, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    result = casesift(*(a.replace("IN", str(reports)) for a in args))
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and result.stderr and "Traceback" not in result.stderr


def test_an_out_that_is_a_file_is_exit_code_2(casesift, reports, tmp_path):
    (tmp_path / "file").write_text("")
    assert casesift("run", reports, "--out", tmp_path / "file").exit_code == 2


def test_a_held_folder_is_exit_code_75(casesift, reports, out):
    with locked(out):
        result = casesift("run", reports, "--out", out)
    assert result.exit_code == 75 and "another run holds" in result.stderr


def test_a_bug_of_ours_is_one_line_with_a_hint(casesift, reports, out, monkeypatch):
    monkeypatch.setattr("pipelines.run.batch.discover", lambda *a, **k: 1 / 0)
    result = casesift("run", reports, "--out", out)
    assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1
    assert "internal: ZeroDivisionError" in result.stderr and "--debug" in result.stderr
    assert isinstance(casesift("--debug", "run", reports, "--out", out).exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("code", "exit_code"), [(Code.MISSING_MODEL, 2), (Code.BAD_CONFIG, 2), (Code.STORE, 1), (Code.BROKEN_PDF, 1)]
)
def test_exit_codes_by_kind_of_error(casesift, monkeypatch, reports, out, code, exit_code):
    def broken(*args, **kwargs):
        raise PipelineError(code, "what is wrong", mend="what to do")

    monkeypatch.setattr("pipelines.run.batch.discover", broken)
    result = casesift("run", reports, "--out", out)
    assert result.exit_code == exit_code and result.stderr == f"casesift: {code.value}: what is wrong; what to do\n"


def test_show_tells_the_records_and_json_is_the_report(casesift, reports):
    result = casesift("show", reports / "a.txt")
    assert result.exit_code == 0 and "colchicine" in result.stdout and "0.5 mg" in result.stdout
    report = Report.model_validate_json(casesift("show", reports / "a.txt", "--json").stdout)
    assert report.treatments[0].drug == "colchicine" and report.document.file == "a.txt"


def test_show_tells_why(casesift, reports):
    assert "  why " not in casesift("show", reports / "a.txt").stdout
    assert "  why colchicine:" in casesift("show", reports / "a.txt", "--why").stdout


def test_show_takes_text_that_looks_like_markup(casesift, reports):
    (reports / "m.txt").write_text("[bold]drug[/nonsense] 5 mg\n")
    assert "[/nonsense]" in casesift("show", reports / "m.txt").stdout


def test_show_of_a_bad_file_is_one_line(casesift, reports):
    (reports / "empty.txt").write_text("")
    result = casesift("show", reports / "empty.txt")
    assert result.exit_code == 1 and result.stdout == "" and len(result.stderr.splitlines()) == 1


def test_text_prints_the_text_and_json_its_sections(casesift, tmp_path):
    (tmp_path / "r.txt").write_text("A 44-year-old woman had gout.\nShe was given colchicine – 0.5 mg.\n", "utf-8")
    assert "colchicine – 0.5 mg." in casesift("text", tmp_path / "r.txt").stdout
    told = json.loads(casesift("text", tmp_path / "r.txt", "--json").stdout)
    assert told["kind"] == "text" and all(s["end"] <= len(told["text"]) for s in told["sections"])


def test_export_prints_the_files_it_wrote(casesift, reports, out):
    casesift("run", reports, "--out", out)
    result = casesift("export", out, "--to", "jsonl")
    assert result.exit_code == 0
    assert all(Path(line).is_file() for line in result.stdout.splitlines()) and "treatments.jsonl" in result.stdout
    result = casesift("export", out, "--to", "spss")
    assert result.exit_code == 2 and "parquet" in result.stderr


def test_evaluate_prints_scores_and_misses(casesift, reports, out, tmp_path):
    casesift("run", reports, "--out", out)
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "a.json").write_text(json.dumps(GOLD))
    result = casesift("evaluate", tmp_path / "gold", out, "--show")
    assert result.exit_code == 0 and "drug" in result.stdout and "1.000" in result.stdout
    assert "[pain score] a: extra pain 8/10" in result.stdout
    told = json.loads(casesift("evaluate", tmp_path / "gold", out, "--json").stdout)
    assert told["drug"] == {"p": 1.0, "r": 1.0, "f1": 1.0, "tp": 1, "fp": 0, "fn": 0}


def test_version_and_help(casesift):
    assert casesift("--version").stdout.startswith("casesift 0.")
    result = casesift("--help")
    assert all(c in result.stdout for c in ("run", "text", "show", "export", "evaluate", "doctor", "train"))


def test_help_loads_nothing_heavy():
    code = "import sys, pipelines.cli; print(*{'spacy', 'pandas', 'numpy', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_what_pipeline_it_would_be_loads_nothing_heavy():
    code = "import sys, extract; extract.Extractor().fingerprint; print(*{'spacy', 'pandas', 'numpy', 'pdfplumber'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_reader_that_stops_early_is_no_error(tmp_path):
    (tmp_path / "long.txt").write_text("word " * 200_000)
    command = f'"{sys.executable}" -m pipelines.cli text "{tmp_path / "long.txt"}" | head -c 10'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout == "word word " and done.stderr == ""


@pytest.mark.parametrize("command", ["text", "show"])
def test_a_file_that_hangs_or_kills_its_reader_costs_one_line(casesift, tmp_path, command):
    for name in ("HANG", "DIE", "EAT"):
        (tmp_path / f"{name}.txt").write_text(name)
    told = {
        name: casesift(command, tmp_path / f"{name}.txt", "--timeout", seconds, "--memory", "400")
        for name, seconds in (("HANG", 3), ("DIE", 60), ("EAT", 60))
    }
    assert {name: r.exit_code for name, r in told.items()} == {"HANG": 1, "DIE": 1, "EAT": 1}
    place = f"casesift: {tmp_path}"
    assert told["HANG"].stderr == f"{place}/HANG.txt: timeout: took longer than 3 seconds; raise --timeout\n"
    assert told["DIE"].stderr.startswith(f"{place}/DIE.txt: crashed: the worker reading it died (exit code 9); ")
    assert told["EAT"].stderr == f"{place}/EAT.txt: memory: took more than 400 MB of memory; raise --memory\n"


@pytest.mark.parametrize("command", ["text", "show"])
def test_what_is_no_file_is_told(casesift, tmp_path, command):
    os.mkfifo(tmp_path / "pipe.txt")
    assert "neither a file nor a folder" in casesift(command, tmp_path / "pipe.txt").stderr
    told = casesift(command, tmp_path)
    assert told.exit_code == 2 and "a folder; give a file" in told.stderr
    assert casesift(command, tmp_path / "nix.txt").exit_code == 2


def test_a_folder_of_other_files_is_told_as_such(casesift, tmp_path, out):
    (tmp_path / "in").mkdir()
    for name in ("a.docx", "b.png", "c"):
        (tmp_path / "in" / name).write_text("x")
    told = casesift("run", tmp_path / "in", "--out", out)
    assert told.exit_code == 0
    assert told.stderr.startswith(
        "no .pdf, .xml or .txt documents found\nleft out: 1 .docx, 1 .png, 1 without an ending\n"
    )


def test_a_night_on_which_nothing_changed_is_told_as_such(casesift, reports, out):
    """The folder is not empty: its files are older than `--since`."""
    told = casesift("run", reports, "--out", out, "--since", "2100-01-01")
    assert told.exit_code == 0
    assert told.stderr.startswith("3 documents, none changed since the time that --since tells\n")


def test_a_page_is_drawn_into_a_picture(casesift, tmp_path):
    paper = Path(__file__).parents[2] / "corpus" / "pdf" / "urea-eucerin.pdf"
    picture = tmp_path / "page.png"
    result = casesift("text", paper, "--draw", picture, "--page", "1")
    assert (result.exit_code, result.output) == (0, "")
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["corpus.txt"], "only pages of a PDF can be drawn"),
        (["none.pdf"], "there is no such file"),
    ],
)
def test_what_cannot_be_drawn_is_said(casesift, tmp_path, args, said):
    (tmp_path / "corpus.txt").write_text("A man of 40.")
    result = casesift("text", tmp_path / args[0], "--draw", tmp_path / "page.png")
    assert result.exit_code == 2 and said in result.stderr and not (tmp_path / "page.png").exists()


@pytest.mark.parametrize(("set_before", "expected"), [({}, "1"), ({"OMP_NUM_THREADS": "3"}, "3")])
def test_a_command_computes_in_one_thread_unless_told_otherwise(set_before, expected):
    code = (
        "import os, sys\nfrom pipelines.cli import main\nsys.argv = ['casesift', '--version']\n"
        "try:\n    main()\nfinally:\n    print(os.environ['OMP_NUM_THREADS'], 'numpy' in sys.modules)\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    told = subprocess.run([sys.executable, "-c", code], env=kept | set_before, capture_output=True, text=True)
    assert told.stdout.splitlines()[-1] == f"{expected} False"
