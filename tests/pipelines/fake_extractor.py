"""A stand-in for `extract.Extractor` that reads text files in no time: a line "DRUG DOSE UNIT" is a treatment."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from extract.document import SourceText
from extract.errors import Code, ReadingError
from extract.schema import Case, Document, Mention, PainScore, Report, Treatment


class FakeExtractor:
    def __init__(self, fingerprint: str = "fake-1", seconds: float = 0.0) -> None:
        self.fingerprint, self.seconds = fingerprint, seconds
        self.read_files: list[str] = []

    def read(self, path: Path) -> SourceText:
        text = Path(path).read_bytes().decode("utf-8")
        if not text:
            raise ReadingError(Code.EMPTY_FILE, "the file is empty", file=path, mend="take it out of the folder")
        misbehave(text.split(maxsplit=1)[0], Path(path))
        return SourceText(text, "text")

    def __call__(self, path: Path, *, doc_id: str | None = None, file: str = "") -> Report:
        self.read_files.append(file)
        text = self.read(path).text
        time.sleep(self.seconds)
        return report_of(text, doc_id or "d0", file)


def misbehave(how: str, path: Path) -> None:
    """What the first word of some reports does to whoever reads them."""
    match how:
        case "BUG":
            raise RuntimeError("something\nnobody thought of")
        case "DIE":
            os._exit(9)
        case "DIEONCE" if not path.with_suffix(".died").exists():
            path.with_suffix(".died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        case "HANG":
            marked(path, "begun").touch()
            time.sleep(60)
        case "HOLD":  # until somebody lets it go on, see `Held`
            marked(path, "begun").touch()
            while not marked(path, "goes").exists():
                time.sleep(0.01)
        case "EAT":
            held = []
            for _ in range(15):
                held.append(b"x" * 100_000_000)
                time.sleep(0.02)
            time.sleep(30)
        case "GROW":  # somebody is still copying it
            with path.open("a") as stream:
                stream.write("Aspirin 100 mg\n")
        case "TOUCH":
            os.utime(path, (1, 1))
        case "FULL":
            raise OSError(errno.ENOSPC, "No space left on device")


def marked(path: Path, what: str) -> Path:
    """A file beside a report that tells what whoever reads it does, or may do."""
    return path.with_name(f"{path.stem}.{what}")


class Held:
    """A report "HOLD ..." that is being read for as long as a test likes, so that a moment comes on purpose."""

    def __init__(self, folder: Path, name: str, text: str = "HOLD 1 mg\n") -> None:
        self.path = folder / name
        self.path.write_text(text)

    def wait(self, process: subprocess.Popen[str] | None = None) -> None:
        """Until it is being read."""
        deadline = time.monotonic() + 300
        while not marked(self.path, "begun").exists():
            assert process is None or process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, f"{self.path} is not being read"
            time.sleep(0.01)

    def let_go(self) -> None:
        """It may be read to its end."""
        marked(self.path, "goes").touch()


def report_of(text: str, doc_id: str, file: str) -> Report:
    case = Case(case_id=f"{doc_id}-c1", doc_id=doc_id, file=file, start=0, end=1, sex="F", age_years=44.0)
    treatments, mentions, pain = [], [], []
    offset = 0
    for i, line in enumerate(text.splitlines(keepends=True)):
        drug, _, dose = line.strip().partition(" ")
        where = {"doc_id": doc_id, "file": file, "case_id": case.case_id, "start": offset, "end": offset + len(drug)}
        if drug == "pain":
            value, _, top = dose.partition("/")
            pain.append(
                PainScore(**where, pain_id=f"{doc_id}-p{i}", text=dose, value=float(value), scale_max=float(top))
            )
        elif drug:
            value, _, unit = dose.partition(" ")
            key = f"{doc_id}-t{i}"
            told = {"dose_text": dose, "dose_value": float(value), "dose_unit": unit} if value else {}
            treatments.append(Treatment(**where, treatment_id=key, text=drug, drug=drug.lower(), evidence=line, **told))
            mentions.append(Mention(**where, mention_id=f"{doc_id}-m{i}", label="drug", text=drug, linked_to=key))
            if dose:
                start = offset + len(drug) + 1
                where |= {"start": start, "end": start + len(dose)}
                mentions.append(Mention(**where, mention_id=f"{doc_id}-n{i}", label="dose", text=dose, linked_to=key))
        offset += len(line)
    document = Document(doc_id=doc_id, file=file, words=len(text.split()))
    return Report(
        document=document, cases=(case,), treatments=tuple(treatments), mentions=tuple(mentions),
        pain_scores=tuple(pain),
    )  # fmt: skip


@dataclass(frozen=True)
class MakeFake:
    """Makes a fake in whichever process it is sent to."""

    fingerprint: str = "fake-1"
    seconds: float = 0.0
    loading: float = 0.0

    def __call__(self) -> FakeExtractor:
        time.sleep(self.loading)
        return FakeExtractor(self.fingerprint, self.seconds)
