"""Three questions people ask of the tables, each a function from data frames to a data frame; the report page and `casesift.questions` show them.

In: frames with the columns of the data dictionary; what is not told may be missing or an empty text. Out: one row for each answer, with
the patients behind it and their files. Only index cases count, and no row a curator rejected; a patient counts once.

Names with one code are one thing ("dengue", "dengue fever"), by its most frequent name. A dose is told in mg a day where its unit and its
frequency allow it; any other stands in words beside it, and nothing is guessed.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from extract.language.quantities.units import BASE_UNITS, ucum
from pipelines.curation.fields import NOT_FACTS
from pipelines.report.frames import RECEIVED

#: outcomes that say a drug helped, and those that say it did not
HELPED, DID_NOT = ("improved", "resolved"), ("unchanged", "worse")

#: milligrams in one of each unit of mass
_MG = {"mg": 1.0, **{unit: worth for unit, (base, worth) in BASE_UNITS.items() if base == "mg"}}


def by_indication(
    cases: pd.DataFrame, diagnoses: pd.DataFrame, treatments: pd.DataFrame, *, confidence: float = 0.0
) -> pd.DataFrame:
    """Which drugs are given for what, how much and how long.

    A drug's indication is what the report says it was given for (`treatments.indication`, or in words); where it does not say, the main
    diagnosis of the patient.

    Args:
        confidence: leave out treatments that are less sure, unless a curator looked at them.

    Returns:
        Rows by `indication` (with its `code`) and `drug`: `patients` (n); of those with a dose that can be told so `mg_per_day_least`,
        `mg_per_day` (median) and `mg_per_day_most`; `other_doses` in words; `days` (median duration) and `with_duration` (n); `files`.
    """
    received = _sure(_of_index(treatments, cases), confidence)
    received = received[received["status"].isin(RECEIVED) & _told(received["drug"])].copy()
    known = _of_index(diagnoses, cases)
    known = known[known["assertion"].isin(["present", "historical"])]
    named = named_by_code(known, "diagnosis").rename(columns={"name": "shown"})
    received["mg_per_day"] = [
        mg_per_day(*row)
        for row in received[["dose_value", "dose_value_max", "dose_unit", "per_day"]].itertuples(index=False)
    ]
    rows = _with_indication(received.drop(columns=["code"]), named)
    groups = [_indicated(keys, group) for keys, group in rows.groupby(["indication", "code", "drug"], dropna=False)]
    columns = [
        "indication", "code", "drug", "patients", "mg_per_day_least", "mg_per_day", "mg_per_day_most", "other_doses", "days", "with_duration", "files",
    ]  # fmt: skip
    return _ranked(pd.DataFrame(groups, columns=columns), "indication", "drug")


def _with_indication(received: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """The treatments with `indication` and `code`: the diagnosis they name, else the report's words, else each main diagnosis of the patient."""
    shown = named[["diagnosis_id", "shown", "code"]].rename(columns={"diagnosis_id": "indication"})
    by_row = received[_told(received["indication"])].merge(shown, on="indication")
    rest = received[~received["treatment_id"].isin(by_row["treatment_id"])]
    in_words = rest[_told(rest["indication_text"])]
    in_words = in_words.assign(shown=[str(text).lower() for text in in_words["indication_text"]], code="")
    main = named[named["primary"].eq(True) & named["assertion"].eq("present")]
    main = main[["case_id", "shown", "code"]].drop_duplicates()
    by_patient = rest[~_told(rest["indication_text"])].merge(main, on="case_id")
    rows = pd.concat([by_row, in_words, by_patient], ignore_index=True)
    return rows.drop(columns=["indication"]).rename(columns={"shown": "indication"})


def _indicated(keys: Any, group: pd.DataFrame) -> tuple[Any, ...]:
    amounts = group["mg_per_day"].dropna()
    other = group[group["mg_per_day"].isna() & _told(group["dose_text"])]
    words = [" ".join(_words(row)) for row in other[["dose_text", "frequency_text"]].itertuples(index=False)]
    days = group.groupby("case_id")["days"].max().dropna()
    least, middle, most = (amounts.min(), amounts.median(), amounts.max()) if len(amounts) else (None, None, None)
    return (
        *keys, group["case_id"].nunique(), least, middle, most, _listed(words), days.median() if len(days) else None, len(days),
        _listed(group["file"]),
    )  # fmt: skip


def _words(row: Any) -> list[str]:
    return [str(word) for word in row if isinstance(word, str) and word]


def pain_response(records: pd.DataFrame, *, confidence: float = 0.0) -> pd.DataFrame:
    """How far pain fell under each drug in each vehicle, on a scale of 0 to 10.

    Args:
        confidence: leave out rows that are less sure, unless a curator looked at them.

    Returns:
        Rows by `drug` and `vehicle` ("" for none told): `patients` with a rating before and after, the medians `before`, `after` and
        `change` (of each patient's own change, below 0 for less pain), `files`; the largest fall first.
    """
    both = _sure(records, confidence).dropna(subset=["pain_before", "pain_after"])
    both = both[_told(both["drug"])]
    both = both.assign(vehicle=[str(v).lower() if isinstance(v, str) else "" for v in both["vehicle"]])
    per_case = both.groupby(["drug", "vehicle", "case_id"], as_index=False).agg(
        before=("pain_before", "first"), after=("pain_after", "last"), file=("file", "first")
    )  # a drug told with two doses is one treatment here
    per_case["change"] = per_case["after"] - per_case["before"]
    summary = per_case.groupby(["drug", "vehicle"], as_index=False).agg(
        patients=("case_id", "nunique"),
        before=("before", "median"),
        after=("after", "median"),
        change=("change", "median"),
        files=("file", _listed),
    )
    return summary.sort_values(["change", "drug"], kind="stable", ignore_index=True)


def failed_then_helped(cases: pd.DataFrame, treatments: pd.DataFrame, *, confidence: float = 0.0) -> pd.DataFrame:
    """What failed before what helped: pairs of drugs of one patient, the second told later, and said to have helped.

    Args:
        confidence: leave out treatments that are less sure, unless a curator looked at them.

    Returns:
        Rows by `failed` and `helped`: `patients` (n), `files`.
    """
    rows = _sure(_of_index(treatments, cases), confidence)
    rows = rows[_told(rows["drug"])]
    failed = rows[rows["status"].eq("failed") | (rows["status"].isin(RECEIVED) & rows["outcome"].isin(DID_NOT))]
    helped = rows[rows["status"].isin(["given", "stopped"]) & rows["outcome"].isin(HELPED)]
    keep = ["case_id", "file", "drug", "start"]
    pairs = failed[keep].merge(helped[keep], on="case_id", suffixes=("", "_helped"))
    pairs = pairs[(pairs["start"] < pairs["start_helped"]) & (pairs["drug"] != pairs["drug_helped"])]
    counts = pairs.groupby(["drug", "drug_helped"], as_index=False).agg(
        patients=("case_id", "nunique"), files=("file", _listed)
    )
    return _ranked(counts.rename(columns={"drug": "failed", "drug_helped": "helped"}), "failed", "helped")


def mg_per_day(value: Any, value_max: Any, unit: Any, per_day: Any) -> float | None:
    """A dose in milligrams a day, of a range its middle; None where unit and frequency do not allow it (mg/kg, %, 5 mg of who knows how often)."""
    if not isinstance(unit, str) or value is None or pd.isna(value):
        return None
    mass, slash, rest = ucum(unit).partition("/")
    a_day = 1.0 if rest == "d" else per_day if not slash else None
    if mass not in _MG or a_day is None or pd.isna(a_day):
        return None
    middle = value if value_max is None or pd.isna(value_max) else (value + value_max) / 2
    if a_day < 1 and abs(1 / a_day - round(1 / a_day)) < 0.01 / a_day:  # "weekly" stands in the table as 0.1429
        a_day = 1 / round(1 / a_day)
    return float(f"{middle * _MG[mass] * a_day:.6g}")


def _told(column: pd.Series) -> pd.Series:
    return column.notna() & column.astype(object).ne("")


def _of_index(rows: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["case_id"].isin(cases.loc[cases["role"].eq("index"), "case_id"])]


def _sure(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Rows that are facts and sure enough, or that a curator looked at."""
    facts = rows[~rows["curation"].isin(NOT_FACTS)]
    return facts[(facts["confidence"] >= confidence) | _told(facts["curation"])]


def named_by_code(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows whose `name` column is told, with `key` (the code, else the name) and a `name` that is one for each: the most frequent, the shorter of two."""
    rows = rows[_told(rows[name])].copy()
    rows[name] = [str(own).lower() for own in rows[name]]
    rows["code"] = [code if isinstance(code, str) else "" for code in rows["code"]]
    rows["key"] = [code or own for code, own in zip(rows["code"], rows[name], strict=True)]
    counts = rows.groupby(["key", name], observed=True).size().reset_index(name="n")
    counts["length"] = [len(own) for own in counts[name]]
    best = (
        counts.sort_values(["key", "n", "length"], ascending=[True, False, True])
        .drop_duplicates("key")
        .set_index("key")[name]
    )
    rows["name"] = rows["key"].map(best).astype(str)
    return rows


def _listed(values: Any) -> str:
    return "; ".join(dict.fromkeys(str(v) for v in values if isinstance(v, str) and v))


def _ranked(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    return rows.sort_values(
        ["patients", *names], ascending=[False, *(True for _ in names)], kind="stable", ignore_index=True
    )
