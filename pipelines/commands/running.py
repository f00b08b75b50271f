"""Runs, and how they went: `run`, `status`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from extract.errors import CasesiftError
from pipelines.commands.frame import (
    Config,
    Json,
    Memory,
    OutFolder,
    Reader,
    Timeout,
    app,
    extractor_of,
    say,
    state,
    telling,
)
from pipelines.exits import ExitCode


class LogFormat(StrEnum):
    """How a run tells what it does."""

    TEXT = "text"
    JSON = "json"


@app.command()
@telling
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
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Go on though an input folder is empty or lost most of its documents.")
    ] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Take out documents whose file is gone.")] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes that read; 0: none but this one, no limits.")] = 1,
    engine: Annotated[str, typer.Option(help="Who does the reading: local, dask.")] = "local",
    scheduler: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="Dask scheduler, tcp://host:8786; a cluster of this machine if not told."),
    ] = "",
    pdf_engine: Reader = None,
    timeout: Timeout = 300.0,
    memory: Memory = 4096,
    grace: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Time to finish what is in flight after Ctrl-C or SIGTERM.")
    ] = 10.0,
    max_failures: Annotated[
        int, typer.Option(metavar="N", min=0, help="Give up when N documents failed one after the other; 0: never.")
    ] = 0,
    private: Annotated[
        bool, typer.Option("--private", help="Outputs can be read by their owner and group alone.")
    ] = False,
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
    from pipelines.inputs.addresses import is_address
    from pipelines.inputs.since import parse_since
    from pipelines.run import Options
    from pipelines.run import run as run_documents
    from pipelines.run.runfiles import RunFiles
    from pipelines.run.surroundings import keep_cache_near, keep_private
    from pipelines.stopping import stoppable
    from pipelines.terminal import console

    state.log = log = console.log(log_format.value, quiet=quiet, debug=state.debug)
    files = RunFiles(summary, metrics)
    files.check()
    near = ""
    if not is_address(out):
        if private:
            keep_private(Path(out))
        near = keep_cache_near(Path(out))
    try:
        options = Options(
            include=tuple(include or ()), exclude=tuple(exclude or ()), workers=workers, engine=engine, scheduler=scheduler,
            max_failures=max_failures, timeout=timeout, memory=memory, grace=grace, since=None if since is None else parse_since(since),
            force=force, retry_failed=retry_failed, prune=prune, allow_empty=allow_empty, follow_links=follow_links,
        )  # fmt: skip
        with stoppable(lambda: log.stopping(grace)) as stop:
            make = extractor_of(config, pdf_engine)
            did = run_documents(inputs, out, options, make=make, watcher=log.watcher, stop=stop)
    except CasesiftError as error:
        files.write_error(out, error)
        raise
    if near:
        did.problems.append(near)
    log.tell(did)
    files.write(did)
    raise typer.Exit(did.exit_code)


@app.command()
@telling
def unpack(
    packages: Annotated[
        list[Path],
        typer.Argument(
            metavar="PACKAGE...",
            help="PMC packages (.tar.gz), archives, XML with several articles, BioC (.json, .xml), or folders of them.",
        ),
    ],
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where the papers go, a file each; made if not there.")
    ],
) -> None:
    """Make a file of each paper in packages and article sets, for `run` to read."""
    from pipelines.terminal.console import unpacked_lines
    from pipelines.unpack.packages import unpack as take_apart

    result = take_apart(packages, to)
    for line in unpacked_lines(result, to):
        say(line)
    if result.problems:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
@telling
def status(
    out: OutFolder,
    last: Annotated[int, typer.Option(metavar="N", min=1, help="Runs to tell of.")] = 5,
    as_json: Json = False,
) -> None:
    """Tell how the last runs went, how much is done, and what failed and why."""
    from pipelines.run import status as views

    result = views.status(out, last=last)
    if as_json:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=1))
    else:
        for line in views.lines(result):
            typer.echo(line)
