"""How good the records are: precision, recall and F1 of each field against record-level gold.

In: a folder of gold records (one JSON a document: `doc`, `cases` with `age`, `sex`, `diagnoses`, `treatments`,
`pain_scores`, where they were looked for `therapies` and `adverse_events`, and `cited_drugs`) and an output folder. Out: `Scores`. A document is found by its `file`, in which the
gold's `doc` must occur as a word. Only index cases are scored, the first gold case with the first index case and so on.
Optional gold is neither rewarded nor punished; every extra counts as wrong once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from extract.errors import Code, PipelineError
from pipelines.evaluation.people import Scorer
from pipelines.evaluation.predictions import Tables, load_tables
from pipelines.evaluation.scores import THRESHOLDS, Scores

__all__ = ["Scores", "Tables", "evaluate", "gold_records", "load_tables", "score_records"]


def evaluate(gold: Path, out: Path) -> Scores:
    """Score the records of the output folder `out` against the gold records in `gold`.

    Raises:
        PipelineError: `usage`, when there is no gold, a gold file is broken, or `out` holds neither store nor tables.
    """
    tables = load_tables(out)
    pairs = [(record, tables.of_document(record["doc"])) for record in gold_records(gold)]
    scores = score_records(pairs)
    scores.curve = [score_records([(r, t.surer(least)) for r, t in pairs]).at(least) for least in THRESHOLDS]
    return scores


def score_records(pairs: Sequence[tuple[dict[str, Any], Tables]]) -> Scores:
    """Score gold records, each with the rows of its document."""
    reports = {}
    for record, tables in pairs:
        scorer = Scorer()
        scorer.document(record, tables)
        reports[record["doc"]] = Scores.of(scorer.tallies)
    return Scores.over(reports)


def gold_records(folder: Path) -> Iterator[dict[str, Any]]:
    """The gold records, the ones of a single case (keys at top level) brought into the form of the others.

    Raises:
        PipelineError: `usage`, when there is none, or a file is broken.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise PipelineError(Code.USAGE, f"{folder}: no gold records (*.json)", mend="give the folder that holds them")
    for path in paths:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(record["doc"], str):
                raise TypeError("`doc` must be text")
        except (ValueError, KeyError, TypeError) as error:
            message = f"not a gold record ({type(error).__name__}: {error})"
            raise PipelineError(
                Code.USAGE, message, file=path, mend="it must be JSON with `doc` and `cases`"
            ) from error
        if "cases" not in record:
            case = {"age": {"years": record.get("age_years")}}
            case |= {
                k: record.get(k)
                for k in ("sex", "diagnoses", "treatments", "pain_scores", "therapies", "adverse_events")
                if k in record
            }
            record["cases"] = [case]
        record["cases"] = [_with_undecided(case) for case in record["cases"]]
        yield record


def _with_undecided(case: dict[str, Any]) -> dict[str, Any]:
    """A case with what no curator decided on (see `pipelines.curation.gold`) as optional facts."""
    left = case.get("undecided") or {}
    return case | {
        name: [*(case.get(name) or []), *({**fact, "optional": True} for fact in left.get(name) or [])]
        for name in ("diagnoses", "treatments", "pain_scores", "therapies", "adverse_events")
        if name in case or name in left
    }
