"""What a wording says in numbers, so that a curator need not type it twice: "two months" is 60 days.

The same parsers as the pipeline's own (`extract.language.quantities`, plain functions of a text); no language pipeline is
loaded or run.
"""

from __future__ import annotations

from typing import Any


def columns_of(field: str, text: str) -> dict[str, Any]:
    """The number columns that go with a text column that was changed; empty where its wording tells none.

    Args:
        field: `dose_text`, `volume_text`, `frequency_text`, `duration_text`, `age_text`, or `text` for a pain score.
    """
    from extract.language import quantities as q

    match field:
        case "dose_text" if dose := q.parse_dose(text):
            told = {"dose_value": dose.value, "dose_value_max": dose.value_max, "dose_unit": dose.unit}
            return told | ({"per_day": dose.per_day} if dose.per_day is not None else {})
        case "volume_text" if volume := q.parse_volume(text):
            return {"volume_ml": volume.ml}
        case "frequency_text" if (often := q.parse_frequency(text)) and often.per_day is not None:
            return {"per_day": often.per_day}
        case "duration_text" if (long := q.parse_duration(text)) and long.days is not None:
            return {"days": long.days}
        case "age_text" if age := q.parse_age(text):
            return {"age_years": age.years}
        case "text" if pain := q.parse_pain(text):
            return {"value": pain.value, "value_max": pain.value_max, "scale_max": pain.scale_max, "scale": pain.scale}
    return {}


def first_values(table: str, text: str) -> dict[str, Any]:
    """The values a form for a new row begins with, from the words that were selected."""
    from extract.language import quantities as q

    text = " ".join(text.split())
    match table:
        case "treatments":
            return {"status": "given"} | _regimen(text)
        case "diagnoses":
            return {"text": text, "diagnosis": text.lower(), "assertion": "present"}
        case "pain_scores":
            return {"text": text} | columns_of("text", text)
        case "cases":
            return {"age_text": text, "sex": q.parse_sex(text) or "", "role": "index", "patients": 1} | columns_of(
                "age_text", text
            )
    return {}


def _regimen(text: str) -> dict[str, Any]:
    """ "prednisone 40 mg daily for two weeks": its drug, dose, frequency and duration, as far as they are told so."""
    dose = columns_of("dose_text", text)
    at = next((i for i, c in enumerate(text) if c.isdigit()), len(text))
    drug = text[:at].strip(" ,;:(")
    if not dose or not drug:
        return {"text": text, "drug": text.lower()}
    words = text[at:].strip(" ,;()").split()
    taken = next(n for n in range(1, len(words) + 1) if _same_dose(" ".join(words[:n]), dose) or n == len(words))
    often, _, long = " ".join(words[taken:]).partition("for ")
    told = {"text": drug, "drug": drug.lower(), "dose_text": " ".join(words[:taken])} | dose
    for field, said in (("frequency_text", often.strip(" ,;")), ("duration_text", long.strip(" ,;"))):
        if numbers := columns_of(field, said):
            told |= {field: said} | numbers
    return told


def _same_dose(text: str, dose: dict[str, Any]) -> bool:
    told = columns_of("dose_text", text)
    return all(told.get(name) == dose[name] for name in ("dose_value", "dose_value_max", "dose_unit"))
