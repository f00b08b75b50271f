#!/usr/bin/env bash
# spaCy 3.8.18: extension attributes of spans are kept by their characters alone. Two spans on the same words share them, whatever their labels,
# and also a span that is made anew later. What is written on a proposal is found again on the span that somebody decided on.
# Expected by most: a span of another label has attributes of its own. Seen: the second span reads what was written on the first.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'spacy==3.8.18' 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
import spacy
from spacy.tokens import Span
Span.set_extension("norm", default="")
doc = spacy.blank("en")("She took mineral oil daily.")
drug = doc.char_span(9, 20, label="DRUG")
drug._.norm = "mineral oil (drug)"
vehicle = Span(doc, 2, 4, label="VEHICLE")
print(spacy.__version__, repr(vehicle._.norm))
assert vehicle.label_ != drug.label_ and vehicle._.norm == "mineral oil (drug)", "spaCy keeps them apart now"
vehicle._.norm = "mineral oil (vehicle)"
assert drug._.norm == "mineral oil (vehicle)"
PY
