"""Three questions people ask, answered from what `casesift.read` or `casesift.connect` gave.

    result = casesift.read("papers/")
    casesift.questions.by_indication(result)          # drugs by indication, with dose in mg a day and duration
    casesift.questions.pain_response(result)          # how far pain fell, by drug and vehicle
    casesift.questions.failed_then_helped(result)     # what failed before what helped

Each gives a data frame; what its columns are, and what is counted, stands in `pipelines.report.questions`, whose functions these are.
Look at the sentences (`evidence`) of the rows behind a number before you publish it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from casesift.tables import Tables
from extract.errors import Code, PipelineError, to_install
from pipelines.report import questions as answers

__all__ = ["by_indication", "failed_then_helped", "pain_response", "plot_pain"]


def by_indication(tables: Tables, *, confidence: float = 0.0) -> pd.DataFrame:
    """Which drugs are given for what, how much and how long: see `pipelines.report.questions.by_indication`.

    Returns:
        Shape (rows, 11): indication, code, drug (text), patients (n), mg_per_day_least, mg_per_day, mg_per_day_most (mg/d), other_doses
        (text), days (d, median), with_duration (n), files (text).
    """
    return answers.by_indication(tables.cases, tables.diagnoses, tables.treatments, confidence=confidence)


def pain_response(tables: Tables, *, confidence: float = 0.0) -> pd.DataFrame:
    """How far pain fell under each drug in each vehicle: see `pipelines.report.questions.pain_response`.

    Returns:
        Shape (rows, 7): drug, vehicle (text), patients (n), before, after, change (medians, of 10), files (text).
    """
    return answers.pain_response(tables.records, confidence=confidence)


def failed_then_helped(tables: Tables, *, confidence: float = 0.0) -> pd.DataFrame:
    """What failed before what helped: see `pipelines.report.questions.failed_then_helped`.

    Returns:
        Shape (rows, 4): failed, helped (text), patients (n), files (text).
    """
    return answers.failed_then_helped(tables.cases, tables.treatments, confidence=confidence)


def plot_pain(response: pd.DataFrame, ax: Any = None) -> Any:
    """Draw what `pain_response` gave: for each drug and vehicle a line from the median before to the median after.

    Args:
        ax: a matplotlib Axes to draw on; a new one if not told.

    Returns:
        The Axes.

    Raises:
        CasesiftError: matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError as error:
        raise PipelineError(Code.USAGE, "plots are drawn by matplotlib", mend=to_install("casesift[report]")) from error
    if ax is None:
        _, ax = pyplot.subplots(figsize=(7, 1 + 0.4 * len(response)))
    for place, row in enumerate(response.itertuples(index=False)):
        ax.plot([row.before, row.after], [place, place], color="#868e96", zorder=1)
        ax.scatter([row.before], [place], facecolors="white", edgecolors="#1864ab", zorder=2)
        ax.scatter([row.after], [place], color="#1864ab", zorder=2)
    names = (
        " in ".join(filter(None, (str(row.drug), str(row.vehicle)))) + f" (n={row.patients})"
        for row in response.itertuples(index=False)
    )
    ax.set_yticks(range(len(response)), list(names))
    ax.invert_yaxis()
    ax.set_xlim(-0.3, 10.3)
    ax.set_xlabel("median pain of 10: before (open), after (filled)")
    return ax
