#!/usr/bin/env bash
# pysbd 0.3.4 (the sentence splitter that scispaCy offers as pysbd_sentencizer): a full stop behind a single capital letter ends no sentence, so two sentences are
# one where the first ends on the name of a virus or a vitamin: "He had hepatitis A. Hepatitis C was excluded." and "She lacked vitamin D. Calcium was normal."
# The same with "b.i.d. Then". A roman number, a temperature or a unit before the full stop is no such case: "Stage IV. He died." are two sentences.
# Expected by most: the next sentence begins with a capital, so the letter ends its own.
# Matters where a sentence is the reach of a negation: hepatitis A is excluded, too.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'pysbd==0.3.4' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import pysbd

segmenter = pysbd.Segmenter(language="en", clean=False)
seen = {"He had hepatitis A. Hepatitis C was excluded.": 1, "She lacked vitamin D. Calcium was normal.": 1,
        "She took 5 mg b.i.d. Then she left.": 1, "Stage IV. He died.": 2, "It was 37.2 °C. Pulse 80.": 2, "Hb was 9.5 g/dl. WBC was 12.3.": 2}
for text, number in seen.items():
    sentences = segmenter.segment(text)
    print(len(sentences), sentences)
    assert len(sentences) == number, text
PY
"$folder/venv/bin/python" "$folder/look.py"
