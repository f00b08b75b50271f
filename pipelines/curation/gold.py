"""Curated documents as gold records: what `casesift evaluate` measures against.

In: a document with its decisions, marked done. Out: a record as in `corpus/gold`: the authors' own patients with their
diagnoses, treatments (a drug once, its regimens under it) and pain scores, of rows that somebody decided on. What was rejected is
not in it; what nobody decided on stands apart, under `undecided`, and evaluation neither rewards nor punishes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipelines.curation.curated import CuratedDocument
from pipelines.curation.fields import NOT_FACTS

Row = dict[str, Any]

#: the tables whose rows become gold
_TABLES = ("cases", "diagnoses", "treatments", "pain_scores", "therapies", "adverse_events")

#: columns of a treatment's row that make a regimen, by their gold names
_REGIMEN = {
    "dose": "dose_text", "value": "dose_value", "unit": "dose_unit", "value_max": "dose_value_max",
    "volume": "volume_text", "ratio": "ratio", "vehicle": "vehicle", "form": "form", "route": "route", "site": "site",
    "frequency": "frequency_text", "per_day": "per_day", "duration": "duration_text", "days": "days",
}  # fmt: skip


#: columns of a treatment's row that are told of the drug as a whole, by their gold names: the first row that tells one
_COURSE = {"indication": "indication_text", "reason_stopped": "reason_stopped", "cycles": "cycles"}


def gold_record(document: CuratedDocument, name: str) -> dict[str, Any]:
    """The gold record of a curated document; `name` is what evaluation looks for in `file`."""
    kept = {t: _kept(document.rows(t)) for t in _TABLES}
    tables = {t: [r for r in rows if t == "cases" or r["curation"]] for t, rows in kept.items()}
    open_ = {t: [r for r in rows if t != "cases" and not r["curation"]] for t, rows in kept.items()}
    index = [c for c in tables["cases"] if c["role"] == "index"]
    cited = {c["case_id"] for c in tables["cases"] if c["role"] != "index"}
    own = {c["case_id"] for c in index}
    drugs = {_name(t) for t in tables["treatments"] if t["case_id"] in own}
    others = [_name(t) for t in tables["treatments"] if t["case_id"] in cited and _name(t) not in drugs]
    return {
        "doc": name,
        "cases": [_case(i, c, tables, open_) for i, c in enumerate(index, 1)],
        "cited_drugs": list(dict.fromkeys(others)),
        "curators": sorted({d.who for d in document.decisions}),
    }


def _kept(rows: Iterable[Row]) -> list[Row]:
    return [r for r in rows if r["curation"] not in NOT_FACTS]


def decided_by_hand(document: CuratedDocument) -> tuple[int, int]:
    """How many rows of the authors' own patients somebody decided on, and how many nobody did."""
    cases = {c["case_id"]: c["role"] for c in document.rows("cases")}
    rows = [r for t in _TABLES for r in document.rows(t) if cases.get(r["case_id"], "index") == "index"]
    decided = sum(bool(r["curation"]) for r in rows)
    return decided, len(rows) - decided


def _case(number: int, case: Row, tables: dict[str, list[Row]], open_: dict[str, list[Row]]) -> dict[str, Any]:
    known = bool(case["curation"])  # of a patient nobody decided on, age and sex are not known
    person = {
        "case": number,
        "age": {"text": case["age_text"] or None, "years": case["age_years"]}
        if known
        else {"text": None, "years": None},
        "sex": (case["sex"] or None) if known else None,
    }
    left = _facts(case, open_)
    return person | _facts(case, tables) | ({"undecided": left} if any(left.values()) else {})


def _facts(case: Row, tables: dict[str, list[Row]]) -> dict[str, Any]:
    own = {t: [r for r in rows if r["case_id"] == case["case_id"]] for t, rows in tables.items()}
    return {
        "diagnoses": [_diagnosis(d) for d in own["diagnoses"]],
        "treatments": _treatments(own["treatments"]),
        "pain_scores": [
            {"text": p["text"], "value": p["value"], "max": p["scale_max"], "scale": p["scale"] or None, "phase": p["phase"] or None}
            for p in own["pain_scores"]
        ],
        "therapies": [_therapy(t) for t in own["therapies"]],
        "adverse_events": [_event(e) for e in own["adverse_events"]],
    }  # fmt: skip


def _diagnosis(row: Row) -> dict[str, Any]:
    also = _wordings(row["text"], [row["diagnosis"], *row["also"].split("; ")])
    diagnosis = {"text": row["text"], "also": also, "primary": bool(row["primary"]), "assertion": row["assertion"]} | (
        {"role": row["role"]} if row["role"] else {}
    )
    return diagnosis | {"optional": False}


def _therapy(row: Row) -> dict[str, Any]:
    also = _wordings(row["therapy"] or row["text"], [row["text"], *row["also"].split("; ")])
    amount = {name: row[name] for name in ("dose_gy", "fractions", "sessions") if row[name] is not None}
    return {
        "therapy": row["therapy"] or row["text"],
        "also": also,
        "status": row["status"],
        **amount,
        "optional": False,
    }


def _event(row: Row) -> dict[str, Any]:
    also = _wordings(row["event"] or row["text"], [row["text"]])
    told = {name: row[name] for name in ("action_taken", "outcome") if row[name]}
    return {"drug": row["drug"], "event": row["event"] or row["text"], "also": also, **told, "optional": False}


def _treatments(rows: list[Row]) -> list[dict[str, Any]]:
    """A drug once, in the order of first mention, with what is told of its regimens; its status is the last one told."""
    drugs: dict[str, list[Row]] = {}
    for row in rows:
        drugs.setdefault(_name(row).casefold(), []).append(row)
    return [_treatment(same) for same in drugs.values()]


def _treatment(rows: list[Row]) -> dict[str, Any]:
    name = _name(rows[0])
    wordings = [w for r in rows for w in (r["text"], *r["also"].split("; "))]
    regimens = [{k: r[column] if r[column] != "" else None for k, column in _REGIMEN.items()} for r in rows]
    kept = [r | {"optional": False} for r in regimens if any(v is not None for v in r.values())]
    return {
        "drug": name,
        "also": _wordings(name, wordings),
        "status": rows[-1]["status"],
        **{
            key: told for key, column in _COURSE.items() if (told := next((r[column] for r in rows if r[column]), None))
        },
        "optional": False,
        "regimens": kept,
    }


def _name(row: Row) -> str:
    return str(row["drug"] or row["text"])


def _wordings(name: str, others: Iterable[str]) -> list[str]:
    seen = {name.casefold(): name}
    for other in others:
        if other:
            seen.setdefault(other.casefold(), other)
    return list(seen.values())[1:]
