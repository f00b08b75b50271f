"""`casesift` with the fake extractor: `python fake_cli.py SECONDS_A_DOCUMENT COMMAND...`, for tests that need a process."""

from __future__ import annotations

import sys

from fake_extractor import FakeExtractor

from pipelines import cli, engines

if __name__ == "__main__":
    seconds = float(sys.argv.pop(1))
    engines._loaded = lambda config: FakeExtractor(seconds=seconds)
    cli.main()
