"""PDFs written object by object, for what no drawing library draws."""

from __future__ import annotations

from pathlib import Path

HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def write_pdf(
    path: Path,
    content: str,
    *,
    page: str = "/MediaBox [0 0 595 842]",
    resources: str = "",
    catalog: str = "",
    font: str = HELVETICA,
    objects: tuple[str, ...] = (),
) -> Path:
    """A PDF of one page. Objects 1 to 5 are catalog, pages, page, content and font /F1; `objects` are those from 6 on."""
    stream = content.encode("latin-1")
    every = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {page} /Resources << /Font << /F1 5 0 R >> {resources} >> /Contents 4 0 R >>",
        f"<< /Length {len(stream)} >>\nstream\n{content}\nendstream",
        font,
        *objects,
    ]
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(every, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(every) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{place:010} 00000 n \n" for place in places).encode()
    out += f"trailer\n<< /Size {len(every) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    path.write_bytes(out)
    return path


def shown(x: float, y: float, text: str, *, before: str = "", size: float = 10) -> str:
    """Content that prints a line of text with its baseline at (x, y); `before` are operators within the text object."""
    return f"BT /F1 {size} Tf {before} {x} {y} Td ({text}) Tj ET\n"
