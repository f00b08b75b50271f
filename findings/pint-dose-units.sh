#!/usr/bin/env bash
# pint 0.25.3: many ways to write a dose parse without an error as something else. "5 U" is a rate of catalysis (mol/s), so units of insulin or
# heparin add up with katals; "37 C" is an electric charge; "1 mth" is a thousandth of a thousandth of an inch (milli-thou), a length, and "7 pt"
# a volume of pints. "IU", "mEq", "wk" and "m2" on the other hand are unknown and raise.
# Expected by most: what is no unit of medicine raises, and what parses is what a chart means.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'pint==0.25.3' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import pint
units = pint.UnitRegistry()
meant = {"5 U": "[substance] / [time]", "37 C": "[current] * [time]", "1 mth": "[length]", "7 pt": "[length] ** 3"}
for text, dimension in meant.items():
    quantity = units(text)
    print(text, "is", f"{quantity.to_base_units():~}")
    assert quantity.check(dimension), text
for text in ("100 IU", "5 mEq", "2 wk", "75 mg/m2"):
    try:
        units(text)
    except pint.UndefinedUnitError as error:
        print(text, "raises:", error)
    else:
        raise SystemExit(f"{text} is known now")
PY
"$folder/venv/bin/python" "$folder/look.py"
