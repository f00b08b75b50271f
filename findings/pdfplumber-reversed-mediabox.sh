#!/usr/bin/env bash
# pdfplumber 0.11.10 with pdfminer.six 20260107: a MediaBox may name any two opposite corners (PDF 32000-1, 7.9.5: a reader puts them in order).
# pdfplumber puts the page's box in order, and its characters are placed by the corners as the file has them: all text lies off the page.
# Expected by most: the same places as with the corners in order.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'pdfplumber==0.11.10' 'pdfminer.six==20260107' 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
import io
import pdfplumber

def pdf(box):
    stream = b"BT /F1 12 Tf 72 700 Td (aspirin) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox " + box + b" /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return data + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start

seen = {}
for name, box in (("in order", b"[0 0 595 842]"), ("reversed", b"[595 842 0 0]")):
    with pdfplumber.open(io.BytesIO(pdf(box))) as document:
        page = document.pages[0]
        seen[name] = (page.bbox, round(page.chars[0]["x0"]), round(page.chars[0]["top"]))
        print(name, seen[name])
assert seen["in order"][1] == 72
x0, top = seen["reversed"][1:]
assert not (0 <= x0 <= 595 and 0 <= top <= 842), "the text lies on the page now"
PY
