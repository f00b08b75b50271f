"""For all tests: no network, and a cache folder of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# no test asserts a time
settings.register_profile("casesift", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("casesift")


def pytest_configure(config: pytest.Config) -> None:
    """Signals do here what they do in a terminal, also where the tests are started by nohup or in the background. What is made
    once and kept (indexes) goes to a folder that all tests share, xdist's workers too, from collection on."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:  # programs we start would inherit that, and rightly keep to it
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    if "PYTEST_XDIST_WORKER" in os.environ:  # has it from the process that started it
        return
    folder = tempfile.mkdtemp(prefix="casesift-tests-")
    before = os.environ.get("CASESIFT_CACHE")
    os.environ["CASESIFT_CACHE"] = folder

    def restore() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            del os.environ["CASESIFT_CACHE"]
        else:
            os.environ["CASESIFT_CACHE"] = before

    config.add_cleanup(restore)


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; one for all tests of a process, which can hold but one."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install 'casesift[test]'")
    if found is None:
        pytest.skip("no chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        playwright.expect.set_options(timeout=300_000)  # a busy machine is no reason to fail
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()
