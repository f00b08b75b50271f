"""Round trip through a real spreadsheet program: LibreOffice, without a window."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from curation_store import read, report, treatment

from extract.schema import Treatment
from pipelines.catalog.columns import cell_type
from pipelines.curation import curated_rows
from pipelines.curation.derived import FOLLOWS
from pipelines.curation.sheets import choices, correctable
from pipelines.exports import export_store
from pipelines.store import Store
from pipelines.tables.apply import apply_file

SCRIPT = Path(__file__).with_name("libreoffice_edits.py")
EDITS = 200

#: what a person types into cells of text, the nasty ones among them
TEXTS = (
    "1-2", "1:1", "8/10", "007", "1E5", "2.5", "0,5", "true", "WAHR", "March 4", "10%", "crème", "β-blocker", "µg",
    "twice daily", 'a "quoted" word', "a; b", "a, b", "12:30", "2026-01-02", "(5)", "5 mg/kg", "x" * 300, "日本", "it's",
    "123456789012345678", "#1", "a\nb", "-", "½",
)  # fmt: skip


def office_python() -> str:
    """A Python that can talk to LibreOffice; empty when there is none."""
    if not shutil.which("soffice"):
        return ""
    for python in (sys.executable, "/usr/bin/python3", shutil.which("python3")):
        if python and subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode == 0:
            return python
    return ""


PYTHON = office_python()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON, reason="no LibreOffice with Python (apt install libreoffice-calc python3-uno)"),
]


def in_office(tmp_path: Path, source: Path, edits: list[dict[str, Any]], name: str) -> Path:
    """The file as LibreOffice saves it after typing the edits."""
    target, told, pipe = (
        tmp_path / name,
        tmp_path / "edits.json",
        f"casesift{random.Random(str(tmp_path)).getrandbits(40)}",
    )
    told.write_text(json.dumps(edits), encoding="utf-8")
    profile = (tmp_path / "profile").as_uri()
    options = (
        "--headless",
        "--norestore",
        "--nologo",
        f"-env:UserInstallation={profile}",
        f"--accept=pipe,name={pipe};urp;",
    )
    office = subprocess.Popen(["soffice", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        command = [PYTHON, str(SCRIPT), pipe, str(source), str(told), str(target)]
        subprocess.run(command, check=True, timeout=600, capture_output=True, text=True)
    finally:
        try:
            office.wait(60)
        except subprocess.TimeoutExpired:
            office.kill()
            office.wait()
    return next(tmp_path.glob(f"{target.stem}*{target.suffix}"))


@pytest.fixture
def out(store: Store) -> Path:
    """500 treatments in 50 documents."""
    chance = random.Random(7)
    for d in range(50):
        doc = f"d{d:02}"
        rows = tuple(
            treatment(
                i, chance.choice(["colchicine", "=cmd|' /c'", "β-blocker", "007"]), 100 * i, doc,
                dose_value=round(chance.uniform(0.1, 900), 3), dose_unit="mg", per_day=chance.choice([1.0, 0.143, None]),
                ratio=chance.choice(["1:1", "", "1:10"]), frequency_text=chance.choice(["1-2", "daily", "8/10"]),
                days=1 / 3, evidence=f"Sentence {i}, “quoted”; = not\ta formula … {chance.random()}",
            )
            for i in range(1, 11)
        )  # fmt: skip
        read(store, report(doc, rows))
    store.update_files(drop=["d1"])
    return store.path.parent


def some_edits(
    path: Path, seed: int, texts: tuple[str, ...]
) -> tuple[list[dict[str, Any]], dict[tuple[str, str], Any]]:
    """Edits of cells, and by row and column what they mean."""
    sheet = openpyxl.load_workbook(path)["treatments"]
    header = [c.value for c in sheet[1]]
    chance = random.Random(seed)
    edits, meant = [], {}
    names = [n for n in correctable("treatments") if n not in ("case_id", "indication")] + ["curation"]
    while len(meant) < EDITS:
        row, name = chance.randrange(1, sheet.max_row), chance.choice(names)
        row_id = sheet.cell(row + 1, 1).value
        kind = cell_type(Treatment, name)
        if name == "curation":
            value: Any = chance.choice(["accepted", "rejected"])
        elif values := choices("treatments", name):
            value = chance.choice(values)
        elif kind is float:
            value = chance.choice([None, round(chance.uniform(0, 2000), 4), 7.0, 0.1])
        elif kind is int:
            value = chance.choice([None, 1, 3, 12])
        else:
            value = chance.choice([*texts, ""] if name not in ("text", "drug") else texts)
        now = sheet.cell(row + 1, header.index(name) + 1).value
        if (row_id, name) in meant or value in (now, now or "") or (value in (None, "") and now in (None, "")):
            continue
        meant[row_id, name] = value
        typed = None if value in (None, "") else str(value)
        edits.append({"sheet": "treatments", "row": row, "column": header.index(name), "typed": typed})
    return edits, meant


@pytest.mark.parametrize("name", ["edited.xlsx", "edited.csv"])
def test_edits_in_libreoffice_come_back_exactly(out: Path, tmp_path: Path, name: str) -> None:
    (path,) = export_store(out, "xlsx")
    # a day in CSV can be one that the program made: it is refused there
    texts = tuple(t for t in TEXTS if name.endswith(".xlsx") or t != "2026-01-02")
    edits, meant = some_edits(path, seed=11, texts=texts)
    edited = in_office(tmp_path, path, edits, name)
    with Store.open(out) as store:
        before = {r["treatment_id"]: r for r in curated_rows(store, "treatments")}
    applied = apply_file(out, edited, who="Ana", overrule=True)
    usual = ("separator", "bom", "words-differ", "follows", "implausible")
    odd = [f for f in applied.change_set.findings if f.kind not in usual]
    assert odd == []
    with Store.open(out) as store:
        after = {r["treatment_id"]: r for r in curated_rows(store, "treatments")}
    assert after.keys() == before.keys() and len(after) == 500
    changed = {(i, n): after[i][n] for i in after for n in after[i] if after[i][n] != before[i][n] and n != "curation"}
    assert {k: v for k, v in changed.items() if k in meant} == {k: v for k, v in meant.items() if k[1] != "curation"}
    follow = {n: text for text, names in FOLLOWS["treatments"].items() for n in names}
    more = {(i, n) for i, n in changed if (i, n) not in meant}
    assert {
        (i, n)
        for i, n in more
        if (i, follow.get(n)) not in meant and (n, (i, "dose_text") in meant) != ("per_day", True)
    } == set()
    for (i, n), value in meant.items():
        if n == "curation" and value == "rejected":
            assert after[i]["curation"] in ("rejected", "corrected"), i
    assert len(applied.written) == len(applied.change_set.changes) >= EDITS - 5


def test_a_workbook_only_saved_by_libreoffice_says_nothing(out: Path, tmp_path: Path) -> None:
    (path,) = export_store(out, "xlsx")
    applied = apply_file(out, in_office(tmp_path, path, [], "saved.xlsx"), who="Ana")
    assert applied.change_set.changes == [] and applied.change_set.findings == []
    assert applied.change_set.rows > 500


def opened_in_german(tmp_path: Path, separator: str, source: Path, kind: str) -> Path:
    """A CSV file as a LibreOffice set to German saves it, numbers and dates recognised."""
    profile, mark = (tmp_path / "profile").as_uri(), ord(separator)
    reading = f"Text - txt - csv (StarCalc):{mark},34,76,1,,1031,false,true"
    writing = {"csv": f"csv:Text - txt - csv (StarCalc):{mark},34,76,1,,0,false,true,false"}.get(kind, kind)
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation={profile}",
        f"--infilter={reading}",
        "--convert-to",
        writing,
    ]
    made = tmp_path / f"{kind}-{mark}"
    subprocess.run([*command, "--outdir", str(made), str(source)], check=True, timeout=600, capture_output=True)
    return made / f"{source.stem}.{kind}"


@pytest.mark.parametrize(("separator", "kind"), [(",", "csv"), (",", "xlsx"), (";", "ods")])
def test_a_csv_opened_in_german_and_saved_says_nothing(out: Path, tmp_path: Path, separator: str, kind: str) -> None:
    """0.375 is three hundred and seventy-five there, and 1-2 a day in February."""
    path = next(p for p in export_store(out, "edit-csv", separator=separator) if p.stem == "treatments")
    applied = apply_file(out, opened_in_german(tmp_path, separator, path, kind), who="Ana")
    assert (applied.change_set.changes, applied.change_set.refused) == ([], [])
    assert applied.change_set.rows == 500
    kinds = {f.kind for f in applied.change_set.findings}
    assert ("thousands" in kinds) == (separator == ","), kinds
