#!/usr/bin/env bash
# quantulum3 0.10.0, without its classifier: a prescription's abbreviations become units. "20 mg b.i.d." is 20 milligram bit, "10 U" atomic mass units, and a blood
# pressure of 120/80 mmHg is a fraction, 1.5 mmHg; so is a pain of 8/10, 0.8.
# Expected by most: a parser of quantities in text gives no unit that mixes mass and information, and two readings where two numbers are told.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'quantulum3==0.10.0' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import warnings
warnings.simplefilter("ignore")
from quantulum3 import parser
seen = {"prednisone 20 mg b.i.d.": (20.0, "milligram bit"), "10 U of insulin": (10.0, "atomic mass unit"),
        "BP 120/80 mmHg": (1.5, "millimeter of mercury"), "pain 8/10": (0.8, "dimensionless")}
for text, expected in seen.items():
    found = [(q.value, q.unit.name) for q in parser.parse(text)]
    print(text, "->", found)
    assert found == [expected], text
PY
"$folder/venv/bin/python" "$folder/look.py"
