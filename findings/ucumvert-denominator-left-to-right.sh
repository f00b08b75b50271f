#!/usr/bin/env bash
# ucumvert 0.3.2 (and UCUM itself, section 2.3): "mg/5.mL" is no "mg per 5 mL". The slash takes one factor, and the point multiplies what stands
# left of it, so it is (mg/5)·mL: a valid unit, of the wrong dimension, and no error. Per 5 mL is "mg/(5.mL)"; "mg/0.1.mL" is refused, for
# UCUM has whole numbers only: "mg/(100.uL)".
# Expected by most: a product behind the slash is the denominator, as one reads it aloud.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'ucumvert==0.3.2' 2>/dev/null
"$folder/venv/bin/python" -W ignore - <<'PY'
from ucumvert import PintUcumRegistry

registry = PintUcumRegistry()
wrong, right = registry.from_ucum("mg/5.mL"), registry.from_ucum("mg/(5.mL)")
print("mg/5.mL   =", wrong, wrong.dimensionality)
print("mg/(5.mL) =", right, right.dimensionality)
assert dict(wrong.dimensionality) == {"[mass]": 1, "[length]": 3}, "it reads it as a denominator now"
assert dict(right.dimensionality) == {"[mass]": 1, "[length]": -3}
try:
    registry.from_ucum("mg/(0.1.mL)")
except Exception as error:
    print("mg/(0.1.mL)", type(error).__name__)
else:
    raise AssertionError("it takes decimal numbers now")
PY
