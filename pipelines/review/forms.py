"""The forms in which a curator corrects a row or adds one: which fields, in which order, with which help.

Made from the models of `extract.schema`, so a new column is in its form at once (under "More"). Columns with fixed values
are choices; others suggest what the vocabularies know and what stands in the store already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from extract import schema
from extract.language.tables import read_table
from pipelines.catalog.columns import cell_type
from pipelines.catalog.datapackage import allowed
from pipelines.curation.fields import PLACE, editable, names_row
from pipelines.store import Store

#: tables of facts as the page shows them, each under its patient, and what a person calls one row
FACTS = {
    name: row.table.one
    for name, row in schema.TABLES.items()
    if row.table.curated and row.table.form and "case_id" in row.model_fields
}

#: ... and the tables that have a form: the document itself has one too
FORMS = {name: row.table.one for name, row in schema.TABLES.items() if row.table.form}

#: what can be added by selecting text, in the order it is offered
ADDED = tuple(
    sorted((t for t in FACTS if schema.TABLES[t].table.addable), key=lambda t: schema.TABLES[t].table.addable)
)

_LABELS = {
    "case_id": "Patient", "treatment_id": "Treatment", "role": "Role", "patients": "How many", "label": "Called",
    "age_text": "Age as written", "age_years": "Age", "dose_text": "Dose as written", "dose_value": "Dose",
    "dose_value_max": "to", "dose_unit": "Unit", "frequency_text": "Frequency as written", "per_day": "Doses a day",
    "duration_text": "Duration as written", "days": "Days", "route_text": "Route as written", "text": "As written",
    "value": "Rating", "value_max": "to", "scale_max": "out of", "when_text": "When, as written", "also": "Also called",
    "volume_text": "Volume as written", "volume_ml": "Volume", "primary": "Main diagnosis",
    "action_taken": "What was done about the drug", "inferred": "Read from words", "dose_gy": "Dose in Gy", "therapy": "Therapy", "indication": "Given for", "indication_text": "Given for, as written", "reason_stopped": "Why ended",
    "reason_stopped_text": "Why ended, as written", "event": "Harm", "link": "How they are tied", "diagnosis_id": "Diagnosis", "onset_text": "Since when, as written", "onset_years": "Age at onset", "kind": "Kind", "doi": "DOI", "pmid": "PubMed identifier",
}  # fmt: skip

#: by column what a choice means, where the bare word does not tell
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "role": {"index": "index (the authors' own)", "cited": "cited (of the literature)"},
    "sex": {"F": "F (female)", "M": "M (male)"},
    "assertion": {"historical": "historical (past)", "family": "family history"},
    "phase": {"followup": "follow-up"},
    "status": {"stopped": "stopped early", "exposure": "exposure (not as treatment)", "past": "past (before this illness)"},
    "link": {"cause": "as its cause", "time": "only told as later"},
}  # fmt: skip

#: units that the label tells already, or tells better
_UNITS = {"per_day": "", "age_years": "in years", "onset_years": "in years", "days": "", "dose_gy": ""}

#: columns that suggest values, and the vocabulary whose canonical names they suggest beside what the store holds:
#: file and column below extract/language
_VOCABULARIES: dict[str, tuple[str, str]] = {
    "dose_unit": ("rules/units.csv", "unit"), "route": ("vocabulary/routes.csv", "norm"),
    "vehicle": ("vocabulary/vehicles.csv", "norm"), "form": ("vocabulary/forms.csv", "norm"),
    "scale": ("rules/pain_scales.csv", "scale"), "drug": ("", ""), "diagnosis": ("", ""), "site": ("", ""),
    "frequency_text": ("", ""), "duration_text": ("", ""), "ratio": ("", ""),
    "therapy": ("vocabulary/therapies.csv", "norm"), "event": ("", ""),
}  # fmt: skip

#: the tables whose columns suggest values, those first whose values are taken where two have the column
_SUGGESTING = ("treatments", "diagnoses", "pain_scores", "therapies", "adverse_events")

#: most values suggested for a column
_MOST = 400


@dataclass(frozen=True)
class Field:
    """One input of a form. `kind`: choice, bool, number, text, long; `value` as the input holds it."""

    name: str
    label: str
    kind: str
    value: str
    unit: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Group:
    """Inputs that belong together; `more`: shown when asked for."""

    name: str
    fields: tuple[Field, ...]
    more: bool = False


def form(
    table: str,
    row: Mapping[str, Any],
    *,
    others: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    suggested: Mapping[str, Sequence[str]] | None = None,
) -> list[Group]:
    """The form of a table with the values of `row` in it.

    Args:
        others: by table, identifier and name of the document's rows that a column can name: its patients, diagnoses, treatments.
        suggested: values suggested for a column, see `suggestions`.
    """
    known = others or {}
    names = [n for n in editable(table) if n not in PLACE]
    groups = schema.TABLES[table].table.form
    placed = {n for group in groups.values() for n in group}
    rest = tuple(n for n in names if n not in placed)

    def field(name: str) -> Field:
        return _field(table, name, row.get(name), known.get(names_row(table, name)), (suggested or {}).get(name, ()))

    listed = [Group(title, tuple(field(n) for n in group if n in names)) for title, group in groups.items()]
    return [*listed, Group("More", tuple(map(field, rest)), more=True)] if rest else listed


def _field(
    table: str, name: str, value: Any, others: Sequence[tuple[str, str]] | None, suggested: Sequence[str]
) -> Field:
    row = schema.TABLES[table]
    info = row.model_fields[name]
    extra = schema.extra(row, name)
    kind = cell_type(row, name)
    choices: list[tuple[str, str]] = []
    if others is not None:
        choices = [("", "nobody in particular" if name == "case_id" else "none"), *others]
    elif values := allowed(row, name):
        empty = [] if info.default and info.default in values else [("", "not told")]
        meaning = _CHOICES.get(name, {})
        choices = [*empty, *((v, meaning.get(v, v.replace("_", " "))) for v in values)]
    widget = "choice" if choices else {bool: "bool", int: "number", float: "number"}.get(kind, "text")
    return Field(
        name, label(name), widget, as_text(value), unit=_UNITS.get(name, str(extra.get("unit", ""))), help=info.description or "",
        choices=tuple(choices), suggestions=tuple(suggested),
        required=info.is_required() and name not in ("case_id", "text"),
    )  # fmt: skip


def label(name: str) -> str:
    """What a person calls a column."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


@cache
def _columns() -> re.Pattern[str]:
    names = {n for t in FORMS for n in editable(t) if "_" in n}
    return re.compile(rf"\b(?:{'|'.join(sorted(names, key=len, reverse=True))})\b")


def labelled(text: str) -> str:
    """A sentence with columns called as people call them: "dose_value" is Dose."""
    return _columns().sub(lambda m: label(m[0]), text)


def as_text(value: Any) -> str:
    """A value as an input holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def as_value(table: str, name: str, text: str) -> Any:
    """The value that an input holds, still to be checked: a decimal comma is a point, an empty number is None."""
    kind = cell_type(schema.TABLES[table], name)
    text = text.strip()
    if kind is bool:
        return text == "true"
    if kind is str:
        return text
    if not text:
        return None
    if kind is float and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    return text


def suggestions(store: Store) -> dict[str, tuple[str, ...]]:
    """For each column that suggests values: those in the store, the most frequent first, then the vocabulary's."""
    by_column: dict[str, tuple[str, ...]] = {}
    for name, (file, column) in _VOCABULARIES.items():
        table = next(t for t in _SUGGESTING if name in schema.TABLES[t].model_fields)
        rows = store.select(
            f'SELECT "{name}" FROM {table} WHERE "{name}" != \'\' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {_MOST}'
        )
        known = (
            *schema.extra(schema.TABLES[table], name).get("suggested", ()),
            *(_vocabulary(file, column) if file else ()),
        )
        by_column[name] = tuple(dict.fromkeys((*(r[0] for r in rows), *known)))[:_MOST]
    return by_column


@cache
def _vocabulary(file: str, column: str) -> tuple[str, ...]:
    kept = (
        row for row in read_table(file)
        if row.get("role", "dose") not in ("base", "lab") and row.get("kind") != "none"
    )  # fmt: skip  # but units nothing is dosed in, and names of no therapy
    return tuple(dict.fromkeys(value for row in kept if (value := row[column])))
