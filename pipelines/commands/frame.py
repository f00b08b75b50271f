"""What all commands share: the app they belong to, how they tell what goes wrong, and the arguments several of them take.

Data goes to standard output, messages to standard error. Exit codes: 0 done, 1 finished but some documents failed (or the
one asked for), 2 usage or configuration, 75 another run holds the output folder, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.exits import ExitCode, exit_code
from pipelines.stopping import breaking_off

if TYPE_CHECKING:
    from pipelines.engines.processing import DefaultExtractor
    from pipelines.terminal.console import JsonLog, TextLog


app = typer.Typer(
    name="casesift",
    help="Structured records from folders of medical case-report PDFs.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Command = TypeVar("Command", bound=Callable[..., None])


@dataclass
class State:
    """Of the one command that runs."""

    debug: bool = False
    log: TextLog | JsonLog | None = None  # of a run


state = State()


File = Annotated[Path, typer.Argument(help="A .pdf, .xml (JATS) or .txt file.")]
OutFolder = Annotated[Path, typer.Argument(metavar="OUT", help="Output folder of a run.")]
Config = Annotated[Path | None, typer.Option(help="A file with the settings to change; see docs/configuration.md.")]
Timeout = Annotated[float, typer.Option(min=0, help="Seconds a document may take; 0: no limit.")]
Memory = Annotated[
    int, typer.Option(metavar="MB", min=0, help="Memory a worker may take (it needs some 600); 0: no limit.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


def telling(command: Command) -> Command:
    """Let a command tell what goes wrong in one line and with its exit code; bugs too, unless --debug."""

    @wraps(command)
    def run_it(*args: Any, **kwargs: Any) -> None:
        from pipelines.engines.processing import quiet_libraries

        try:
            if not state.debug:
                quiet_libraries()
            with breaking_off():
                command(*args, **kwargs)
                sys.stdout.flush()
        except CasesiftError as error:
            if state.debug:
                raise
            tell(error)
            raise typer.Exit(exit_code(error)) from error
        except KeyboardInterrupt:
            say("interrupted") if state.log is None else state.log.interrupted()
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except (typer.Exit, typer.Abort):
            raise
        except BrokenPipeError:  # `casesift text FILE | head`: whoever read us has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.OK) from None
        except Exception as error:
            if state.debug:
                raise
            what = f"{type(error).__name__}: {error}"
            bug = PipelineError(Code.INTERNAL, what, mend="a bug of casesift: `casesift --debug ...` shows where")
            tell(bug)
            raise typer.Exit(ExitCode.FAILED) from error

    return run_it  # type: ignore[return-value]


def say(message: str) -> None:
    """A message on standard error, on one line."""
    from pipelines.inputs.discover import printable

    typer.echo(f"casesift: {printable(message)}", err=True)


def tell(error: CasesiftError) -> None:
    """An error, in the form the run's log has if there is one."""
    if state.log is None:
        say(str(error))
    else:
        state.log.error(error)


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
    state.debug, state.log = debug, None


class PdfEngine(StrEnum):
    """What reads the characters of PDFs."""

    PDFPLUMBER = "pdfplumber"
    PDFIUM = "pdfium"
    AUTO = "auto"


Reader = Annotated[
    PdfEngine | None,
    typer.Option(
        "--pdf-engine",
        help="Reads PDFs: auto (as the configuration has it) is pdfium, and pdfplumber where pdfium may be wrong.",
    ),
]


def extractor_of(config: Path | None, pdf_engine: PdfEngine | None) -> DefaultExtractor:
    """What makes the extractor of a command. Raises LanguageError where the configuration is no good."""
    from extract.settings import read_settings
    from pipelines.engines.processing import DefaultExtractor

    return DefaultExtractor(read_settings(config), pdf_engine.value if pdf_engine else "")
