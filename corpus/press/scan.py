"""A printed report as an office scanner gives it: pictures of pages, no text layer."""

from __future__ import annotations

import random
import time
from io import BytesIO

import pypdfium2
from PIL import Image

DPI = 170


def scan(pdf: bytes, seed: str) -> bytes:
    """The pages of a PDF as a PDF of black-and-white images, a little askew and with specks."""
    rng = random.Random(seed)
    document = pypdfium2.PdfDocument(pdf)
    pages = []
    for i in range(len(document)):
        page = document[i].render(scale=DPI / 72).to_pil().convert("L")
        page = page.rotate(rng.uniform(-0.5, 0.5), resample=Image.Resampling.BICUBIC, fillcolor=255)
        for _ in range(120):
            page.putpixel((rng.randrange(page.width), rng.randrange(page.height)), 0)
        pages.append(page.point(lambda v: 255 if v > 150 else 0).convert("1"))
    out = BytesIO()
    then = time.gmtime(946684800)  # the first day of 2000: the same bytes each time
    pages[0].save(
        out,
        "PDF",
        resolution=DPI,
        save_all=True,
        append_images=pages[1:],
        creationDate=then,
        modDate=then,
        producer="casesift corpus",
    )
    return out.getvalue()
