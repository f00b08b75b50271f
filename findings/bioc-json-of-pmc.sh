#!/usr/bin/env bash
# bioc 2.1: its BioC-JSON reader does not read what PubMed Central's BioC service sends. The service answers with a list of collections, and leaves
# out keys that are empty; biocjson.loads wants one collection, and every key: a list raises TypeError, a collection without "date" or a passage without
# "sentences" KeyError. The same paper as BioC-XML reads.
# Expected by most: the format's library reads the format's largest source.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'bioc==2.1' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import json
from bioc import biocjson, biocxml
sparse = {"source": "PMC", "documents": [{"id": "1", "passages": [{"offset": 0, "infons": {"type": "title"}, "text": "Gout of the ear"}]}]}
full = {"date": "", "key": "", "infons": {}} | sparse
full["documents"] = [{"infons": {}, "annotations": [], "relations": []} | d for d in sparse["documents"]]
full["documents"][0]["passages"] = [{"sentences": [], "annotations": [], "relations": []} | p for p in sparse["documents"][0]["passages"]]
print("one collection with every key:", biocjson.loads(json.dumps(full)).documents[0].passages[0].text)
for name, content, error in (("a list of it", [full], TypeError), ("without empty keys", sparse, KeyError)):
    try:
        biocjson.loads(json.dumps(content))
    except error as raised:
        print(name, "raises", type(raised).__name__, raised)
    else:
        raise SystemExit(f"{name} is read now")
xml = "<collection><source>PMC</source><document><id>1</id><passage><offset>0</offset><text>Gout of the ear</text></passage></document></collection>"
print("as XML:", biocxml.loads(xml).documents[0].passages[0].text)
PY
"$folder/venv/bin/python" "$folder/look.py"
