"""Quantities: what "200 mg daily for 2/52" says in numbers.

One file a quantity, with its parser and its finder (those of dose and pain, the longest, stand in several: `dose`,
`dose_mentions` and `dose_strength`, `pain`, `pain_sentence` and `pain_mentions`). A parser is a pure function from a mention's text to a frozen dataclass, or None
where the text tells no such quantity; a finder hands its parsed value on with the mention. All finders together are
`extract.language.quantities.find`, and in a pipeline `extract.language.quantities.component`. Every dataclass prints canonically and reads its own print: `parse_x(str(x)) == x`.

Sources of the rules: UCUM (units), ISO 8601 (durations), the Institute for Safe Medication Practices and the
British National Formulary (Latin abbreviations of prescriptions); spellings stand in `extract/language/rules/`.
"""

from extract.language.quantities.dose import Dose, dose_of, parse_dose
from extract.language.quantities.duration import Duration, iso_duration, parse_duration
from extract.language.quantities.frequency import Frequency, parse_frequency
from extract.language.quantities.mixing import Ratio, Volume, parse_ratio, parse_volume
from extract.language.quantities.numbers import Range, parse_number, parse_range
from extract.language.quantities.pain import Pain, parse_pain, parse_scale
from extract.language.quantities.person import Age, parse_age, parse_sex

__all__ = [
    "Age", "Dose", "Duration", "Frequency", "Pain", "Range", "Ratio", "Volume", "dose_of", "iso_duration", "parse_age", "parse_dose", "parse_duration",
    "parse_frequency", "parse_number", "parse_pain", "parse_range", "parse_ratio", "parse_scale", "parse_sex",
    "parse_volume",
]  # fmt: skip
