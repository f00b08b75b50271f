"""What a whole output folder says, counted: the figures of the report page.

In: a store. Out: `Findings`, plain tables of counts with, for each row, what to look for to see the rows behind it. Only
index cases count, and no row a curator rejected. Counts are of cases, not of rows: a drug given in three regimens to one
patient is one case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipelines.curation.fields import UNSURE
from pipelines.curation.stored import disagreements, done_documents, orphans
from pipelines.report import questions
from pipelines.report.frames import DONE, RECEIVED, SPANS, curated_table, frames_of, rows_of
from pipelines.store import Store


@dataclass(frozen=True)
class Line:
    """One line of a table of counts: its cells, and where the rows behind it are."""

    cells: tuple[Any, ...]
    table: str = ""  # of the page's tables
    only: Mapping[str, str] = field(default_factory=dict)  # column -> value they have


@dataclass(frozen=True)
class Count:
    """A table of counts. `bar` is the column drawn as a bar; `whole` how many lines there would be in all."""

    name: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    whole: int
    bar: int = 1


@dataclass(frozen=True)
class Findings:
    """All the figures, and the rows behind them."""

    tiles: tuple[tuple[str, int, str, str], ...]  # name, number, what is in it, table
    counts: dict[str, Count]
    frames: dict[str, pd.DataFrame]  # rows by table, with the columns of `SHOWN` and provenance


def gather(store: Store, *, most: int = 15) -> Findings:
    """Count what the store says.

    Args:
        most: lines of the longest table of counts; the page tells how many there are in all.
    """
    frames = frames_of(store)
    documents, cases = frames["documents"], frames["cases"]
    diagnoses, treatments, pain = frames["diagnoses"], frames["treatments"], frames["pain_scores"]
    present = diagnoses[diagnoses["assertion"] == "present"]
    received = treatments[treatments["status"].isin(RECEIVED)]
    done, events = frames["therapies"], frames["adverse_events"]
    done = done[done["status"].isin(DONE)]
    status = documents["status"].value_counts()
    curated = sum(int((f["curation"] != "").sum()) for name, f in frames.items() if name != "documents")
    tiles = (
        ("documents", len(documents), ", ".join(f"{n} {s}" for s, n in status.items()), "documents"),
        ("index cases", len(cases), f"{int(cases['patients'].sum())} patients", "cases"),
        (
            "diagnoses",
            len(present),
            f"{questions.named_by_code(present, 'diagnosis')['key'].nunique()} different, present",
            "diagnoses",
        ),
        ("treatments", len(received), f"{received['drug'].nunique()} drugs received", "treatments"),
        ("therapies", len(done), f"{_counted(done['therapy'], 'kind')}, done", "therapies"),
        ("adverse events", len(events), _counted(events["drug"], "drug"), "adverse_events"),
        ("pain scores", len(pain), f"in {pain['case_id'].nunique()} cases", "pain_scores"),
        ("curated rows", curated, f"{len(done_documents(store))} documents done", ""),
        (
            "rows to check",
            _unsure(frames),
            f"less sure than {UNSURE:g}, not decided on: casesift review shows them",
            "",
        ),
        *_parted(store),
    )
    with_dose = received[received["dose_value"].notna()]
    counts = {
        "diagnoses": _diagnoses(present, most),
        "drugs": _drugs(treatments, most),
        "doses": _doses(with_dose, most),
        "routes": _by("Route", received, "route", "treatments", most),
        "vehicles": _by("Vehicle", received, "vehicle_name", "treatments", most),
        "durations": _durations(received),
        "outcomes": _by("Outcome", received, "outcome", "treatments", most),
        "therapies": _by("Therapy", done, "therapy", "therapies", most),
        "harms": _harms(events, most),
        "journals": _by("Journal", documents, "journal", "documents", most, unit="documents", key="doc_id"),
        "years": _by("Year", documents, "year", "documents", 200, unit="documents", key="doc_id", sort=True),
        "failed": _failed(documents),
        **_questions(store, frames, most),
    }
    return Findings(tiles, counts, frames)


def _questions(store: Store, frames: Mapping[str, pd.DataFrame], most: int) -> dict[str, Count]:
    """What people ask of the tables, see `questions`; each line leads to the rows of its drug."""
    cases, treatments = frames["cases"], frames["treatments"]
    indications = questions.by_indication(cases, frames["diagnoses"], treatments)
    responses = questions.pain_response(curated_table(store, "records"))
    helped = questions.failed_then_helped(cases, treatments)
    of = [
        Line(
            (r["indication"], r["drug"], r["patients"], _doses_of(r), _number(r["days"])),
            "treatments",
            {"drug": r["drug"]},
        )
        for r in rows_of(indications)
    ]
    fell = [
        Line(
            (r["drug"], r["vehicle"], r["patients"], *map(_number, (r["before"], r["after"], r["change"]))),
            "treatments",
            {"drug": r["drug"]},
        )
        for r in rows_of(responses)
    ]
    then = [
        Line((r["failed"], r["helped"], r["patients"]), "treatments", {"drug": r["helped"]}) for r in rows_of(helped)
    ]
    heads = ("Diagnosis", "drug", "cases", "doses", "days")
    return {
        "indications": Count("Drug for a diagnosis", heads, tuple(of[:most]), len(of), bar=2),
        "responses": Count(
            "Response of pain",
            ("Drug", "in", "cases", "before", "after", "change"),
            tuple(fell[:most]),
            len(fell),
            bar=2,
        ),
        "helped": Count("What helped", ("Failed", "and then helped", "cases"), tuple(then[:most]), len(then), bar=2),
    }


def _doses_of(row: Mapping[str, Any]) -> str:
    """The doses of a drug: "5 mg/d", or "5 to 40 mg/d, median 10", then those that are told otherwise."""
    least, middle, top = (_number(row[name]) for name in ("mg_per_day_least", "mg_per_day", "mg_per_day_most"))
    own = f"{least} mg/d" if least == top else f"{least} to {top} mg/d, median {middle}"
    other = row["other_doses"].split("; ")
    more = [f"and {len(other) - 3} more"] if len(other) > 3 else []
    return "; ".join(filter(None, (own if least else "", *other[:3], *more)))


def _number(value: Any) -> str:
    return "" if value is None or pd.isna(value) else f"{value:.6g}"


def _unsure(frames: Mapping[str, pd.DataFrame]) -> int:
    """How many rows a curator should look at first."""
    facts = (frame for name, frame in frames.items() if name != "documents")
    return sum(int(((f["confidence"] < UNSURE) & (f["curation"] == "")).sum()) for f in facts)


def _counted(values: pd.Series[Any], noun: str) -> str:
    number = values.nunique()
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _parted(store: Store) -> list[tuple[str, int, str, str]]:
    """Where a later run and a curator part; nothing to show where they do not."""
    apart, lost = len(disagreements(store)), len(orphans(store))
    message = f"a later run reads otherwise; {lost} rows it does not find" if lost else "a later run reads otherwise"
    return [("disagreements with curators", apart, message, "")] if apart or lost else []


def _top(lines: Iterable[Line], most: int) -> tuple[tuple[Line, ...], int]:
    every = tuple(lines)
    return every[:most], len(every)


def _ranked(frame: pd.DataFrame, column: str, key: str = "case_id") -> list[tuple[Any, pd.DataFrame]]:
    """The values of a column that are told, with their rows, those of most cases first."""
    filled = frame[frame[column].notna() & (frame[column] != "")]
    groups = [(value, rows) for value, rows in filled.groupby(column)]
    return sorted(groups, key=lambda g: (-g[1][key].nunique(), str(g[0])))


def _by(
    head: str, frame: pd.DataFrame, column: str, table: str, most: int,
    *, unit: str = "cases", key: str = "case_id", sort: bool = False,
) -> Count:  # fmt: skip
    groups = _ranked(frame, column, key)
    if sort:
        groups.sort(key=lambda g: g[0])
    lines, whole = _top(
        (Line((_plain(value), rows[key].nunique()), table, {column: str(_plain(value))}) for value, rows in groups),
        most,
    )
    return Count(head, (head, unit), lines, whole)


def _diagnoses(present: pd.DataFrame, most: int) -> Count:
    """One line for each code, or for each name without one ("dengue" and "dengue fever" are one)."""
    lines = []
    for key, rows in _ranked(questions.named_by_code(present, "diagnosis"), "key"):
        name, code = str(rows["name"].iloc[0]), str(rows["code"].iloc[0])
        cells = (name, rows["case_id"].nunique(), rows.loc[rows["primary"].eq(True), "case_id"].nunique(), code)
        written = {"code": str(key)} if code else {"diagnosis": str(present["diagnosis"][rows.index[0]])}
        lines.append(Line(cells, "diagnoses", {**written, "assertion": "present"}))
    lines.sort(key=lambda line: (-line.cells[1], line.cells[0]))
    return Count("Diagnosis", ("Diagnosis", "cases", "primary in", "ICD-10-CM"), tuple(lines[:most]), len(lines))


def _drugs(treatments: pd.DataFrame, most: int) -> Count:
    lines = []
    for name, rows in _ranked(treatments, "drug"):
        received = rows[rows["status"].isin(RECEIVED)]
        other = rows[~rows["status"].isin(RECEIVED)].groupby("status")["case_id"].nunique()
        others = ", ".join(f"{s} {n}" for s, n in other.items())
        cells = (name, received["case_id"].nunique(), len(received), others, _first(rows["code"]))
        lines.append(Line(cells, "treatments", {"drug": str(name)}))
    lines.sort(key=lambda line: (-line.cells[1], line.cells[0]))
    return Count("Drug", ("Drug", "cases", "regimens", "else", "code"), tuple(lines[:most]), len(lines))


def _harms(events: pd.DataFrame, most: int) -> Count:
    """Drugs with the harm tied to them: in how many cases, and for how many of them the drug was stopped."""
    groups = [(str(drug), str(event), rows) for (drug, event), rows in events.groupby(["drug", "event"])]
    groups.sort(key=lambda g: (-g[2]["case_id"].nunique(), g[0], g[1]))
    lines = [
        Line(
            (drug, event, rows["case_id"].nunique(), rows.loc[rows["action_taken"] == "stopped", "case_id"].nunique()),
            "adverse_events", {"drug": drug, "event": event},
        )
        for drug, event, rows in groups
    ]  # fmt: skip
    return Count("Harm", ("Drug", "harm", "cases", "stopped in"), tuple(lines[:most]), len(lines), bar=2)


def _doses(with_dose: pd.DataFrame, most: int) -> Count:
    groups = [(str(drug), str(unit), rows) for (drug, unit), rows in with_dose.groupby(["drug", "dose_unit"])]
    groups.sort(key=lambda g: (-g[2]["case_id"].nunique(), g[0], g[1]))
    lines = []
    for drug, unit, rows in groups:
        top = rows["dose_value_max"].fillna(rows["dose_value"]).max()
        low, middle = rows["dose_value"].min(), rows["dose_value"].median()
        cells = (drug, rows["case_id"].nunique(), f"{low:g}", f"{middle:g}", f"{top:g}", unit)
        lines.append(Line(cells, "treatments", {"drug": str(drug), "dose_unit": str(unit)}))
    return Count("Dose", ("Drug", "cases", "least", "median", "most", "unit"), tuple(lines[:most]), len(lines))


def _durations(received: pd.DataFrame) -> Count:
    timed = received[received["span"] != ""]
    lines = []
    for _, name in SPANS:
        rows = timed[timed["span"] == name]
        if len(rows):
            lines.append(Line((name, rows["case_id"].nunique()), "treatments", {"span": name}))
    return Count("Duration", ("Duration of treatment", "cases"), tuple(lines), len(lines))


def _failed(documents: pd.DataFrame) -> Count:
    lines = tuple(
        Line((d["file"], d["status"], d["reason"]), "documents", {"file": d["file"]})
        for d in rows_of(documents[documents["status"] != "ok"])
    )
    return Count("Not read, or in part", ("File", "status", "reason"), lines, len(lines), bar=-1)


def _first(values: pd.Series) -> str:
    filled = values[values != ""]
    return str(filled.iloc[0]) if len(filled) else ""


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
