#!/usr/bin/env bash
# word2number 1.1: a half is left out without a word, and numbers that only follow each other are added up. "two and a half" is 2, "one-half" is 1,
# and "two three" is 5. "one hundred and one" and "twenty five thousand" are read as one expects, and a half alone raises ValueError.
# Expected by most: 2.5 for "two and a half years", or an error, as for "half".
# Matters for durations and doses in words: two and a half tablets become two, and no error says so.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'word2number==1.1' 2>/dev/null
cat > "$folder/look.py" <<'PY'
from word2number import w2n

seen = {"two and a half": 2, "one-half": 1, "two three": 5, "one hundred and one": 101, "twenty five thousand": 25000, "point five": 0.5}
for text, number in seen.items():
    print(text, "->", w2n.word_to_num(text))
    assert w2n.word_to_num(text) == number, text
try:
    w2n.word_to_num("half")
except ValueError as error:
    print("half ->", type(error).__name__)
else:
    raise AssertionError("half is read")
PY
"$folder/venv/bin/python" "$folder/look.py"
