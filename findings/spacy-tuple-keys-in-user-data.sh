#!/usr/bin/env bash
# spaCy 3.8.18: a dictionary with tuples as keys may stand in `doc.user_data`, and the Doc works until it is sent: written as bytes it goes,
# read again it raises TypeError (unhashable type: 'list'), since msgpack hands tuples back as lists. So nlp.pipe(n_process=2) fails too.
# Expected by most: what to_bytes accepts, from_bytes reads; tuples as keys of user_data itself are fine.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'spacy==3.8.18' 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
import spacy
from spacy.tokens import Doc
doc = spacy.blank("en")("Pain fell from 8 to 2.")
doc.user_data["scores"] = {(15, 16): 0.9}
data = doc.to_bytes()
try:
    Doc(doc.vocab).from_bytes(data)
except TypeError as error:
    print(spacy.__version__, error)
    assert "unhashable" in str(error)
else:
    raise SystemExit("it is read again now")
doc.user_data["scores"] = [[15, 16, 0.9]]
assert Doc(doc.vocab).from_bytes(doc.to_bytes()).user_data["scores"] == [[15, 16, 0.9]]
PY
