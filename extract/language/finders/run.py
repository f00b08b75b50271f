"""All finders over one text, in the order in which they exclude one another."""

from __future__ import annotations

from collections.abc import Sequence

from extract.language.finders.doses import find_doses
from extract.language.finders.found import Found, overlaps
from extract.language.finders.mixtures import find_ratios
from extract.language.finders.pain import find_pain
from extract.language.finders.people import age_candidates, find_ages, find_sexes
from extract.language.finders.times import find_durations, find_frequencies


def find_quantities(text: str, drugs: Sequence[tuple[int, int]] = ()) -> list[Found]:
    """Every mention of dose, volume, ratio, frequency, duration, age, sex and pain score in `text`, in document order.

    `drugs` are the characters of medicines found before, if any: they tell strengths from other percentages."""
    candidates = age_candidates(text)
    ages = find_ages(text, candidates)
    dated = [*candidates[0], *candidates[1]]
    doses = [d for d in find_doses(text, drugs) if not overlaps(d.start, d.end, dated)]
    frequencies = [f for f in find_frequencies(text, doses) if not overlaps(f.start, f.end, doses)]
    pain = find_pain(text)
    durations = find_durations(text, [*dated, *doses, *frequencies, *pain])
    found = [*ages, *find_sexes(text), *doses, *frequencies, *durations, *find_ratios(text), *pain]
    return sorted(found, key=lambda f: (f.start, f.end, f.label))
