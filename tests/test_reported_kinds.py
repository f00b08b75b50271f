"""Six kinds of input that libraries and tools of this field read wrong, as whole reports: what the rows must be.

81 to 83 were found by trying plain texts on casesift itself; 84 to 86 are facts of PDFium and pdfminer (`tests/reading/test_library_facts.py`
asks the libraries themselves, and names their versions). The texts are our own.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rawpdf import HELVETICA, shown, write_pdf

from extract.extractor import Extractor
from extract.schema import Report
from pipelines.engines.processing import DefaultExtractor

Doses = list[tuple[str, float | None, str]]
#: glyphs that no table of names has
UNNAMED = HELVETICA.replace(
    "/WinAnsiEncoding", "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [20 /g20] >>"
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return DefaultExtractor()()


def doses(report: Report) -> Doses:
    return [(t.drug, t.dose_value, t.dose_unit) for t in report.treatments]


def of_text(extractor: Extractor, folder: Path, text: str, end: str = "\n") -> Report:
    path = folder / "letter.txt"
    path.write_bytes(text.replace("\n", end).encode("utf-8"))
    return extractor(path)


def test_81_a_percentage_behind_a_bracket_is_the_strength_of_the_drug_before_it(
    extractor: Extractor, tmp_path: Path
) -> None:
    text = "A 31-year-old man with plaque psoriasis applied calcipotriol (Daivonex) 0.005% twice daily and took acitretin (Neotigason) 25 mg once daily."
    report = of_text(extractor, tmp_path, text)
    assert doses(report) == [("calcipotriene", 0.005, "%"), ("acitretin", 25.0, "mg")]
    assert [t.per_day for t in report.treatments] == [2.0, 1.0]


def test_82_the_dose_of_an_unknown_drug_goes_to_no_neighbour(extractor: Extractor, tmp_path: Path) -> None:
    text = "A 57-year-old woman with rheumatoid arthritis took leflunomide 10 mg daily, zorbexamide 30 mg twice daily and folic acid 5 mg weekly."
    rows = [row for row in doses(of_text(extractor, tmp_path, text)) if row[0] in ("leflunomide", "folic acid")]
    assert rows == [("leflunomide", 10.0, "mg"), ("folic acid", 5.0, "mg")]


def test_83_windows_line_ends_read_as_unix_ones(extractor: Extractor, tmp_path: Path) -> None:
    text = (
        "A 49-year-old man \U0001f642 with trigeminal\nneuralgia was treated with topical\ncapsaicin 0.075% three times daily and valproic\n"
        "acid 500 mg daily."
    )  # fmt: skip
    unix, windows = (of_text(extractor, tmp_path, text, end) for end in ("\n", "\r\n"))
    assert doses(windows) == doses(unix) == [("capsaicin", 0.075, "%"), ("valproate", 500.0, "mg")]
    assert [d.diagnosis for d in windows.diagnoses] == [d.diagnosis for d in unix.diagnoses] == ["trigeminal neuralgia"]


def test_84_a_soft_hyphen_is_no_part_of_a_name(extractor: Extractor, tmp_path: Path) -> None:
    text = "A 26-year-old woman with focal epilepsy was given lamo\u00adtrigine 25 mg once daily, later carbama\u00adzepine 200 mg twice daily."
    assert doses(of_text(extractor, tmp_path, text)) == [("lamotrigine", 25.0, "mg"), ("carbamazepine", 200.0, "mg")]


def test_85_replaced_letters_stand_in_their_word(extractor: Extractor, tmp_path: Path) -> None:
    content = (
        "BT /F1 10 Tf 72 700 Td (A 62-year-old man with hypothyroidism took levothyroxine 75 ) Tj /Span << /ActualText <FEFF00B5> >> BDC (m) Tj EMC "
        "(g daily and ) Tj /Span << /ActualText (cipro) >> BDC (#) Tj EMC (floxacin 500 mg twice daily.) Tj ET"
    )
    report = extractor(write_pdf(tmp_path / "a.pdf", content))
    assert doses(report) == [("levothyroxine", 75.0, "ug"), ("ciprofloxacin", 500.0, "mg")]


def test_86_no_number_is_made_of_a_letter_that_nobody_knows(extractor: Extractor, tmp_path: Path) -> None:
    content = shown(72, 700, "A 70-year-old man with atrial fibrillation took warfarin 2\\0245 mg daily") + shown(
        72, 688, "and bisoprolol 2.5 mg daily for six weeks."
    )
    report = extractor(write_pdf(tmp_path / "a.pdf", content, font=UNNAMED))
    assert doses(report) == [("warfarin", None, ""), ("bisoprolol", 2.5, "mg")]
    assert "whose font does not tell its letter" in report.document.warnings
