"""The picture of a page's layout."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import BODY, draw, two_columns
from rawpdf import shown, write_pdf

from extract.errors import ReadingError
from extract.reading.bounds import MAX_PIXELS
from extract.reading.debug import COLOURS, debug_layout


def test_the_picture_has_the_pages_shape_and_draws_what_was_found(tmp_path: Path) -> None:
    picture = debug_layout(two_columns(tmp_path / "a.pdf", (BODY * 20).split(), pages=2), 1, dpi=72)
    assert picture.size == (595, 842)
    colours = {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in picture.getcolors(1_000_000) or []}
    assert COLOURS["body"] in colours and COLOURS["furniture"] in colours


def test_a_page_as_large_as_a_wall_is_drawn_within_bounds(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", shown(50, 700, "One line."), page="/MediaBox [0 0 14400 14400]")
    width, height = debug_layout(path, 1, dpi=300).size
    assert width == height
    assert width * height == pytest.approx(MAX_PIXELS, rel=0.01)


def test_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.pdf", lambda p: p.line(50, 80, "One line."))
    with pytest.raises(ReadingError, match="no page 2"):
        debug_layout(path, 2)
