"""The record types: what a `Report` is made of, and so the columns of every table.

Ground floor, over `tables` (what a table is). The tables, their `datapackage.json`, the data dictionary and the forms are
generated from these models: a field's description, unit and examples, a table's key, titles and form stand here and nowhere
else. Field order is column order. None means "not reported"; text is as the report wrote it, canonical columns are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from extract.schema_documents import Document, DocumentStatus
from extract.schema_events import (
    THERAPY_KINDS,
    ActionTaken,
    AdverseEvent,
    EventOutcome,
    Therapy,
    TherapyKind,
    TherapyStatus,
)
from extract.tables import Curation, Evidence, Keys, Row, Table, Tables, col, columns, extra, labels

__all__ = [
    "DOSE_UNITS", "KEYS", "MENTION_LABELS", "TABLES", "THERAPY_KINDS", "ActionTaken", "AdverseEvent", "Case", "Curation", "Diagnosis", "DiagnosisAssertion",
    "DiagnosisRole", "Document", "DocumentStatus", "EventOutcome", "Evidence", "FlatRecord", "Mention", "PainPhase", "PainScore", "ReasonStopped", "Report",
    "Role", "Row", "Table", "Therapy", "TherapyKind", "TherapyStatus", "Treatment", "TreatmentOutcome", "TreatmentStatus", "col", "columns", "extra", "labels",
]  # fmt: skip

DiagnosisAssertion = Literal["present", "historical", "possible", "absent", "family"]
DiagnosisRole = Literal["principal", "comorbidity", "complication", "differential"]
TreatmentStatus = Literal["given", "stopped", "failed", "declined", "planned", "avoided", "exposure"]
ReasonStopped = Literal[
    "adverse_event", "no_response", "completed", "cost", "patient_wish", "pregnancy", "death", "other"
]
TreatmentOutcome = Literal["improved", "resolved", "unchanged", "worse", "adverse_effect"]
PainPhase = Literal["baseline", "followup", "worst", "rest", "movement"]
Role = Literal["index", "cited"]

MENTION_LABELS = (
    "diagnosis", "drug", "dose", "volume", "ratio", "form", "vehicle", "route", "site", "frequency", "duration",
    "age", "sex", "pain_score",
)  # fmt: skip


#: units of doses, as `dose_unit` has them
DOSE_UNITS = ("mg", "g", "ug", "mL", "%", "mg/kg", "mg/d", "mg/mL", "mg/m2", "[IU]")


class Case(Evidence):
    """A patient, or a group of patients told as one."""

    table: ClassVar[Table] = Table(
        name="cases", key="case_id", title="Cases", one="Patient", curated=True, beside="role", addable=4,
        identity=(("role", "label", "age_text", "sex"),),
        form={"Patient": ("role", "label", "patients", "age_text", "age_years", "sex")},
    )  # fmt: skip
    case_id: str = col("Identifier of the case.", example="d3f1c09a2b71-c1")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    role: Role = col(
        "index: the authors' own patient; cited: a patient of the literature they discuss.",
        example="index",
        default="index",
    )
    patients: int = col("How many patients the case stands for.", example=1, default=1, ge=1)
    label: str = col("What the report calls the case when it numbers its patients.", example="Case 2", default="")
    age_text: str = col("Age as written.", example="3-month-old", default="", label="age")
    age_years: float | None = col("Age.", unit="years", example=0.25, default=None, ge=0)
    sex: Literal["F", "M", ""] = col("F or M.", example="F", default="")


class Diagnosis(Evidence):
    """A diagnosis in a case."""

    table: ClassVar[Table] = Table(
        name="diagnoses", key="diagnosis_id", title="Diagnoses", one="Diagnosis", curated=True, addable=1,
        identity=(("text",), ("diagnosis",)),
        form={"Diagnosis": ("diagnosis", "assertion", "role", "primary", "case_id", "code", "onset_text", "onset_years")},
        searched=("text", "diagnosis", "code", "evidence"),
    )  # fmt: skip
    diagnosis_id: str = col(
        "Identifier of the row; it stays while its evidence stays.", example="d3f1c09a2b71-d-5f2c81d0"
    )
    case_id: str = col("The case it belongs to.", example="d3f1c09a2b71-c1", refers="cases")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    text: str = col("As written at its first or fullest mention.", example="calcinosis cutis", label="diagnosis")
    diagnosis: str = col(
        "Normalised name: abbreviations written out, lower case.", example="calcinosis cutis", default=""
    )
    code_system: str = col("ICD-10-CM, or that of a linker of yours.", example="ICD-10-CM", default="")
    code: str = col(
        "Code of the nearest title or inclusion term; empty when none is near enough.", example="L94.2", default=""
    )
    code_score: float | None = col("Similarity of name and code title, 0 to 1.", example=0.93, default=None)
    also: str = col("Other wordings in the report, joined by `; `.", example="CC; calcinosis", default="")
    assertion: DiagnosisAssertion = col(
        "present, historical (past, resolved), possible, absent, family.", example="present", default="present"
    )
    primary: bool = col("True for what the report is about.", example=True, default=False)
    role: DiagnosisRole | Literal[""] = col(
        "What it is to the case: principal (what the report is about), comorbidity (another illness the patient has, or with assertion "
        "historical had, beside it), complication (it came of an illness or of a treatment), differential (weighed, and open or ruled out). "
        "Empty when the report does not tell.",
        example="principal", default="",
    )  # fmt: skip
    onset_text: str = col(
        "Since when, as written, where the report tells it beside the diagnosis or the word of its finding.",
        example="at the age of 20",
        default="",
    )
    onset_years: float | None = col(
        "The age of the patient then: told, or that of the case less the time that is told (less than a year counts as none beside an age in whole "
        "years). When it was found counts as when it began.",
        unit="years", example=20.0, default=None, ge=0,
    )  # fmt: skip


class Treatment(Evidence):
    """A drug with one regimen in a case. A change of dose is another row; a drug told without dose has one row."""

    table: ClassVar[Table] = Table(
        name="treatments", key="treatment_id", title="Treatments", one="Treatment", curated=True, addable=2,
        identity=(("text",), ("drug",)), apart=("dose_value", "dose_unit", "ratio"),
        form={
            "Drug": ("drug", "status", "case_id"),
            "Dose": ("dose_text", "dose_value", "dose_value_max", "dose_unit"),
            "How often and how long": ("route", "frequency_text", "per_day", "outcome", "duration_text", "days"),
            "How": ("vehicle", "form", "ratio", "site"),
            "Course": ("started", "order", "indication", "indication_text", "reason_stopped", "reason_stopped_text", "cycles"),
        },
        searched=("text", "drug", "vehicle", "evidence"),
    )  # fmt: skip
    treatment_id: str = col(
        "Identifier of the row; it stays while its evidence stays.", example="d3f1c09a2b71-t-80c41d9e"
    )
    case_id: str = col(
        "The case it belongs to; empty for drugs told of nobody in particular.",
        example="d3f1c09a2b71-c1",
        default="",
        refers="cases",
    )
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    text: str = col("The drug as written.", example="STS", label="drug")
    drug: str = col("Generic name, abbreviations written out.", example="sodium thiosulfate", default="")
    also: str = col("Other wordings in the report, joined by `; `.", example="topical STS", default="")
    code_system: str = col("DrugBank, MeSH, or that of a linker of yours.", example="DrugBank", default="")
    code: str = col("Identifier in that system.", example="DB09499", default="")
    status: TreatmentStatus = col(
        "given (also completed), stopped early, failed, declined, planned, avoided, exposure (not as treatment). How the report leaves the drug: "
        "the rows of a drug that was taken tell the same (of more than four the last).",
        example="given",
        default="given",
    )
    dose_text: str = col("Dose as written.", example="1.5 gm", default="", label="dose")
    dose_value: float | None = col("Dose, or the lower end of a range.", example=1.5, default=None)
    dose_value_max: float | None = col("Upper end of a range.", example=2.0, default=None)
    dose_unit: str = col(
        f"Unit in UCUM (https://ucum.org), [IU] for units: {', '.join(DOSE_UNITS)}.",
        example="g", default="", suggested=DOSE_UNITS,
    )  # fmt: skip
    volume_text: str = col("Volume of a strength, as written.", example="15 mL", default="", label="volume")
    volume_ml: float | None = col("That volume.", unit="mL", example=15.0, default=None)
    ratio: str = col("Mixing ratio, drug to vehicle.", example="1:1", default="", label="ratio")
    vehicle: str = col(
        "What carries the drug: petrolatum, ointment base, saline, 5% dextrose, oil, gel ...",
        example="Vaseline",
        default="",
        label="vehicle",
    )
    form: str = col("Dosage form.", example="ointment", default="", label="form")
    route: str = col("Route, a canonical adjective.", example="topical", default="")
    route_text: str = col("Route as written.", example="applied to the skin", default="", label="route")
    site: str = col("Where on the body it was applied.", example="left breast", default="", label="site")
    frequency_text: str = col("Frequency as written.", example="once a day", default="", label="frequency")
    per_day: float | None = col("Doses a day (every 8 h 3, weekly 0.143).", unit="1/day", example=1.0, default=None)
    duration_text: str = col(
        "Duration as written, not how long one infusion ran.", example="two months", default="", label="duration"
    )
    days: float | None = col("Duration (week 7, month 30, year 365).", unit="days", example=60.0, default=None)
    outcome: TreatmentOutcome | Literal[""] = col(
        "What the report says came of it: improved, resolved, unchanged (it did not help), worse, adverse_effect; the last that is told. "
        "Empty when nothing is told: nothing is concluded.",
        example="improved", default="",
    )  # fmt: skip
    outcome_text: str = col("The sentence that tells the outcome.", example="the lesions softened", default="")
    indication: str = col(
        "The diagnosis of the same case that the drug was given for, where that is told (X for Y, Y was treated with X); empty when it is not told, "
        "or what it was given for is no diagnosis of the case.",
        example="d3f1c09a2b71-d-5f2c81d0", default="", refers="diagnoses",
    )  # fmt: skip
    indication_text: str = col(
        "What it was given for, as written; also a mere symptom.", example="calcinosis cutis", default=""
    )
    started: str = col(
        "When it was begun, as written: a date, a day, or so long after something.",
        example="two weeks later",
        default="",
    )
    order: int | None = col(
        "Place among what the case was given, 1 for what the report proper tells first; what it tells in one sentence has the same. Drugs that were "
        "not taken, and those that only other sections tell, have none.",
        example=2, default=None, ge=1,
    )  # fmt: skip
    cycles: int | None = col("Of a drug given in cycles or courses, how many.", example=6, default=None, ge=1)
    reason_stopped: ReasonStopped | Literal[""] = col(
        "Why it was ended, where that is told: adverse_event, no_response, completed (its course was over), cost, patient_wish (of the patient or "
        "the family, or not taken as told), pregnancy (or the wish for one), death, other (told, and none of these).",
        example="adverse_event", default="",
    )  # fmt: skip
    reason_stopped_text: str = col("That reason as written.", example="burning", default="")


class PainScore(Evidence):
    """One rating of pain by the patient."""

    table: ClassVar[Table] = Table(
        name="pain_scores", key="pain_id", title="Pain scores", one="Pain score", curated=True, addable=3,
        identity=(("text", "value"), ("value", "scale_max")), apart=("value",),
        form={
            "Rating": ("value", "value_max", "scale_max", "scale"),
            "When": ("phase", "when_text", "site", "treatment_id", "case_id"),
        },
        searched=("text", "scale", "evidence"),
    )  # fmt: skip
    pain_id: str = col("Identifier of the row; it stays while its evidence stays.", example="d3f1c09a2b71-p-1b7e03aa")
    case_id: str = col("The case it belongs to.", example="d3f1c09a2b71-c1", refers="cases")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    text: str = col("As written.", example="8/10", label="pain_score")
    value: float = col("Rating.", example=8.0)
    value_max: float | None = col("Upper end of a rated range.", example=9.0, default=None)
    scale_max: float | None = col("Upper end of the scale.", example=10.0, default=None)
    scale: str = col("NRS, VAS, FACES, NPRS, BPI, FLACC ...", example="NRS", default="")
    inferred: bool = col("Read from words such as pain-free, not from a number.", example=False, default=False)
    phase: PainPhase | Literal[""] = col(
        "baseline (before treatment), followup, worst, rest, movement.", example="baseline", default=""
    )
    when_text: str = col("When, as written.", example="one month later", default="")
    site: str = col("Where it hurts.", example="left breast", default="")
    treatment_id: str = col(
        "The treatment it followed or preceded, if told.",
        example="d3f1c09a2b71-t-80c41d9e",
        default="",
        refers="treatments",
    )


class FlatRecord(Evidence):
    """The flat view: one regimen of an index patient on one line. Made from the other tables."""

    table: ClassVar[Table] = Table(
        name="records", key="record_id", title="Records", one="Record",
        made_from=("cases", "diagnoses", "treatments", "pain_scores"),
    )  # fmt: skip
    record_id: str = col("Identifier of the row: that of its treatment.", example="d3f1c09a2b71-t-80c41d9e")
    case_id: str = col("The case.", example="d3f1c09a2b71-c1", refers="cases")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    age_years: float | None = col("Age.", example=44.0, unit="years", default=None)
    sex: Literal["F", "M", ""] = col("F or M.", example="F", default="")
    diagnosis: str = col("Primary diagnoses, joined by `; `.", example="calcinosis cutis", default="")
    drug: str = col("Generic name.", example="sodium thiosulfate", default="")
    status: TreatmentStatus | Literal[""] = col("Status of the treatment.", example="given", default="")
    dose: str = col("Dose as value and unit.", example="20 mg", default="")
    ratio: str = col("Mixing ratio.", example="1:1", default="")
    vehicle: str = col("What carries the drug.", example="petrolatum", default="")
    form: str = col("Dosage form.", example="ointment", default="")
    route: str = col("Route.", example="topical", default="")
    site: str = col("Where on the body.", example="left breast", default="")
    frequency: str = col("Frequency as written.", example="once a day", default="")
    per_day: float | None = col("Doses a day.", example=1.0, unit="1/day", default=None)
    duration: str = col("Duration as written.", example="two months", default="")
    days: float | None = col("Duration.", example=60.0, unit="days", default=None)
    duration_iso: str = col(
        "Duration as ISO 8601 writes it, in the units of the report; empty for a range. pandas.Timedelta misreads it: P2M is no 2 minutes.",
        example="P2M", default="",
    )  # fmt: skip
    outcome: TreatmentOutcome | Literal[""] = col("What the report says came of it.", example="improved", default="")
    pain_before: float | None = col("Pain before the treatment, on a scale of 0 to 10.", example=8.0, default=None)
    pain_after: float | None = col("Pain after it, on a scale of 0 to 10.", example=1.0, default=None)
    pain_change: float | None = col("After minus before.", example=-7.0, default=None)


class Mention(Evidence):
    """A labelled span of the text."""

    table: ClassVar[Table] = Table(
        name="mentions", key="mention_id", title="Mentions", one="Mention", curated=True, beside="",
        identity=(("label", "text"),), apart=("label",),
    )  # fmt: skip
    mention_id: str = col("Identifier of the row.", example="d3f1c09a2b71-m-c90a44be")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    label: str = col("What it is: " + ", ".join(MENTION_LABELS) + ".", example="dose")
    text: str = col("The span itself.", example="1.5 gm")
    norm: str = col("Its normalised value.", example="1.5 g", default="")
    assertion: str = col("For diagnoses the assertion, for drugs the status.", example="given", default="")
    case_id: str = col("The case whose fact it is, if any.", example="d3f1c09a2b71-c1", default="", refers="cases")
    linked_to: str = col(
        "Identifier of the treatment or pain score it belongs to.",
        example="d3f1c09a2b71-t-80c41d9e",
        default="",
        refers="treatments",
    )
    origin: str = col("What proposed it: rule, vocabulary, model, abbreviation.", example="rule", default="")


class Report(Row):
    """What one report says: a tuple of rows by the name of each table, also of the tables of other packages."""

    model_config = ConfigDict(frozen=True, extra="allow")

    document: Document
    cases: tuple[Case, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    pain_scores: tuple[PainScore, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = ()
    records: tuple[FlatRecord, ...] = ()
    mentions: tuple[Mention, ...] = ()
    #: by the identifier of a row, why it says what it says: lines for a person, in no table
    reasons: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        """Tables that are not ours are those of a package that is installed, and their rows its rows."""
        for name, rows in (self.model_extra or {}).items():
            model = TABLES.get(name)
            if model is None:
                raise ValueError(f"there is no table {name!r}")
            self.model_extra[name] = tuple(model.model_validate(row) for row in rows)  # type: ignore[index]
        return self

    def rows(self, table: str) -> Sequence[Any]:
        """The rows of a table by its name; `documents` has one."""
        return (self.document,) if table == "documents" else getattr(self, table, ())


#: the tables by name, in the order they are written; the value is the row's type. Those of other packages come last
TABLES = Tables(Document, Case, Diagnosis, Treatment, PainScore, Therapy, AdverseEvent, FlatRecord, Mention)

#: the identifier column of each table
KEYS = Keys(TABLES)
