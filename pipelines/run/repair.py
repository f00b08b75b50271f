"""`casesift repair OUT`: a damaged or lost store is made anew, from the log of decisions and from the documents.

In: an output folder. What cannot be had from the documents again is what curators decided: that is put together from
`decisions.jsonl` and from what the damaged store still says, and is safe in the log before anything is moved. The damaged store
is kept under another name. Out: a new store with all decisions, then a run over the inputs, which reads every document again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines.inputs.discover import STORE_NAME, printable
from pipelines.store import Store, decision_log
from pipelines.store.health import damage
from pipelines.store.locking import locked
from pipelines.store.salvage import Salvaged, salvage
from pipelines.tables.notes import inputs_of


@dataclass
class Repair:
    """What was found and done."""

    out: Path
    damage: str  # what was wrong; empty when nothing was
    kept_as: str = ""  # name of the damaged store now
    decisions: int = 0  # of curators, in the new store
    from_store: int = 0  # those that only the damaged store had
    lost: list[int] = field(default_factory=list)  # numbers of decisions that neither has
    inputs: list[str] = field(default_factory=list)  # what the last run read, where that is known

    def lines(self) -> list[str]:
        """For a person."""
        if not self.damage:
            return [f"{STORE_NAME} is whole: nothing to repair ({_count(self.decisions)})"]
        kept = f"; kept as {self.kept_as}" if self.kept_as else ""
        lines = [f"{STORE_NAME} was damaged ({self.damage}){kept}"]
        also = f", {self.from_store:,} of them only there" if self.from_store else ""
        lines.append(f"{_count(self.decisions)} kept{also}")
        if self.lost:
            numbers = ", ".join(map(str, self.lost[:20]))
            lines.append(f"lost: {_count(len(self.lost))}, number {numbers}")
        return lines


def repair(out: Path) -> Repair:
    """Make the store of `out` anew if it is damaged; the documents are not read yet.

    Raises:
        PipelineError: `usage`, there is neither a store nor a log of decisions; `locked`; `store`, no room.
    """
    path = out / STORE_NAME
    if not path.is_file() and not decision_log.path_of(out).is_file():
        raise PipelineError(
            Code.USAGE, f"{printable(out)}: no casesift output folder (no {STORE_NAME} in it)",
            mend="name the folder that a run wrote to",
        )  # fmt: skip
    with locked(out):
        wrong = damage_of(path)
        old = salvage(path) if wrong else Salvaged()
        logged, links = decision_log.parted(decision_log.entries(decision_log.path_of(out)))
        result = Repair(out, wrong, inputs=old.inputs or inputs_of(out))
        if wrong:
            whole = old.decisions | logged
            result.from_store = len(old.decisions.keys() - logged.keys())
            result.lost = sorted(set(range(1, max(whole, default=0) + 1)) - whole.keys())
            links += [link for link in old.replaced if link not in set(links)]
            if result.from_store or old.replaced:
                decision_log.write_anew(decision_log.path_of(out), whole, links)
            result.kept_as = _set_aside(path)
        with Store.open(out, create=True) as store:
            decision_log.agree(store)
            result.decisions = int(store.select("SELECT count(*) FROM decisions")[0][0])
    return result


def damage_of(path: Path) -> str:
    """What is wrong with a store, looked at in full; "it is gone" where there is none."""
    if not path.exists():
        return "it is gone"
    if path.stat().st_size == 0:
        return "0 bytes"
    try:
        with closing(sqlite3.connect(path, timeout=30)) as db:
            if wrong := damage(db, path, full=True):
                return wrong
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        return str(error)
    return "" if {"documents", "files", "meta"} <= tables else "its tables are missing"


def _set_aside(path: Path) -> str:
    if not path.exists():
        return ""
    aside = decision_log.aside_of(path, "damaged-")
    for ending in ("", "-wal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    return aside.name


def _count(number: int) -> str:
    return f"{number:,} decision{'' if number == 1 else 's'} of curators"


def inputs_to_read(repaired: Repair, given: Sequence[str]) -> list[str]:
    """The inputs to read again: those a person named, else those of the last run.

    Raises:
        PipelineError: `usage`, when nobody knows.
    """
    if inputs := list(given) or repaired.inputs:
        return inputs
    raise PipelineError(
        Code.USAGE, "the store is made anew, but nothing says which documents were in it",
        file=printable(repaired.out), mend="name the folders: casesift repair OUT INPUT..., or run `casesift run` as always",
    )  # fmt: skip
