"""What the commands print on standard output for a person: rich tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extract.schema import Report, Row
from pipelines.discover import printable, table_name

if TYPE_CHECKING:
    from extract.reading.source import SourceText
    from pipelines.doctor import Finding
    from pipelines.evaluate import Scores

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}

#: the columns of `casesift show`, by table
_SHOWN = {
    "cases": ("case_id", "role", "patients", "age_text", "sex", "page"),
    "diagnoses": ("text", "code", "assertion", "primary", "page"),
    "treatments": (
        "drug", "status", "dose_text", "volume_text", "ratio", "vehicle", "form", "route", "site", "frequency_text",
        "duration_text", "page",
    ),
    "pain_scores": ("text", "value", "scale_max", "scale", "phase", "when_text", "page"),
}  # fmt: skip


def name_of(path: Path) -> str:
    """The name of a file given alone."""
    return table_name(path.name)


def show_report(report: Report) -> None:
    """Print the records of one report, case by case."""
    console = Console(highlight=False)
    document = report.document
    console.print(escape(printable(document.title or document.file)), style="bold")
    facts = (document.doi, f"{document.pages} pages" if document.pages else "", f"{document.words:,} words")
    console.print(escape(", ".join(filter(None, facts))))
    if document.warnings or document.reason:
        console.print(escape(printable("; ".join(filter(None, (document.reason, document.warnings))))), style="yellow")
    if not report.cases:
        console.print("no case found")
    for case in report.cases:
        told = (
            case.label,
            case.role,
            case.age_text,
            case.sex,
            f"{case.patients} patients" if case.patients > 1 else "",
        )
        console.print(f"\n[bold]{escape(case.case_id)}[/] {escape(', '.join(filter(None, told)))}")
        for table in ("diagnoses", "treatments", "pain_scores"):
            _show_rows(console, table, [r for r in getattr(report, table) if r.case_id == case.case_id])
    if nobodys := [t for t in report.treatments if not t.case_id]:
        console.print("\n[bold]of no patient in particular[/]")
        _show_rows(console, "treatments", nobodys)


def _show_rows(console: Console, table: str, rows: Sequence[Row]) -> None:
    names = [n for n in _SHOWN[table] if any(_cell(getattr(r, n)) for r in rows)]
    if rows:
        view = Table(title=table.replace("_", " "), title_justify="left", box=box.SIMPLE_HEAD)
        for name in names:
            view.add_column(name.removesuffix("_text"), overflow="fold")
        for row in rows:
            view.add_row(*(escape(_cell(getattr(row, n))) for n in names))
        console.print(view)


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return f"{value:g}" if isinstance(value, float) else printable(value)


def show_scores(scores: Scores, *, misses: bool = False) -> None:
    """Print the scores, one line a field."""
    lines = [f"{'field':20s} {'P':>6s} {'R':>6s} {'F1':>6s} {'tp':>5s}{'fp':>5s}{'fn':>5s}"]
    for name, tally in scores.fields.items():
        figures = " ".join(_share(v) for v in (tally.precision, tally.recall, tally.f1))
        lines.append(f"{name:20s} {figures} {tally.tp:5d}{tally.fp:5d}{tally.fn:5d}")
    all_ = scores.records
    figures = " ".join(_share(v) for v in (all_.precision, all_.recall, all_.f1))
    lines.append(f"{'records (micro)':20s} {figures} {all_.tp:5d}{all_.fp:5d}{all_.fn:5d}")
    if misses:
        lines += [f"  [{name}] {printable(note)}" for name, tally in scores.fields.items() for note in tally.notes]
    _print(lines)


def _share(value: float | None) -> str:
    return "     -" if value is None else f"{value:6.3f}"


def show_findings(findings: Iterable[Finding]) -> None:
    """Print what the doctor found."""
    console = Console(highlight=False)
    for f in findings:
        mend = f"; {f.mend}" if f.mend else ""
        console.print(f"[{_COLOURS[f.level]}]{f.level:4s}[/] {escape(f'{f.what}: {f.told}{mend}')}", soft_wrap=True)


def source_json(source: SourceText) -> dict[str, Any]:
    """A SourceText as JSON: everything but the boxes of single characters; a section has the box of its first page."""
    told = {
        name: getattr(source, name)
        for name in ("kind", "title", "doi", "pmid", "journal", "year", "pages", "ocr_pages", "text")
    }
    return told | {
        "sections": [asdict(s) | {"box": _box(source, s.start, s.end)} for s in source.sections],
        "citations": [asdict(c) for c in source.citations],
        "furniture": [asdict(f) for f in source.furniture],
        "warnings": [asdict(w) for w in source.warnings],
    }


def _box(source: SourceText, start: int, end: int) -> dict[str, Any] | None:
    found = source.box(start, end)
    return asdict(found) if found else None


def _print(lines: Iterable[str]) -> None:
    Console(highlight=False, markup=False, soft_wrap=True).print("\n".join(lines))
