"""One document, in the terminal: `text`, `show`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.frame import Config, File, Json, Memory, Reader, Timeout, app, extractor_of, say, telling


@app.command()
@telling
def text(
    file: File,
    pdf_engine: Reader = None,
    timeout: Timeout = 300.0,
    memory: Memory = 4096,
    as_json: Json = False,
    draw: Annotated[
        Path | None,
        typer.Option(
            "--draw", metavar="FILE.png", help="Instead, draw how a page of a PDF was read into this picture."
        ),
    ] = None,
    page: Annotated[int, typer.Option("--page", help="Which page to draw.")] = 1,
) -> None:
    """Print the text of a file in reading order, page furniture out."""
    if draw is not None:
        from pipelines.terminal.single import draw_page

        draw_page(file, page, draw)
        return
    from pipelines.engines.processing import Limits
    from pipelines.terminal.single import text_of

    document = text_of(file, extractor_of(None, pdf_engine), Limits(1, timeout, memory))
    if as_json:
        typer.echo(json.dumps(document.details, ensure_ascii=False, indent=1))
    else:
        typer.echo(document.text)
        for warning in document.warnings:
            say(warning)


@app.command()
@telling
def show(
    file: File,
    config: Config = None,
    pdf_engine: Reader = None,
    timeout: Timeout = 300.0,
    memory: Memory = 4096,
    as_json: Json = False,
    why: Annotated[bool, typer.Option("--why", help="Say why each row says it: which rule, which words.")] = False,
) -> None:
    """Show what one report says."""
    from pipelines.engines.processing import Limits
    from pipelines.terminal.single import report_of

    report = report_of(file, extractor_of(config, pdf_engine), Limits(1, timeout, memory))
    if as_json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        from pipelines.terminal.show import show_report

        show_report(report, why=why)
