"""The plots of the report page, as SVG whose text stays text.

Colours are Okabe and Ito's, which colour-blind readers can tell apart (Okabe & Ito 2008, "Color Universal Design"), each
with a marker of its own for paper without colour; lines and letters take the colour of the page's text, so that a plot
reads on white, on black and in print.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.report.frames import RECEIVED, rows_of
from pipelines.report.gather import Findings

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")

#: all that has no colour of its own
OTHERS = ("#8A8A8A", "o")

#: stands for the colour of the page's text until the SVG is written
_INK = "#010203"

#: most pairs of drug and unit whose doses are drawn
_DOSED = 10

_STYLE: Any = {
    "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10.0, "text.color": _INK, "axes.labelcolor": _INK,
    "axes.edgecolor": _INK, "xtick.color": _INK, "ytick.color": _INK, "axes.spines.top": False,
    "axes.spines.right": False, "figure.constrained_layout.use": True, "legend.frameon": False, "text.parse_math": False,
}  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """A drawn plot: its name, what it shows in words, and the SVG."""

    name: str
    description: str
    svg: str


def plots(findings: Findings) -> list[Plot]:
    """The plots there is something to draw for."""
    made = (f(findings) for f in (_pain, _doses, _durations, _ages, _years))
    return [p for p in made if p is not None]


def plot(name: str, description: str, size: tuple[float, float], draw: Callable[[Any], None]) -> Plot:
    """Draw on matplotlib's axes; `size` is in inches."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    written = io.StringIO()
    # the salt makes the identifiers in an SVG its own, and the same in every run
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure, axes = pyplot.subplots(figsize=size)
        try:
            draw(axes)
            figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        finally:
            pyplot.close(figure)
    svg = written.getvalue()
    return Plot(name, description, svg[svg.index("<svg") :].replace(_INK, "currentColor"))


def _pain(findings: Findings) -> Plot | None:
    treatments = findings.frames["treatments"]
    both = treatments[treatments["pain_before"].notna() & treatments["pain_after"].notna()]
    both = both.drop_duplicates(["case_id", "drug", "pain_before", "pain_after"])
    if both.empty:
        return None
    looks = _looks(both["drug"])

    def draw(axes: Any) -> None:
        named: set[str] = set()
        for row in rows_of(both):
            colour, marker = looks.get(row["drug"], OTHERS)
            name = row["drug"] if row["drug"] in looks else "others"
            axes.plot(
                [0, 1], [row["pain_before"], row["pain_after"]], color=colour, marker=marker, alpha=0.85,
                label=None if name in named else name,
            )  # fmt: skip
            named.add(name)
        axes.set(xlim=(-0.15, 1.15), ylim=(-0.4, 10.4), xticks=[0, 1], ylabel="pain, 0 to 10")
        axes.set_xticklabels(["before", "after"])
        places = [*looks, "others"]
        shown = sorted(zip(*axes.get_legend_handles_labels(), strict=True), key=lambda pair: places.index(pair[1]))
        axes.legend(*zip(*shown, strict=True), loc="center left", bbox_to_anchor=(1.0, 0.5))

    description = f"Pain before and after treatment, {both['case_id'].nunique()} patients, one line a treatment"
    return plot("Pain before and after", description, (6.4, 4.2), draw)


def _looks(names: pd.Series) -> dict[str, tuple[str, str]]:
    return dict(zip(names.value_counts().index, zip(PALETTE, MARKERS, strict=True), strict=False))


def _doses(findings: Findings) -> Plot | None:
    """Doses of the drugs most often told with the same unit, on a logarithmic axis: units differ, the spread is the point."""
    treatments = findings.frames["treatments"]
    dosed = treatments[treatments["status"].isin(RECEIVED) & (treatments["dose_value"] > 0)]
    pairs = dosed.groupby(["drug", "dose_unit"])
    often = sorted(((len(rows), names) for names, rows in pairs if len(rows) > 1), key=lambda p: (-p[0], p[1]))[:_DOSED]
    if not often:
        return None

    def draw(axes: Any) -> None:
        for place, (_, (drug, unit)) in enumerate(reversed(often)):
            rows = pairs.get_group((drug, unit))
            axes.plot(rows["dose_value"], [place] * len(rows), "o", color=PALETTE[0], alpha=0.5)
            axes.plot(rows["dose_value"].median(), place, "|", color=_INK, markersize=16)
        axes.set(xscale="log", xlabel="dose, in the unit named; the bar is the median", ylim=(-0.6, len(often) - 0.4))
        axes.set_yticks(
            range(len(often)), [f"{drug}, {unit or 'no unit'} ({n})" for n, (drug, unit) in reversed(often)]
        )
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:g}")
        axes.grid(axis="x", alpha=0.25)

    return plot("Doses", "Doses by drug and unit, one point a regimen", (6.4, 1.2 + 0.32 * len(often)), draw)


def _durations(findings: Findings) -> Plot | None:
    treatments = findings.frames["treatments"]
    days = treatments[treatments["status"].isin(RECEIVED) & (treatments["days"] > 0)]["days"].astype(float)
    if days.empty:
        return None
    edges = (0.5, 1.5, 3.5, 7.5, 14.5, 31.5, 92.5, 183.5, 366.5, max(3700.0, days.max() + 1))
    names = (
        "1 day",
        "2-3 days",
        "4-7 days",
        "8-14 days",
        "to 1 month",
        "to 3 months",
        "to 6 months",
        "to 1 year",
        "longer",
    )
    numbers = pd.cut(days.clip(lower=1), edges, labels=list(names)).value_counts(sort=False)

    def draw(axes: Any) -> None:
        axes.bar(range(len(names)), numbers.to_numpy(), color=PALETTE[2])
        axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
        axes.set(ylabel="regimens")
        axes.yaxis.get_major_locator().set_params(integer=True)

    return plot("Durations", f"Duration of treatment, {len(days)} regimens that tell it", (6.4, 3.2), draw)


def _ages(findings: Findings) -> Plot | None:
    cases = findings.frames["cases"]
    aged = cases[cases["age_years"].notna()]
    if aged.empty:
        return None
    groups = [("women", "F", PALETTE[1], "///"), ("men", "M", PALETTE[0], ""), ("sex not told", "", OTHERS[0], "...")]
    drawn = [(n, aged[aged["sex"] == s]["age_years"].astype(float), c, h) for n, s, c, h in groups]
    drawn = [d for d in drawn if len(d[1])]

    def draw(axes: Any) -> None:
        last = int(aged["age_years"].max() // 10) * 10 + 10
        _, _, bars = axes.hist(
            [d[1] for d in drawn], bins=range(0, last + 1, 10), stacked=True, color=[d[2] for d in drawn],
            label=[f"{d[0]} ({len(d[1])})" for d in drawn],
        )  # fmt: skip
        for group, (*_, hatch) in zip(bars if len(drawn) > 1 else [bars], drawn, strict=True):
            for bar in group:
                bar.set(hatch=hatch, edgecolor="white", linewidth=0.5)
        axes.set(xlabel="age, years", ylabel="cases")
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.legend()

    return plot("Ages", f"Age of the index cases, {len(aged)} that tell it", (6.4, 3.2), draw)


def _years(findings: Findings) -> Plot | None:
    years = findings.frames["documents"]["year"].dropna().astype(int)
    if years.nunique() < 2:
        return None
    numbers = years.value_counts().reindex(range(years.min(), years.max() + 1), fill_value=0)

    def draw(axes: Any) -> None:
        axes.bar(numbers.index, numbers.to_numpy(), color=PALETTE[5])
        axes.set(ylabel="documents")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.yaxis.get_major_locator().set_params(integer=True)

    return plot("Years", "Documents by year of publication", (6.4, 2.8), draw)
