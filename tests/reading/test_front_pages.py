"""First pages as publishers set them: where the abstract ends and the case begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import BODY, HEIGHT, Page, draw

from extract.document import SourceText
from extract.reading import read

ABSTRACT = (
    "Sap of the fig tree can burn the skin. We tell of a gardener whose hands blistered after a day of pruning. " * 2
)


def sections(source: SourceText) -> dict[str, str]:
    return {s.name: source.text[s.start : s.end] for s in source.sections}


def boxed(p: Page, heading: str, *, heading_font: str = "Times-Bold") -> None:
    """An abstract in small print beside the article's data, between rules, and the text under both."""
    p.line(60, 90, "Case Report", size=9)
    p.line(60, 116, "A Burning Rash after Pruning a Fig Tree", "Times-Roman", 15)
    p.line(60, 140, "Anna Wirth, Jan Holm", size=11)
    p.canvas.line(60, HEIGHT - 160, 535, HEIGHT - 160)
    p.line(60, 176, "A R T I C L E  I N F O", size=8)
    for k, word in enumerate(("Keywords:", "Dermatitis", "Fig tree", "Sunlight")):
        p.line(60, 196 + 10 * k, word, "Times-Italic" if not k else None, 8)
    p.line(220, 176, "A B S T R A C T", size=8)
    p.size, p.lead = 8, 10
    p.column(220, 196, 315, ABSTRACT.split())
    p.size, p.lead = 10, 12
    p.canvas.line(60, HEIGHT - 280, 535, HEIGHT - 280)
    top = 300
    if heading:
        p.line(60, top, heading, heading_font)
        top += 16
    p.column(60, top, 475, (BODY * 3).split(), bottom=700)


@pytest.mark.parametrize(("heading", "name"), [("Case report", "case"), ("Introduction", "introduction")])
def test_a_heading_under_the_abstracts_box_opens_its_section(tmp_path: Path, heading: str, name: str) -> None:
    source = read(draw(tmp_path / "a.pdf", lambda p: boxed(p, heading)))
    told = sections(source)
    assert told["abstract"].endswith("after a day of pruning.") and "54-year-old" not in told["abstract"]
    assert told[name].startswith(f"{heading}\n\nA 54-year-old gardener")


def test_text_under_the_abstracts_box_needs_no_heading(tmp_path: Path) -> None:
    told = sections(read(draw(tmp_path / "a.pdf", lambda p: boxed(p, ""))))
    assert "54-year-old" not in told["abstract"] and told["body"].startswith("A 54-year-old gardener")


def test_a_rule_between_columns_of_one_text_parts_no_sentence(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        words = (BODY * 6).split()
        p.column(60, 90, 225, words, bottom=700)
        p.column(310, 90, 225, words, bottom=700)
        p.canvas.line(60, HEIGHT - 400, 285, HEIGHT - 400)

    text = read(draw(tmp_path / "a.pdf", page)).text
    assert text.split()[:400] == (BODY * 6).split()[:400]
