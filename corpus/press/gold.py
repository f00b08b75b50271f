"""What is wrong with a gold record: its shape, its terms, and wordings that do not stand in the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

ASSERTIONS = {"present", "historical", "possible", "absent", "family"}
STATUSES = {"given", "stopped", "failed", "declined", "planned", "avoided", "exposure"}
PHASES = {"baseline", "followup", "worst", "rest", "movement"}
TOP = {"doc", "cases", "cited_drugs", "cited_cases", "not_pain", "notes"}
CASE = {
    "case",
    "label",
    "patients",
    "age",
    "sex",
    "diagnoses",
    "treatments",
    "pain_scores",
    "therapies",
    "adverse_events",
}
THERAPY = {"therapy", "also", "status", "dose_gy", "fractions", "sessions", "optional"}
EVENT = {"drug", "drug_also", "event", "also", "action_taken", "outcome", "optional"}
DONE = {"given", "past", "stopped", "failed", "declined", "planned", "avoided"}
DIAGNOSIS = {"text", "also", "primary", "assertion", "optional"}
TREATMENT = {"drug", "also", "status", "indication", "reason_stopped", "cycles", "optional", "route", "regimens"}
REGIMEN = {
    "dose", "value", "unit", "value_max", "volume", "ratio", "vehicle", "form", "route", "site", "frequency", "per_day",
    "duration", "days", "optional",
}  # fmt: skip
PAIN = {"text", "value", "max", "scale", "phase", "site"}
UNITS = re.compile(r"(mg|g|ug|mL|%|U|IU|mmol|Gy|puff|drop|tablet)(/(kg|m2|mL|day|week|h|min|kg/day|kg/h|kg/min))?|AUC")
#: gold fields whose wording must stand in the report, as written
WORDED = ("dose", "volume", "ratio", "vehicle", "site", "frequency", "duration")


def faults(gold: dict[str, Any], wording: str) -> Iterator[str]:
    """Everything wrong with a gold record, one line each; nothing when it is good."""
    yield from _keys(gold, TOP, "top", {"doc", "cases", "cited_drugs", "not_pain"})
    text = _fold(wording)

    def stands(words: str | None, where: str) -> Iterator[str]:
        if words and not re.search(rf"(?<![a-z0-9]){re.escape(_fold(words))}(?![a-z0-9])", text):
            yield f"{where}: not in the report: {words!r}"

    for c in gold["cases"]:
        at = f"case {c['case']}"
        yield from _keys(c, CASE, at, {"case", "age", "sex", "diagnoses", "treatments", "pain_scores", "therapies"})
        yield from stands(c["age"]["text"], f"{at} age")
        for d in c["diagnoses"]:
            yield from _keys(d, DIAGNOSIS, f"{at} {d['text']}", DIAGNOSIS)
            if d["assertion"] not in ASSERTIONS:
                yield f"{at} {d['text']}: no such assertion: {d['assertion']}"
            for words in [d["text"], *d["also"]]:
                yield from stands(words, f"{at} diagnosis")
        if not any(d["primary"] for d in c["diagnoses"]):
            yield f"{at}: no primary diagnosis"
        for t in c["treatments"]:
            where = f"{at} {t['drug']}"
            yield from _keys(t, TREATMENT, where, {"drug", "also", "status", "optional", "regimens"})
            if t["status"] not in STATUSES:
                yield f"{where}: no such status: {t['status']}"
            for words in [t["drug"], *t["also"]]:
                yield from stands(words, f"{at} drug")
            for r in t["regimens"]:
                yield from _keys(r, REGIMEN, where, REGIMEN)
                for key in WORDED:
                    yield from stands(r[key], f"{where} {key}")
                for words, value in (("frequency", "per_day"), ("duration", "days")):
                    if r[words] is None and r[value] is not None:
                        yield f"{where}: {value} without {words}"
                if (r["value"] is None) != (r["unit"] is None):
                    yield f"{where}: value and unit belong together: {r['dose']}"
                if r["unit"] and not UNITS.fullmatch(r["unit"]):
                    yield f"{where}: no such unit: {r['unit']}"
        for p in c["pain_scores"]:
            yield from _keys(p, PAIN, f"{at} {p['text']}", {"text", "value", "max", "scale", "phase"})
            yield from stands(p["text"], f"{at} pain")
            if p["phase"] not in PHASES:
                yield f"{at} {p['text']}: no such phase: {p['phase']}"
        for t in c["therapies"]:
            where = f"{at} {t['therapy']}"
            yield from _keys(t, THERAPY, where, {"therapy", "also", "status", "optional"})
            if t["status"] not in DONE:
                yield f"{where}: no such status: {t['status']}"
            if not any(not list(stands(words, where)) for words in [t["therapy"], *t["also"]]):
                yield f"{where}: not in the report in any of its wordings"
        for x in c.get("adverse_events", ()):
            where = f"{at} {x['event']} of {x['drug']}"
            yield from _keys(x, EVENT, where, {"drug", "event", "also", "optional"})
            if not any(not list(stands(words, where)) for words in [x["event"], *x["also"]]):
                yield f"{where}: not in the report in any of its wordings"
    for words in [*gold["cited_drugs"], *gold["not_pain"]]:
        yield from stands(words, "cited or not pain")


def _fold(words: str) -> str:
    return re.sub(r"\s+", " ", words).lower()


def _keys(row: dict[str, Any], allowed: set[str], where: str, needed: set[str]) -> Iterator[str]:
    for key in sorted(set(row) - allowed):
        yield f"{where}: unknown key: {key}"
    for key in sorted(needed - set(row)):
        yield f"{where}: missing key: {key}"
