"""What a run claims: the rows of the scored tables of an output folder, picked by document, by case, by confidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError
from extract.schema import AdverseEvent, Case, Diagnosis, PainScore, Therapy, Treatment
from pipelines.curation.fields import NOT_FACTS
from pipelines.files.csv_cells import read_csv
from pipelines.inputs.discover import STORE_NAME
from pipelines.store import Store

_TABLES = ("cases", "diagnoses", "treatments", "pain_scores", "therapies", "adverse_events")

#: those that the output of an older casesift need not have
_NEWER = ("therapies", "adverse_events")


@dataclass
class Tables:
    """The rows of the scored tables, in document order."""

    cases: list[Case]
    diagnoses: list[Diagnosis]
    treatments: list[Treatment]
    pain_scores: list[PainScore]
    therapies: list[Therapy]
    adverse_events: list[AdverseEvent]

    def of_document(self, doc: str) -> Tables:
        """The rows of one document without those of cited cases."""
        pattern = re.compile(rf"(?<![A-Za-z0-9]){re.escape(doc)}(?![A-Za-z0-9])")
        cited = {c.case_id for c in self.cases if c.role != "index"}

        def pick(rows: Sequence[Any]) -> list[Any]:
            return [r for r in rows if r.case_id not in cited and pattern.search(r.file)]

        return Tables(*(pick(getattr(self, name)) for name in _TABLES))

    def surer(self, least: float) -> Tables:
        """The facts with a confidence of `least` or more, of all cases."""
        facts = ([r for r in getattr(self, name) if r.confidence >= least] for name in _TABLES[1:])
        return Tables(self.cases, *facts)

    def of_case(self, case_ids: set[str]) -> Tables:
        """The rows of some cases."""
        return Tables(*([r for r in getattr(self, name) if r.case_id in case_ids] for name in _TABLES))


def load_tables(out: Path) -> Tables:
    """The scored tables of an output folder: from its store, or where there is none from its CSV files.

    The store tells what casesift extracted; CSV files have what curators made of it, so rejected rows are no claims.
    """
    if (out / STORE_NAME).is_file():
        with Store.open(out) as store:
            return Tables(*([schema.TABLES[t](**row) for row in store.rows(t)] for t in _TABLES))  # type: ignore[arg-type]
    paths = {t: out / f"{t}.csv" for t in _TABLES}
    if missing := [p.name for t, p in paths.items() if not p.is_file() and t not in _NEWER]:
        what = f"{out}: no {STORE_NAME} and no {', '.join(missing)}"
        raise PipelineError(Code.USAGE, what, mend="give the output folder of a run")
    rows_of = {
        t: [row for row in read_csv(p, t) if row["curation"] not in NOT_FACTS] for t, p in paths.items() if p.is_file()
    }
    return Tables(*([schema.TABLES[t](**row) for row in rows_of.get(t, ())] for t in _TABLES))  # type: ignore[arg-type]
