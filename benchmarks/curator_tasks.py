"""What curators decide in `curator_session.py`, and what deciding takes: keys, clicks, waits, and seconds by the keystroke-level model."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from extract import schema
from pipelines.curation import document
from pipelines.review.forms import FACTS
from pipelines.store import Store

#: shares of rows that are accepted, corrected, rejected
MIX = {"accept": 0.77, "correct": 0.16, "reject": 0.07}

#: what is corrected, by table: column and what it becomes, the first that is not so already
CORRECTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "treatments": (("dose_text", "20 mg"), ("status", "stopped"), ("route", "oral"), ("frequency_text", "twice daily")),
    "diagnoses": (("assertion", "historical"), ("role", "comorbidity"), ("assertion", "present")),
    "pain_scores": (("phase", "followup"), ("phase", "baseline")),
    "therapies": (("status", "past"), ("status", "given")),
    "adverse_events": (("outcome", "resolved"), ("outcome", "improved")),
    "cases": (("age_text", "50-year-old"), ("sex", "F")),
}

#: the keystroke-level model, in seconds
KEY, POINT, CLICK, HAND, MIND = 0.28, 1.10, 0.20, 0.40, 1.35


@dataclass(frozen=True)
class Task:
    """What is decided on a row."""

    table: str
    row_id: str
    doc_id: str
    action: str
    column: str = ""
    value: str = ""
    word: str = ""  #: what a person would look for in the paper


@dataclass
class Effort:
    """What a session takes."""

    keys: int = 0
    clicks: int = 0
    hands: int = 0
    minds: int = 0
    waited: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """By the keystroke-level model, what was waited for included."""
        moving = self.keys * KEY + self.clicks * (POINT + CLICK) + self.hands * HAND + self.minds * MIND
        return moving + sum(self.waited)


def tasks(store: Store, least: int, seed: int) -> list[Task]:
    """The decisions on whole documents, at least so many, in the order of the tables."""
    chance = random.Random(seed)
    planned: list[Task] = []
    for known in store.known():
        curated = document(store, known.doc_id)
        cited = {r["case_id"] for r in curated.rows("cases") if r["role"] == "cited"}
        rows = [(t, r) for t in FACTS for r in curated.rows(t) if r["case_id"] not in cited]
        if len(planned) >= least or not rows:
            continue
        for kind, row in rows:
            action = chance.choices(list(MIX), list(MIX.values()))[0]
            column, value = ("", "")
            if action == "correct":
                column, value = next((c, v) for c, v in CORRECTIONS[kind] if row[c] != v)
            if kind == "cases" and action == "reject":
                action = "accept"
            planned.append(
                Task(
                    kind,
                    row[schema.KEYS[kind]],
                    known.doc_id,
                    action,
                    column,
                    value,
                    row.get("text") or row.get("age_text") or "",
                )
            )
    return planned
