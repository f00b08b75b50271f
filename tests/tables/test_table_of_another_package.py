"""A sixth table from an installed package: it stands everywhere the five stand, and no module of casesift knows its name."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import frictionless
import openpyxl
import pyarrow.parquet as pq
import pytest
from toy_package import BROKEN, CODE, installed

from extract import Extractor

REPORT = """Case Report

A 54-year-old woman presented with calcinosis cutis. Serum calcium was 9.2 mg/dL and creatinine was 0.8 mg/dL.
She was given prednisone 20 mg daily for two weeks. Her pain was 7/10.
"""


def casesift(*args: object, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipelines.cli", *map(str, args)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def rows(out: Path, table: str) -> list[dict[str, str]]:
    with (out / f"{table}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def papers(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    (folder / "report.txt").write_text(REPORT)
    return folder


@pytest.fixture(scope="module")
def with_labs(papers, tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """An output folder of a run with the package installed, read by a worker process; and the environment."""
    env = installed(tmp_path_factory.mktemp("site"))
    out = tmp_path_factory.mktemp("out")
    done = casesift("run", papers, "--out", out, "--workers", "1", env=env)
    assert done.returncode == 0, done.stderr
    return out, env


def test_its_rows_stand_beside_those_of_the_other_tables(with_labs):
    out, _ = with_labs
    assert [(r["analyte"], r["value"], r["unit"], r["confidence"]) for r in rows(out, "labs")] == [
        ("calcium", "9.2", "mg/dL", "0.9"),
        ("creatinine", "0.8", "mg/dL", "0.9"),
    ]
    assert [r["case_id"] for r in rows(out, "labs")] == [r["case_id"] for r in rows(out, "cases")] * 2
    assert all(REPORT[int(r["start"]) : int(r["end"])].startswith(r["analyte"]) for r in rows(out, "labs"))
    assert [r["drug"] for r in rows(out, "treatments")] == ["prednisone"]
    (document,) = rows(out, "documents")
    assert document["status"] == "ok"
    assert (
        document["pipeline"] != Extractor().fingerprint
    )  # which knows no such package: documents are read again when it comes


def test_the_store_has_it(with_labs):
    out, _ = with_labs
    with sqlite3.connect(out / "casesift.sqlite") as db:
        assert db.execute("SELECT analyte, value FROM labs ORDER BY ord").fetchall() == [
            ("calcium", 9.2),
            ("creatinine", 0.8),
        ]
    db.close()


def test_the_data_package_describes_it_and_holds(with_labs, monkeypatch):
    out, _ = with_labs
    labs = json.loads((out / "datapackage.json").read_text())["resources"][-1]
    assert (labs["name"], labs["title"], labs["schema"]["primaryKey"]) == ("labs", "Laboratory values", ["lab_id"])
    assert [k["reference"]["resource"] for k in labs["schema"]["foreignKeys"]] == ["cases", "documents"]
    assert {f["name"]: f["type"] for f in labs["schema"]["fields"]}["value"] == "number"
    monkeypatch.chdir(out)
    assert frictionless.validate("datapackage.json").valid


def test_the_dictionary_has_a_section_of_it(with_labs):
    _, env = with_labs
    text = casesift("dictionary", env=env).stdout
    assert "## labs\n\nA laboratory value.\n" in text
    assert "| `analyte` | text |  | What was measured. | `calcium` |" in text


def test_every_export_of_tables_has_it(with_labs):
    out, env = with_labs
    for kind in ("jsonl", "parquet", "xlsx"):
        assert casesift("export", out, "--to", kind, env=env).returncode == 0
    told = [json.loads(line) for line in (out / "labs.jsonl").read_text().splitlines()]
    assert [r["analyte"] for r in told] == ["calcium", "creatinine"]
    assert pq.read_table(out / "labs.parquet").column("value").to_pylist() == [9.2, 0.8]
    book = openpyxl.load_workbook(out / "casesift.xlsx")
    names = [cell.value for cell in book["labs"][1]]
    assert [row[names.index("value")] for row in book["labs"].iter_rows(min_row=2, values_only=True)] == [9.2, 0.8]


def test_show_prints_it_under_its_patient(with_labs, papers):
    _, env = with_labs
    done = casesift("show", papers / "report.txt", env=env | {"COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    at = lines.index("laboratory values")
    assert lines[at + 2] == "analyte value unit"
    assert [line for line in lines[at + 4 :] if line] == ["calcium 9.2 mg/dL", "creatinine 0.8 mg/dL"]


def test_a_curator_sees_and_corrects_it_on_the_review_page(with_labs, tmp_path):
    out, env = with_labs
    shutil.copytree(out, tmp_path / "out")
    code = """
import re, sys, warnings
from pathlib import Path
from types import SimpleNamespace
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[2])
from review_asker import asking
for ask in asking(SimpleNamespace(out=Path(sys.argv[1]))):
    doc = re.search('/d/(d[0-9a-f]+)', ask.get('/').text)[1]
    print([(name, row['text'], row['state']) for name, row in ask.rows(doc).items() if row['table'] == 'labs'])
    about = ask.about(doc, 'creatinine')
    form = ask.get(f"/d/{doc}/form?table=labs&row={about['row']}").text
    print('<legend class="hidden">Value</legend>' in form, 'value="0.8"' in form)
    answer = ask.post(f'/d/{doc}/decide', {'action': 'correct', 'fields': {'value': '0.9'}, **about})
    print(answer.status_code, ask.rows(doc)['creatinine']['text'], ask.rows(doc)['creatinine']['state'])
    print(re.search(r'data-decided="(\\d+)" data-counted="(\\d+)"', ask.get(f'/d/{doc}/rows').text).groups())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "out", Path(__file__).parents[1] / "review"],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "[('calcium', 'calcium 9.2 mg/dL', 'undecided'), ('creatinine', 'creatinine 0.8 mg/dL', 'undecided')]",
        "True True",
        "200 creatinine 0.9 mg/dL corrected",
        "('1', '6')",
    ]


def test_it_is_a_frame_from_python(with_labs, papers):
    out, env = with_labs
    code = """
import sys
import casesift
result, output = casesift.read(sys.argv[1], workers=0), casesift.connect(sys.argv[2])
print([*result.labs["value"], *output.labs["value"]], result.labs["value"].dtype, repr(result))
html = result.reports[0]._repr_html_()
print("<td>creatinine</td>" in html, hasattr(result, "lobs"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, papers, out], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "[9.2, 0.8, 9.2, 0.8] float64 <Result: 1 documents, 1 cases, 1 diagnoses, 1 treatments, 1 pain scores, 0 therapies, 0 adverse events, 2 labs>",
        "True False",
    ]


def test_a_report_with_it_goes_through_json(with_labs):
    _, env = with_labs
    code = """
from extract.schema import Document, Report
from toy_labs import Lab
lab = Lab(lab_id="l1", doc_id="d1", analyte="calcium", value=9.2, start=0, end=7)
report = Report(document=Document(doc_id="d1", file="a.txt"), labs=(lab,))
assert Report.model_validate_json(report.model_dump_json()) == report and report.rows("labs") == (lab,)
try:
    Report(document=report.document, lobs=(lab,))
except ValueError as error:
    print(error.errors()[0]["msg"])
"""
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "Value error, there is no table 'lobs'\n"


def test_curators_correct_it_and_the_next_run_keeps_that(with_labs, papers, tmp_path):
    out, env = with_labs
    assert casesift("export", out, "--to", "edit-csv", "--dest", tmp_path, env=env).returncode == 0
    sheet = tmp_path / "edit" / "labs.csv"
    text = sheet.read_text(encoding="utf-8")
    assert text.count(",9.2,") == 1
    sheet.write_text(text.replace(",9.2,", ",9.3,"), encoding="utf-8", newline="")
    done = casesift("apply", out, sheet, "--who", "Ada", env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    installed(Path(env["PYTHONPATH"]), CODE.replace("end, 0.9)", "end, 0.8)"))  # so its documents are read again
    again = casesift("run", papers, "--out", out, "--workers", "0", env=env)
    assert again.returncode == 0, again.stderr
    told = [(r["value"], r["curation"], r["confidence"]) for r in rows(out, "labs")]
    assert told == [("9.3", "corrected", "0.8"), ("0.8", "", "0.8")]


def test_when_it_breaks_the_others_stand_and_the_document_says_so(papers, with_labs, tmp_path):
    whole, _ = with_labs
    out = tmp_path / "out"
    done = casesift("run", papers, "--out", out, "--workers", "0", env=installed(tmp_path / "site", BROKEN))
    assert done.returncode == 0, done.stderr
    (document,) = rows(out, "documents")
    assert document["status"] == "partial"
    assert document["reason"].startswith("broken-table: no rows of labs (KeyError: 'no such analyte' at toy_labs.py:")
    assert document["reason"].endswith("; please report it with the file")
    assert rows(out, "labs") == []
    for table in ("cases", "diagnoses", "treatments", "pain_scores", "records", "mentions"):
        assert rows(out, table) == rows(whole, table)


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import no_such_library\n", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("class Labs: model = dict\n", "toy_labs:Labs has not `model` (rows of a table) and `rows` (makes them)"),
        (CODE.replace('name="labs"', 'name="cases"'), "a table cannot be called 'cases', or there is one already"),
        (CODE.replace('name="labs"', 'name="decisions"'), "a table cannot be called 'decisions', or there is one already"),
        (CODE.replace('apart=("value",)', 'apart=("valeu",)'), "TypeError: the table 'labs' names columns that Lab has not: valeu"),
        (CODE.replace("file: str", "path: str"), "Lab has no column 'file'"),
        (CODE.replace("(Evidence)", "(Row)").replace("import Evidence", "import Row"), "Lab is curated, so it must be Evidence"),
    ],
)  # fmt: skip
def test_a_package_that_cannot_be_used_is_told_in_one_line(code, what, papers, tmp_path):
    done = casesift("run", papers, "--out", tmp_path / "out", env=installed(tmp_path / "site", code))
    assert done.returncode == 2
    line = f"the table plug-in 'labs' of toy-labs cannot be used ({what}); mend that package, or uninstall it"
    assert done.stderr.strip().splitlines()[-1].endswith(line)
    assert "Traceback" not in done.stderr


def test_a_column_that_no_cell_can_hold_is_told_too(papers, tmp_path):
    code = CODE.replace("unit: str = col(", "unit: list[str] = col(").replace('default="",\n        )\n', "")
    done = casesift("run", papers, "--out", tmp_path / "out", env=installed(tmp_path / "site", code))
    assert done.returncode == 2
    assert "the table 'labs' cannot be stored (Lab.unit: no plain type in list[str])" in done.stderr
