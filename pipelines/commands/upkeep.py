"""The installation, the data dictionary and the model: `doctor`, `dictionary`, `train`."""

from __future__ import annotations

import typer

from pipelines.commands.frame import app, telling
from pipelines.exits import ExitCode


@app.command()
@telling
def doctor() -> None:
    """Check the installation; exit code 1 when something needed is missing."""
    from pipelines.terminal import show as views
    from pipelines.terminal.doctor import check

    findings = check()
    views.show_findings(findings)
    if any(f.level == "fail" for f in findings):
        raise typer.Exit(ExitCode.FAILED)


@app.command()
@telling
def dictionary() -> None:
    """Print the data dictionary: every table and column (Markdown)."""
    from pipelines.catalog.dictionary import markdown

    typer.echo(markdown(), nl=False)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@telling
def train(ctx: typer.Context) -> None:
    """Train the mention model (`casesift train --help` tells how)."""
    from pipelines.train.commands import app as training

    training(args=list(ctx.args), prog_name="casesift train")
