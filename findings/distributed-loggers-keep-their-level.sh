#!/usr/bin/env bash
# distributed 2026.8.0: logging.getLogger("distributed").setLevel(logging.CRITICAL) after the import leaves "distributed.client" at a
# level of its own (WARNING), which the library's configuration has set on it during the import: a lost scheduler still prints its traceback.
# Each logger of the family has to be set, or the configuration "logging" before the import.
# Expected by most: a level on the parent holds for loggers below it, since libraries leave theirs unset.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'distributed==2026.8.0' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import logging
import distributed
logging.getLogger("distributed").setLevel(logging.CRITICAL)
levels = {name: logging.getLevelName(logging.getLogger(name).getEffectiveLevel()) for name in ("distributed", "distributed.client", "distributed.worker", "distributed.scheduler")}
print(distributed.__version__, levels)
assert levels["distributed"] == "CRITICAL" and levels["distributed.client"] != "CRITICAL", "the parent's level holds now"
PY
cd "$folder" && "$folder/venv/bin/python" look.py
