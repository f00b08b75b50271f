"""`casesift` with the fake extractor, for tests that need a process: `python fake_cli.py COMMAND...`.

FAKE_SECONDS in the environment is how long a document takes; FAKE_SIGNAL is what workers get as they start; FAKE_SILENT is after how many
seconds a Dask worker counts as frozen. Worker processes import this module too, and get the fake.
"""

from __future__ import annotations

import os

from fake_extractor import FakeExtractor

from pipelines import cli
from pipelines.engines import processing

processing._loaded = lambda config, *_: FakeExtractor(seconds=float(os.environ["FAKE_SECONDS"]))

if silent := os.environ.get("FAKE_SILENT"):
    from pipelines.engines import dask_flight

    dask_flight._SILENT = float(silent)

if __name__ == "__main__":
    cli.main()
elif number := os.environ.get("FAKE_SIGNAL"):
    os.kill(os.getpid(), int(number))
