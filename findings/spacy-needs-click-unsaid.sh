#!/usr/bin/env bash
# spaCy 3.8.7 with typer 0.29.2: `pip install spacy` into an empty environment gives a spaCy that cannot be imported (No module named 'click').
# spacy/cli imports click itself but does not require it; it came with typer, which has stopped depending on it. A project that pins spaCy and
# nothing else breaks on the day its environment is made anew; require click beside it, or a later release (3.8.18 requires it).
# Expected by most: what a pinned release needs is in its own requirements.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'spacy==3.8.7' 'typer==0.29.2' 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import requires, version
try:
    import spacy
    raise SystemExit("it can be imported now")
except ModuleNotFoundError as error:
    print("spacy", version("spacy"), "typer", version("typer"), "-", error)
    assert error.name == "click" and not [r for r in requires("spacy") if r.startswith("click")]
PY
"$folder/venv/bin/pip" install -q click 2>/dev/null
"$folder/venv/bin/python" -c "import spacy; print('with click:', spacy.__version__)"
