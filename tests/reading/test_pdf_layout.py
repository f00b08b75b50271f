"""Reading order, furniture, and what is lifted out of the running text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import BODY, HEIGHT, WIDTH, Page, draw, two_columns
from reportlab.pdfgen.canvas import Canvas

from extract.reading import read


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_sentences_go_on_across_columns_and_pages(tmp_path: Path, columns: int) -> None:
    words = (BODY * 14).split()
    source = read(two_columns(tmp_path / "a.pdf", words, columns=columns, pages=3))
    assert flat(source.text).count(flat(BODY)) == flat(" ".join(words)).count(flat(BODY))
    assert source.pages == 3


def test_columns_drawn_row_by_row_are_still_read_down(tmp_path: Path) -> None:
    left = [f"left{i} side of the page number {i} goes" for i in range(20)]
    right = [f"right{i} side of the page number {i} goes" for i in range(20)]

    def page(p: Page) -> None:
        for i, (a, b) in enumerate(zip(left, right, strict=True)):
            p.line(50, 100 + 12 * i, a)
            p.line(310, 100 + 12 * i, b)

    text = flat(read(draw(tmp_path / "a.pdf", page)).text)
    assert text.index("left19") < text.index("right0")


@given(
    shift=st.floats(-9, 9),
    leads=st.tuples(st.floats(11, 15), st.floats(11, 15)),
    depths=st.tuples(st.integers(12, 40), st.integers(4, 40)),
    columns=st.integers(2, 3),
    title=st.booleans(),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_columns_need_not_share_their_baselines(
    tmp_path: Path,
    shift: float,
    leads: tuple[float, float],
    depths: tuple[int, int],
    columns: int,
    title: bool,
) -> None:
    words = (BODY * 14).split()
    printed: list[str] = []

    def page(p: Page) -> None:
        if title:
            p.line(50, 60, "A Burning Rash after Pruning: What the Gardener Told Us and What We Saw", "Times-Bold", 14)
        width = (WIDTH - 100 - 16 * (columns - 1)) / columns
        for k in range(columns):
            p.lead = leads[k % 2]
            top = 100 + shift * (k % 2)
            p.column(50 + k * (width + 16), top, width, words, bottom=top + depths[min(k, 1)] * p.lead - 1)
        printed.extend(p.words)

    text = flat(read(draw(tmp_path / "a.pdf", page)).text)
    assert text == flat(" ".join(printed))


def test_running_heads_feet_and_page_numbers_are_furniture(tmp_path: Path) -> None:
    source = read(two_columns(tmp_path / "a.pdf", (BODY * 20).split(), pages=3))
    assert "Garden Medicine" not in source.text and "Vol. 3" not in source.text
    kinds = {f.kind for f in source.furniture}
    assert {"head", "foot", "page_number"} <= kinds
    assert [f.text for f in source.furniture if f.kind == "page_number"] == ["100", "101", "102"]


def test_full_width_heading_parts_the_columns(tmp_path: Path) -> None:
    first, second = (BODY * 3).split(), (BODY.replace("gardener", "sailor") * 3).split()

    def page(p: Page) -> None:
        p.column(50, 80, 230, first, bottom=260)
        p.column(310, 80, 230, first, bottom=260)
        p.line(
            50,
            300,
            "Findings in a second patient who was seen in the following summer by the same team of us",
            "Times-Bold",
            12,
        )
        p.column(50, 330, 230, second, bottom=500)
        p.column(310, 330, 230, second, bottom=500)

    text = flat(read(draw(tmp_path / "a.pdf", page)).text)
    assert text.index("gardener") < text.index("Findings in a second") < text.index("sailor")
    assert text.rindex("gardener") < text.index("Findings in a second")


def test_a_caption_does_not_cut_the_sentence_it_stands_in(tmp_path: Path) -> None:
    words = (BODY * 2).split()

    def page(p: Page) -> None:
        p.column(50, 80, 230, words, bottom=200)
        p.line(50, 330, "Figure 1: Blisters on the back of the right hand.", size=8)
        p.column(50, 380, 230, words, bottom=760)

    source = read(draw(tmp_path / "a.pdf", page))
    assert flat(BODY) in flat(source.text)
    caption = next(s for s in source.sections if s.name == "caption")
    assert source.text[caption.start : caption.end].startswith("Figure 1: Blisters")
    assert caption.start > source.text.index("gloves in the garden")


def test_a_ruled_table_is_read_row_by_row_with_its_headers(tmp_path: Path) -> None:
    words = (BODY * 2).split()
    rows = [
        ("Drug", "Dose", "Duration"),
        ("rifampicin", "450 mg b.i.d.", "10 weeks"),
        ("doxycycline", "100 mg b.i.d.", "6 weeks"),
    ]

    def page(p: Page) -> None:
        p.column(50, 80, 490, words, bottom=200)
        p.line(50, 240, "Table 1: Drugs given to the patient.", size=8)
        for k, row in enumerate(rows):
            for x, cell in zip((60, 220, 400), row, strict=True):
                p.line(x, 262 + 16 * k, cell, size=8)
        for y in (250, 267, 302):
            p.canvas.line(50, HEIGHT - y, 540, HEIGHT - y)

    source = read(draw(tmp_path / "a.pdf", page))
    assert "Drug: rifampicin; Dose: 450 mg b.i.d.; Duration: 10 weeks" in source.text
    at = source.text.index("450 mg b.i.d.")
    box = source.box(at, at + len("450 mg b.i.d."))
    assert box is not None and box.page == 1 and 218 <= box.x0 <= 222
    section = source.section_at(at)
    assert section is not None and section.name == "table"


@pytest.mark.parametrize("column", [False, True])
@pytest.mark.parametrize("rule", [False, True])
def test_a_table_without_rules_is_read_row_by_row(tmp_path: Path, column: bool, rule: bool) -> None:
    words = (BODY * 8).split()
    rows = [
        ("Day", "Dose", "Pain"), ("1", "5 mg", "8/10"), ("8", "10 mg", "5/10"), ("15", "20 mg", "2/10"),
        ("29", "none", "0/10"),
    ]  # fmt: skip
    wide = 234 if column else 490

    def page(p: Page) -> None:
        p.column(50, 80, wide, words, bottom=200)
        p.line(50, 240, "Table 1: Course of dose and pain.", "Times-Bold", 8)
        for k, row in enumerate(rows):
            for x, cell in zip((54, 54 + 0.35 * wide, 54 + 0.75 * wide), row, strict=True):
                p.line(x, 256 + 12 * k, cell)
        if rule:
            p.canvas.line(50, HEIGHT - 260, 50 + wide, HEIGHT - 260)
        p.column(50, 340, wide, words, bottom=700)
        if column:
            p.column(306, 80, 234, words, bottom=700)

    source = read(draw(tmp_path / "a.pdf", page))
    at = source.text.index("Day: 8; Dose: 10 mg; Pain: 5/10")
    section = source.section_at(at)
    assert section is not None and section.name == "table"
    text = flat(source.text[: section.start])
    assert text == flat(" ".join((BODY * 8).split()[: len(text.split())]))


def test_small_print_over_a_table_in_the_next_column_stays_in_the_text(tmp_path: Path) -> None:
    words = (BODY * 8).split()
    points = ["The skin is dry.", "The pain is less than three.", "No tablets are taken any more."]

    def page(p: Page) -> None:
        p.column(50, 80, 234, words, bottom=600)
        p.line(50, 630, "Table 1: Course of dose and pain.", "Times-Bold", 8)
        for k, row in enumerate([("Day", "Dose"), ("1", "5 mg"), ("8", "10 mg"), ("15", "20 mg")]):
            for x, cell in zip((54, 130), row, strict=True):
                p.line(x, 646 + 12 * k, cell, size=8)
        p.column(306, 80, 234, words, bottom=300)
        p.line(306, 320, "She may leave the ward when all of these are met:")
        for k, point in enumerate(points):
            p.line(306, 338 + 11 * k, f"({k + 1}) {point}", size=9)
        p.column(306, 382, 234, BODY.split(), bottom=700)

    source = read(draw(tmp_path / "a.pdf", page))
    text = flat(source.text)
    assert "when all of these are met: " + " ".join(f"({k}) {p}" for k, p in enumerate(points, 1)) + " " in text
    assert text.index("taken any more") < text.index("Table 1")


def test_marginal_line_numbers_are_not_in_the_text(tmp_path: Path) -> None:
    words = (BODY * 3).split()

    def page(p: Page) -> None:
        p.column(90, 80, 400, words, bottom=420)
        for i in range(25):
            p.line(50, 80 + 12 * i, str(i + 1), size=7)

    source = read(draw(tmp_path / "a.pdf", page))
    assert flat(BODY) in flat(source.text)
    assert [f.text for f in source.furniture if f.kind == "line_number"][:3] == ["1", "2", "3"]


def test_slanted_watermark_is_furniture(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.column(50, 80, 400, (BODY * 2).split(), bottom=420)
        p.canvas.saveState()
        p.canvas.translate(200, 300)
        p.canvas.rotate(45)
        p.canvas.setFont("Helvetica", 60)
        p.canvas.drawString(0, 0, "PROOF")
        p.canvas.restoreState()

    source = read(draw(tmp_path / "a.pdf", page))
    assert "PROOF" not in source.text
    assert [(f.text, f.kind) for f in source.furniture] == [("PROOF", "watermark")]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_set_sideways_reads_like_an_upright_one(tmp_path: Path, turn: int) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(HEIGHT, HEIGHT), invariant=True)
    canvas.translate(HEIGHT / 2, HEIGHT / 2)
    canvas.rotate(turn)
    canvas.translate(-WIDTH / 2, -HEIGHT / 2)
    Page(canvas).column(50, 80, 480, (BODY * 2).split())
    canvas.save()
    source = read(tmp_path / "a.pdf")
    assert flat(BODY) in flat(source.text)
    box = source.box(0, 1)
    assert box is not None and 0 <= box.x0 <= HEIGHT and 0 <= box.top <= HEIGHT


def test_headings_open_sections_and_number_the_patients(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        y = 80.0
        for heading in (
            "1. Introduction",
            "2. Case Presentation",
            "2.1. Case 1",
            "2.2. Case 2",
            "3. Discussion",
            "References",
        ):
            p.line(50, y, heading, "Times-Bold", 12)
            y = p.column(50, y + 16, 490, BODY.split()) + 14

    source = read(draw(tmp_path / "a.pdf", page))
    assert [(s.name, s.case) for s in source.sections] == [
        ("introduction", ""), ("case", ""), ("case", "1"), ("case", "2"), ("discussion", ""), ("references", ""),
    ]  # fmt: skip
    for s in source.sections:
        assert source.text[s.start : s.end].startswith(s.heading) and s.heading


def test_a_case_heading_in_italics_over_its_paragraph(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        y = 80.0
        p.line(50, y, "Case reports", "Helvetica-Bold", 11)
        for heading in ("Case 1", "Case 2"):
            p.line(50, y + 16, heading, "Times-Italic", 10.3)
            y = p.column(50, y + 30, 240, BODY.split())

    source = read(draw(tmp_path / "a.pdf", page))
    assert [(s.name, s.case, s.heading) for s in source.sections] == [
        ("case", "", "Case reports"), ("case", "1", "Case 1"), ("case", "2", "Case 2"),
    ]  # fmt: skip


def test_keywords_under_the_abstract_are_a_section(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.line(50, 60, "Burning Hands after Pruning a Fig Tree in the Garden", "Times-Bold", 16)
        p.line(50, 90, "Abstract", "Helvetica-Bold", 9)
        small = Page(p.canvas, "Helvetica", 8, 10)
        y = small.column(50, 103, 490, BODY.split())
        small.line(50, y + 4, "Keywords:", "Helvetica-Bold")
        small.line(94, y + 4, "fig, sunlight, blisters")
        p.line(50, y + 30, "Introduction", "Helvetica-Bold", 11)
        words = (BODY * 8).split()
        for x in (50, 306):
            p.column(x, y + 46, 234, words, bottom=700)

    source = read(draw(tmp_path / "a.pdf", page))
    assert [s.name for s in source.sections] == ["title", "abstract", "keywords", "introduction"]


def test_a_box_beside_the_text_is_told_after_it(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.line(50, 60, "Burning Hands after Pruning a Fig Tree in the Garden", "Times-Bold", 16)
        p.line(50, 90, "Introduction", "Helvetica-Bold", 11)
        p.column(50, 106, 330, (BODY * 4).split(), bottom=700)
        p.canvas.rect(400, HEIGHT - 300, 150, 200)
        p.line(408, 116, "The ointment", "Helvetica-Bold", 8.5)
        told_there = "One part of the drug is rubbed into nine parts of petrolatum until no grain is felt."
        Page(p.canvas, "Helvetica", 8, 10).column(408, 130, 134, told_there.split(" "))

    source = read(draw(tmp_path / "a.pdf", page))
    told = source.section_at(source.text.index("One part of the drug"))
    assert told is not None and told.name == "footnote" and source.text[told.start :].startswith("The ointment")
    assert flat(BODY) in flat(source.text)


def test_title_doi_and_year_come_from_page_one(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.line(50, 60, "https://doi.org/10.5555/garden.2021.007", size=8)
        p.line(50, 100, "Burning Hands after Pruning a Fig Tree", "Times-Bold", 18)
        p.line(50, 130, "Ada Wirth and Ben Holm", size=11)
        p.line(50, 150, "Copyright 2021 Wirth and Holm.", size=8)
        p.line(50, 190, "Introduction", "Times-Bold", 12)
        p.column(50, 210, 490, (BODY * 2).split())

    source = read(draw(tmp_path / "a.pdf", page))
    assert (source.title, source.doi, source.year) == (
        "Burning Hands after Pruning a Fig Tree",
        "10.5555/garden.2021.007",
        2021,
    )


words = st.lists(
    st.text(st.sampled_from("abcdefghijklmnoprstuvwyABCDERST0123456789"), min_size=1, max_size=11),
    min_size=40,
    max_size=260,
)


@given(words, st.integers(1, 3), st.integers(1, 3), st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_word_is_lost_or_doubled(tmp_path: Path, text: list[str], columns: int, pages: int, heads: bool) -> None:
    drawn = two_columns(tmp_path / "h.pdf", text, columns=columns, pages=pages, heads=heads)
    with (
        pytest.MonkeyPatch.context() as patch
    ):  # letters by chance look like a font without a map, which OCR would read
        patch.setattr("extract.reading.ocr.available", lambda: "not asked for here")
        source = read(drawn)
    assert source.boxes is not None
    printed = "".join(c for c, page in zip(source.text, source.boxes.page, strict=True) if page)
    everything = (
        printed + "".join(f.text for f in source.furniture) + "".join(c.text for c in source.citations if c.lifted)
    )
    expected = "".join(text)
    if heads:
        expected += "".join(f"Journal of Garden Medicine{100 + i}Vol. 3, No. 2, 20{10 + i}" for i in range(pages))
    assert sorted(c for c in everything if c.isalnum()) == sorted(c for c in expected if c.isalnum())
    assert all(source.boxes.page[i] == 0 for i, c in enumerate(source.text) if c in "\n ")
    spans = [(s.start, s.end) for s in source.sections]
    assert spans == sorted(spans) and all(a < b <= len(source.text) for a, b in spans)


def test_both_engines_give_the_same_text_and_places(tmp_path: Path) -> None:
    path = two_columns(tmp_path / "a.pdf", (BODY * 12).split(), pages=2)
    one, other = read(path), read(path, engine="pdfium")
    assert one.text == other.text and one.sections == other.sections
    assert [f.text for f in one.furniture] == [f.text for f in other.furniture]
    assert one.boxes is not None and other.boxes is not None
    assert (one.boxes.page == other.boxes.page).all()
    assert abs(one.boxes.x0 - other.boxes.x0).max() < 0.5 and abs(one.boxes.top - other.boxes.top).max() < 0.5


def test_a_drop_cap_begins_its_word(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.line(50, 104, "T", size=32)
        p.line(71, 80, "he patient came to the clinic in a hot summer and")
        p.line(71, 92, "told us of burning hands that she had had for some")
        p.line(71, 104, "days after she had cut a fig tree in her garden. She")
        p.column(50, 116, 240, BODY.split())

    assert read(draw(tmp_path / "a.pdf", page)).text.startswith(
        "The patient came to the clinic in a hot summer and told us"
    )
