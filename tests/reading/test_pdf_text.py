"""Superscripts, hyphens, odd glyphs and accents on the page, and their boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pages import BODY, Page, draw

from extract.reading import read
from extract.reading.glyphs import Glyph, Glyphs
from extract.reading.headings import canonical, case_label
from extract.reading.repair import clean, repair


def marks(tmp_path: Path, before: str, mark: str, after: str):
    def page(p: Page) -> None:
        p.column(50, 80, 480, (BODY * 2).split(), bottom=300)
        p.superscript(50, 400, before, mark, after)

    return read(draw(tmp_path / "a.pdf", page))


def test_a_citation_mark_is_lifted_off_the_dose(tmp_path: Path) -> None:
    source = marks(tmp_path, "She was given prednisone 10 mg", "12", " every morning for a week.")
    assert "prednisone 10 mg every morning" in source.text
    cited = [c for c in source.citations if c.lifted]
    assert [c.text for c in cited] == ["12"]
    assert source.text[: cited[0].offset].endswith("10 mg")


@pytest.mark.parametrize("mark", ["5,6", "3–7", "1"])
def test_marks_after_a_stop_are_lifted(tmp_path: Path, mark: str) -> None:
    source = marks(tmp_path, "Sunlight made it worse.", mark, " The skin was kept covered.")
    assert "made it worse. The skin" in source.text
    assert [c.text for c in source.citations] == [mark]


@pytest.mark.parametrize(
    ("before", "mark", "after", "expected"),
    [
        ("The dose was 1.5 mg/m", "2", " on day one of four.", "1.5 mg/m2 on day"),
        ("A lesion of 4 cm", "2", " was cut out.", "4 cm2 was"),
        ("The count was 3 × 10", "9", " per litre of blood.", "10^9 per litre"),
        ("This was on the 4", "th", " day of his stay.", "4th day"),
        ("The serum Ca", "2+", " level was low.", "Ca2+ level"),
        ("A fever of 38.5", "o", "C was measured.", "38.5°C was"),
        ("A fever of 101", "0", "F was measured.", "101°F was"),
    ],
)
def test_exponents_and_ordinals_stay(tmp_path: Path, before: str, mark: str, after: str, expected: str) -> None:
    source = marks(tmp_path, before, mark, after)
    assert expected in source.text
    assert not source.citations


def test_an_exponent_and_a_citation_mark_printed_as_one_are_two(tmp_path: Path) -> None:
    source = marks(tmp_path, "Paclitaxel 80 mg/m", "23", " was infused on day one.")
    assert "80 mg/m2 was infused" in source.text
    assert [c.text for c in source.citations] == ["3"]


def test_bracketed_marks_stay_in_the_text(tmp_path: Path) -> None:
    source = marks(tmp_path, "This has been told before [3, 4] by others of the trade.", "", "")
    cited = source.citations[0]
    assert not cited.lifted and source.text[cited.offset :].startswith("[3, 4]") and cited.text == "[3, 4]"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("the treatment was con-", "tinued for two weeks", "was continued for"),
        ("the rash was well-", "defined at the wrist", "was well-defined at"),
        ("a mass in the non-", "Hodgkin type was seen", "non-Hodgkin type"),
        ("the wound was self-", "limited in this patient", "self-limited in"),
        ("he took 20-", "30 drops in the evening", "20-30 drops"),
        ("a median progression-", "free survival of a year", "progression-free survival"),
        ("there were some dome-", "shaped papules on the nose", "dome-shaped papules"),
        ("the patient under-", "went the operation that day", "underwent the"),
    ],
)
def test_hyphens_at_line_ends(tmp_path: Path, first: str, second: str, expected: str) -> None:
    def page(p: Page) -> None:
        p.column(50, 80, 480, (BODY * 2).split(), bottom=300)
        p.line(50, 400, first)
        p.line(50, 412, second)

    assert expected in read(draw(tmp_path / "a.pdf", page)).text


def test_the_documents_own_words_decide_a_hyphen(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.line(50, 80, "A follow-through study and a throughput count were made, and drug-eluting stents were")
        p.line(50, 92, "placed. Then the through-")
        p.line(50, 104, "put was counted again, and more drug-")
        p.line(50, 116, "eluting stents were placed in the end by the same team of doctors as before in this town.")

    text = read(draw(tmp_path / "a.pdf", page)).text
    assert "the throughput was counted" in text and "more drug-eluting stents" in text


def test_letters_printed_apart_are_words_again() -> None:
    assert canonical("D I S C U S S I O N") == "discussion"


@pytest.mark.parametrize(
    ("printed", "read_as"),
    [
        ("ﬁ", "fi"),
        ("\u2009", " "),
        ("\u00a0", " "),
        ("\u2010", "-"),
        ("(cid:7)", "\ufffd"),
        ("\uf0b7", "•"),
        ("\uf06d", "µ"),
        ("\x03", ""),
    ],
)
def test_clean_glyphs(printed: str, read_as: str) -> None:
    assert clean(printed) == read_as


def glyph(text: str, x0: float, x1: float, font: str = "Times") -> Glyph:
    return Glyph(text, x0, 90.0, x1, 100.0, 98.0, 10.0, font)


def test_accents_set_beside_their_letter_join_it() -> None:
    row = [glyph("Q", 0, 7), glyph("u", 7, 12), glyph("´", 11.8, 15), glyph("ı", 12, 14.8), glyph("m", 15, 23)]
    assert "".join(g.text for g in repair(Glyphs.of(row))) == "Quím"
    row = [glyph("c", 0, 4), glyph("¸", 0.1, 3.9), glyph("a", 4, 8)]
    assert "".join(g.text for g in repair(Glyphs.of(row))) == "ça"


def test_symbol_fonts_are_read_as_printed() -> None:
    row = [glyph("4", 0, 5), glyph("6", 5, 10, "ABCDEF+MathematicalPi-One"), glyph("1", 10, 15)]
    assert "".join(g.text for g in repair(Glyphs.of(row))) == "4±1"


def test_every_character_has_its_box(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.line(72, 100, "Prednisone was begun at once.")

    source = read(draw(tmp_path / "a.pdf", page))
    assert source.boxes is not None and len(source.boxes.page) == len(source.text)
    at = source.text.index("was")
    box = source.box(at, at + 3)
    assert box is not None
    assert 115 < box.x0 < 122 and 88 < box.top < 96 and 99 < box.bottom < 104
    assert np.all((source.boxes.page > 0) == np.array([c != " " for c in source.text]))


@pytest.mark.parametrize(
    ("heading", "section", "label"),
    [
        ("2.1. Case 1", "", "1"), ("Case Report", "case", ""), ("CASE 2: A BOY", "case", "2"), ("Patient B", "case", "B"),
        ("The second case", "", "2"), ("4. Discussion and Conclusions", "discussion", ""), ("Conflict of Interests", "back", ""),
        ("Case-report", "case", ""), ("2 | CAS E PR E SE NTATIO N", "case", ""), ("3 | D I S CUSS I O N", "discussion", ""),
        ("2. Observation", "case", ""), ("A CASE REPORT", "case", ""), ("Patient and methods", "methods", ""),
        ("Resumen", "front", ""), ("Case of a 12-year-old", "case", ""), ("Renal function", "", ""), ("REFERENCES", "references", ""),
    ],
)  # fmt: skip
def test_headings_by_wording(heading: str, section: str, label: str) -> None:
    assert case_label(heading) == label
    if section:
        assert canonical(heading) == section
