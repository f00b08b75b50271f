#!/usr/bin/env bash
# pdfplumber 0.11.10: a character's dictionary says nothing of its text rendering mode. Print without ink (mode 3: an OCR layer under a scan, or words meant
# to be found and not read) comes from extract_text like any other, and no key of `chars` tells the two apart: all but text and place are equal.
# PDFium tells (FPDFTextObj_GetTextRenderMode).
# Expected by most: `chars` carries the graphics state that decides whether a character can be seen, as it does its colours.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'pdfplumber==0.11.10' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import io
import pdfplumber
content = b"BT /F1 12 Tf 72 700 Td (aspirin) Tj 0 -20 Td 3 Tr (aspirin) Tj ET"
objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
           b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
           b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
           b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
out, places = b"%PDF-1.4\n", []
for number, body in enumerate(objects, 1):
    places.append(len(out))
    out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
start = len(out)
out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
out += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
with pdfplumber.open(io.BytesIO(out)) as document:
    page = document.pages[0]
    words, chars = page.extract_text().split(), page.chars
printed, unprinted = chars[0], chars[len("aspirin")]
differing = {key for key in printed if printed[key] != unprinted[key]}
print("words:", words, "- keys that differ:", sorted(differing))
assert words == ["aspirin", "aspirin"]
assert differing <= {"x0", "x1", "y0", "y1", "top", "bottom", "doctop", "matrix"}, "something tells them apart now"
PY
"$folder/venv/bin/python" "$folder/look.py"
