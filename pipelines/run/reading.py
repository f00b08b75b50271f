"""The middle of a run: documents go to an engine, and each outcome is kept as it comes in.

In: what `plan` decided, and an open store. Out: rows in the store, and the counts of the run's `Summary`. Called by `batch`, which
plans before it and writes the tables after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from extract.errors import Code
from pipelines.engines.engine import engine
from pipelines.engines.processing import MakeExtractor, Outcome, completed
from pipelines.inputs.discover import is_there, printable
from pipelines.inputs.known import Known
from pipelines.run.options import Options, Watcher
from pipelines.run.plan import PASSING, RETRIES, Plan
from pipelines.run.summary import Failure, Summary
from pipelines.stopping import Stop
from pipelines.store import Store


@dataclass
class Reading:
    """One run's reading.

    Args:
        known: the documents of the store before it.
        inputs: what the person named; one that goes away breaks the run off.
        fingerprint: of the pipeline that reads.
    """

    store: Store
    known: Sequence[Known]
    inputs: Sequence[Path | str]
    options: Options
    fingerprint: str
    summary: Summary
    _held: list[Outcome] = field(default_factory=list)  # failures since the last document that was read

    def __post_init__(self) -> None:
        self._read_before = {k.doc_id for k in self.known if k.status != "failed"}
        self._timeouts = {k.doc_id: k.timeouts for k in self.known}

    def read(self, todo: Plan, make: MakeExtractor, watcher: Watcher, stop: Stop) -> None:
        """Have the documents read, and keep each as it comes in."""
        summary, limits = self.summary, self.options.limits
        work = engine(self.options.engine)
        watcher.start(todo)
        try:
            with stop.gently(), closing(work(todo.tasks, make, limits, stop)) as outcomes:
                for outcome in map(self._with_retries, outcomes):
                    self._take(outcome)
                    watcher.done(outcome)
                    if self._ends(outcome):
                        return
            summary.interrupted = stop.asked
        except KeyboardInterrupt:
            summary.interrupted, summary.tables_written = True, not stop.asked
        finally:
            summary.problems += limits.problems
            self._let_go()
            watcher.stop()

    def _take(self, outcome: Outcome) -> None:
        self.summary.read += 1
        if outcome.report is None:
            self.summary.failures.append(Failure(outcome.task.file, outcome.reason, outcome.traceback))
            if self.options.max_failures:
                self._held.append(outcome)
                return
        elif not any(case.role == "index" for case in outcome.report.cases):
            why = [w for w in outcome.report.document.warnings.split("; ") if w and not w.startswith("page ")]
            self.summary.no_patient.append(Failure(outcome.task.file, "; ".join(why) or "no patient was found in it"))
        if outcome.report and outcome.report.document.status == "partial":
            self.summary.in_part.append(Failure(outcome.task.file, outcome.report.document.reason))
        self._let_go()
        self._keep(outcome)

    def _ends(self, outcome: Outcome) -> bool:
        """Whether there is no sense in going on."""
        if self._held and len(self._held) >= self.options.max_failures:
            self._held.clear()
            self.summary.given_up = (
                f"{self.options.max_failures:,} documents failed one after the other, the last with "
                f"{printable(outcome.reason)!r}; none of them is kept as failed: `casesift doctor --run` looks for what is "
                "broken, a higher --max-failures goes on"
            )
            return True
        if outcome.code in PASSING and (lost := next((i for i in self.inputs if not is_there(i)), None)):
            self.summary.broken_off = f"{printable(lost)} is no longer there (a network share?); run again when it is"
            return True
        return False

    def _let_go(self) -> None:
        """Keep the failures that were held back."""
        while self._held:
            self._keep(self._held.pop(0))

    def _with_retries(self, outcome: Outcome) -> Outcome:
        """A document that took too long is read again on the next nights: the machine may have stood still."""
        if outcome.code != Code.TIMEOUT:
            return outcome
        times = self._timeouts.get(outcome.task.doc_id, 0) + 1
        what = outcome.reason.rpartition("; ")[0]
        if times <= RETRIES:
            return replace(outcome, reason=f"{what}; the next run tries again ({times} of {RETRIES} times)")
        return replace(outcome, reason=f"{what}, in {times} runs; raise --timeout and --retry-failed")

    def _keep(self, outcome: Outcome) -> None:
        """Keep a report, or the reason why there is none.

        What could be read before keeps its rows, when now it only cannot be read for a while.
        """
        task = outcome.task
        if task.keeps_rows or (outcome.code in PASSING and self._read_before & {task.doc_id, task.replaces}):
            return
        self.store.put(completed(outcome, self.fingerprint), task.path, task.stamp, replaces=task.replaces)
