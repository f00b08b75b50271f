#!/usr/bin/env bash
# fhir.resources 8.3.0 (R4B): a decimal loses its trailing zeros on the way through: 7.50 comes out as 7.5, 0.100 as 0.1. In FHIR they are another
# value: its data types say that the precision of a decimal is part of it and has to be kept.
# Expected by most: a model of the standard keeps what the standard says must be kept.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'fhir.resources==8.3.0' 2>/dev/null
cat > "$folder/look.py" <<'PY'
from fhir.resources.R4B.quantity import Quantity
for written in ('{"value":7.50,"unit":"mg"}', '{"value":0.100,"unit":"mg"}'):
    again = Quantity.model_validate_json(written).model_dump_json()
    print(written, "->", again)
    assert again != written, "the places are kept now"
PY
"$folder/venv/bin/python" "$folder/look.py"
