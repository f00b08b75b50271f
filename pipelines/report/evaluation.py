"""The evaluation as one HTML page: figures by field and report, what confidence does as a threshold, every miss with its evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipelines.evaluation.scores import RECORD_FIELDS, Note, Scores, Tally
from pipelines.files.replacing import replacing
from pipelines.report.page import asset, environment
from pipelines.report.plots import PALETTE, Plot, plot

#: points of the curve nearer than this, in pixels, get one name
_APART = 18.0


@dataclass(frozen=True)
class _Part:
    """A field or a report: its anchor in the page, its figures, its misses with what they are listed by."""

    anchor: str
    name: str
    tally: Tally
    notes: list[tuple[str, Note]]


def write_evaluation(scores: Scores, dest: Path, *, gold: Path, out: Path) -> Path:
    """Write the page to `dest` and return it.

    Raises:
        PipelineError: `store`, when it cannot be written.
    """
    fields = [
        _Part(f"field-{n}", name, tally, [(note.doc, note) for note in tally.notes])
        for n, (name, tally) in enumerate(scores.fields.items())
    ]
    ranked = sorted(scores.reports.items(), key=lambda r: (r[1].records.f1 is None, r[1].records.f1 or 0.0, r[0]))
    reports = [
        _Part(
            f"report-{n}", doc, report.records, [(name, note) for name, t in report.fields.items() for note in t.notes]
        )
        for n, (doc, report) in enumerate(ranked)
    ]
    curve = _curve(scores.curve)
    made = environment()
    made.filters["share"] = lambda value: "–" if value is None else f"{value:.3f}"
    page = made.get_template("evaluation.html").render(
        name=out.resolve().name, gold=gold.name, version=version("casesift"), scores=scores, fields=fields, reports=reports,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), record_fields=RECORD_FIELDS, told=curve.description if curve else "",
        curve=Markup(curve.svg) if curve else "", style=Markup(asset("report.css")),
    )  # fmt: skip
    with replacing(dest) as stream:
        stream.write(page)
    return dest


def _curve(points: Sequence[dict[str, Any]]) -> Plot | None:
    """Precision against recall as the least confidence rises; a few thresholds are written beside it."""
    known = [(p["threshold"], p["records"]["r"], p["records"]["p"]) for p in points if p["records"]["p"] is not None]
    if len(known) < 2:
        return None

    def draw(axes: Any) -> None:
        axes.plot([r for _, r, _ in known], [p for *_, p in known], "-o", color=PALETTE[0], markersize=4)
        named: list[tuple[float, float]] = []  # points that lie close together share the name of the first
        for threshold, *point in known:
            place = axes.transData.transform(point)
            if all(math.dist(place, other) > _APART for other in named):
                axes.annotate(f"{threshold:g}", point, xytext=(5, 4), textcoords="offset points")
                named.append(place)
        axes.set(xlabel="recall", ylabel="precision")
        axes.grid(alpha=0.25)

    words = "Precision and recall of the records when only rows of at least the confidence beside a point are taken"
    return plot("Confidence", words, (6.4, 4.2), draw)
