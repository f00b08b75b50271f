"""Words of place and way that look as if a drug went there, and tell something else.

In: a sentence and one of its site or route mentions. Out: whether the site is where an illness is ("a rupture of the left
quadriceps", "metastasis of the knee"), whether the route is that of a medicine without a name ("oral therapy for hypertension and
latanoprost drops"). Asked by `extract.records.treatments.attributes`. The rules stand in `rules/places.csv`.
"""

from __future__ import annotations

from extract.language.mention import Mention, Sentence
from extract.records.rule_files import cue

RULES = "places.csv"


def of_illness(s: Sentence, site: Mention) -> bool:
    """Whether a site tells where something is wrong, not where a drug was put."""
    before, after = s.before(site), s.after(site)
    if cue("object", RULES).match(after):
        return True  # "eye drops", "skin biopsy"
    if cue("put", RULES).search(before):
        return False
    named = any(
        d.start <= site.start and site.end <= d.end and (d.start, d.end) != (site.start, site.end)
        for d in s.of("diagnosis")
    )
    return named or bool(cue("ill_before", RULES).search(before) or cue("ill_after", RULES).match(after))


def of_unnamed(s: Sentence, route: Mention) -> bool:
    """Whether a route belongs to a medicine that is not named, with another one behind it."""
    at, stop = route.start - s.start, route.end - s.start
    unnamed = cue("unnamed", RULES).match(s.text[stop:])
    if unnamed is None:
        return False
    end = stop + unnamed.end()
    drugs = [(d.start - s.start, d.end - s.start) for d in s.of("drug")]
    beside = any(stop <= a < end for a, _ in drugs) or any(0 <= at - b <= 2 for _, b in drugs)
    return not beside and any(a >= end for a, _ in drugs)
