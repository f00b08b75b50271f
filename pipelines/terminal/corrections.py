"""What `casesift apply` and `casesift agreement` print for a person."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.curation.agreement import Agreement, Pair
from pipelines.curation.decisions import ADD, UNDO, shown
from pipelines.curation.findings import DOUBTFUL, REFUSED, TOLD, Change
from pipelines.inputs.discover import printable
from pipelines.tables.apply import Applied

_COLOURS = {TOLD: "yellow", DOUBTFUL: "magenta", REFUSED: "red"}
_ORDER = (REFUSED, DOUBTFUL, TOLD)


def show_applied(applied: Applied) -> None:
    """Print every change, and every cell that was odd."""
    console = Console(highlight=False)
    if changes := applied.change_set.changes:
        table = Table(box=box.SIMPLE, title="changes", title_justify="left")
        for name in ("cell", "column", "was", "becomes", "why"):
            table.add_column(name, overflow="fold", no_wrap=name == "cell")
        for change in changes:
            table.add_row(*(escape(printable(text)) for text in _cells(change)))
        console.print(table)
    if findings := applied.change_set.findings:
        table = Table(box=box.SIMPLE, title="cells to look at", title_justify="left")
        for name in ("cell", "", "what"):
            table.add_column(name, overflow="fold", no_wrap=name == "cell")
        for f in sorted(findings, key=lambda f: _ORDER.index(f.level)):
            table.add_row(escape(printable(f.place)), f"[{_COLOURS[f.level]}]{f.level}[/]", escape(printable(f.what)))
        console.print(table)
    for line in applied.kept:
        console.print(escape(printable(line)), soft_wrap=True)


def _cells(change: Change) -> tuple[str, ...]:
    d = change.decision
    if d.action == ADD:
        values = ", ".join(
            f"{k} {v}" for k, v in d.new.items() if k not in ("evidence", "case_id") and v not in (None, "")
        )
        return change.place, "new row", "", values, d.why
    if d.field:
        return change.place, d.field, shown(change.old), shown(d.new), d.why
    becomes = "empty" if d.action == UNDO else f"{d.action}ed"
    return change.place, "curation", shown(change.old), becomes, d.why


def summary(applied: Applied) -> str:
    """One line on what became of a file."""
    changes, refused = len(applied.change_set.changes), len(applied.change_set.refused)
    text = f"{_many(applied.change_set.rows, 'row')} read, {_many(changes, 'change')}"
    if refused:
        text += f", {_many(refused, 'cell or row', 'cells or rows')} refused"
    if doubtful := len(applied.change_set.doubtful):
        text += f", {doubtful} doubtful" + ("" if applied.doubtful else " (overruled)")
    if applied.dry_run:
        return f"{text}; nothing written (--dry-run)"
    if applied.held:
        mend = ["mend them"] if refused else ["correct them"]
        mend += ["write what is doubtful too with --overrule"] if applied.doubtful else []
        return f"{text}; nothing written: {', '.join(mend)}, or write the rest with --partial"
    return f"{text}; {_many(len(applied.written), 'decision')} written"


def show_agreement(pairs: Sequence[Pair]) -> None:
    """Print where curators agree, field by field."""
    console = Console(highlight=False)
    for pair in pairs:
        title = f"{pair.one} and {pair.other}, {_many(pair.documents, 'document')}"
        table = Table(box=box.SIMPLE, title=escape(printable(title)), title_justify="left")
        table.add_column("field")
        for name in ("rows", "the same", "kappa (95%)", "F1"):
            table.add_column(name, justify="right")
        for f in pair.fields:
            figures = (_figure(f.share), _kappa(f), _figure(f.f1))
            table.add_row(f"{f.table}: {f.field}", str(f.rows), *figures)
        console.print(table if pair.fields else f"{escape(printable(title))}: nothing that both judged")


def _kappa(f: Agreement) -> str:
    if f.kappa is None or f.low is None or f.high is None:
        return "-"
    kappa, low, high = (round(value, 2) + 0.0 for value in (f.kappa, f.low, f.high))  # -0.0 is 0
    return f"{kappa:.2f} ({low:.2f} to {high:.2f})"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _many(count: int, singular: str, many: str = "") -> str:
    return f"{count} {singular if count == 1 else many or singular + 's'}"
