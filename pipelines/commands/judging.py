"""How good it is, and the pages that show it: `evaluate`, `review`, `report`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.frame import Json, OutFolder, app, telling


@app.command()
@telling
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
    from pipelines.evaluation.evaluate import evaluate as score
    from pipelines.terminal import show as views

    scores = score(gold, out)
    if html is not None:
        from pipelines.report.evaluation import write_evaluation

        write_evaluation(scores, html, gold=gold, out=out)
    if as_json:
        typer.echo(json.dumps(scores.as_dict(misses=show_all), ensure_ascii=False, indent=1))
    else:
        views.show_scores(scores, misses=show_all)


@app.command()
@telling
def review(
    out: OutFolder,
    port: Annotated[int, typer.Option(help="Port on this machine; 0 for any that is free.")] = 8765,
    who: Annotated[str, typer.Option(metavar="NAME", help="Your name, else the page asks.")] = "",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open the review page: see each fact in its paper, accept, correct, reject or add. Ctrl+C ends it."""
    from pipelines.review.server import serve

    serve(out, port=port, who=who, browser=not no_browser, announce=typer.echo)


@app.command()
@telling
def report(
    out: OutFolder,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="OUT/report.html if not told.")] = None,
    texts: Annotated[int, typer.Option(metavar="N", min=0, help="Documents whose text is in the page.")] = 300,
) -> None:
    """Write one HTML page with figures, plots, rows and their evidence; print where it is."""
    from pipelines.inputs.discover import printable
    from pipelines.report import write_report

    typer.echo(printable(write_report(out, to, most_texts=texts)))
