"""The tables out to other programs and corrections back in: `export`, `apply`, `agreement`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from extract.errors import Code, PipelineError
from pipelines.commands.frame import Json, OutFolder, app, say, telling
from pipelines.exits import ExitCode


def _formats() -> list[str]:
    """What a shell offers behind `--to`."""
    from pipelines.exports import formats

    return formats()


@app.command()
@telling
def export(
    out: OutFolder,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            autocompletion=_formats,
            help="xlsx, edit-csv, csv, parquet, jsonl, gold, brat, phenopackets, fhir ...",
        ),
    ],
    dest: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; OUT itself if not told.")] = None,
    sep: Annotated[
        str, typer.Option("--sep", metavar="CHAR", help="Separator of csv and edit-csv; ';' for a European Excel.")
    ] = ",",
    confidence: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            metavar="LEAST",
            help="phenopackets, fhir: without rows less sure than this (0 to 1), unless a curator looked at them.",
        ),
    ] = 0.0,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="phenopackets: only dose intervals with amount, frequency and dates."),
    ] = False,
    partition: Annotated[
        bool, typer.Option("--partition", help="parquet: a file for each run; later exports write only what changed.")
    ] = False,
) -> None:
    """Write the tables of a run in another format; print the files written."""
    from pipelines.exports import export_store
    from pipelines.inputs.discover import printable

    separator = {"tab": "\t", "\\t": "\t"}.get(sep, sep)
    if separator not in (",", ";", "\t"):
        raise PipelineError(Code.USAGE, f"--sep {sep!r}: no separator of columns", mend="give ',', ';' or tab")
    options = {"separator": separator, "confidence": confidence, "strict": strict, "partition": partition}
    usual = {"separator": ",", "confidence": 0.0, "strict": False, "partition": False}
    given = {name: value for name, value in options.items() if value != usual[name]}
    for path in export_store(out, to, dest, told=say, **given):
        typer.echo(printable(path))


@app.command()
@telling
def apply(
    out: OutFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A corrected .xlsx, .ods or .csv.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would change.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Write what can be understood although some cells cannot.")
    ] = False,
    overrule: Annotated[
        bool,
        typer.Option("--overrule", help="Write what is hardly ever meant too (0 times a day ...); the log says so."),
    ] = False,
    who: Annotated[str, typer.Option(metavar="NAME", help="The curator; asked for if not told.")] = "",
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason of rows that tell none.")] = "",
    as_json: Json = False,
) -> None:
    """Take the corrections of a spreadsheet into the store; nothing is written when a cell cannot be understood."""
    from pipelines.tables.apply import apply_file
    from pipelines.terminal.corrections import show_applied, summary

    applied = apply_file(
        out, file, who=who.strip() or _asked(dry_run), why=why, dry_run=dry_run, partial=partial, overrule=overrule
    )
    if as_json:
        typer.echo(json.dumps(applied.as_dict(), ensure_ascii=False, indent=1))
    else:
        show_applied(applied)
    say(summary(applied))
    if not applied.whole:
        raise typer.Exit(ExitCode.FAILED)


def _asked(dry_run: bool) -> str:
    """The curator's name, from the person at the terminal.

    Raises:
        PipelineError: `usage`, when there is nobody to ask.
    """
    if dry_run:
        return "(dry run)"
    if not sys.stdin.isatty():
        raise PipelineError(Code.USAGE, "who made these corrections?", mend="--who NAME tells it; it stands in the log")
    return str(typer.prompt("Who made these corrections? Your name stands in the log", err=True)).strip()


@app.command()
@telling
def agreement(
    out: OutFolder,
    who: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A curator; all there are if not told.")] = None,
    as_json: Json = False,
) -> None:
    """How far curators agree, field by field: Cohen's kappa and F1."""
    from pipelines.curation.agreement import agreement as compare
    from pipelines.store import Store
    from pipelines.terminal.corrections import show_agreement

    with Store.open(out) as store:
        pairs = compare(store, who or ())
    if as_json:
        typer.echo(json.dumps([p.as_dict() for p in pairs], ensure_ascii=False, indent=1))
    else:
        show_agreement(pairs)
