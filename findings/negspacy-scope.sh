#!/usr/bin/env bash
# negspacy 1.1.0 with its clinical terms: a negation reaches on to what was given, over a comma and over a semicolon, and the commonest way to tell a negative test
# is none. "No fever, and metformin was continued": metformin is negated; "no pneumonia; she was given ceftriaxone": ceftriaxone too. "HIV negative" and
# "malaria was excluded" are not negated, and "no doubt that she had lupus" is.
# Expected by most: a semicolon ends a negation, and a negative test is one.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'negspacy==1.1.0' 'spacy>=3.8,<3.9' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import negspacy.negation
import spacy
nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
names = ("HIV", "fever", "pneumonia", "malaria", "lupus", "metformin", "ceftriaxone")
ruler.add_patterns([{"label": "NAME", "pattern": name} for name in names])
nlp.add_pipe("negex")
seen = {"No fever, and metformin was continued.": [True, True], "No pneumonia; she was given ceftriaxone.": [True, True],
        "She was HIV negative.": [False], "Malaria was excluded.": [False], "There is no doubt that she had lupus.": [True]}
for text, negated in seen.items():
    found = [(e.text, e._.negex) for e in nlp(text).ents]
    print(text, found)
    assert [n for _, n in found] == negated, text
PY
"$folder/venv/bin/python" "$folder/look.py"
