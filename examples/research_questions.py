"""Three questions a researcher asks of the tables, answered with pandas.

    casesift run corpus --include '*.pdf' --out outputs/demo
    python examples/research_questions.py outputs/demo

1. What carries a drug that is put on the skin, and how strong is it?
2. How far does pain fall under each treatment?
3. Which drugs failed or were stopped, and which came next?

Each answer is a function from tables to a table, short enough to be the beginning of your own. Every row of casesift has
`file`, `page` and `evidence`: look at them before you publish a number.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

#: a row below this confidence is not counted here; 0 takes all. The data dictionary tells what the figure means
CONFIDENCE = 0.3

#: the statuses of a drug the patient really got
RECEIVED = ["given", "stopped", "failed"]


def load(out: Path, table: str) -> pd.DataFrame:
    """A table with empty cells as missing values, without what curators rejected; identifiers stay text."""
    frame = pd.read_csv(out / f"{table}.csv", keep_default_na=False, na_values=[""], dtype={"code": str})
    if "curation" in frame:
        frame = frame[~frame["curation"].isin(["rejected", "orphaned"])]
    return frame


def sure(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows worth counting: confident enough, or looked at by a curator (their `curation` is not empty)."""
    return frame[(frame["confidence"].fillna(1) >= CONFIDENCE) | frame["curation"].notna()]


def vehicles_of_topical_drugs(treatments: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Question 1: strengths and mixing ratios of each topical drug in each vehicle, with the number of patients."""
    index = cases.loc[cases["role"] == "index", "case_id"]
    told = sure(treatments).query("route == 'topical' and status in @RECEIVED and vehicle.notna()")
    told = told[told["case_id"].isin(index)].assign(vehicle=lambda t: t["vehicle"].str.lower())
    return (
        told.groupby(["drug", "vehicle"])
        .agg(patients=("case_id", "nunique"), strengths=("dose_text", _listed), ratios=("ratio", _listed))
        .sort_values(["patients"], ascending=False, kind="stable")
        .reset_index()
    )


def pain_by_treatment(records: pd.DataFrame) -> pd.DataFrame:
    """Question 2: median pain (0 to 10) before and after each drug, over the patients who told both."""
    both = sure(records).dropna(subset=["pain_before", "pain_after"])
    first_last = both.groupby(["drug", "case_id"]).agg(
        before=("pain_before", "first"), after=("pain_after", "last"), diagnosis=("diagnosis", "first")
    )  # a drug told with two doses is one treatment here
    return (
        first_last.groupby("drug")
        .agg(
            patients=("before", "size"),
            before=("before", "median"),
            after=("after", "median"),
            of=("diagnosis", _listed),
        )
        .assign(change=lambda t: t["after"] - t["before"])
        .sort_values("change", kind="stable")
        .reset_index()
    )


def what_came_next(treatments: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Question 3: for each drug that failed or was stopped, the next three drugs the report tells were given."""
    index = cases.loc[cases["role"] == "index", "case_id"]
    told = sure(treatments)
    told = told[told["case_id"].isin(index)]
    rows = []
    for _, one in told[told["status"].isin(["failed", "stopped"])].iterrows():
        later = told.query("case_id == @one.case_id and start > @one.start and status == 'given' and drug != @one.drug")
        rows.append(
            {
                "file": one["file"],
                "drug": one["drug"],
                "status": one["status"],
                "next": _listed(later["drug"].drop_duplicates().head(3)),
            }
        )
    return pd.DataFrame(rows, columns=["file", "drug", "status", "next"]).drop_duplicates()


def _listed(values: pd.Series) -> str:
    return "; ".join(dict.fromkeys(str(v) for v in values.dropna()))


def main(out: Path) -> None:
    """Print the three answers for an output folder."""
    cases, treatments, records = (load(out, table) for table in ("cases", "treatments", "records"))
    for title, answer in (
        ("1. What carries topical drugs", vehicles_of_topical_drugs(treatments, cases)),
        ("2. Pain before and after", pain_by_treatment(records)),
        ("3. What failed or was stopped, and what came next", what_came_next(treatments, cases)),
    ):
        print(title, answer.to_string(index=False, max_colwidth=60), "", sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "outputs/demo"))
