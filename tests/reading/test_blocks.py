"""What a stretch of print is, told from its print, wording and place: found wrong on real pages."""

from __future__ import annotations

from pathlib import Path

from pages import BODY, HEIGHT, Page, draw

from extract.reading import read


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_line_that_begins_with_tables_or_images_is_no_caption(tmp_path: Path) -> None:
    told = BODY + "Both doctors wrote the first draft and prepared the figures and"

    def page(p: Page) -> None:
        y = p.column(50, 80, 240, told.split())
        y = p.column(
            50,
            y,
            240,
            [
                "tables.",
                "All",
                "read",
                "the",
                "last",
                "draft",
                "and",
                "agreed",
                "with",
                "it",
                "before",
                "it",
                "was",
                "sent",
                "to",
                "the",
            ],
        )
        p.column(50, y, 240, ("images. " + BODY).split())

    text = flat(read(draw(tmp_path / "a.pdf", page)).text)
    assert "prepared the figures and tables. All read the last draft" in text
    assert "was sent to the images. A 54-year-old" in text


def test_a_heading_a_little_smaller_than_the_text_stays_over_its_paragraph(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        y = 80.0
        for heading in ("Garden and exposure", "Course of the rash"):
            p.line(50, y, heading, "Helvetica", 9.2)
            y = p.column(50, y + 13, 490, BODY.split()) + 14

    text = flat(read(draw(tmp_path / "a.pdf", page)).text)
    assert text == flat(f"Garden and exposure {BODY} Course of the rash {BODY}")


def test_running_text_between_two_tables_is_in_neither(tmp_path: Path) -> None:
    rows = [("Day", "Dose", "Pain"), ("1", "5 mg", "8/10"), ("8", "10 mg", "5/10"), ("15", "20 mg", "2/10")]

    def table(p: Page, top: float, number: int) -> float:
        p.line(54, top, f"Table {number} Course of dose and pain", "Helvetica", 8)
        for k, row in enumerate(rows):
            for x, cell in zip((54, 220, 400), row, strict=True):
                p.line(x, top + 18 + 14 * k, cell, "Helvetica", 8)
        bottom = top + 18 + 14 * len(rows) - 6
        for y in (top - 10, top + 6, bottom):
            p.canvas.line(50, HEIGHT - y, 540, HEIGHT - y)
        return bottom

    def page(p: Page) -> None:
        words = (BODY * 4).split()
        end = table(p, 90, 1)
        first, second = words[:44], words[44:]
        for x, part in ((50, first[:22]), (306, first[22:])):
            p.column(x, end + 20, 234, list(part))
        end = table(p, end + 80, 2)
        p.column(50, end + 30, 490, second)

    source = read(draw(tmp_path / "a.pdf", page))
    assert source.text.count("Day: 8; Dose: 10 mg; Pain: 5/10") == 2
    body = flat(" ".join(source.text[s.start : s.end] for s in source.sections if s.name not in ("table", "caption")))
    assert body == flat(" ".join((BODY * 4).split()))


def test_the_items_of_a_lettered_list_are_paragraphs(tmp_path: Path) -> None:
    items = ["a. the bergapten of the fig tree", "b. the sun of that afternoon", "c. the hour between the two"]

    def page(p: Page) -> None:
        y = p.column(50, 80, 490, f"{BODY} Three things were needed:".split())
        for item in items:
            p.line(50, y, item)
            y += p.lead
        p.column(50, y + 12, 490, BODY.split())

    text = read(draw(tmp_path / "a.pdf", page)).text
    assert [p for p in text.split("\n\n") if p[1:3] == ". "] == items


def test_a_table_named_within_a_sentence_at_a_lines_start_is_no_caption(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        y = p.column(50, 80, 480, (BODY * 2).split())
        p.line(
            50,
            y,
            "The dose was raised every other day until the burning of both of her hands had ceased, as it stands in",
        )
        p.column(50, y + p.lead, 480, f"Table 1. Cetirizine 10 mg was given at night. {BODY}".split())

    assert "as it stands in Table 1. Cetirizine 10 mg was given" in flat(read(draw(tmp_path / "a.pdf", page)).text)
