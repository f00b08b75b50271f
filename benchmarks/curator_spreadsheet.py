"""A curator's session in a spreadsheet, for `curator_session.py`: LibreOffice types, `casesift apply` takes the corrections back."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from curator_tasks import CLICK, HAND, KEY, POINT, Effort, Task

from pipelines.exports import export_store
from pipelines.tables.apply import apply_file


@dataclass
class Sheet:
    """A person in a spreadsheet who knows its shortcuts: Enter goes down the column `curation`, a word that stands in the column already is
    completed after its first letter, near cells are reached with arrows and far ones with the mouse."""

    book: Any
    effort: Effort = field(default_factory=Effort)
    typed: list[dict[str, Any]] = field(default_factory=list)
    known: set[tuple[str, str]] = field(default_factory=set)
    looked: int = 0

    def work(self, planned: list[Task]) -> None:
        """Type all decisions, table by table."""
        for table in dict.fromkeys(t.table for t in planned):
            self.effort.keys += 2 + 4  # Ctrl+PgDn; Ctrl+Home and to the column
            wanted = {t.row_id: t for t in planned if t.table == table}
            sheet = self.book[table]
            header = [c.value for c in sheet[1]]
            lines = {n: wanted.get(sheet.cell(n, 1).value) for n in range(2, sheet.max_row + 1)}
            decided = [n for n, task in lines.items() if task]
            self.effort.keys += len(
                [n for n in lines if min(decided) < n < max(decided) and n not in decided]
            )  # down, over rows of others
            for line in decided:
                task = lines[line]
                assert task is not None
                self.effort.minds += 1
                self._decide(task, line, header)

    def _decide(self, task: Task, line: int, header: list[str]) -> None:
        at = header.index("curation")
        if task.action != "correct":
            word = {"accept": "accepted", "reject": "rejected"}[task.action]
            self._type(task.table, line, at, word)
            return
        self.effort.minds += 1
        steps = abs(self._shown(header, task.column) - self._shown(header, "curation"))
        if steps * KEY <= 2 * HAND + POINT + CLICK:
            self.effort.keys += 2 * steps
        else:
            self.effort.clicks, self.effort.hands = (
                self.effort.clicks + 2,
                self.effort.hands + 2,
            )  # there and back, the hand on the mouse
        self._type(task.table, line, header.index(task.column), task.value)

    def _shown(self, header: list[str], name: str) -> int:
        hidden = {"start", "end", "x0", "top", "x1", "bottom", "seen"}
        return [n for n in header if n not in hidden].index(name)

    def _type(self, table: str, line: int, column: int, text: str) -> None:
        self.typed.append({"sheet": table, "row": line - 1, "column": column, "typed": text})
        again = (f"{table}.{column}", text) in self.known
        self.known.add((f"{table}.{column}", text))
        self.effort.keys += (1 if again else len(text)) + 1


def in_a_spreadsheet(out: Path, planned: list[Task], folder: Path) -> Sheet:
    """The session in LibreOffice."""
    began = time.perf_counter()
    (path,) = export_store(out, "xlsx")
    exported = time.perf_counter() - began
    sheet = Sheet(openpyxl.load_workbook(path))
    sheet.effort.waited.append(exported)
    sheet.effort.keys += (
        len("casesift export outputs/mine --to xlsx") + len("casesift apply outputs/mine casesift.xlsx --who Anna") + 4
    )
    sheet.work(planned)
    began = time.perf_counter()
    edited = in_office(path, sheet.typed, folder)
    sheet.effort.waited.append(time.perf_counter() - began)
    began = time.perf_counter()
    applied = apply_file(out, edited, who="Anna", overrule=True)
    sheet.effort.waited.append(time.perf_counter() - began)
    if applied.change_set.refused:
        raise SystemExit(f"refused: {[f.what for f in applied.change_set.refused]}")
    return sheet


def in_office(source: Path, edits: list[dict[str, Any]], folder: Path) -> Path:
    """The workbook as LibreOffice saves it after typing the edits."""
    script = Path(__file__).parents[1] / "tests" / "curation" / "libreoffice_edits.py"
    told, target, pipe = folder / "edits.json", folder / "edited.xlsx", f"casesift{random.getrandbits(40)}"
    told.write_text(json.dumps(edits), encoding="utf-8")
    options = (
        "--headless",
        "--norestore",
        "--nologo",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"--accept=pipe,name={pipe};urp;",
    )
    office = subprocess.Popen(["soffice", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        pythons = [
            p
            for p in (sys.executable, "/usr/bin/python3")
            if not subprocess.run([p, "-c", "import uno"], capture_output=True, check=False).returncode
        ]
        subprocess.run([pythons[0], str(script), pipe, str(source), str(told), str(target)], check=True, timeout=600)
    finally:
        office.terminate()
        office.wait(30)
    return target


def looking_up(planned: list[Task]) -> Effort:
    """What it takes to see each row's place in the paper beside a spreadsheet: Alt+Tab, Ctrl+F, its words, Enter, back; a file to open for each
    paper of each table. In the review page the place is shown."""
    effort, opened = Effort(), set[tuple[str, str]]()
    for t in planned:
        if (t.table, t.doc_id) not in opened:
            opened.add((t.table, t.doc_id))
            effort.clicks, effort.hands = effort.clicks + 2, effort.hands + 2
        effort.keys += 2 + 2 + len(t.word[:12]) + 1 + 2
        effort.minds += 1
    return effort
