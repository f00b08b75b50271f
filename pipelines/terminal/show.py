"""What the commands print on standard output for a person: rich tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extract.schema import (
    KEYS,
    TABLES,
    AdverseEvent,
    Diagnosis,
    Document,
    Evidence,
    PainScore,
    Report,
    Row,
    Therapy,
    Treatment,
    columns,
)  # fmt: skip
from pipelines.inputs.discover import printable

if TYPE_CHECKING:
    from extract.document import SourceText
    from pipelines.evaluation.evaluate import Scores
    from pipelines.terminal.doctor import Finding

_COLOURS = {"ok": "green", "none": "dim", "warn": "yellow", "fail": "red"}


class _Console(Console):
    """Does not colour what it finds, and leaves it to the command what a reader that has stopped means."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, **options)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _pages(document: Document) -> str:
    """How many pages a document has, and how many of them were read by OCR."""
    read = document.ocr_pages and (
        ", read by OCR" if document.ocr_pages == document.pages else f" ({document.ocr_pages} of them read by OCR)"
    )
    return f"{document.pages} page{'' if document.pages == 1 else 's'}{read or ''}" if document.pages else ""


def show_report(report: Report, *, why: bool = False) -> None:
    """Print the records of one report, case by case; `why`: under each table the reasons of its rows."""
    console = _Console()
    document = report.document
    console.print(escape(printable(document.title or document.file)), style="bold")
    facts = (document.doi, _pages(document), f"{document.words:,} words")
    console.print(escape(", ".join(filter(None, facts))))
    if document.warnings or document.reason:
        console.print(escape(printable("; ".join(filter(None, (document.reason, document.warnings))))), style="yellow")
    if not report.cases:
        console.print("no case found")
    for case in report.cases:
        details = (
            case.label,
            case.role,
            case.age_text,
            case.sex,
            f"{case.patients} patients" if case.patients > 1 else "",
        )
        console.print(f"\n[bold]{escape(case.case_id)}[/] {escape(', '.join(filter(None, details)))}")
        _show_case(console, report, case.case_id, why=why)
    if any(_of_case(report, table, "") for table in _shown()):
        console.print("\n[bold]of no patient in particular[/]")
        _show_case(console, report, "", why=why)


def _shown() -> tuple[str, ...]:
    """The tables whose rows are printed: ours that hold facts, and those of other packages."""
    return (*_VIEWS, *TABLES.makers)


def _of_case(report: Report, table: str, case_id: str) -> list[Row]:
    return [row for row in report.rows(table) if getattr(row, "case_id", "") == case_id]


def _show_case(console: Console, report: Report, case_id: str, *, why: bool) -> None:
    """Print the rows of a case, or those of none, table by table."""
    for table in _shown():
        rows = _of_case(report, table, case_id)
        _show_rows(console, table, rows)
        if why:
            _show_reasons(console, table, rows, report)


def _show_reasons(console: Console, table: str, rows: Sequence[Row], report: Report) -> None:
    """Print why each row says what it says: which rule, which words."""
    for row in rows:
        reasons = report.reasons.get(getattr(row, KEYS[table]), ())
        if not reasons and table not in _VIEWS:
            continue  # other packages need not tell
        name = next(iter(_view(table, row).values()))
        console.print(f"  why [bold]{escape(printable(str(name)))}[/]:")
        for reason in reasons:
            console.print(f"    {escape(printable(reason))}", soft_wrap=True)


def _show_rows(console: Console, table: str, rows: Sequence[Row]) -> None:
    """Print some rows of a table, without columns that none of them tells."""
    if not rows:
        return
    cells = [{name: _cell(value) for name, value in _view(table, row).items()} for row in rows]
    view = Table(title=TABLES[table].table.title.lower(), title_justify="left", box=box.SIMPLE_HEAD)
    for name in (names := [n for n in cells[0] if any(c[n] for c in cells)]):
        view.add_column(name)
    for row_cells in cells:
        view.add_row(*(escape(row_cells[n]) for n in names))
    console.print(view)


def _diagnosis(d: Diagnosis) -> dict[str, object]:
    return {
        "diagnosis": d.text,
        "code": d.code,
        "assertion": d.assertion,
        "role": d.role,
        "onset": d.onset_text,
        "primary": d.primary,
        "page": d.page,
    }


def _treatment(t: Treatment) -> dict[str, object]:
    parts = (
        t.volume_text and f"{t.volume_text} of", t.dose_text, t.ratio, t.vehicle and f"in {t.vehicle}", t.form, t.route,
        t.site and f"({t.site})", t.frequency_text, t.duration_text and f"for {t.duration_text.removeprefix('for ')}",
    )  # fmt: skip
    given = " ".join(filter(None, parts))
    return {"drug": t.drug or t.text, "status": t.status, "given": given, "outcome": t.outcome, "page": t.page}


def _pain(p: PainScore) -> dict[str, object]:
    text = f"{p.text} (read as {p.value:g})" if p.inferred else p.text
    return {"pain": text, "scale": p.scale, "phase": p.phase, "when": p.when_text, "site": p.site, "page": p.page}


def _therapy(t: Therapy) -> dict[str, object]:
    sessions = f"{t.sessions} sessions" if t.sessions else ""
    fractions = f"{t.fractions} fractions" if t.fractions and "fraction" not in t.dose_text else ""
    much = ", ".join(filter(None, (t.dose_text, fractions, sessions, t.site)))
    return {
        "therapy": t.therapy,
        "as written": t.text,
        "kind": t.kind,
        "status": t.status,
        "how much": much,
        "page": t.page,
    }


def _event(e: AdverseEvent) -> dict[str, object]:
    return {
        "harm": e.event,
        "code": e.code,
        "drug": e.drug,
        "tied as": e.link,
        "action": e.action_taken,
        "outcome": e.outcome,
        "page": e.page,
    }


#: what is shown of a row of each table, by heading
_VIEWS: dict[str, Callable[[Any], dict[str, object]]] = {
    "diagnoses": _diagnosis, "treatments": _treatment, "pain_scores": _pain, "therapies": _therapy, "adverse_events": _event,
}  # fmt: skip


def _view(table: str, row: Row) -> dict[str, object]:
    """What is shown of a row, by heading; of a table of another package the columns of its form, else all its own."""
    if table in _VIEWS:
        return _VIEWS[table](row)
    facts = type(row).table
    named = [name for group in facts.form.values() for name in group]
    names = named or [n for n in columns(type(row)) if n not in Evidence.model_fields]
    hidden = {facts.key, "case_id", "doc_id", "file"}
    cells: dict[str, object] = {n: getattr(row, n) for n in names if n not in hidden}
    return cells | ({"page": row.page} if isinstance(row, Evidence) else {})


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
    if fifths := [t.f1 for t in scores.fifths if t.f1 is not None]:
        lines.append("by fifths of the reports, worst first: " + " ".join(f"{f1:.3f}" for f1 in fifths))
    if misses:
        lines += [f"  [{name}] {printable(str(note))}" for name, tally in scores.fields.items() for note in tally.notes]
    _print(lines)


def _share(value: float | None) -> str:
    return "     -" if value is None else f"{value:6.3f}"


def show_findings(findings: Iterable[Finding]) -> None:
    """Print what the doctor found."""
    console = _Console()
    for f in findings:
        mend = f"; {f.mend}" if f.mend else ""
        console.print(f"[{_COLOURS[f.level]}]{f.level:4s}[/] {escape(f'{f.what}: {f.message}{mend}')}", soft_wrap=True)


def source_json(source: SourceText) -> dict[str, Any]:
    """A SourceText as JSON: everything but the boxes of single characters; a section has the box of its first page."""
    fields = {
        name: getattr(source, name)
        for name in ("kind", "title", "doi", "pmid", "journal", "year", "pages", "ocr_pages", "text")
    }
    return fields | {
        "sections": [asdict(s) | {"box": _box(source, s.start, s.end)} for s in source.sections],
        "citations": [asdict(c) for c in source.citations],
        "furniture": [asdict(f) for f in source.furniture],
        "warnings": [asdict(w) for w in source.warnings],
    }


def _box(source: SourceText, start: int, end: int) -> dict[str, Any] | None:
    place = source.box(start, end)
    return asdict(place) if place else None


def _print(lines: Iterable[str]) -> None:
    _Console(markup=False, soft_wrap=True).print("\n".join(lines))
