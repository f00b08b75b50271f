"""`casesift train run|join|convert|score`: thin commands over the recipe's functions."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.train.corpus import read, to_docbin, write_jsonl
from pipelines.train.recipe import evaluate_model, join, read_settings, teach, tokenizing, train
from pipelines.train.scores import Counts, table

app = typer.Typer(
    help="Train the mention model, convert annotated texts, score a model.", no_args_is_help=True, add_completion=False
)

DataFolder = Annotated[
    Path, typer.Argument(help="Folder with a folder for each corpus: train.jsonl, dev.jsonl.", exists=True)
]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings laid over the recipe's own.", exists=True)]


@app.command("run")
def run_command(
    data: DataFolder,
    out: Annotated[Path, typer.Option("--out", help="Model folder to write.")],
    raw: Annotated[
        list[Path] | None, typer.Option("--raw", help="Unannotated text, for the word vectors.", exists=True)
    ] = None,
    vectors: Annotated[
        Path | None, typer.Option("--vectors", help="A ready .floret file instead.", exists=True)
    ] = None,
    teacher: Annotated[
        Path | None,
        typer.Option(
            "--teacher", help="A model whose members one network is to learn from, also on --raw.", exists=True
        ),
    ] = None,
    config: ConfigFile = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the texts.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything random.")] = None,
) -> None:
    """Train a model and write it to a folder; scores go to standard output."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    settings = read_settings(config, epochs=epochs, seed=seed)
    if teacher and vectors:
        raise typer.BadParameter("a student has its teacher's word vectors: leave --vectors out")
    if teacher:
        counts = teach(teacher, data, out, raw=raw or (), settings=settings)
    else:
        counts = train(data, out, raw=raw or (), vectors=vectors, settings=settings)
    _show(counts)
    _refuse_useless(counts, data, out)


def _refuse_useless(counts: dict[str, dict[str, Counts]], data: Path, out: Path) -> None:
    """Say of a model that finds nothing right that it is of no use, and exit as failed."""
    useless = [head for head, rows in counts.items() if "micro" not in rows or not rows["micro"].strict]
    if useless or not counts:
        what = f"the model finds no mention right on its development texts (F1 0: {', '.join(useless) or 'no texts'})"
        typer.echo(
            f"casesift: {what}; {out} is of no use: {data} needs more texts, both to train and to develop", err=True
        )
        raise typer.Exit(1)


@app.command("join")
def join_command(
    data: DataFolder,
    models: Annotated[list[Path], typer.Argument(help="Model folders, trained on the same corpora.", exists=True)],
    out: Annotated[Path, typer.Option("--out", help="Model folder to write.")],
    config: ConfigFile = None,
) -> None:
    """Let several models vote as one: better, and slower by as much."""
    _show(join(models, data, out, settings=read_settings(config)))


@app.command("convert")
def convert_command(
    source: Annotated[Path, typer.Argument(help="JSON lines, brat .ann or folder, or PubTator.", exists=True)],
    out: Annotated[Path, typer.Argument(help="File to write: .jsonl, or .spacy for a DocBin.")],
) -> None:
    """Turn annotated texts into JSON lines or a spaCy DocBin."""
    texts = read(source)
    if out.suffix == ".spacy":
        to_docbin(tokenizing(), texts).to_disk(out)
    else:
        write_jsonl(texts, out)
    typer.echo(f"{len(texts)} texts written to {out}", err=True)


@app.command("score")
def score_command(
    model: Annotated[Path, typer.Argument(help="Model folder.", exists=True)],
    data: DataFolder,
    part: Annotated[str, typer.Option(help="Part of the corpora to score on.")] = "dev",
    config: ConfigFile = None,
) -> None:
    """Strict and lenient scores of a model, by head and label."""
    _show(evaluate_model(model, data, part=part, settings=read_settings(config)))


@app.command("mentions")
def mentions_command(
    model: Annotated[Path, typer.Argument(help="Model folder; guidelines.json is written to it.", exists=True)],
    data: DataFolder,
    config: ConfigFile = None,
) -> None:
    """Fit which spans are mentions by each corpus' guideline, and how sure; shows how far the confidences hold."""
    from pipelines.train.mentions import fit_mentions, reliability_table

    for name, fitted in fit_mentions(model, data, settings=read_settings(config)).items():
        typer.echo(f"{name}, on texts left out\n{table(fitted.scores)}\n\n{reliability_table(fitted)}\n")


@app.command("confidence")
def confidence_command(
    inputs: Annotated[list[Path] | None, typer.Argument(help="The reports: files or folders.", exists=True)] = None,
    gold: Annotated[
        list[Path] | None, typer.Option("--gold", help="Folder of gold JSON files, as in corpus/gold.", exists=True)
    ] = None,
    known: Annotated[
        list[Path] | None,
        typer.Option("--known", help="Gold folder of reports the rules were written on: counts less."),
    ] = None,
    without: Annotated[
        Path | None, typer.Option("--without", help="File with names of documents to leave out.", exists=True)
    ] = None,
    fresh: Annotated[
        float | None,
        typer.Option(
            "--fresh",
            min=0.01,
            max=0.99,
            metavar="SHARE",
            help="Share of treatment rows right on reports nobody wrote rules on: what the confidences tell on average.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write weights, trees and card to.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Only print the features in use and what they weigh.")] = False,
) -> None:
    """Fit the confidences of the tables on record-level gold; shows how far they hold on reports left out."""
    from pipelines.inputs.discover import discover
    from pipelines.train.confidence import fit, reliability_table, write
    from pipelines.train.confidence_trees import features_in_use

    if show:
        typer.echo("\n".join(features_in_use()))
        return
    if not (inputs and gold and out):
        raise typer.BadParameter("reports, --gold and --out are needed to fit")
    names = without.read_text(encoding="utf-8").split() if without else ()
    documents = [d.path for d in discover(inputs).documents if isinstance(d.path, Path)]
    shares = {} if fresh is None else {"treatments": fresh}
    fitted = fit(gold, documents, known=known or (), without=names, fresh=shares)
    out.mkdir(parents=True, exist_ok=True)
    write(fitted, out)
    typer.echo(reliability_table(fitted.trusts))
    typer.echo(f"written to {out}", err=True)


def _show(counts: dict[str, dict[str, Counts]]) -> None:
    for head, rows in counts.items():
        typer.echo(f"{head}\n{table(rows)}\n")
