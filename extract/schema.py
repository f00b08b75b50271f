"""The record types: what a `Report` is made of, and so the columns of every table.

Ground floor: imports nothing of ours. The tables, their `datapackage.json` and the data dictionary are
generated from these models: a field's description, unit and examples stand here and nowhere else. Field
order is column order. None means "not told"; text is as the report wrote it, canonical columns are ours.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

DiagnosisAssertion = Literal["present", "historical", "possible", "absent", "family"]
DiagnosisRole = Literal["principal", "comorbidity", "complication", "differential"]
TreatmentStatus = Literal["given", "stopped", "failed", "declined", "planned", "avoided", "exposure"]
TreatmentOutcome = Literal["improved", "resolved", "unchanged", "worse", "adverse_effect"]
PainPhase = Literal["baseline", "followup", "worst", "rest", "movement"]
Role = Literal["index", "cited"]
Curation = Literal["", "accepted", "corrected", "rejected", "added", "orphaned"]
DocumentStatus = Literal["ok", "partial", "failed"]

MENTION_LABELS = (
    "diagnosis", "drug", "dose", "volume", "ratio", "form", "vehicle", "route", "site", "frequency", "duration",
    "age", "sex", "pain_score",
)  # fmt: skip


def col(description: str, *, unit: str = "", example: Any = None, **more: Any) -> Any:
    """A column: its meaning, its unit, an example. `more` goes to pydantic's Field (default, ge, le ...)."""
    extra = {k: v for k, v in {"unit": unit, "example": example}.items() if v not in ("", None)}
    return Field(description=description, json_schema_extra=extra or None, **more)


class Row(BaseModel):
    """Base of every table row: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(Row):
    """Where a fact stands and how sure it is: the provenance columns, last in every fact table."""

    page: int | None = col("Page of the PDF, counted from 1.", example=2, default=None)
    x0: float | None = col("Left edge of the evidence on the page.", unit="points", example=72.0, default=None)
    top: float | None = col("Upper edge, from the page's top.", unit="points", example=310.5, default=None)
    x1: float | None = col("Right edge.", unit="points", example=140.2, default=None)
    bottom: float | None = col("Lower edge, from the page's top.", unit="points", example=322.5, default=None)
    start: int = col("First character in the document's text (for a .txt input, in the file as read).", example=1042)
    end: int = col("One past the last character.", example=1059)
    section: str = col("Canonical section the evidence stands in.", example="case", default="")
    evidence: str = col(
        "The sentence the fact was read from.",
        example="She applied sodium thiosulfate 1:1 with petrolatum once a day.",
        default="",
    )
    confidence: float = col(
        "How sure casesift is that the row is right as it stands, from 0 to 1; how it is made and used as a threshold is told above.",
        example=0.87, default=1.0, ge=0, le=1,
    )  # fmt: skip
    curation: Curation = col(
        "What a curator said: empty, accepted, corrected, rejected, added; orphaned: it was decided on, and then the file was changed and "
        "its sentence is in it no more (`records` leaves it out until somebody confirms it).",
        example="corrected",
        default="",
    )


class Document(Row):
    """One input file."""

    doc_id: str = col("Identifier of the document, made from its bytes.", example="d3f1c09a2b71")
    file: str = col("Path relative to the input folder, with forward slashes.", example="2022/skin/paper.pdf")
    sha256: str = col("SHA-256 of the file's bytes.", example="9f86d081884c7d65...", default="")
    status: DocumentStatus = col("ok, partial (some pages unreadable) or failed.", example="ok", default="ok")
    reason: str = col(
        "Why it is partial or failed: `code: what; what to do`.",
        example="encrypted-pdf: it needs a password; save it without one",
        default="",
    )
    title: str = col(
        "Title of the paper.", example="Calcinosis cutis treated with topical sodium thiosulfate", default=""
    )
    doi: str = col("DOI.", example="10.1155/2016/1234567", default="")
    pmid: str = col("PubMed identifier.", example="27895945", default="")
    journal: str = col("Journal.", example="Case Reports in Dermatology", default="")
    year: int | None = col("Year of publication.", example=2016, default=None)
    pages: int = col("Pages of the PDF; 0 for XML and text.", example=5, default=0)
    words: int = col("Words of the text.", example=2846, default=0)
    ocr_pages: int = col("Pages read by optical character recognition.", example=0, default=0)
    warnings: str = col("What a reader should know, joined by `; `.", example="page 3: no text", default="")
    seconds: float | None = col("Time it took to process.", example=1.3, unit="s", default=None)
    pipeline: str = col(
        "Fingerprint of the code, configuration and vocabularies that made the rows.",
        example="4be1c0d2a9f3",
        default="",
    )


class Case(Evidence):
    """A patient, or a group of patients told as one."""

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
    age_text: str = col("Age as written.", example="3-month-old", default="")
    age_years: float | None = col("Age.", unit="years", example=0.25, default=None, ge=0)
    sex: Literal["F", "M", ""] = col("F or M.", example="F", default="")


class Diagnosis(Evidence):
    """A diagnosis in a case."""

    diagnosis_id: str = col(
        "Identifier of the row; it stays while its evidence stays.", example="d3f1c09a2b71-d-5f2c81d0"
    )
    case_id: str = col("The case it belongs to.", example="d3f1c09a2b71-c1")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    text: str = col("As written at its first or fullest mention.", example="calcinosis cutis")
    diagnosis: str = col(
        "Normalised name: abbreviations written out, lower case.", example="calcinosis cutis", default=""
    )
    code_system: str = col("Code system, ICD-10-CM.", example="ICD-10-CM", default="")
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


class Treatment(Evidence):
    """A drug with one regimen in a case. A change of dose is another row; a drug told without dose has one row."""

    treatment_id: str = col(
        "Identifier of the row; it stays while its evidence stays.", example="d3f1c09a2b71-t-80c41d9e"
    )
    case_id: str = col(
        "The case it belongs to; empty for drugs told of nobody in particular.", example="d3f1c09a2b71-c1", default=""
    )
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    text: str = col("The drug as written.", example="STS")
    drug: str = col("Generic name, abbreviations written out.", example="sodium thiosulfate", default="")
    also: str = col("Other wordings in the report, joined by `; `.", example="topical STS", default="")
    code_system: str = col("DrugBank or MeSH.", example="DrugBank", default="")
    code: str = col("Identifier in that system.", example="DB09499", default="")
    status: TreatmentStatus = col(
        "given (also completed), stopped early, failed, declined, planned, avoided, exposure (not as treatment).",
        example="given",
        default="given",
    )
    dose_text: str = col("Dose as written.", example="1.5 gm", default="")
    dose_value: float | None = col("Dose, or the lower end of a range.", example=1.5, default=None)
    dose_value_max: float | None = col("Upper end of a range.", example=2.0, default=None)
    dose_unit: str = col(
        "Unit in UCUM (https://ucum.org), [IU] for units: mg, g, ug, mL, %, mg/kg, mg/d, mg/mL, mg/m2, [IU].",
        example="g",
        default="",
    )
    volume_text: str = col("Volume of a strength, as written.", example="15 mL", default="")
    volume_ml: float | None = col("That volume.", unit="mL", example=15.0, default=None)
    ratio: str = col("Mixing ratio, drug to vehicle.", example="1:1", default="")
    vehicle: str = col(
        "What carries the drug: petrolatum, ointment base, saline, 5% dextrose, oil, gel ...",
        example="Vaseline",
        default="",
    )
    form: str = col("Dosage form.", example="ointment", default="")
    route: str = col("Route, a canonical adjective.", example="topical", default="")
    route_text: str = col("Route as written.", example="applied to the skin", default="")
    site: str = col("Where on the body it was applied.", example="left breast", default="")
    frequency_text: str = col("Frequency as written.", example="once a day", default="")
    per_day: float | None = col("Doses a day (every 8 h 3, weekly 0.143).", unit="1/day", example=1.0, default=None)
    duration_text: str = col("Duration as written.", example="two months", default="")
    days: float | None = col("Duration (week 7, month 30, year 365).", unit="days", example=60.0, default=None)
    outcome: TreatmentOutcome | Literal[""] = col(
        "What the report says came of it: improved, resolved, unchanged (it did not help), worse, adverse_effect; the last that is told. "
        "Empty when nothing is told: nothing is concluded.",
        example="improved", default="",
    )  # fmt: skip
    outcome_text: str = col("The sentence that tells the outcome.", example="the lesions softened", default="")


class PainScore(Evidence):
    """One rating of pain by the patient."""

    pain_id: str = col("Identifier of the row; it stays while its evidence stays.", example="d3f1c09a2b71-p-1b7e03aa")
    case_id: str = col("The case it belongs to.", example="d3f1c09a2b71-c1")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    text: str = col("As written.", example="8/10")
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
        "The treatment it followed or preceded, if told.", example="d3f1c09a2b71-t-80c41d9e", default=""
    )


class FlatRecord(Evidence):
    """The flat view: one regimen of an index patient on one line. Made from the other tables."""

    record_id: str = col("Identifier of the row: that of its treatment.", example="d3f1c09a2b71-t-80c41d9e")
    case_id: str = col("The case.", example="d3f1c09a2b71-c1")
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

    mention_id: str = col("Identifier of the row.", example="d3f1c09a2b71-m-c90a44be")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    label: str = col("What it is: " + ", ".join(MENTION_LABELS) + ".", example="dose")
    text: str = col("The span itself.", example="1.5 gm")
    norm: str = col("Its normalised value.", example="1.5 g", default="")
    assertion: str = col("For diagnoses the assertion, for drugs the status.", example="given", default="")
    case_id: str = col("The case whose fact it is, if any.", example="d3f1c09a2b71-c1", default="")
    linked_to: str = col(
        "Identifier of the treatment or pain score it belongs to.", example="d3f1c09a2b71-t-80c41d9e", default=""
    )
    origin: str = col("What proposed it: rule, vocabulary, model, abbreviation.", example="rule", default="")


class Report(Row):
    """What one report says."""

    document: Document
    cases: tuple[Case, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    pain_scores: tuple[PainScore, ...] = ()
    records: tuple[FlatRecord, ...] = ()
    mentions: tuple[Mention, ...] = ()
    #: by the identifier of a row, why it says what it says: lines for a person, in no table
    reasons: dict[str, tuple[str, ...]] = Field(default_factory=dict)


#: the tables, in the order they are written; the value is the row's type
TABLES: dict[str, type[Row]] = {
    "documents": Document, "cases": Case, "diagnoses": Diagnosis, "treatments": Treatment,
    "pain_scores": PainScore, "records": FlatRecord, "mentions": Mention,
}  # fmt: skip

#: the identifier column of each table
KEYS: dict[str, str] = {
    "documents": "doc_id", "cases": "case_id", "diagnoses": "diagnosis_id", "treatments": "treatment_id",
    "pain_scores": "pain_id", "records": "record_id", "mentions": "mention_id",
}  # fmt: skip

FACT_TABLES = tuple(t for t in TABLES if t != "documents")


def columns(row: type[Row]) -> list[str]:
    """The columns of a table: its own first, then the provenance columns."""
    own = [f for f in row.model_fields if f not in Evidence.model_fields]
    shared = [f for f in Evidence.model_fields if f in row.model_fields]
    return own + shared
