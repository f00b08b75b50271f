"""Reading: a file becomes text that remembers where it stood on the page.

    >>> from extract.reading import read
    >>> source = read("report.pdf")                      # doctest: +SKIP
    >>> source.text[:60], source.box(0, 10), source.sections[0].name   # doctest: +SKIP

Flow of a PDF: plumber (or pdfium, and ocr for scanned pages) -> glyphs -> lines -> furniture out -> columns -> blocks -> flow -> SourceText.
"""

from extract.document import SourceText
from extract.reading.reader import MAX_BYTES, READERS, read

__all__ = ["MAX_BYTES", "READERS", "SourceText", "read"]
