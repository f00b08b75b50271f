#!/usr/bin/env bash
# distributed 2026.8.0: LocalCluster(dashboard_address=None) does not turn the scheduler's HTTP server off: it listens all the same, on a port of
# its own choice (8787 where that is free). dashboard_address="127.0.0.1:0" with scheduler_kwargs={"dashboard": False} gives a free local port.
# Expected by most: None means no server.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'distributed==2026.8.0' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import warnings
import distributed
from distributed import LocalCluster
if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster:
        server = cluster.scheduler.http_server
        print(distributed.__version__, "port", server.port)
        assert server.port, "None turns it off now"
PY
cd "$folder" && "$folder/venv/bin/python" look.py
