"""Files made to take all time and memory are read in part, or refused with a reason, within bounds.

Every file is read in a process of its own that may take a minute of processor time and 1.2 GB; what takes more is killed
and fails the test. So the bounds are asserted by the file being answered at all.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from apart import Ending, read_apart
from hostile import HOSTILE, page, stream

from extract.reading import bounds, glyphs
from extract.settings import packaged

ENGINES = ("pdfplumber", "pdfium")
LINE = "A gardener with a burning rash came to the clinic."
#: files that take seconds to make or to read
HEAVY = (
    "many_pages", "deep_arrays", "forms_that_multiply", "packed_operators", "packed_blanks", "million_characters",
    "tiny_rules", "many_tables", "scattered_words", "long_curve",
)  # fmt: skip
#: what stays readable though the rest of the file is hostile
READ_IN_PART = (
    "many_pages", "ring_of_pages", "deep_arrays", "form_draws_itself", "forms_that_multiply", "deep_forms",
    "huge_picture", "empty_box", "odd_sizes", "long_curve",
)  # fmt: skip
#: (file, engine) -> words of its page warning or reason
TOLD = {
    ("many_pages", "pdfplumber"): "only the first 200 of 10000 pages were read",
    ("many_pages", "pdfium"): "only the first 200 of 10000 pages were read",
    ("forms_that_multiply", "pdfplumber"): "part of it was not read",
    ("forms_that_multiply", "pdfium"): "its forms draw each other too often",
    ("deep_forms", "pdfplumber"): "forms stand more than 28 deep",
    ("packed_blanks", "pdfium"): "a stream unpacks to more than 64 MB",
    ("packed_operators", "pdfium"): "a stream unpacks to more than 64 MB",
    ("million_characters", "pdfplumber"): "more than 60000 characters",
    ("million_characters", "pdfium"): "characters, more than a page of print",
    ("tiny_rules", "pdfplumber"): "tables were not looked for",
    ("tiny_rules", "pdfium"): "tables were not looked for",
    ("odd_sizes", "pdfplumber"): "have an absurd size",
    ("empty_box", "pdfplumber"): "it has no size",
    ("font_without_map", "pdfplumber"): "font does not tell",
    ("font_without_map", "pdfium"): "reads as no English",
}


def answer(folder: Path, name: str, engine: str) -> Ending:
    path = folder / f"{name}.pdf"
    path.write_bytes(HOSTILE[name]())
    return next(read_apart([path], engine=engine, seconds=60, megabytes=1200))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in HEAVY else n for n in HOSTILE])
def test_a_hostile_file_is_answered_within_bounds(tmp_path: Path, name: str, engine: str) -> None:
    ending = answer(tmp_path, name, engine)
    assert ending.kind in ("ok", "reason") and ending.megabytes < 1000, ending
    told = " ".join((ending.told, *ending.warnings))
    assert "\n" not in ending.told or ending.kind == "ok"
    if name in READ_IN_PART:
        assert ending.kind == "ok" and ending.told.startswith(LINE), ending
    assert TOLD.get((name, engine), "") in told, ending


def test_a_broken_page_costs_no_other_page_its_text(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    one = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    text = b"BT /F1 10 Tf 50 700 Td (A gardener with a burning rash came to the clinic.) Tj ET"
    path.write_bytes(
        page(
            b"BT /F1 1 Tf 1 TL 0 842 Td\n" + (b"(" + b"burning rash " * 20 + b") Tj T*\n") * 800 + b"ET",
            one,
            stream(text),
        ).replace(b"/Kids [3 0 R] /Count 1", b"/Kids [3 0 R 6 0 R] /Count 2")
    )
    for engine in ENGINES:
        ending = next(read_apart([path], engine=engine))
        assert ending.kind == "ok" and ending.told == LINE and ending.warnings[0].startswith("page 1: "), ending


def test_the_bounds_are_those_that_are_told() -> None:
    assert packaged().reading.max_pages == 200 and glyphs.MAX_GLYPHS == 60_000
    assert (bounds.MAX_STREAM_BYTES, bounds.MAX_DRAWING_BYTES, bounds.MAX_RULES) == (64_000_000, 4_000_000, 4_000)
