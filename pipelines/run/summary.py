"""What a run did: counts, failures with their reasons, and the exit code that follows from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.exits import ExitCode
from pipelines.inputs.discover import printable


@dataclass(frozen=True)
class Failure:
    """A document that failed."""

    file: str
    reason: str
    traceback: str = ""


@dataclass
class Summary:
    """What a run did."""

    out: Path
    address: str = ""  # where the tables were put, if not only into `out`
    inputs: list[str] = field(default_factory=list)  # absolute paths, and addresses
    found: int = 0
    others: dict[str, int] = field(default_factory=dict)  # files of kinds that are not read, by ending
    older: int = 0  # documents that `--since` left out
    read: int = 0  # documents read in this run, failed ones too
    unchanged: int = 0
    moved: int = 0
    gone: list[str] = field(default_factory=list)  # files that are no longer there
    orphaned: int = 0  # decisions whose sentence a changed file does not hold any more
    failures: list[Failure] = field(default_factory=list)
    in_part: list[Failure] = field(default_factory=list)  # read, but not the whole of it
    no_patient: list[Failure] = field(default_factory=list)  # read, but they tell of no patient, or are no case reports
    failed_before: list[Failure] = field(default_factory=list)  # in an earlier run, and not tried again
    problems: list[str] = field(default_factory=list)  # dead links, edited tables that were kept
    unlisted: list[str] = field(default_factory=list)  # folders that could not be listed: nobody knows what is in them
    rows: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)  # documents of the output folder: ok, partial, failed
    seconds: float = 0.0
    interrupted: bool = False
    given_up: str = ""  # why the run ended because everything failed, if it did
    broken_off: str = ""  # why the run ended before its documents did, if it did
    tables_written: bool = True  # False after a second signal: the next run writes them

    @property
    def ok(self) -> bool:
        """Whether every document of this run was read."""
        return self.exit_code == ExitCode.OK

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the command."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.given_up:
            return ExitCode.USAGE
        return ExitCode.FAILED if self.failures or self.broken_off or self.unlisted else ExitCode.OK

    def as_dict(self) -> dict[str, Any]:
        """For JSON: counts, and the failures with their reasons."""
        figures = asdict(self) | {"out": printable(self.address or self.out), "seconds": round(self.seconds, 3)}
        del figures["address"]
        for name in ("failures", "failed_before", "in_part", "no_patient"):
            figures[name] = [{"file": f.file, "reason": f.reason} for f in getattr(self, name)]
        return figures | {"failed": len(self.failures), "exit_code": int(self.exit_code)}
