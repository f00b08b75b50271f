"""How a command is stopped, and how a run is asked to: once and it ends in good order, twice and it ends at once.

A command that has not begun, or has ended, just leaves (`quit_with`); one at work is broken off by KeyboardInterrupt
(`breaking_off`). A run does better (`stoppable`). The first Ctrl-C, SIGTERM (cron, systemd, docker) or SIGHUP (the terminal is closed) sets a `Stop`: no more work is handed
out, what is in flight may finish within the grace time, and everything is kept. While no documents are being read, and
for every further signal, KeyboardInterrupt breaks off.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")

#: signals that `quit_with` answers, with what to leave with; empty when this is no command but somebody's program
_quitting: dict[int, int] = {}


def quit_with(code: int) -> None:
    """From now on Ctrl-C, SIGTERM and SIGHUP end this process at once with that exit code, without a word."""
    for number in _heeded():
        _quitting[number] = code
        signal.signal(number, _quit)


def _quit(number: int, _frame: FrameType | None) -> None:
    os._exit(_quitting[number])


@contextmanager
def breaking_off() -> Iterator[None]:
    """While this holds, the signals that `quit_with` answers raise KeyboardInterrupt instead."""
    for number in _quitting:
        signal.signal(number, _break_off)
    try:
        yield
    finally:
        for number in _quitting:
            signal.signal(number, _quit)


def _break_off(number: int, frame: FrameType | None) -> None:
    if _is_importing(frame):
        _quit(number, frame)
    raise KeyboardInterrupt


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a module is just being loaded: an exception may be lost there, or be told as somebody else's."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _heeded() -> Iterator[int]:
    """The signals that stop us here; one that is ignored (nohup) stays so."""
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            yield number


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
    """A `Stop` that Ctrl-C, SIGTERM and SIGHUP set; for the main thread."""
    stop = Stop(tell)
    before = {number: signal.signal(number, stop.on_signal) for number in _heeded()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def signals_held(names: Sequence[str] = _NAMES) -> Iterator[None]:
    """Processes started meanwhile are deaf to these signals from their first moment on; ours come afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # multiprocessing's own helper, whose start would let the signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in names})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
