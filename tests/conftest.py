"""For all tests: no network, and a cache folder of their own."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest


class NetworkUsedError(RuntimeError):
    pass


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Casesift promises to download nothing: a test that would reach out fails. Sockets of one machine stay open."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address):
        local = self.family == getattr(socket, "AF_UNIX", None) or address[0] in ("127.0.0.1", "::1", "localhost")
        if not local:
            raise NetworkUsedError(f"a test tried to connect to {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True, scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory):
    """What is made once and kept (indexes) goes to a folder that all tests of a session share, xdist workers too."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = Path(base) / "casesift-cache"
    folder.mkdir(exist_ok=True)
    before = os.environ.get("CASESIFT_CACHE")
    os.environ["CASESIFT_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["CASESIFT_CACHE"]
    else:
        os.environ["CASESIFT_CACHE"] = before
