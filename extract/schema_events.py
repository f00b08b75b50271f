"""The record types of what happens to a patient beside drugs, as `schema` has the others: therapies, and harm done by drugs.

Ground floor, over `tables` (what a table is) and under `schema`, by which everybody else knows them.
"""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from extract.tables import Evidence, Table, col

TherapyKind = Literal[
    "surgery", "intervention", "radiotherapy", "transplantation", "dialysis", "apheresis", "oxygen", "ventilation", "electrical", "laser",
    "phototherapy", "rehabilitation", "compression", "immobilization", "psychotherapy", "other",
]  # fmt: skip
TherapyStatus = Literal["given", "past", "stopped", "failed", "declined", "planned", "avoided"]

ActionTaken = Literal["stopped", "dose reduced", "switched", "continued"]
EventOutcome = Literal["resolved", "improved", "persistent", "fatal"]

#: what a therapy that is no drug can be, as `kind` has it
THERAPY_KINDS: tuple[str, ...] = get_args(TherapyKind)


class Therapy(Evidence):
    """What treats a patient and is no drug: surgery, radiotherapy, dialysis, laser ... Fluids, blood and oxygen by itself are told with drugs."""

    table: ClassVar[Table] = Table(
        name="therapies", key="therapy_id", title="Therapies", one="Therapy", curated=True, addable=5,
        identity=(("text",), ("therapy",)), apart=("dose_gy", "sessions"),
        form={
            "Therapy": ("therapy", "kind", "status", "case_id"),
            "How much": ("dose_text", "dose_gy", "fractions", "sessions", "site"),
        },
        searched=("text", "therapy", "evidence"),
    )  # fmt: skip
    therapy_id: str = col(
        "Identifier of the row; it stays while its evidence stays.", example="d3f1c09a2b71-o-3ac51e07"
    )
    case_id: str = col("The case it belongs to.", example="d3f1c09a2b71-c1", refers="cases")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    text: str = col("As written at its first or fullest mention.", example="left partial nephrectomy")
    therapy: str = col(
        "Preferred name, of casesift's own vocabulary; of an operation that is not in it the word itself, lower case.",
        example="nephrectomy", default="",
    )  # fmt: skip
    kind: TherapyKind | Literal[""] = col(
        "surgery, intervention (through a needle, catheter or endoscope), radiotherapy, transplantation, dialysis, apheresis (plasma exchange "
        "too), oxygen, ventilation, electrical, laser, phototherapy, rehabilitation, compression, immobilization, psychotherapy, other.",
        example="surgery", default="",
    )  # fmt: skip
    also: str = col("Other wordings in the report, joined by `; `.", example="nephrectomy", default="")
    status: TherapyStatus = col(
        "given (done in the course told), past (done before it: history, status post, years ago), stopped early, failed, declined, planned "
        "(also offered, advised or considered, and not told to be done), avoided (not done, on purpose or because it could not be).",
        example="given", default="given",
    )  # fmt: skip
    site: str = col("Where on the body.", example="left knee", default="")
    dose_text: str = col("Dose of radiation as written.", example="60 Gy in 30 fractions", default="")
    dose_gy: float | None = col("That dose, altogether.", unit="Gy", example=60.0, default=None, ge=0)
    fractions: int | None = col("In how many fractions.", example=30, default=None, ge=1)
    sessions: int | None = col("How many sessions, exchanges or times.", example=5, default=None, ge=1)


class AdverseEvent(Evidence):
    """Harm that the report ties to a drug of a patient; one row a drug and harm."""

    table: ClassVar[Table] = Table(
        name="adverse_events", key="event_id", title="Adverse events", one="Adverse event", curated=True, addable=6,
        identity=(("text", "drug"), ("event", "drug")),
        form={
            "Harm": ("event", "drug", "link", "case_id", "code"),
            "What came of it": ("action_taken", "outcome", "treatment_id", "diagnosis_id"),
        },
        searched=("text", "event", "drug", "evidence"),
    )  # fmt: skip
    event_id: str = col("Identifier of the row; it stays while its evidence stays.", example="d3f1c09a2b71-e-77b0c4d2")
    case_id: str = col("The case it belongs to.", example="d3f1c09a2b71-c1", refers="cases")
    doc_id: str = col("Identifier of the document.", example="d3f1c09a2b71")
    file: str = col("Path of the document.", example="2022/skin/paper.pdf", default="")
    text: str = col("The harm as written.", example="maculopapular rash")
    event: str = col(
        "Its normalised name: abbreviations written out, lower case.", example="maculopapular rash", default=""
    )
    code_system: str = col("Code system, ICD-10-CM.", example="ICD-10-CM", default="")
    code: str = col(
        "Code, where the harm is a diagnosis that has one; a mere symptom has none.", example="L27.0", default=""
    )
    drug: str = col("Generic name of the drug.", example="carbamazepine", default="")
    link: Literal["cause", "time", ""] = col(
        "How the report ties them: cause (X-induced, due to, attributed to, a side effect of, stopped because of), or time: the harm is told to "
        "have come after the drug or under it, and was not known before.",
        example="cause", default="",
    )  # fmt: skip
    action_taken: ActionTaken | Literal[""] = col(
        "What was done about the drug: stopped, dose reduced, switched (another took its place), continued. Empty when the report does not tell.",
        example="stopped", default="",
    )  # fmt: skip
    outcome: EventOutcome | Literal[""] = col(
        "What came of the harm: resolved, improved, persistent, fatal. Empty when nothing is told: nothing is concluded.",
        example="resolved", default="",
    )  # fmt: skip
    treatment_id: str = col(
        "The drug's first row among the treatments of the case.",
        example="d3f1c09a2b71-t-80c41d9e",
        default="",
        refers="treatments",
    )
    diagnosis_id: str = col(
        "The harm's row among the diagnoses of the case, if it has one.",
        example="d3f1c09a2b71-d-5f2c81d0",
        default="",
        refers="diagnoses",
    )
