"""The values a form for a new row begins with, from the words that were selected: "prednisone 40 mg daily for two weeks"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.curation.derived import columns_of
from pipelines.curation.fields import NOT_FACTS


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
        case "therapies":
            from pipelines.curation.derived_therapies import first_of

            return first_of(text)
        case "adverse_events":
            return {"text": text, "event": text.lower(), "link": "cause"}
        case "cases":
            return {"age_text": text, "sex": q.parse_sex(text) or "", "role": "index", "patients": 1} | columns_of(
                "age_text", text
            )
    return {}


def drug_beside(treatments: Iterable[Mapping[str, Any]], sentence: str) -> dict[str, Any]:
    """The drug of an adverse event that was selected in a sentence: the only one that the sentence names; else nothing."""
    rows = [r for r in treatments if r["curation"] not in NOT_FACTS and r["drug"]]
    told = [r for r in rows if _names(sentence, r["text"]) or _names(sentence, r["drug"])]
    if len({r["drug"] for r in told}) != 1:
        return {}
    return {"drug": told[0]["drug"], "treatment_id": told[0]["treatment_id"]}


def _names(sentence: str, name: str) -> bool:
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence, re.IGNORECASE) is not None


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
