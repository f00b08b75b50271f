"""What a person at a terminal sees while a run goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="no terminals on this system")

CLI = Path(__file__).with_name("fake_cli.py")


def test_the_bar_tells_documents_a_second_and_which_was_the_last(reports: Path, out: Path) -> None:
    ours, theirs = pty.openpty()
    env = os.environ | {"FAKE_SECONDS": "0.3", "TERM": "xterm", "COLUMNS": "120"}
    command = [sys.executable, str(CLI), "run", str(reports), "--out", str(out), "--workers", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # how a terminal says that nobody writes to it any more
                break
            if not more:
                break
            shown += more
    os.close(ours)
    assert process.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert re.search(r"reading .* 2/3 \S+ [\d.]+/s \S+\.\w+", text), text
