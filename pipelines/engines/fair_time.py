"""How long a document has taken, less the time in which the machine did not let it be read.

A load peak or a paused virtual machine made one and the same PDF take 2.4 to 23.6 s. So the time a process waits for a processor
is not counted (Linux tells it), nor that in which whoever looks after the process did not come to look, as when all stood still.
What a document waits for itself (a share that does not answer, a loop that sleeps) counts.
"""

from __future__ import annotations

import time
from pathlib import Path

#: seconds between two looks above which everything is taken to have stood still
_STOOD_STILL = 3.0


def waited(pid: int, thread: int = 0) -> float:
    """Seconds a process (or one thread of it) has waited for a processor; 0 where the system does not tell."""
    place = f"/proc/{pid}/task/{thread}/schedstat" if thread else f"/proc/{pid}/schedstat"
    try:
        return int(Path(place).read_text("ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class FairTime:
    """The time one document takes in a process, from now on.

    Args:
        pid: the process that reads it.
        thread: the thread, where it is not the process's first.
    """

    def __init__(self, pid: int, thread: int = 0) -> None:
        self.pid, self.thread = pid, thread
        self._began = self._looked = time.monotonic()
        self._waited = waited(pid, thread)

    def taken(self) -> float:
        """Seconds so far. To be asked several times a second."""
        now = time.monotonic()
        if now - self._looked > _STOOD_STILL:
            self._began += now - self._looked
        self._looked = now
        return now - self._began - (waited(self.pid, self.thread) - self._waited)
