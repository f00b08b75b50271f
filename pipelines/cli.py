"""The command line: `casesift COMMAND`. Each command is a few lines over a function that Python callers can use as well.

Data goes to standard output, messages to standard error. Exit codes: 0 done, 1 finished but some documents failed (or the
one asked for), 2 usage or configuration, 75 another run holds the output folder, 130 interrupted. Imports stand inside
the commands, so that `--help` does not wait for spaCy.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.exits import ExitCode, exit_code

if TYPE_CHECKING:
    from pipelines.console import JsonLog, TextLog


app = typer.Typer(
    name="casesift",
    help="Structured records from folders of medical case-report PDFs.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Command = TypeVar("Command", bound=Callable[..., None])
_debug = False
_log: TextLog | JsonLog | None = None  # of the run


class LogFormat(StrEnum):
    """How a run tells what it does."""

    TEXT = "text"
    JSON = "json"


File = Annotated[Path, typer.Argument(help="A .pdf, .xml (JATS) or .txt file.")]
OutFolder = Annotated[Path, typer.Argument(metavar="OUT", help="Output folder of a run.")]
Config = Annotated[Path | None, typer.Option(help="spaCy configuration of the language pipeline.")]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


def _told(command: Command) -> Command:
    """Let a command tell what goes wrong in one line and with its exit code; bugs too, unless --debug."""

    @wraps(command)
    def telling(*args: Any, **kwargs: Any) -> None:
        from pipelines.engines import quiet_libraries

        try:
            if not _debug:
                quiet_libraries()
            command(*args, **kwargs)
            sys.stdout.flush()
        except CasesiftError as error:
            if _debug:
                raise
            _tell(error)
            raise typer.Exit(exit_code(error)) from error
        except KeyboardInterrupt:
            _say("interrupted") if _log is None else _log.interrupted()
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except (typer.Exit, typer.Abort):
            raise
        except BrokenPipeError:  # `casesift text FILE | head`: whoever read us has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.OK) from None
        except Exception as error:
            if _debug:
                raise
            what = f"{type(error).__name__}: {error}"
            bug = PipelineError(Code.INTERNAL, what, mend="a bug of casesift: `casesift --debug ...` shows where")
            _tell(bug)
            raise typer.Exit(ExitCode.FAILED) from error

    return telling  # type: ignore[return-value]


def _say(message: str) -> None:
    from pipelines.discover import printable

    typer.echo(f"casesift: {printable(message)}", err=True)


def _tell(error: CasesiftError) -> None:
    if _log is None:
        _say(str(error))
    else:
        _log.error(error)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"casesift {version('casesift')}")
        raise typer.Exit


@app.callback()
def _common(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    global _debug, _log
    _debug, _log = debug, None


class PdfEngine(StrEnum):
    """What reads the characters of PDFs."""

    PDFPLUMBER = "pdfplumber"
    PDFIUM = "pdfium"
    AUTO = "auto"


Reader = Annotated[
    PdfEngine,
    typer.Option("--pdf-engine", help="Reads PDFs: auto is pdfium, and pdfplumber where pdfium may be wrong."),
]


@app.command()
@_told
def run(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files or folders (.pdf, .xml, .txt), or addresses: s3://..."),
    ],
    out: Annotated[str, typer.Option(metavar="DIR", help="Output folder, or an address.")] = "outputs",
    include: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Take only what matches.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Leave out what matches.")] = None,
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Follow links that lead out of an input folder.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only files changed since: 2026-11-01, 12h, 7d, 2w.")
    ] = None,
    config: Config = None,
    force: Annotated[bool, typer.Option("--force", help="Read everything again.")] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Read again what failed before.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Take out documents whose file is gone.")] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes that read; 0: none but this one, no limits.")] = 1,
    engine: Annotated[str, typer.Option(help="Who does the reading: local, dask.")] = "local",
    scheduler: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="Dask scheduler, tcp://host:8786; a cluster of this machine if not told."),
    ] = "",
    pdf_engine: Reader = PdfEngine.AUTO,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds a document may take; 0: no limit.")] = 300.0,
    memory: Annotated[
        int, typer.Option(metavar="MB", min=0, help="Memory a worker may take (it needs some 600); 0: no limit.")
    ] = 4096,
    grace: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Time to finish what is in flight after Ctrl-C or SIGTERM.")
    ] = 10.0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what went wrong.")] = False,
    log_format: Annotated[
        LogFormat, typer.Option(help="Messages for people, or one JSON object a line.")
    ] = LogFormat.TEXT,
    summary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what the run did as JSON (-: to standard output).")
    ] = None,
    metrics: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write figures for Prometheus' textfile collector.")
    ] = None,
) -> None:
    """Read what is new or changed in files and folders, and write the tables.

    Exit codes: 0 done, 1 some documents failed (or the disk is full), 2 usage, 75 another run holds DIR, 130 interrupted.
    After Ctrl-C or SIGTERM what is in flight may finish; a second one stops at once. Either way the next run goes on.
    """
    from pipelines import console
    from pipelines.engines import DefaultExtractor
    from pipelines.run import Options
    from pipelines.run import run as run_documents
    from pipelines.runfiles import RunFiles
    from pipelines.since import parse_since
    from pipelines.stopping import stoppable

    global _log
    _log = log = console.log(log_format.value, quiet=quiet, debug=_debug)
    files = RunFiles(summary, metrics)
    files.check()
    try:
        options = Options(
            include=tuple(include or ()), exclude=tuple(exclude or ()), workers=workers, engine=engine, scheduler=scheduler,
            timeout=timeout, memory=memory, grace=grace, since=None if since is None else parse_since(since),
            force=force, retry_failed=retry_failed, prune=prune, follow_links=follow_links,
        )  # fmt: skip
        with stoppable(lambda: log.stopping(grace)) as stop:
            make = DefaultExtractor(config, pdf_engine.value)
            did = run_documents(inputs, out, options, make=make, watcher=log.watcher, stop=stop)
    except CasesiftError as error:
        files.write_error(out, error)
        raise
    log.tell(did)
    files.write(did)
    raise typer.Exit(did.exit_code)


@app.command()
@_told
def status(
    out: OutFolder,
    last: Annotated[int, typer.Option(metavar="N", min=1, help="Runs to tell of.")] = 5,
    as_json: Json = False,
) -> None:
    """Tell how the last runs went, how much is done, and what failed and why."""
    from pipelines import status as views

    told = views.status(out, last=last)
    if as_json:
        typer.echo(json.dumps(told.as_dict(), ensure_ascii=False, indent=1))
    else:
        for line in views.lines(told):
            typer.echo(line)


@app.command()
@_told
def text(file: File, pdf_engine: Reader = PdfEngine.AUTO, as_json: Json = False) -> None:
    """Print the text of a file in reading order, page furniture out."""
    from extract import read
    from pipelines import show as views

    source = read(file, engine=pdf_engine.value)
    if as_json:
        typer.echo(json.dumps(views.source_json(source), ensure_ascii=False, indent=1))
    else:
        typer.echo(source.text)
        for warning in source.warnings:
            _say(f"page {warning.page}: {warning.message}" if warning.page else warning.message)


@app.command()
@_told
def show(file: File, config: Config = None, pdf_engine: Reader = PdfEngine.AUTO, as_json: Json = False) -> None:
    """Show what one report says."""
    from pipelines import show as views
    from pipelines.engines import DefaultExtractor

    report = DefaultExtractor(config, pdf_engine.value)()(file, file=views.name_of(file))
    if as_json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        views.show_report(report)


@app.command()
@_told
def export(
    out: OutFolder,
    to: Annotated[
        str, typer.Option("--to", metavar="FORMAT", help="xlsx, edit-csv, csv, parquet, jsonl, gold, brat ...")
    ],
    dest: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; OUT itself if not told.")] = None,
) -> None:
    """Write the tables of a run in another format; print the files written."""
    from pipelines.discover import printable
    from pipelines.exports import export_store

    for path in export_store(out, to, dest, told=_say):
        typer.echo(printable(path))


@app.command()
@_told
def apply(
    out: OutFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A corrected .xlsx or .csv.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would change.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Write what can be understood although some cells cannot.")
    ] = False,
    who: Annotated[str, typer.Option(metavar="NAME", help="The curator; the user's name if not told.")] = "",
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason of rows that tell none.")] = "",
    as_json: Json = False,
) -> None:
    """Take the corrections of a spreadsheet into the store; nothing is written when a cell cannot be understood."""
    from getpass import getuser

    from pipelines.curation.apply import apply_file
    from pipelines.curation.telling import show_applied, summary

    applied = apply_file(out, file, who=who or getuser(), why=why, dry_run=dry_run, partial=partial)
    if as_json:
        typer.echo(json.dumps(applied.as_dict(), ensure_ascii=False, indent=1))
    else:
        show_applied(applied)
    _say(summary(applied))
    if applied.proposal.refused:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
@_told
def agreement(
    out: OutFolder,
    who: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A curator; all there are if not told.")] = None,
    as_json: Json = False,
) -> None:
    """How far curators agree, field by field: Cohen's kappa and F1."""
    from pipelines.curation.agreement import agreement as compare
    from pipelines.curation.telling import show_agreement
    from pipelines.store import Store

    with Store.open(out) as store:
        pairs = compare(store, who or ())
    if as_json:
        typer.echo(json.dumps([p.as_dict() for p in pairs], ensure_ascii=False, indent=1))
    else:
        show_agreement(pairs)


@app.command()
@_told
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Folder of gold records, one JSON a document.")],
    out: OutFolder,
    show_all: Annotated[bool, typer.Option("--show", help="List every miss and every extra.")] = False,
    as_json: Json = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: figures, every miss, precision by confidence.")
    ] = None,
) -> None:
    """Precision, recall and F1 of each field against gold records."""
    from pipelines import show as views
    from pipelines.evaluate import evaluate as score

    scores = score(gold, out)
    if html is not None:
        from pipelines.report.evaluation import write_evaluation

        write_evaluation(scores, html, gold=gold, out=out)
    if as_json:
        typer.echo(json.dumps(scores.as_dict(misses=show_all), ensure_ascii=False, indent=1))
    else:
        views.show_scores(scores, misses=show_all)


@app.command()
@_told
def review(
    out: OutFolder,
    port: Annotated[int, typer.Option(help="Port on this machine; 0 for any that is free.")] = 8765,
    who: Annotated[str, typer.Option(metavar="NAME", help="Your name, else the page asks.")] = "",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open the review page: see each fact in its paper, accept, correct, reject or add. Ctrl+C ends it."""
    from pipelines.review.server import serve

    serve(out, port=port, who=who, browser=not no_browser, told=typer.echo)


@app.command()
@_told
def report(
    out: OutFolder,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="OUT/report.html if not told.")] = None,
    texts: Annotated[int, typer.Option(metavar="N", min=0, help="Documents whose text is in the page.")] = 300,
) -> None:
    """Write one HTML page with figures, plots, rows and their evidence; print where it is."""
    from pipelines.discover import printable
    from pipelines.report import write_report

    typer.echo(printable(write_report(out, to, most_texts=texts)))


@app.command()
@_told
def doctor() -> None:
    """Check the installation; exit code 1 when something needed is missing."""
    from pipelines import show as views
    from pipelines.doctor import check

    findings = check()
    views.show_findings(findings)
    if any(f.level == "fail" for f in findings):
        raise typer.Exit(ExitCode.FAILED)


@app.command()
@_told
def dictionary() -> None:
    """Print the data dictionary: every table and column (Markdown)."""
    from pipelines.dictionary import markdown

    typer.echo(markdown(), nl=False)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@_told
def train(ctx: typer.Context) -> None:
    """Train the mention model (`casesift train --help` tells how)."""
    from pipelines.train.commands import app as training

    training(args=list(ctx.args), prog_name="casesift train")


def main() -> None:
    """The `casesift` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()


if __name__ == "__main__":
    main()
