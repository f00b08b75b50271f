"""What the exports by patient (Phenopackets, FHIR) share: the rows of each patient, and their values in terms of public code systems.

In: a store. Out: a `Patient` for each index case of one person, with the rows a curator did not reject, and the `Term`s of a row. A
name that has no code is a term of casesift's own, so that nothing is given a code it does not have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from extract.language.codes import icd
from extract.language.quantities import iso_duration
from extract.language.quantities.units import ucum
from extract.rules import RuleFile, Text, Word
from pipelines.curation import curated_rows
from pipelines.curation.fields import NOT_FACTS
from pipelines.exports.left_out import tell
from pipelines.files.replacing import replacing
from pipelines.store import Store

Row = dict[str, Any]

#: the tables of facts a patient is told by, in the order of `Patient`, and the column that names their rows
_FACTS = {
    "diagnoses": "diagnosis_id", "treatments": "treatment_id", "pain_scores": "pain_id", "therapies": "therapy_id",
    "adverse_events": "event_id",
}  # fmt: skip

#: statuses of a drug the patient really got
RECEIVED = ("given", "stopped", "failed")

#: and of a therapy that was done
DONE = ("past", *RECEIVED)

#: the code systems of the tables, by their name in `code_system`
_SYSTEMS = {"ICD-10-CM": "ICD10CM", "DrugBank": "DrugBank", "MeSH": "MESH", "UMLS": "UMLS"}

#: doses a day that the NCI Thesaurus has a class for
_FREQUENCIES = {
    1.0: ("C125004", "Once Daily"), 2.0: ("C64496", "Twice Daily"), 3.0: ("C64527", "Three Times Daily"),
    4.0: ("C64530", "Four Times Daily"),
}  # fmt: skip

#: ratings of pain: on a numeric scale to 10, on a visual analogue scale, any other. Of the scales with faces LOINC has that of Wong
#: and Baker, and the tables do not tell which one it was
_NUMERIC = ("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported")
_VISUAL = ("38214-3", "Pain severity [Score] Visual analog score")
_RATED = ("38208-5", "Pain severity - Reported")

#: relative to a year, and letter: units of an age, the first that fits is taken
_AGES = ((1.0, "Y"), (12.0, "M"), (365.0, "D"))

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"[A-Za-z]{3,9}"
#: a whole date as reports write it: "on 5 March 2019", "March 5th, 2019"
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})|(?P<month_2>{_MONTH}) (?P<day_2>\d{{1,2}})(?:st|nd|rd|th)?),? (?P<year>(?:19|20)\d\d)\b"
)

_IN_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

#: `age_years` has four decimals
_ROUNDED = 0.00005001


@dataclass(frozen=True, slots=True)
class Term:
    """A class of a code system; `system` is its prefix, `casesift` for a name without a code."""

    system: str
    code: str
    label: str

    @property
    def curie(self) -> str:
        """Prefix and code, as ontologies write it: ICD10CM:L94.2."""
        return f"{self.system}:{self.code}"


#: since birth, in the Human Phenotype Ontology
_INBORN = Term("HP", "0003577", "Congenital onset")


@dataclass(frozen=True, slots=True)
class Patient:
    """An index case of one person, with its rows."""

    document: Row
    case: Row
    diagnoses: tuple[Row, ...]
    treatments: tuple[Row, ...]
    pain_scores: tuple[Row, ...]
    therapies: tuple[Row, ...] = ()
    adverse_events: tuple[Row, ...] = ()


def write_each(
    store: Store,
    folder: Path,
    text_of: Callable[[Patient], str],
    *,
    confidence: float = 0.0,
    told: Callable[[str], object] = lambda _: None,
) -> list[Path]:
    """Write `CASE.json` for each patient into `folder`, and what was left out beside them; files of patients that are no more are taken away.

    Args:
        text_of: what stands in the file of a patient.
        confidence: leave out rows that are less sure, unless a curator looked at them.
        told: is told how many rows were left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    left_out: list[str] = []
    unsure: list[str] = []
    paths = []
    for patient in patients(store, left_out, confidence, unsure):
        path = folder / f"{patient.case['case_id']}.json"
        with replacing(path) as stream:
            stream.write(text_of(patient))
        paths.append(path)
    for old in set(folder.glob("*.json")) - set(paths):
        old.unlink()
    if unsure:
        told(f"{len(unsure)} {'row is' if len(unsure) == 1 else 'rows are'} less sure than {confidence:g} and left out")
    return paths + tell(folder, left_out)


def patients(
    store: Store, left_out: list[str], confidence: float = 0.0, unsure: list[str] | None = None
) -> Iterator[Patient]:
    """The patients of all documents, in document order.

    Args:
        left_out: groups told as one are named here.
        confidence: rows less sure than that are left out, unless a curator looked at them.
        unsure: the identifiers of such rows are put here.
    """
    for known in store.known():
        if known.status == "failed":
            continue
        rows = {
            table: [r for r in curated_rows(store, table, known.doc_id) if r.get("curation") not in NOT_FACTS]
            for table in ("documents", "cases", *_FACTS)
        }
        for table, key in _FACTS.items():
            doubtful = [r for r in rows[table] if r["confidence"] < confidence and not r["curation"]]
            rows[table] = [r for r in rows[table] if r not in doubtful]
            if unsure is not None:
                unsure.extend(r[key] for r in doubtful)
        for case in rows["cases"]:
            if case["role"] != "index":
                continue
            if case["patients"] != 1:
                left_out.append(f"{known.file}: a group of {case['patients']} patients told as one ({case['case_id']})")
                continue
            own = ([r for r in rows[t] if r["case_id"] == case["case_id"]] for t in _FACTS)
            yield Patient(rows["documents"][0], case, *map(tuple, own))


def own_term(label: str) -> Term:
    """A name that has no code."""
    return Term("casesift", re.sub(r"[^A-Za-z0-9]+", "-", label).strip("-").lower() or "unnamed", label)


def named(row: Row, name: str) -> Term:
    """The term of a diagnosis or a drug: its code with the name it has in ICD-10-CM (of drugs the generic one), else its own name."""
    label = row[name] or row["text"]
    system = _SYSTEMS.get(row["code_system"])
    if not system or not row["code"]:
        return own_term(label)
    return Term(system, row["code"], (icd.title(row["code"]) if system == "ICD10CM" else "") or label)


def by_term(rows: Iterable[Row]) -> list[list[Row]]:
    """Diagnoses by code, or by name where they have none ("dengue", "dengue fever"): of each the present rows, then past, then absent ones."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(named(row, "diagnosis").curie, []).append(row)
    ranks = ("present", "historical", "possible", "absent")
    return [sorted(group, key=lambda r: ranks.index(r["assertion"])) for group in groups.values()]


def first_onset(rows: Iterable[Row]) -> Row | None:
    """The first row of a diagnosis that tells since when, of those that are had."""
    return next((r for r in rows if r["onset_text"] and r["assertion"] in ("present", "historical")), None)


def onset_year(row: Row) -> int | None:
    """The year a diagnosis began in, where the report tells a year and no age."""
    match = _IN_YEAR.search(row["onset_text"])
    return int(match[0]) if match and row["onset_years"] is None else None


def onset_term(row: Row) -> Term:
    """What is told of an onset that is neither an age nor a year: inborn, or the report's words."""
    return _INBORN if row["onset_years"] == 0 else own_term(row["onset_text"])


def target(row: Row, diagnoses: Mapping[str, Row]) -> Term | None:
    """What a drug was given for, if that is told: a diagnosis of the patient (`diagnoses`: by identifier), else in the report's words."""
    if known := diagnoses.get(row["indication"]):
        return named(known, "diagnosis")
    return own_term(row["indication_text"]) if row["indication_text"] else None


def route(row: Row) -> Term | None:
    """The route of a treatment, if it is told."""
    if not row["route"]:
        return None
    known = _routes().get(row["route"])
    return Term("NCIT", *known) if known else own_term(row["route"])


@cache
def _routes() -> dict[str, tuple[str, str]]:
    path = Path(__file__).parent / "rules" / "routes_ncit.csv"
    rows = RuleFile.of_users(route=Word(), code=Word(), label=Text(required=True)).at(path)
    return {row["route"]: (row["code"], row["label"]) for row in rows}


def frequency(row: Row) -> Term | None:
    """How often a drug is given, if it is told: a class where its words say nothing more than so many times a day.

    Nothing beside an amount a day (2 mg/kg/d in two doses), which is not what is given each time.
    """
    if unit(row).endswith("/d"):
        return None
    plain = not re.search(r"need|required|meal|night|morning|bedtime|evening", row["frequency_text"], re.IGNORECASE)
    if plain and (known := _FREQUENCIES.get(row["per_day"])):
        return Term("NCIT", *known)
    return own_term(row["frequency_text"]) if row["frequency_text"] else None


def assay(row: Row) -> Term:
    """What a rating of pain is a measurement by."""
    numeric = row["scale"] == "NRS" and row["scale_max"] == 10
    return Term("LOINC", *(_NUMERIC if numeric else _VISUAL if row["scale"] == "VAS" else _RATED))


def iso_age(years: float) -> str:
    """An age as an ISO 8601 duration: 58 is P58Y, 0.5833 P7M, 4.5 P4Y6M, 0.0055 P2D."""
    for a_year, letter in _AGES:
        number = round(years * a_year)
        if number and abs(number / a_year - years) <= _ROUNDED and (letter != "M" or number < 36):
            return f"P{number}{letter}"
    if years < 1 / 12:
        return f"P{round(years * 365)}D"
    whole, months = divmod(round(years * 12), 12)
    return "P" + (f"{whole}Y" if whole else "") + (f"{months}M" if months else "")


def duration(row: Row) -> str:
    """The duration of a treatment in ISO 8601 and as written: "P2M (two months)"; empty when it is not told."""
    iso = iso_duration(row["duration_text"], row["days"])
    return f"{iso} ({row['duration_text']})" if iso and row["duration_text"] else iso or row["duration_text"]


def unit(row: Row) -> str:
    """The UCUM code of a dose's unit; empty where it has none, also where a curator wrote what is no unit."""
    return ucum(row["dose_unit"])


def one_dose(row: Row) -> tuple[float, str] | None:
    """The amount of a dose told as one number, with its UCUM unit; of a strength (20 mL of 2% lidocaine) the volume, if that is told."""
    code = unit(row)
    if is_strength(code):
        return (row["volume_ml"], "mL") if row["volume_ml"] is not None else None
    if row["dose_value"] is None or row["dose_value_max"] is not None or not code:
        return None
    return row["dose_value"], code


def is_strength(code: str) -> bool:
    """Whether a unit says how much of a drug is in its vehicle, and not how much of it is given."""
    return code == "%" or code.endswith(("/mL", "/L", "/g", "/(5.mL)"))


def dose_in_words(row: Row) -> bool:
    """Whether a dose is told, and not as one amount."""
    return bool(row["dose_text"]) and (one_dose(row) is None or is_strength(unit(row)))


def dates(row: Row) -> tuple[datetime, datetime] | None:
    """First and last day of a regimen, where the report tells both the date it was begun on and how long it went on."""
    begun = begun_on(row)
    return (begun, begun + timedelta(days=row["days"])) if begun is not None and row["days"] else None


def begun_on(row: Row) -> datetime | None:
    """The date on which a regimen was begun, where day, month and year are told; "in March 2019" is none."""
    if (match := _DATE.search(row["started"])) is None:
        return None
    day, month = (match["day"] or match["day_2"]), (match["month"] or match["month_2"])
    try:
        return datetime(int(match["year"]), _MONTHS.index(month[:3].lower()) + 1, int(day), tzinfo=UTC)
    except ValueError:  # 31 June
        return None
