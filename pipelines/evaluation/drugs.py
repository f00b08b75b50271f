"""The treatments of one case against gold: which row speaks of which drug, and which of its values the gold explains."""

from __future__ import annotations

import re
from typing import Any

from extract.schema import Treatment
from pipelines.evaluation.matching import REGIMEN_FIELDS, Closeness, Regimen, closeness, normal, same_name
from pipelines.evaluation.scores import Note
from pipelines.evaluation.whole import is_form


class TreatmentScorer:
    """Scores the treatments of one case.

    A row speaks of the gold drugs its name is nearest to. Each told field of a gold regimen is looked for among the rows
    of its drug, and a row serves one regimen a field. A value no regimen explains is an extra, once for a drug.
    """

    def __init__(
        self, tally: Any, doc: str, gold: list[dict[str, Any]], rows: list[Treatment], cited: list[str]
    ) -> None:
        self.tally, self.doc, self.gold, self.rows, self.cited = tally, doc, gold, rows, cited
        self.regimens = [Regimen.of_row(r) for r in rows]
        self.speaks_of = [self._nearest(r) for r in rows]
        self.explained: dict[str, set[int]] = {name: set() for name in REGIMEN_FIELDS}

    def __call__(self) -> None:
        """Count all of it."""
        for i, g in enumerate(self.gold):
            hits = [k for k, drugs in enumerate(self.speaks_of) if i in drugs]
            self._regimens(g, hits)
            if not g.get("optional"):
                self._drug(g, hits)
                self._course(g, hits)
                self._route(g, hits)
        self._extra_values()
        self._extra_drugs()

    def _nearest(self, row: Treatment) -> frozenset[int]:
        near = [closeness([row.text, row.drug], [g["drug"], *g.get("also", [])]) for g in self.gold]
        best = max(near, default=Closeness.NONE)
        return frozenset(i for i, n in enumerate(near) if n == best) if best else frozenset()

    def _regimens(self, g: dict[str, Any], hits: list[int]) -> None:
        used: dict[str, set[int]] = {name: set() for name in REGIMEN_FIELDS}
        for gold_regimen in g.get("regimens", []):
            regimen = Regimen.of_gold(gold_regimen)
            for name in REGIMEN_FIELDS:
                if regimen.value(name) is None:
                    continue
                agreeing = (k for k in hits if k not in used[name] and self.regimens[k].agrees(regimen, name))
                k = next(agreeing, None)
                if k is not None:
                    used[name].add(k)
                    if name == "dose" and regimen.unit.endswith("/day") and not self.regimens[k].unit.endswith("/day"):
                        self.explained["frequency"].add(k)  # 200 mg once a day is 200 mg/day
                if not gold_regimen.get("optional") and not g.get("optional"):
                    self.tally(name).told(k is not None, Note(self.doc, f"{g['drug']} {name} {gold_regimen.get(name)}"))
        for name in REGIMEN_FIELDS:
            seen = {self.regimens[k].value(name) for k in used[name]}
            self.explained[name] |= {k for k in hits if g.get("optional") or self.regimens[k].value(name) in seen}
        told_forms = [*g.get("regimens", []), g]
        self.explained["vehicle"] |= {k for k in hits if any(is_form(self.rows[k].vehicle, r) for r in told_forms)}

    def _drug(self, g: dict[str, Any], hits: list[int]) -> None:
        self.tally("drug").told(bool(hits), Note(self.doc, f"missed drug {g['drug']}"))
        if hits:
            right = any(self.rows[k].status == g["status"] for k in hits)
            first = self.rows[hits[0]]
            self.tally("status").told(
                right, Note(self.doc, f"{g['drug']} is {g['status']}, got {first.status}", row=first)
            )

    def _course(self, g: dict[str, Any], hits: list[int]) -> None:
        """What it was given for, why it was ended, in how many cycles, where the gold has it."""
        rows = [self.rows[k] for k in hits]
        if g.get("indication") and rows:
            right = any(same_name([r.indication_text], [g["indication"]]) for r in rows)
            self.tally("indication").told(
                right, Note(self.doc, f"{g['drug']} was given for {g['indication']}", row=rows[0])
            )
        for name in ("reason_stopped", "cycles"):
            if g.get(name) and rows:
                right = any(getattr(r, name) == g[name] for r in rows)
                note = Note(self.doc, f"{g['drug']}: {name} is {g[name]}, got {getattr(rows[0], name)}", row=rows[0])
                self.tally(name.replace("_", " ")).told(right, note)

    def _route(self, g: dict[str, Any], hits: list[int]) -> None:
        route = next((r["route"] for r in g.get("regimens", []) if r.get("route")), None) or g.get("route")
        if not route:
            return
        routes = [self.regimens[k].route for k in hits if self.regimens[k].route]
        right = any(normal(part) in routes for part in (route, *re.split(r" and |, |/", route)))
        note = Note(self.doc, f"{g['drug']} route {route}, got {', '.join(routes) or 'none'}")
        self.tally("route").told(right, note)
        self.tally("route").fp += bool(routes) and not right

    def _extra_values(self) -> None:
        for name in REGIMEN_FIELDS:
            counted = set()
            for k, drugs in enumerate(self.speaks_of):
                value = self.regimens[k].value(name)
                if drugs and value and k not in self.explained[name] and (drugs, value) not in counted:
                    counted.add((drugs, value))
                    value_text = " ".join(str(v) for v in value if v)
                    note = Note(self.doc, f"{self.rows[k].text} extra {name} {value_text}", row=self.rows[k])
                    self.tally(name).extra(note)

    def _extra_drugs(self) -> None:
        counted = set()
        for row, drugs in zip(self.rows, self.speaks_of, strict=True):
            name = normal(row.drug or row.text)
            if drugs or name in counted:
                continue
            counted.add(name)
            leaked = same_name([row.text, row.drug], self.cited)
            note = Note(self.doc, f"extra drug {row.text}{' (cited, not the patient)' * leaked}", row=row)
            self.tally("drug").extra(note)
            self.tally("cited leak").fp += leaked
        self.tally("cited leak").tp += sum(bool(drugs) for drugs in self.speaks_of)
