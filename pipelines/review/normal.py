"""The values a form for a new row begins with, from the words that were selected: "prednisone 40 mg daily for two weeks"."""

from __future__ import annotations

from typing import Any

from pipelines.curation.derived import columns_of


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
    values = {"text": drug, "drug": drug.lower(), "dose_text": " ".join(words[:taken])} | dose
    for field, wording in (("frequency_text", often.strip(" ,;")), ("duration_text", long.strip(" ,;"))):
        if numbers := columns_of(field, wording):
            values |= {field: wording} | numbers
    return values


def _same_dose(text: str, dose: dict[str, Any]) -> bool:
    parsed = columns_of("dose_text", text)
    return all(parsed.get(name) == dose[name] for name in ("dose_value", "dose_value_max", "dose_unit"))
