"""The installation, a damaged store, reports to try it on, the data dictionary and the model: `doctor`, `demo`, `repair`, `dictionary`, `train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.frame import (
    Config,
    Memory,
    OutFolder,
    Reader,
    Timeout,
    app,
    extractor_of,
    say,
    state,
    telling,
)  # fmt: skip
from pipelines.exits import ExitCode


@app.command()
@telling
def doctor(
    run: Annotated[
        bool, typer.Option("--run", help="Also read a report that comes with casesift, as a run does.")
    ] = False,
) -> None:
    """Check the installation; exit code 1 when something needed is missing."""
    from pipelines.terminal import show as views
    from pipelines.terminal.doctor import check

    findings = check()
    if run:
        from pipelines.terminal.doctor_run import check_run

        findings += check_run()
    views.show_findings(findings)
    if any(f.level == "fail" for f in findings):
        raise typer.Exit(ExitCode.FAILED)


@app.command()
@telling
def demo(
    dest: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to; made if it is not there.")] = Path(
        "casesift-demo"
    ),
) -> None:
    """Copy the case reports and examples that come with casesift into a folder, to try it on; print where they are."""
    from pipelines.inputs.discover import printable
    from pipelines.terminal.demo import copy_demo

    folder = printable(copy_demo(dest))
    typer.echo(folder)
    say(f"now: casesift run {folder}/pdf --out {folder}/out, then: casesift evaluate {folder}/gold {folder}/out")


@app.command()
@telling
def repair(
    out: OutFolder,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT]...", help="What to read again; what the last run read if not given."),
    ] = None,
    config: Config = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that read; 0: none but this one, no limits.")] = 1,
    pdf_engine: Reader = None,
    timeout: Timeout = 300.0,
    memory: Memory = 4096,
) -> None:
    """Make a damaged store anew: from the documents, and from the log of what curators decided.

    Exit codes are those of `run`. A store that is whole is left as it is.
    """
    from pipelines.run import Options, run
    from pipelines.run.repair import inputs_to_read
    from pipelines.run.repair import repair as make_anew
    from pipelines.stopping import stoppable
    from pipelines.terminal.console import TextLog

    repaired = make_anew(out)
    for line in repaired.lines():
        say(line)
    if not repaired.damage:
        return
    state.log = log = TextLog(debug=state.debug)
    options = Options(workers=workers, timeout=timeout, memory=memory)
    with stoppable(lambda: log.stopping(options.grace)) as stop:
        make = extractor_of(config, pdf_engine)
        did = run(inputs_to_read(repaired, inputs or ()), out, options, make=make, watcher=log.watcher, stop=stop)
    log.tell(did)
    raise typer.Exit(did.exit_code)


@app.command()
@telling
def dictionary(
    rules: Annotated[
        bool, typer.Option("--rules", help="The rule files instead: columns, kinds, an example of each.")
    ] = False,
) -> None:
    """Print the data dictionary: every table and column (Markdown)."""
    from pipelines.catalog import dictionary, rule_reference

    typer.echo(rule_reference.markdown() if rules else dictionary.markdown(), nl=False)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@telling
def train(ctx: typer.Context) -> None:
    """Train the mention model (`casesift train --help` tells how)."""
    from pipelines.train.commands import app as training

    training(args=list(ctx.args), prog_name="casesift train")
