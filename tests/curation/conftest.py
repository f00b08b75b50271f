from __future__ import annotations

from pathlib import Path

import pytest
from curation_store import read, report

from pipelines.store import Store


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "out", create=True) as store:
        read(store, report())
        yield store
