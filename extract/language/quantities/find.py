"""Where in a text quantities stand: all finders over one text, in the order in which they exclude one another.

Each finder stands in the file of its quantity and takes the plain text; what looks like a quantity and is another
thing (a laboratory value, a titre, an Apgar score) is told by its surroundings, after rule files in
`extract/language/rules/`. The component (`extract.language.quantities.component`) makes spaCy spans of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.language.quantities.dose_mentions import find_doses
from extract.language.quantities.duration import find_durations
from extract.language.quantities.frequency import find_frequencies
from extract.language.quantities.mention import QuantityMention, overlaps
from extract.language.quantities.mixing import find_ratios
from extract.language.quantities.pain_mentions import find_pain
from extract.language.quantities.person import age_candidates, find_ages, find_sexes


def find_quantities(text: str, drugs: Sequence[tuple[int, int]] = ()) -> list[QuantityMention[object]]:
    """Every mention of dose, volume, ratio, frequency, duration, age, sex and pain score in `text`, in document order.

    `drugs` are the characters of medicines found before, if any: they tell strengths from other percentages."""
    candidates = age_candidates(text)
    ages = find_ages(text, candidates)
    dated = [*candidates[0], *candidates[1]]
    doses = [d for d in find_doses(text, drugs) if not overlaps(d.start, d.end, dated)]
    frequencies = [f for f in find_frequencies(text, doses) if not overlaps(f.start, f.end, doses)]
    pain = find_pain(text)
    durations = find_durations(text, [*dated, *doses, *frequencies, *pain])
    mentions: list[QuantityMention[object]] = []
    mentions += [*ages, *find_sexes(text), *doses, *frequencies, *durations, *find_ratios(text), *pain]
    return sorted(mentions, key=lambda m: (m.start, m.end, m.label))
