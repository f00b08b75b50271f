"""What a command listens on: nothing, or this machine alone. Every Python process of it tells each address that it binds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

#: imported by every Python process of a command as it starts, workers too
TELLING = """
import os, socket, sys
def audit(event, args):
    if event == "socket.bind" and args[0].family in (socket.AF_INET, socket.AF_INET6):
        with open(os.environ["BOUND_LOG"], "a") as log:
            log.write(f"{args[1][0]}\\n")
sys.addaudithook(audit)
"""

FAKE = str(Path(__file__).with_name("fake_cli.py"))


@pytest.fixture
def bound(tmp_path, monkeypatch) -> Callable[[], set[str]]:
    """The addresses that commands started from now on have bound."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(TELLING)
    log = tmp_path / "bound.log"
    log.touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("BOUND_LOG", str(log))
    monkeypatch.setenv("FAKE_SECONDS", "0")
    return lambda: set(log.read_text().split())


def command(*args: object) -> list[str]:
    return [sys.executable, FAKE, *map(str, args)]


def test_the_watch_is_awake_in_every_process(bound):
    code = "import socket, subprocess, sys\nsocket.socket().bind(('127.0.0.1', 0))\n"
    child = "import socket; socket.socket().bind(('0.0.0.0', 0))"
    subprocess.run([sys.executable, "-c", code + f"subprocess.run([sys.executable, '-c', {child!r}])"], check=True)
    assert bound() == {"127.0.0.1", "0.0.0.0"}


@pytest.mark.parametrize(
    "how", [["--workers", "0"], ["--workers", "2"], ["--workers", "1", "--metrics", "figures.prom"]]
)
def test_a_run_listens_on_nothing(reports, out, bound, tmp_path, how):
    done = subprocess.run(command("run", reports, "--out", out, *how), cwd=tmp_path, check=False)
    assert done.returncode == 0 and bound() == set()


def test_documents_at_an_address_are_read_without_listening(reports, out, bound):
    done = subprocess.run(command("run", f"file://{reports}", "--out", out, "--workers", "1"), check=False)
    assert done.returncode == 0 and bound() == set()


@pytest.mark.parametrize("args", [["status"], ["export", "--to", "jsonl"], ["repair"], ["agreement"]])
def test_other_commands_listen_on_nothing(reports, out, bound, args):
    subprocess.run(command("run", reports, "--out", out), check=True)
    subprocess.run(command(args[0], out, *args[1:]), check=False)
    assert bound() == set()


@pytest.mark.xdist_group("dask")
def test_a_dask_cluster_of_this_machine_is_heard_on_this_machine_alone(reports, out, bound):
    pytest.importorskip("distributed", reason="no Dask: pip install 'casesift[dask]'")
    done = subprocess.run(command("run", reports, "--out", out, "--engine", "dask", "--workers", "2"), check=False)
    assert done.returncode == 0 and bound() == {"127.0.0.1"}


def test_the_review_page_is_heard_on_this_machine_alone(reports, out, bound):
    pytest.importorskip("uvicorn", reason="no review page: pip install 'casesift[review]'")
    subprocess.run(command("run", reports, "--out", out), check=True)
    page = subprocess.Popen(
        command("review", out, "--port", "0", "--no-browser", "--who", "Ada"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 300
        while not bound():
            assert page.poll() is None and time.monotonic() < deadline, "the page does not come up"
            time.sleep(0.05)
    finally:
        page.send_signal(signal.SIGINT)
        page.communicate(timeout=300)
    assert bound() == {"127.0.0.1"}
