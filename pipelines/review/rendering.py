"""The page's templates (Jinja2): everything a document says is escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from pipelines.curation.fields import UNSURE
from pipelines.review.assets import address


@cache
def environment() -> Environment:
    """The templates beside this file."""
    made = Environment(
        loader=FileSystemLoader(str(files("pipelines.review") / "templates")), autoescape=select_autoescape(default=True),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals |= {"static": address(), "unsure": UNSURE}
    made.filters |= {"when": _when, "span": _span}
    return made


def _span(seconds: float) -> str:
    """A stretch of time for people, roughly: "3 min", "2 h"."""
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{round(minutes / 60)} h"


def _when(timestamp: str) -> str:
    """A time of the log for people, in UTC, to the minute."""
    return timestamp[:16].replace("T", " ")
