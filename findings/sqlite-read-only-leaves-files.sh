#!/usr/bin/env bash
# SQLite (through Python's sqlite3): a database in WAL mode that nobody has open, opened with mode=ro, gets a -wal and a -shm file beside it, which
# are still there after the connection is closed: a read-only connection may make them and may not take them away. They belong to whoever
# only looked. A plain connection with PRAGMA query_only=ON leaves nothing; immutable=1 makes nothing, and sees nothing of a writer.
# Expected by most: mode=ro leaves the folder as it was.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 - "$folder" <<'PY'
import sqlite3
import sys
from pathlib import Path

folder = Path(sys.argv[1])
path = folder / "a.sqlite"


def looked_at(how: str, query_only: bool = False) -> list[str]:
    db = sqlite3.connect(f"{path.as_uri()}{how}", uri=True)
    if query_only:
        db.execute("PRAGMA query_only=ON")
    db.execute("SELECT count(*) FROM t").fetchone()
    db.close()
    return sorted(p.name for p in folder.iterdir())


db = sqlite3.connect(path)
db.execute("PRAGMA journal_mode=WAL")
db.execute("CREATE TABLE t (x)")
db.commit()
db.close()
assert sorted(p.name for p in folder.iterdir()) == ["a.sqlite"]
plain, immutable = looked_at("", query_only=True), looked_at("?mode=ro&immutable=1")
read_only = looked_at("?mode=ro")
print(sqlite3.sqlite_version, "query_only:", plain, "immutable:", immutable, "mode=ro:", read_only)
assert plain == immutable == ["a.sqlite"]
assert read_only == ["a.sqlite", "a.sqlite-shm", "a.sqlite-wal"], "mode=ro leaves nothing behind now"
PY
