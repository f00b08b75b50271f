"""`casesift` with the fake extractor, for tests that need a process: `python fake_cli.py COMMAND...`.

FAKE_SECONDS in the environment is how long a document takes; FAKE_SIGNAL is what workers get as they start. Worker processes import this module too, and get the fake.
"""

from __future__ import annotations

import os

from fake_extractor import FakeExtractor

from pipelines import cli
from pipelines.engines import processing

processing._loaded = lambda config, *_: FakeExtractor(seconds=float(os.environ["FAKE_SECONDS"]))

if __name__ == "__main__":
    cli.main()
elif number := os.environ.get("FAKE_SIGNAL"):
    os.kill(os.getpid(), int(number))
