"""One document against its gold record: cases, age and sex, diagnoses, pain scores; its treatments see `drugs`."""

from __future__ import annotations

from typing import Any

from extract.schema import AdverseEvent, Case, Diagnosis, PainScore, Therapy
from pipelines.evaluation.drugs import TreatmentScorer
from pipelines.evaluation.matching import close, number, same_name
from pipelines.evaluation.predictions import Tables
from pipelines.evaluation.scores import Note, Tally

#: how much of a therapy is told, by the same names in gold
_AMOUNTS = ("dose_gy", "fractions", "sessions")


def _same_amount(row: Therapy, gold: dict[str, Any]) -> bool:
    return all(getattr(row, name) == gold.get(name) for name in _AMOUNTS)


class Scorer:
    """Goes through a document and fills the tallies."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}

    def _field(self, name: str) -> Tally:
        return self.tallies.setdefault(name, Tally())

    def document(self, gold: dict[str, Any], rows: Tables) -> None:
        """Count a document; `rows` without those of cited cases."""
        doc, cases = gold["doc"], gold["cases"]
        count = self._field("case count")
        if len(rows.cases) == len(cases):
            count.hit()
        else:
            count.miss(Note(doc, f"{len(rows.cases)} index cases, gold {len(cases)}"))
            count.fp += 1
        ids = [c.case_id for c in rows.cases]
        for i, case in enumerate(cases):
            mine = set(ids[i : i + 1])
            if i == len(cases) - 1:  # what further cases hold counts, as wrong, with the last
                mine |= set(ids[len(cases) :])
            self._person(f"{doc}/{i + 1}", case, rows.cases[i] if i < len(ids) else None)
            own = rows.of_case(mine)
            self._diagnoses(doc, case.get("diagnoses") or [], own.diagnoses)
            TreatmentScorer(
                self._field, doc, case.get("treatments") or [], own.treatments, gold.get("cited_drugs") or []
            )()
            self._pain(doc, case.get("pain_scores") or [], own.pain_scores)
            if case.get("therapies") is not None:  # older gold has none, and then nothing is said of them
                self._therapies(doc, case["therapies"], own.therapies)
            if case.get("adverse_events") is not None:
                self._events(doc, case["adverse_events"], own.adverse_events)

    def _person(self, name: str, gold: dict[str, Any], row: Case | None) -> None:
        years, age = (gold.get("age") or {}).get("years"), row.age_years if row else None
        if years is not None:
            right = age is not None and abs(age - years) <= max(0.02, 0.02 * years)
            self._field("age").told(right, Note(name, f"age {age}, gold {years}", row=row))
        if gold.get("sex"):
            sex = row.sex if row else ""
            self._field("sex").told(sex == gold["sex"], Note(name, f"sex {sex}, gold {gold['sex']}", row=row))

    def _diagnoses(self, doc: str, gold: list[dict[str, Any]], rows: list[Diagnosis]) -> None:
        explained: set[int] = set()
        for g in gold:
            wordings = [g["text"], *g.get("also", [])]
            hits = [i for i, r in enumerate(rows) if same_name([r.text, r.diagnosis], wordings)]
            explained |= set(hits)
            if g.get("optional"):
                continue
            self._field("diagnosis").told(bool(hits), Note(doc, f"missed diagnosis {g['text']}"))
            if hits:
                first = rows[hits[0]]
                right = any(rows[i].assertion == g["assertion"] for i in hits)
                self._field("assertion").told(
                    right, Note(doc, f"{g['text']} is {g['assertion']}, got {first.assertion}", row=first)
                )
            if g.get("primary"):
                self._field("primary diagnosis").told(bool(hits), Note(doc, f"missed primary {g['text']}"))
        for i, row in enumerate(rows):
            if i not in explained:
                self._field("diagnosis").extra(Note(doc, f"extra diagnosis {row.text} ({row.assertion})", row=row))

    def _therapies(self, doc: str, gold: list[dict[str, Any]], rows: list[Therapy]) -> None:
        left = list(rows)
        for g in gold:
            wordings = [g["therapy"], *g.get("also", [])]
            named = [r for r in left if same_name([r.therapy, r.text, *r.also.split("; ")], wordings)]
            hit = next((r for r in named if _same_amount(r, g)), None) or next(iter(named), None)
            if hit is not None:
                left.remove(hit)
            if g.get("optional"):
                continue
            self._field("therapy").told(hit is not None, Note(doc, f"missed therapy {g['therapy']}"))
            if hit is None:
                continue
            self._field("therapy status").told(
                hit.status == g["status"], Note(doc, f"{g['therapy']} is {g['status']}, got {hit.status}", row=hit)
            )
            if any(g.get(name) is not None for name in _AMOUNTS):
                self._field("therapy amount").told(
                    _same_amount(hit, g), Note(doc, f"amount of {g['therapy']}", row=hit)
                )
        for row in left:
            self._field("therapy").extra(Note(doc, f"extra therapy {row.text} ({row.status})", row=row))

    def _events(self, doc: str, gold: list[dict[str, Any]], rows: list[AdverseEvent]) -> None:
        left = list(rows)
        for g in gold:
            fits = [
                r for r in left
                if same_name([r.drug], [g["drug"], *g.get("drug_also", [])]) and same_name([r.event, r.text], [g["event"], *g.get("also", [])])
            ]  # fmt: skip
            left = [r for r in left if r not in fits]
            if g.get("optional"):
                continue
            self._field("adverse event").told(bool(fits), Note(doc, f"missed {g['event']} of {g['drug']}"))
            for name in ("action_taken", "outcome"):
                if fits and g.get(name):
                    note = Note(
                        doc,
                        f"{g['event']} of {g['drug']}: {name} is {g[name]}, got {getattr(fits[0], name)}",
                        row=fits[0],
                    )
                    self._field(f"event {name.removesuffix('_taken')}").told(getattr(fits[0], name) == g[name], note)
        for row in left:
            self._field("adverse event").extra(Note(doc, f"extra {row.event} of {row.drug}", row=row))

    def _pain(self, doc: str, gold: list[dict[str, Any]], rows: list[PainScore]) -> None:
        left = list(rows)
        for g in gold:
            value, scale_max = number(g["value"]), number(g.get("max"))
            hit = next(
                (r for r in left if close(r.value, value) and (scale_max is None or close(r.scale_max, scale_max))),
                None,
            )
            if g.get("optional"):
                left = [r for r in left if r is not hit]
                continue
            self._field("pain score").told(hit is not None, Note(doc, f"missed pain {g['text']}"))
            if hit is None:
                continue
            left.remove(hit)
            if g.get("phase") in ("baseline", "followup"):
                note = Note(doc, f"pain {g['text']} is {g['phase']}, got {hit.phase}", row=hit)
                self._field("pain phase").told(hit.phase == g["phase"], note)
        for row in left:
            self._field("pain score").extra(Note(doc, f"extra pain {row.text}", row=row))
