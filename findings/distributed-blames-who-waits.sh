#!/usr/bin/env bash
# distributed 2026.8.0: KilledWorker names a task that no worker has begun, after restarts that were asked for. When a worker goes, restarted by
# Client.restart_workers or lost, the scheduler counts that against every task assigned to it, also those that wait behind another; more than
# "allowed-failures" such losses (3 unless set) and the task is given up as one that kills workers.
# Expected by most: a task is blamed for the loss of a worker only when it ran there. Who records "the document crashed" from KilledWorker blames neighbours.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'distributed==2026.8.0' 'dask==2026.8.0' 2>/dev/null
cat > "$folder/look.py" <<'PY'
import sys
import time
from pathlib import Path

from distributed import Client, KilledWorker, LocalCluster

FOLDER = Path(sys.argv[1])


def work(name, place):
    with (Path(place) / name).open("a") as begun:
        begun.write("begun\n")
    time.sleep(300 if name == "long" else 0)


def begun(name):
    return (FOLDER / name).read_text().count("begun") if (FOLDER / name).exists() else 0


if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster, Client(cluster) as client:
        long = client.submit(work, "long", str(FOLDER), priority=10)
        short = client.submit(work, "short", str(FOLDER))  # waits for the only thread
        for lost in range(1, 5):
            while begun("long") < lost:
                time.sleep(0.1)
            client.restart_workers(list(client.scheduler_info()["workers"]), timeout=20, raise_for_error=False)
            while lost < 4 and short.status == "pending" and begun("long") == lost:
                time.sleep(0.1)
            print("workers lost:", lost)
        try:
            short.result(timeout=60)
        except KilledWorker as error:
            print("KilledWorker names short:", "short" in str(error) or error.task == short.key, "; times it had begun:", begun("short"))
            sys.exit(begun("short") != 0)
        sys.exit("short is not given up now")
PY
"$folder/venv/bin/python" "$folder/look.py" "$folder"
