"""Small PDFs for the tests, drawn with reportlab from our own sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
BODY = (
    "A 54-year-old gardener came to our clinic with a burning rash on both hands that had begun three weeks before. "
    "She had pruned a fig tree on a sunny afternoon and noticed blisters the next morning. Her general doctor had given "
    "her a cream whose name she could not recall, and the itching grew worse at night. On examination we found sharply "
    "bounded red plaques with bullae over the knuckles and the wrists, while the covered skin of the forearm was clear. "
    "Blood counts and liver tests were normal. We cleaned the lesions with saline and dressed them with petrolatum. "
    "Oral prednisone 30 mg once daily was begun and tapered over ten days. At the second visit the pain had fallen from "
    "seven to two on a scale of ten, and only brownish marks remained. She was advised to wear gloves in the garden. "
)


@dataclass
class Page:
    """Draws one page; remembers nothing."""

    canvas: Canvas
    font: str = "Times-Roman"
    size: float = 10.0
    lead: float = 12.0
    words: list[str] = field(default_factory=list)

    def line(self, x: float, y: float, text: str, font: str | None = None, size: float | None = None) -> None:
        """One line of text, `y` from the top."""
        self.canvas.setFont(font or self.font, size or self.size)
        self.canvas.drawString(x, HEIGHT - y, text)
        self.words += text.split()

    def column(self, x: float, y: float, width: float, words: list[str], bottom: float = 780.0) -> float:
        """Fill a column with words, as many as fit; takes them out of `words`. Returns the next free y."""
        while words and y < bottom:
            row: list[str] = []
            while words and stringWidth(" ".join([*row, words[0]]), self.font, self.size) <= width:
                row.append(words.pop(0))
            if not row:
                row.append(words.pop(0))
            self.line(x, y, " ".join(row))
            y += self.lead
        return y

    def superscript(self, x: float, y: float, text: str, mark: str, after: str = "") -> None:
        """Text with a raised small mark behind it, and text after the mark."""
        self.canvas.setFont(self.font, self.size)
        self.canvas.drawString(x, HEIGHT - y, text)
        x += stringWidth(text, self.font, self.size)
        self.canvas.setFont(self.font, self.size * 0.62)
        self.canvas.drawString(x, HEIGHT - y + 0.36 * self.size, mark)
        x += stringWidth(mark, self.font, self.size * 0.62)
        self.canvas.setFont(self.font, self.size)
        self.canvas.drawString(x, HEIGHT - y, after)


def draw(path: Path, *pages: object, title: str = "") -> Path:
    """A PDF of pages, each a function of a Page."""
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), invariant=True)
    if title:
        canvas.setTitle(title)
    for page in pages:
        page(Page(canvas))  # type: ignore[operator]
        canvas.showPage()
    canvas.save()
    return path


def two_columns(path: Path, words: Sequence[str], *, heads: bool = True, columns: int = 2, pages: int = 2) -> Path:
    """Running text in columns over pages, with running heads and page numbers."""
    left = list(words)
    gap = 18.0
    width = (WIDTH - 100.0 - gap * (columns - 1)) / columns

    def one(number: int):
        def page(p: Page) -> None:
            if heads:
                p.line(50, 40, "Journal of Garden Medicine", size=8)
                p.line(520, 40, str(100 + number), size=8)
                p.line(50, 815, f"Vol. 3, No. 2, 20{10 + number}", size=8)
            for k in range(columns):
                p.column(50 + k * (width + gap), 80, width, left, bottom=760)

        return page

    return draw(path, *(one(i) for i in range(pages)))
