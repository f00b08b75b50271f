"""The rows of `adverse_events`: each harm that the report ties to a drug of a patient, once a pair.

In: the analysis of a document (its courses, findings and cohort), the complaints its Doc tells beside drugs, and the rows of diagnoses and
treatments made before. Out: `schema.AdverseEvent` rows in document order, cases first. A harm that is told as a drug's effect counts wherever
it is told of the patient; one that only came later must be new: not known before the drug was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from extract.language.complaints import complaints
from extract.language.mention import Mention, Sentence
from extract.records.adverse_events.relations import FILE, Relation, relations
from extract.records.evidence import row_id
from extract.records.rule_files import cue
from extract.records.tables import Analysis
from extract.records.treatments.regimen import drug_key
from extract.schema import ActionTaken, AdverseEvent, Diagnosis, EventOutcome, Treatment
from extract.tables import Made

#: assertions of a harm that did not come to this patient
_NOT_HAD = ("absent", "possible", "family", "general")
#: statuses of a drug that was not taken
_NOT_TAKEN = ("declined", "planned", "general")
#: sentences after a harm in which its end, or what was done about the drug, may be told
REACH = 2
#: how sure a row is: the share that was right when read against the reports, told as the cause or only as later
SURE = {True: 0.9, False: 0.75}


@dataclass(slots=True)
class _Event:
    """A harm of a drug, with every sentence that ties them."""

    relation: Relation
    sentence: Sentence
    told: list[tuple[Relation, Sentence]] = field(default_factory=list)


def adverse_event_rows(analysis: Analysis, made: Made) -> Iterable[AdverseEvent]:
    """The rows of a document."""
    by_person: dict[int, dict[tuple[str, str], _Event]] = {}
    beside = complaints(analysis.doc)
    seen: dict[str, int] = {}
    for s in analysis.sents:
        harms = _harms(s, beside)
        for r in relations(s, [d for d in s.of("drug") if d.assertion not in _NOT_TAKEN], harms):
            if not r.cause and min(seen.get(_name(r.harm), s.index), s.index) < s.index:
                continue  # it was there before
            for person in analysis.cohort.of(s, r.drug):
                events = by_person.setdefault(person, {})
                event = events.setdefault((drug_key(r.drug), _name(r.harm)), _Event(r, s))
                event.told.append((r, s))
        for harm in harms:
            seen.setdefault(_name(harm), s.index)
    for person in analysis.shown:
        events = by_person.get(person, {})
        rows = [_row(e, person, analysis, made) for e in _distinct(events.values())]
        yield from sorted(rows, key=lambda row: row.start)


def _harms(s: Sentence, beside: Sequence[Mention]) -> list[Mention]:
    """What may be a harm in a sentence: diagnoses, and complaints that are none; not what is denied, feared or a relative's."""
    named = [m for m in s.of("diagnosis") if m.assertion not in _NOT_HAD]
    named += [m for m in beside if s.start <= m.start < s.end and m.assertion not in _NOT_HAD]
    return sorted((m for m in named if not cue("no_harm", FILE).match(m.text)), key=lambda m: (m.start, m.end))


def _name(harm: Mention) -> str:
    return " ".join((harm.long_form or harm.norm or harm.text).lower().split())


def _distinct(events: Iterable[_Event]) -> Iterator[_Event]:
    """The events without those whose name is a part of another's of the same drug ("rash", "maculopapular rash")."""
    kept = list(events)
    for event in kept:
        words = set(_name(event.relation.harm).split())
        others = (
            set(_name(o.relation.harm).split())
            for o in kept
            if o is not event and drug_key(o.relation.drug) == drug_key(event.relation.drug)
        )
        if not any(words < more for more in others):
            yield event


def _row(event: _Event, person: int, analysis: Analysis, made: Made) -> AdverseEvent:
    told = [(r, s) for r, s in event.told if r.cause] or event.told
    relation, s = next(((r, t) for r, t in told if t.section == "case"), told[0])
    drug, harm, case = relation.drug, relation.harm, analysis.case_id(person)
    after = _after(analysis, s, person)
    treatments = [t for t in made.get("treatments", ()) if isinstance(t, Treatment) and t.case_id == case]
    treatment = next((t for t in treatments if t.drug == (drug.norm or (drug.long_form or drug.text).lower())), None)
    diagnoses = [d for d in made.get("diagnoses", ()) if isinstance(d, Diagnosis) and d.case_id == case]
    named = [d for d in diagnoses if _name(harm) in (d.diagnosis, d.text.lower())]
    named += [d for d in diagnoses if d.diagnosis.endswith(f"-induced {_name(harm)}")]
    diagnosis = next(iter(named), None)
    rid = row_id(analysis.document.doc_id, "e", case, drug_key(drug), harm.start, harm.end)
    analysis.reasons[rid] = tuple(f"tied in {t.section or 'the text'}: {r.why}" for r, t in event.told[:3])
    return AdverseEvent(
        event_id=rid,
        case_id=case,
        doc_id=analysis.document.doc_id,
        file=analysis.document.file,
        text=" ".join(harm.text.split()),
        event=_name(harm),
        code_system=diagnosis.code_system if diagnosis else harm.code_system,
        code=diagnosis.code if diagnosis else harm.code,
        drug=drug.norm or (drug.long_form or drug.text).lower(),
        link="cause" if relation.cause else "time",
        action_taken=cast(ActionTaken, _action(relation, s, after, treatments, treatment)),
        outcome=cast(EventOutcome, _outcome(relation, s, after)),
        treatment_id=treatment.treatment_id if treatment else "",
        diagnosis_id=diagnosis.diagnosis_id if diagnosis else "",
        **analysis.provenance(s, harm.start, harm.end, SURE[relation.cause]),
    )


def _after(analysis: Analysis, s: Sentence, person: int) -> list[Sentence]:
    """The sentences behind one that still tell of the person, in its paragraph."""
    following = analysis.sents[s.index + 1 : s.index + 1 + REACH]
    return [t for t in following if t.paragraph == s.paragraph and person in analysis.cohort.owners[t.index]]


def _action(
    relation: Relation,
    s: Sentence,
    after: Sequence[Sentence],
    treatments: Sequence[Treatment],
    treatment: Treatment | None,
) -> str:
    """What was done about the drug, told of it in the sentence, or in one of the next that names it or no other."""
    drug = relation.drug
    for t in (s, *after):
        others = [d for d in t.of("drug") if drug_key(d) != drug_key(drug)]
        named = any(drug_key(d) == drug_key(drug) for d in t.of("drug"))
        if t is not s and others and not named:
            continue
        text = t.text if not others else _near(t, drug)
        for kind in ("switched", "reduced", "stopped", "continued"):
            if cue(kind, FILE).search(text) and (named or kind != "continued"):
                return "dose reduced" if kind == "reduced" else kind
    rows = [t for t in treatments if treatment is not None and t.drug == treatment.drug]
    return "stopped" if rows and all(t.status == "stopped" for t in rows) else ""


def _near(t: Sentence, drug: Mention) -> str:
    """The words around the drug in a sentence that names others: up to the next drug on either side."""
    own = next((d for d in t.of("drug") if drug_key(d) == drug_key(drug)), None)
    if own is None:
        return t.text
    left = max((d.end for d in t.of("drug") if d.end <= own.start), default=t.start)
    right = min((d.start for d in t.of("drug") if d.start >= own.end), default=t.end)
    return t.text[left - t.start : right - t.start]


def _outcome(relation: Relation, s: Sentence, after: Sequence[Sentence]) -> str:
    """How the harm ended: told behind it in its sentence, or in one of the next that names it or speaks of it."""
    harm = relation.harm
    texts = [s.after(harm), *(t.text for t in after if _speaks_of(t, harm))]
    first = min(relation.drug.start, harm.start) - s.start
    if cue("fatal", FILE).search(s.text[max(0, first - 12) : first]):
        return "fatal"
    for text in texts:
        for kind in ("fatal", "persistent", "resolved", "improved"):
            if cue(kind, FILE).search(text):
                return kind
    return ""


def _speaks_of(t: Sentence, harm: Mention) -> bool:
    words = _name(harm).split()
    text = t.text.lower()
    return words[-1] in text or text.startswith(
        (
            "it ",
            "this ",
            "these ",
            "the symptoms",
            "her symptoms",
            "his symptoms",
            "the patient died",
            "she died",
            "he died",
        )
    )
