"""How a run is asked to stop: once and it ends in good order, twice and it ends at once.

The first Ctrl-C, SIGTERM (cron, systemd, docker) or SIGHUP (the terminal is closed) sets a `Stop`: no more work is handed
out, what is in flight may finish within the grace time, and everything is kept. While no documents are being read, and
for every further signal, KeyboardInterrupt breaks off.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether a run was asked to stop, and since when."""

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self.tell = tell  # called once, when a signal asks; from within its handler
        self.since: float | None = None  # time.monotonic()
        self._gentle = False

    @property
    def asked(self) -> bool:
        """Whether to hand out no more work."""
        return self.since is not None

    def ask(self) -> None:
        """Stop in good order."""
        if self.since is None:
            self.since = time.monotonic()

    def is_over(self, grace: float) -> bool:
        """Whether `grace` seconds have passed since."""
        return self.since is not None and time.monotonic() - self.since >= grace

    @contextmanager
    def gently(self) -> Iterator[None]:
        """While this holds, the first signal asks; else it breaks off."""
        self._gentle = True
        try:
            yield
        finally:
            self._gentle = False

    def on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        """What a signal does."""
        if self.asked or not self._gentle:
            raise KeyboardInterrupt
        self.ask()
        self.tell()


@contextmanager
def stoppable(tell: Callable[[], None] = lambda: None) -> Iterator[Stop]:
    """A `Stop` that Ctrl-C, SIGTERM and SIGHUP set; for the main thread. A signal that is ignored (nohup) stays so."""
    stop = Stop(tell)
    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, stop.on_signal)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
