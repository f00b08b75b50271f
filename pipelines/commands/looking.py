"""One document, in the terminal: `text`, `show`."""

from __future__ import annotations

import json

import typer

from pipelines.commands.frame import Config, File, Json, PdfEngine, Reader, app, say, telling


@app.command()
@telling
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
            say(f"page {warning.page}: {warning.message}" if warning.page else warning.message)


@app.command()
@telling
def show(file: File, config: Config = None, pdf_engine: Reader = PdfEngine.AUTO, as_json: Json = False) -> None:
    """Show what one report says."""
    from pipelines import show as views
    from pipelines.engines import DefaultExtractor

    report = DefaultExtractor(config, pdf_engine.value)()(file, file=views.name_of(file))
    if as_json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        views.show_report(report)
