#!/usr/bin/env bash
# scispacy 0.6.2: a file that its cache holds is opened only after a HEAD request to its address, for the file's name in the cache ends in the
# digest of the ETag. Without a network the linkers that were fetched before cannot be opened: file_cache.cached_path raises ConnectionError.
# Expected by most: what is in a cache is read from the cache.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --no-deps 'scispacy==0.6.2' 2>/dev/null
"$folder/venv/bin/pip" install -q 'requests==2.34.2' 'tqdm==4.70.1' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import sys
from hashlib import sha256
from pathlib import Path

import requests
from scispacy.file_cache import cached_path

address, etag, cache = "https://127.0.0.1:1/concept_aliases.json", '"1"', Path(sys.argv[1])
names = [sha256(text.encode()).hexdigest() for text in (address, etag)]
(cache / f"{names[0]}.{names[1]}.concept_aliases.json").write_text("[]")
print("in the cache:", *(file.name[:12] + "..." for file in cache.iterdir()))
try:
    print("opened:", cached_path(address, str(cache)))
except requests.ConnectionError as error:
    print("not opened:", type(error).__name__)
else:
    sys.exit("it is opened without the network now")
PY
mkdir "$folder/cache"
"$folder/venv/bin/python" "$folder/look.py" "$folder/cache"
