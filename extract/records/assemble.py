"""The last room: people, findings, courses and ratings become the rows of a `Report`.

In: a Doc with mentions, assertions and codes. Out: `schema.Report`. Everything is in document order and made from nothing
but the Doc, so the same text gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeVar, cast

from spacy.tokens import Doc

from extract.language.complaints import complaints
from extract.language.mention import Mention, Sentence, sentences
from extract.language.sections import NO_FACTS
from extract.records import reasons
from extract.records.adverse_events.rows import adverse_event_rows
from extract.records.confidence import View, confidence, of_finding, of_person, of_rating, of_treatment, sure
from extract.records.courses.columns import course_columns, ordered
from extract.records.diagnoses.group import Finding, findings
from extract.records.diagnoses.onset import onset
from extract.records.diagnoses.revise import displace, let_stand
from extract.records.diagnoses.roles import roles, treated
from extract.records.evidence import provenance, row_id
from extract.records.flat import derived_rows
from extract.records.pain.rating import Rating
from extract.records.pain.ratings import ratings
from extract.records.patients.assign import Cohort, Person, assign
from extract.records.tables import Broken, OwnTable, make_tables
from extract.records.therapies.rows import therapy_rows
from extract.records.treatments.class_members import with_members
from extract.records.treatments.courses import DrugCourse, courses
from extract.records.treatments.outcomes import outcomes
from extract.records.treatments.replaced import with_replaced
from extract.records.treatments.row_outcomes import came_of, outcome_columns, outcome_of_status
from extract.records.treatments.rows import INFORMATIVE, TreatmentRow, lines, values
from extract.schema import (
    AdverseEvent,
    Case,
    Diagnosis,
    DiagnosisAssertion,
    DiagnosisRole,
    Document,
    FlatRecord,
    PainPhase,
    PainScore,
    Report,
    Row,
    Therapy,
    Treatment,
    TreatmentStatus,
)
from extract.schema import Mention as MentionRow
from extract.settings import RecordsSettings, packaged
from extract.tables import Made, TableMaker

__all__ = ["assemble", "assemble_with_features"]

#: how sure, of 1, a row is whose number may not be what the page shows, before anything else is known against it
DOUBTED = 0.5

R = TypeVar("R", bound=Row)
Sents = list[Sentence] | None


def assemble(doc: Doc, document: Document, settings: RecordsSettings | None = None, sents: Sents = None) -> Report:
    """All records of an analysed document; `document` is its row, filled from the file. None: packaged settings, the Doc's sentences."""
    return _Assembly(doc, document, settings or packaged().records, sents, threshold=True).report()


def assemble_with_features(
    doc: Doc, document: Document, *, threshold: bool = True
) -> tuple[Report, dict[str, dict[str, float]]]:
    """The records, and for every row of a fact table, by its identifier, the features its confidence was made from.

    Args:
        threshold: leave out diagnoses that are too unsure for a row.
    """
    assembly = _Assembly(doc, document, packaged().records, None, threshold)
    return assembly.report(), assembly.features


class _Assembly:
    """One document on its way to rows; holds what several tables share (case ids, which row a mention went into)."""

    def __init__(self, doc: Doc, document: Document, settings: RecordsSettings, sents: Sents, threshold: bool) -> None:
        self.settings = settings
        self.doc, self.document, self.source = doc, document, doc._.source
        self.sents = sentences(doc) if sents is None else sents
        self.cohort: Cohort = assign(self.sents, settings)
        self.broken = Broken()
        seek = self.broken.attempt
        self.courses = seek("treatments", lambda: with_members(courses(self.sents, self.cohort))) or {}
        self.view = View(self.sents, self.cohort, self.courses)
        self.findings = seek("diagnoses", lambda: self._findings(threshold)) or {}
        self.outcomes = seek("treatments", lambda: outcomes(self.sents, self.cohort, self.courses, settings)) or {}
        self.courses = with_replaced(self.courses, self.outcomes)
        self.view.outcomes = self.outcomes
        self.ratings = seek("pain_scores", lambda: ratings(self.sents, self.cohort, self.courses, settings)) or {}
        people = self.cohort.people
        self.shown = [i for i, p in enumerate(people) if p.role == "index" or self._tells(i)]
        self.linked: dict[tuple[str, int, int], str] = {}
        self.features: dict[str, dict[str, float]] = {}
        self.reasons: dict[str, tuple[str, ...]] = {}
        self.common: dict[str, Any] = {"doc_id": document.doc_id, "file": document.file}

    def report(self) -> Report:
        made: dict[str, Any] = dict(make_tables(self, TABLES_MADE, self.broken))
        document = self.broken.told(_warned(self.document, self.cohort))
        return Report(document=document, reasons=self.reasons, **made)

    def _findings(self, threshold: bool) -> dict[int, list[Finding]]:
        every = findings(self.sents, self.cohort, self.settings)
        for person_findings in every.values():
            let_stand(self.sents, person_findings)
        known = {p: sure(found, p, self.view) if threshold else found for p, found in every.items()}
        for person_findings in known.values():
            displace(self.sents, person_findings)
        return known

    def cases(self, _: Made) -> Iterable[Case]:
        return (self._case(i, self.cohort.people[i]) for i in self.shown)

    def diagnoses(self, _: Made) -> Iterable[Diagnosis]:
        return self._undoing(d for i in self.shown for d in self._diagnoses(i, self.findings.get(i, ())))

    def treatments(self, made: Made) -> Iterable[Treatment]:
        known = [d for d in made.get("diagnoses", ()) if isinstance(d, Diagnosis)]
        rows = self._undoing(t for i in [*self.shown, -1] for t in self._treatments(i, self.courses.get(i, ()), known))
        return ordered(rows)

    def pain_scores(self, _: Made) -> Iterable[PainScore]:
        return self._undoing(p for i in self.shown for p in self._pains(i, self.ratings.get(i, ())))

    def _undoing(self, rows: Iterable[R]) -> Sequence[R]:
        """The rows of a table that mentions are linked to; when it breaks, they are not, and nothing tells its reasons."""
        before = dict(self.linked), dict(self.reasons)
        try:
            return tuple(rows)
        except Exception:
            self.linked, self.reasons = before
            raise

    def _tells(self, person: int) -> bool:
        """A cited patient is worth a row when something is told of it."""
        return bool(self.courses.get(person) or self.findings.get(person) or self.ratings.get(person))

    def case_id(self, person: int) -> str:
        if person < 0:
            return ""
        role = self.cohort.people[person].role
        rank = [i for i, p in enumerate(self.cohort.people) if p.role == role].index(person) + 1
        return f"{self.document.doc_id}-{'c' if role == 'index' else 'x'}{rank}"

    def _confidence(self, table: str, rid: str, features: dict[str, float], *parts: Mention) -> float:
        """How sure a row is; one of whose `parts` may not say what the page shows is half as sure, and its reasons tell why."""
        self.features[rid] = features
        sure = confidence(table, features)
        doubts = [d for p in parts if self.source is not None and (d := self.source.doubt(p.start, p.end))]
        if not doubts:
            return sure
        self.reasons[rid] = (*self.reasons.get(rid, ()), *(f"to check: {d}" for d in dict.fromkeys(doubts)))
        return sure * DOUBTED

    def provenance(self, sentence: Sentence, start: int, end: int, confidence: float) -> dict[str, Any]:
        return provenance(self.source, sentence, start, end, confidence, self.settings.evidence_length)

    def _where(self, span: Mention, sentence: Sentence, confidence: float, end: int | None = None) -> dict[str, Any]:
        return provenance(self.source, sentence, span.start, end or span.end, confidence, self.settings.evidence_length)

    def _case(self, person: int, p: Person) -> Case:
        intro, s = p.intro, self.sents[p.intro.sentence]
        end = max(intro.end, min(intro.start + 1, s.end))
        case_id = self.case_id(person)
        sure = self._confidence("cases", case_id, of_person(p, s, self.cohort))
        return Case(
            case_id=case_id,
            **self.common,
            role="index" if p.role == "index" else "cited",
            patients=p.patients,
            label=p.label,
            age_text=intro.age_text,
            age_years=intro.age_years,
            sex=cast(Literal["F", "M", ""], intro.sex),
            **provenance(self.source, s, intro.start, end, sure, self.settings.evidence_length),
        )

    def _diagnoses(self, person: int, diagnoses: Iterable[Finding]) -> Iterable[Diagnosis]:
        case = self.case_id(person)
        every = list(diagnoses)
        for f, role in zip(every, roles(every, treated(self.courses.get(person, ()))), strict=True):
            key, s = f.best
            first = f.mentions[0][0]
            text = f.text
            also = _others(text, (m for m, _ in f.mentions))
            rid = row_id(self.document.doc_id, "d", case, first.start, first.end, "diagnosis")
            self.reasons[rid] = reasons.of_finding(f, self.cohort)
            began = onset(f.mentions, self.cohort.people[person].intro.age_years)
            yield Diagnosis(
                diagnosis_id=rid,
                case_id=case,
                **self.common,
                text=text,
                diagnosis=key.norm or (key.long_form or text).lower(),
                code_system=key.code_system,
                code=key.code,
                code_score=key.code_score,
                also="; ".join(also),
                assertion=cast(DiagnosisAssertion, f.assertion),
                primary=f.primary,
                role=cast(DiagnosisRole, role),
                onset_text=began.text if began else "",
                onset_years=began.years if began else None,
                **self._where(key, s, self._confidence("diagnoses", rid, of_finding(f, every, person, self.view))),
            )

    def _treatments(
        self, person: int, drug_courses: Iterable[DrugCourse], diagnoses: Sequence[Diagnosis]
    ) -> Iterable[Treatment]:
        case, longest = self.case_id(person), self.settings.evidence_length
        beside, mine = complaints(self.doc), [d for d in diagnoses if d.case_id == case]
        for course in drug_courses:
            also = _others("", (m for m, _ in course.mentions))
            rows = lines(course) if person >= 0 else _told_of_nobody(course)
            came = came_of(course, rows, self.outcomes.get(person, ()))
            for i, line in enumerate(rows):
                span, r = line.span, line.regimen
                text = " ".join(span.text.split())
                parts = sorted(r.parts.items())
                spots = [f"{label}{part.start}" for label, part in parts]
                rid = row_id(self.document.doc_id, "t", case, course.key, line.status, r.drug.start, *spots)
                self.reasons[rid] = reasons.of_treatment(course, line, self.cohort)
                inside = r.sentence.start <= r.drug.start < r.sentence.end
                place = r.drug if inside or not parts else min(r.parts.values(), key=lambda p: p.start)
                for mention in (span, *r.parts.values()):
                    self.linked.setdefault(_spot(mention), rid)
                yield Treatment(
                    treatment_id=rid,
                    case_id=case,
                    **self.common,
                    text=text,
                    drug=span.norm or (span.long_form or text).lower(),
                    also="; ".join(a for a in also if a.lower() != text.lower()),
                    code_system=span.code_system,
                    code=span.code,
                    status=cast(TreatmentStatus, line.status or "given"),
                    **values(r),
                    **(outcome_columns(came.get(i), longest) or outcome_of_status(course, line, longest)),
                    **course_columns(course, line, self.sents, beside, mine),
                    **self._where(
                        place,
                        r.sentence,
                        self._confidence(
                            "treatments",
                            rid,
                            of_treatment(course, line, i, len(rows), person, self.view),
                            *r.parts.values(),
                        ),
                    ),
                )

    def _pains(self, person: int, scores: Iterable[Rating]) -> Iterable[PainScore]:
        case = self.case_id(person)
        for r in scores:
            rid = row_id(self.document.doc_id, "p", case, r.span.start, r.span.end)
            self.linked.setdefault(_spot(r.span), rid)
            self.reasons[rid] = reasons.of_rating(r, self.cohort)
            yield PainScore(
                pain_id=rid,
                case_id=case,
                **self.common,
                text=" ".join(r.span.text.split()),
                value=r.value,
                value_max=r.value_max,
                scale_max=r.scale_max,
                scale=r.scale,
                inferred=r.inferred,
                phase=cast(PainPhase, r.phase),
                when_text=r.when_text,
                site=r.site,
                treatment_id=self.linked.get(_spot(r.treatment.drug), "") if r.treatment else "",
                **self._where(r.span, r.sentence, self._confidence("pain_scores", rid, of_rating(r), r.span)),
            )

    def mentions(self, _: Made) -> Iterable[MentionRow]:
        for s in self.sents:
            if s.section in NO_FACTS - {"keywords"}:
                continue
            for m in s.mentions:
                owners = [p for p in self.cohort.of(s, m) if p in self.shown]
                general = m.assertion == "general"
                yield MentionRow(
                    mention_id=row_id(self.document.doc_id, "m", m.label, m.start, m.end),
                    **self.common,
                    label=m.label,
                    text=m.text,
                    norm=m.norm or "",
                    assertion=m.assertion,
                    case_id="" if general or not owners else self.case_id(owners[0]),
                    linked_to=self.linked.get(_spot(m), ""),
                    origin=m.origin,
                    **self._where(m, s, m.confidence),
                )


#: our tables, in the order they are made: each may look at those before it
TABLES_MADE: tuple[TableMaker, ...] = (
    OwnTable(Case, _Assembly.cases),
    OwnTable(Diagnosis, _Assembly.diagnoses),
    OwnTable(Treatment, _Assembly.treatments),
    OwnTable(PainScore, _Assembly.pain_scores),
    OwnTable(Therapy, therapy_rows),
    OwnTable(AdverseEvent, adverse_event_rows),
    OwnTable(FlatRecord, lambda _, made: derived_rows(FlatRecord.table.name, made)),
    OwnTable(MentionRow, _Assembly.mentions),
)


def _warned(document: Document, cohort: Cohort) -> Document:
    """The document's row; where no patient of the authors' own is told, with the warning that says so."""
    if cohort.index:
        return document
    warning = f"does not look like a case report: {cohort.doubt}" if cohort.doubt else "no patient was found in it"
    return document.model_copy(update={"warnings": "; ".join(filter(None, [document.warnings, warning]))})


def _spot(span: Mention) -> tuple[str, int, int]:
    """A span as a dictionary key: where it stands (spaCy makes a new Mention at every look)."""
    return span.label, span.start, span.end


def _told_of_nobody(course: DrugCourse) -> list[TreatmentRow]:
    """Drugs of general talk are worth a row only where a dosing is told with them."""
    weighty = [r for r in course.regimens if r.parts.keys() & (INFORMATIVE | {"route", "form"})]
    return [TreatmentRow(r.drug, r, "given" if r.status in ("general", "") else r.status) for r in weighty]


def _others(text: str, spans: Iterable[Mention]) -> list[str]:
    """The other wordings, in order, each once."""
    seen = {text.lower()}
    out = []
    for span in spans:
        wording = " ".join(span.text.split())
        for w in (wording, span.long_form):
            if w and w.lower() not in seen:
                seen.add(w.lower())
                out.append(w)
    return out
