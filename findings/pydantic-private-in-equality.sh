#!/usr/bin/env bash
# pydantic 2.14.4: private attributes count in ==. Two models whose fields are equal are unequal when a PrivateAttr differs, although it is in no
# dump, no schema and no repr, and model_validate(a.model_dump()) == a is False as soon as one is set. A cache or a path kept so makes rows
# that are the same compare as different.
# Expected by most: == compares what model_dump gives.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'pydantic==2.14.4' 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
from pydantic import BaseModel, PrivateAttr


class Row(BaseModel):
    drug: str
    _path: str = PrivateAttr("")


a, b = Row(drug="urea"), Row(drug="urea")
print("before:", a == b)
assert a == b
a._path = "/papers/a.pdf"
print("after:", a == b, a.model_dump() == b.model_dump(), repr(a) == repr(b))
assert a != b, "private attributes do not count now"
assert a.model_dump() == b.model_dump() and repr(a) == repr(b)
assert Row.model_validate(a.model_dump()) != a
PY
