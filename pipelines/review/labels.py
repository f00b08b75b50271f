"""Rows in a few words, as a line of the page shows them: a name and the pieces that follow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from extract import schema
from pipelines.curation import CuratedDocument
from pipelines.curation.fields import NAMING, NOT_FACTS, PLACE, editable, names_row


@dataclass(frozen=True)
class Part:
    """One piece of what a row says; `name` is its column as people call it."""

    name: str
    text: str
    kind: str = ""


def number(value: Any) -> str:
    """A number without needless digits."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def told(table: str, row: Mapping[str, Any]) -> tuple[str, list[Part]]:
    """The name of a row and the pieces after it."""
    match table:
        case "cases":
            return _patient(row), []
        case "diagnoses":
            kind = "" if row["assertion"] == "present" else "status"
            pieces = [
                Part("main", "main diagnosis" if row["primary"] else "", "main"),
                Part("role", "" if row["primary"] and row["role"] == "principal" else row["role"], "role"),
                Part("assertion", row["assertion"], kind), Part("onset", row["onset_text"]), Part("code", row["code"], "code"),
            ]  # fmt: skip
            return row["diagnosis"] or row["text"], _shown(pieces)
        case "treatments":
            pieces = [
                Part("status", row["status"], "" if row["status"] == "given" else "status"),
                Part("dose", _dose(row), "dose"), Part("volume", row["volume_text"]), Part("ratio", row["ratio"]),
                Part("vehicle", f"in {row['vehicle']}" if row["vehicle"] else ""), Part("form", row["form"] if row["form"] != row["vehicle"] else ""),
                Part("route", row["route"]), Part("site", row["site"]), Part("frequency", row["frequency_text"]),
                Part("duration", row["duration_text"]), Part("started", f"begun {row['started']}" if row["started"] else ""),
                Part("cycles", f"{row['cycles']} cycles" if row["cycles"] else ""), Part("indication", f"for {row['indication_text']}" if row["indication_text"] else ""),
                Part("outcome", row["outcome"], "outcome"), Part("reason", f"ended: {row['reason_stopped'].replace('_', ' ')}" if row["reason_stopped"] else ""),
            ]  # fmt: skip
            return row["drug"] or row["text"], _shown(pieces)
        case "pain_scores":
            high = f"–{number(row['value_max'])}" if row["value_max"] is not None else ""
            top = f"/{number(row['scale_max'])}" if row["scale_max"] is not None else ""
            pieces = [
                Part("scale", row["scale"]),
                Part("phase", row["phase"], "phase"),
                Part("when", row["when_text"]),
                Part("site", row["site"]),
            ]
            return f"{number(row['value'])}{high}{top}", _shown(pieces)
        case "therapies":
            return _therapy(row)
        case "adverse_events":
            return _harm(row)
        case _:
            return _in_columns(table, row)


#: columns that the line of a row tells, or that tell nothing of it
_ON_THE_LINE: Mapping[str, frozenset[str]] = {
    "cases": frozenset({"role", "label", "patients", "age_text", "sex"}),
    "diagnoses": frozenset({"diagnosis", "assertion", "role", "primary", "code", "onset_text"}),
    "treatments": frozenset(
        {"drug", "status", "dose_value", "dose_value_max", "dose_unit", "volume_text", "ratio", "vehicle", "form", "route", "site",
         "frequency_text", "duration_text", "started", "cycles", "indication", "indication_text", "outcome", "reason_stopped"}
    ),
    "pain_scores": frozenset({"value", "value_max", "scale_max", "scale", "phase", "when_text", "site"}),
    "therapies": frozenset({"therapy", "kind", "status", "dose_text", "fractions", "sessions", "site"}),
    "adverse_events": frozenset({"event", "drug", "link", "action_taken", "outcome", "code"}),
}  # fmt: skip


def untold(table: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Column and value of what an open row says beside its line: who accepts the row accepts this too."""
    on_the_line = _ON_THE_LINE.get(table, frozenset())
    for name in editable(table):
        value = row.get(name)
        if (
            name in PLACE
            or name == "code_system"
            or name in on_the_line
            or names_row(table, name)
            or value in (None, "", False)
        ):
            continue
        if name == "text" and str(value).casefold() == str(row.get(NAMING.get(table, ""))).casefold():
            continue
        yield name, "yes" if value is True else number(value)


def _therapy(row: Mapping[str, Any]) -> tuple[str, list[Part]]:
    """A therapy: its name, whether it was done, how much of it."""
    fractions = f"{row['fractions']} fractions" if row["fractions"] and "fraction" not in row["dose_text"] else ""
    pieces = [
        Part("status", row["status"], "" if row["status"] == "given" else "status"), Part("kind", row["kind"]),
        Part("dose", row["dose_text"] or (f"{number(row['dose_gy'])} Gy" if row["dose_gy"] is not None else ""), "dose"),
        Part("fractions", fractions), Part("sessions", f"{row['sessions']} sessions" if row["sessions"] else ""),
        Part("site", row["site"]),
    ]  # fmt: skip
    return row["therapy"] or row["text"], _shown(pieces)


def _harm(row: Mapping[str, Any]) -> tuple[str, list[Part]]:
    """A harm: its name, its drug, what came of it."""
    pieces = [
        Part("drug", f"of {row['drug']}" if row["drug"] else ""), Part("link", "only told as later" if row["link"] == "time" else ""),
        Part("action", f"drug {row['action_taken']}" if row["action_taken"] else ""), Part("outcome", row["outcome"], "outcome"),
        Part("code", row["code"], "code"),
    ]  # fmt: skip
    return row["event"] or row["text"], _shown(pieces)


def _in_columns(table: str, row: Mapping[str, Any]) -> tuple[str, list[Part]]:
    """A row of a table of another package: the columns of its form, as far as they are told."""
    names = [name for group in schema.TABLES[table].table.form.values() for name in group]
    filled = [(n, row[n]) for n in names if n != "case_id" and row[n] not in (None, "", False)]
    parts = [Part(name, number(value) if value is not True else name) for name, value in filled]
    return (parts[0].text, parts[1:]) if parts else (str(row["evidence"]), [])


def _shown(parts: Iterable[Part]) -> list[Part]:
    return [p for p in parts if p.text]


def _dose(row: Mapping[str, Any]) -> str:
    if row["dose_value"] is None:
        return str(row["dose_text"])
    high = f"–{number(row['dose_value_max'])}" if row["dose_value_max"] is not None else ""
    space = "" if row["dose_unit"] == "%" else " "
    return f"{number(row['dose_value'])}{high}{space}{row['dose_unit']}".strip()


def _patient(row: Mapping[str, Any]) -> str:
    who = {"F": "female", "M": "male"}.get(row["sex"], "")
    age = row["age_text"] or (f"{number(row['age_years'])} years" if row["age_years"] is not None else "")
    text = ", ".join(filter(None, (age, who)))
    if row["patients"] > 1:
        text = f"{row['patients']} patients" + (f", {text}" if text else "")
    return text or ("age and sex not told" if row["role"] == "index" else "a patient, age and sex not told")


def names(curated: CuratedDocument, table: str) -> list[tuple[str, str]]:
    """Identifier and name of the rows of a table that are not rejected, to choose from."""
    kept = (r for r in curated.rows(table) if r["curation"] not in NOT_FACTS)
    return [(str(r[schema.KEYS[table]]), _choice(table, r)) for r in kept]


def named(curated: CuratedDocument | None, table: str, name: str, value: str) -> str:
    """The value of a column for people: of one that names another row, what that row says."""
    other = names_row(table, name) if curated and value else ""
    row = curated.row(other, value) if curated and other else None
    return _choice(other, row) if row else value


def _choice(table: str, row: Mapping[str, Any]) -> str:
    name, parts = told(table, row)
    dose = next((p.text for p in parts if p.name == "dose"), "")
    return f"{name} {dose}".strip() + (" (cited)" if row.get("role") == "cited" else "")
