"""Tables as a stage reads them: groups told once, tables set sideways, tables that go on over a page's end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from pages import BODY, HEIGHT, Page, draw

from extract.reading import read

HEAD = ("Drug", "Dose", "Weeks")
ROWS = [("rifampicin", "450 mg", "10"), ("doxycycline", "100 mg", "6"), ("dapsone", "50 mg", "8")]
MORE = [("cefalexin", "250 mg", "2"), ("amoxicillin", "125 mg", "3"), ("penicillin", "1 g", "1")]


def table(p: Page, x: float, top: float, rows: Sequence[Sequence[str]], *, head: bool, ruled: bool = True) -> None:
    """Draw rows of cells under `top`, with rules over, under and (`head`) below the first row."""
    step = 430 / len(rows[0])
    for k, row in enumerate(rows):
        for i, cell in enumerate(row):
            if cell:
                p.line(x + i * step, top + 18 + 14 * k, cell, size=8)
    if ruled:
        for y in (6, *([22] if head else []), 14 * len(rows) + 10):
            p.canvas.line(x, HEIGHT - top - y, x + 430, HEIGHT - top - y)


def told(row: Sequence[str], head: Sequence[str] = HEAD) -> str:
    return "; ".join(f"{name}: {cell}" for name, cell in zip(head, row, strict=True))


@pytest.mark.parametrize("ruled", [True, False])
def test_a_groups_name_is_told_with_each_of_its_rows(tmp_path: Path, ruled: bool) -> None:
    rows = [("Adults", *ROWS[0]), ("", *ROWS[1]), ("", *ROWS[2]), ("Children", *MORE[0]), ("", *MORE[1])]

    def page(p: Page) -> None:
        p.column(60, 80, 430, (BODY * 2).split(), bottom=180)
        p.line(60, 220, "Table 1: Drugs given in both groups.", "Times-Bold", 8)
        table(p, 60, 220, [("Group", *HEAD), *rows], head=True, ruled=ruled)
        p.column(60, 400, 430, (BODY * 2).split(), bottom=600)

    source = read(draw(tmp_path / "a.pdf", page))
    for group, row in (("Adults", ROWS[0]), ("Adults", ROWS[2]), ("Children", MORE[0]), ("Children", MORE[1])):
        assert told((group, *row), ("Group", *HEAD)) in source.text
    assert source.boxes is not None
    again = source.text.index("Group: Adults; Drug: dapsone")
    assert not source.boxes.page[again : again + len("Group: Adults; Drug: ")].any()  # not printed in this row


@pytest.mark.parametrize("turn", [90, 270])
@pytest.mark.parametrize("alone", [True, False])
def test_a_table_set_sideways_is_read_row_by_row(tmp_path: Path, turn: int, alone: bool) -> None:
    def page(p: Page) -> None:
        if not alone:
            p.column(60, 80, 430, words, bottom=300)
        p.canvas.saveState()
        p.canvas.translate(*((500, 60) if turn == 90 else (100, 500)))
        p.canvas.rotate(turn)
        q = Page(p.canvas)
        q.line(0, HEIGHT, "Table 2: Drugs given, set sideways.", "Times-Bold", 8)
        table(q, 0, HEIGHT, [HEAD, *ROWS], head=True)
        p.canvas.restoreState()

    def text(p: Page) -> None:
        p.column(60, 80, 430, words)

    words = (BODY * 20).split()
    source = read(draw(tmp_path / "a.pdf", text, page, text))
    for row in ROWS:
        assert told(row) in source.text
    at = source.text.index("450 mg")
    box = source.box(at, at + 6)
    assert box is not None and box.page == 2 and box.bottom - box.top > box.x1 - box.x0  # as it stands on the page


@pytest.mark.parametrize("repeated", ["nothing", "head", "caption"])
def test_a_table_goes_on_over_a_pages_end(tmp_path: Path, repeated: str) -> None:
    def first(p: Page) -> None:
        p.line(60, 40, "Journal of Garden Medicine", size=8)
        p.column(60, 80, 430, (BODY * 6).split(), bottom=640)
        p.line(60, 690, "Table 3: Drugs over two pages.", "Times-Bold", 8)
        table(p, 60, 690, [HEAD, *ROWS], head=True)

    def second(p: Page) -> None:
        p.line(60, 40, "Journal of Garden Medicine", size=8)
        if repeated == "caption":
            p.line(60, 80, "Table 3: continued", "Times-Bold", 8)
        head = repeated != "nothing"
        table(p, 60, 80, [HEAD, *MORE] if head else MORE, head=head)
        p.column(60, 200, 430, (BODY * 6).split(), bottom=640)

    source = read(draw(tmp_path / "a.pdf", first, second))
    for row in (*ROWS, *MORE):
        assert told(row) in source.text
    assert BODY.strip() in " ".join(source.text.split())


PATIENTS = [
    ("", "Case 1", "Case 2", "Case 3"), ("Age", "34", "51", "28"), ("Sex", "Male", "Female", "Male"),
    ("Drug", "thalidomide", "prednisolone", "clofazimine"), ("Dose", "100 mg daily", "", "300 mg daily"),
]  # fmt: skip
BY_PATIENT = [
    "Case 1; Age: 34; Sex: Male; Drug: thalidomide; Dose: 100 mg daily",
    "Case 2; Age: 51; Sex: Female; Drug: prednisolone",
    "Case 3; Age: 28; Sex: Male; Drug: clofazimine; Dose: 300 mg daily",
]


@pytest.mark.parametrize("over", ["", "Feature"])
@pytest.mark.parametrize("ruled", [True, False])
def test_where_patients_are_columns_each_is_told_whole(tmp_path: Path, ruled: bool, over: str) -> None:
    def page(p: Page) -> None:
        p.column(60, 80, 430, (BODY * 2).split(), bottom=180)
        p.line(60, 220, "Table 1: The patients.", "Times-Bold", 8)
        table(p, 60, 220, [(over, *PATIENTS[0][1:]), *PATIENTS[1:]], head=True, ruled=ruled)
        p.column(60, 400, 430, (BODY * 2).split(), bottom=600)

    source = read(draw(tmp_path / "a.pdf", page))
    lines = source.text.splitlines()
    assert [line.removeprefix(f"{over}: ") for line in lines if "Case " in line] == BY_PATIENT
    assert source.boxes is not None
    first, second = source.text.index("Age: 34"), source.text.index("Age: 51")
    assert source.boxes.page[first : first + 3].all() and not source.boxes.page[second : second + 3].any()
    assert source.boxes.page[second + 5 : second + 7].all()
