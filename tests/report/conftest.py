"""The output folder the report is written of."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_folder import build


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return build(tmp_path)
