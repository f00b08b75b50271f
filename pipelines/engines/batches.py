"""Small documents go to a worker several at a time: where each takes milliseconds, the way there and back costs as much as the reading.

In: the tasks of a run, in document order. Out: batches of them, as engines ask for one: some small texts in a row, or one document of any
other kind. A batch is never so large that workers would be without while one has many, and takes a second or so to read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sized

from pipelines.engines.tasks import Task

#: bytes up to which a document is small, of all in a batch together, and documents in one
SMALL, _TOGETHER, _MOST = 4096, 16_384, 16


class Batches:
    """The tasks of a run, drawn as they are asked for."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._todo = iter(tasks)
        self._left = len(tasks) if isinstance(tasks, Sized) else None
        self._held: Task | None = None  # drawn, and too large to go with those before it
        self._again: deque[Task] = deque()

    def draw(self, takers: int) -> list[Task]:
        """The next batch; empty when there is nothing left.

        Args:
            takers: workers that share what is left.
        """
        if self._again:
            return [self._again.popleft()]
        if (first := self._next()) is None:
            return []
        batch, size = [first], _size(first)
        most = _MOST if self._left is None else min(_MOST, self._left // (2 * max(1, takers)))
        while size <= SMALL * len(batch) and len(batch) < most and (task := self._next()) is not None:
            size += _size(task)
            if _size(task) > SMALL or size > _TOGETHER:
                self._held = task
                break
            batch.append(task)
        return batch

    def put_back(self, tasks: Iterable[Task]) -> None:
        """Have tasks drawn again, each alone: the one before them in their batch cost them their worker."""
        self._again.extend(tasks)

    def _next(self) -> Task | None:
        if self._held is not None:
            held, self._held = self._held, None
            return held
        task = next(self._todo, None)
        if self._left and task is not None:
            self._left -= 1
        return task


def _size(task: Task) -> int:
    """Bytes of a document; of one that nobody knows, that cannot be opened, or is a PDF, too many to go with others."""
    alone = task.stamp is None or task.unreadable or task.file.casefold().endswith(".pdf")
    return SMALL + 1 if alone or task.stamp is None else task.stamp.size
