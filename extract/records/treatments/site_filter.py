"""Words of place and way that look as if a drug went there, and tell something else.

In: a sentence and one of its site or route mentions. Out: whether the site is where an illness is ("a rupture of the left
quadriceps", "metastasis of the knee"), whether the route is that of a medicine without a name ("oral therapy for hypertension and
latanoprost drops"), of an unknown one, of a procedure. Asked by `extract.records.treatments.attributes`. The rules stand in `rules/places.csv`.
"""

from __future__ import annotations

import re

from extract.language.mention import Mention, Sentence
from extract.records.rule_files import cue

RULES = "places.csv"
#: forms that are those of the drug before as often as not: "ketamine 20 mg and an infusion"
_WAYS = ("infusion", "bolus", "injection", "solution", "implant", "patch", "depot")
#: ways and forms that can be done of their own
_DONE = ("irrigation", "dressing", "rinse", "wash", "bath", "compress")
#: ways that are named as a part of the body is
_OF_THE_BODY = ("nasal", "vaginal", "rectal", "ophthalmic", "otic", "buccal")
#: an anaesthetic, a block: what is given so numbs
_NUMBING = re.compile(r"an(?:a)?esth|analges|block", re.IGNORECASE)


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


def of_unknown(s: Sentence, route: Mention) -> bool:
    """Whether a route is that of the word behind it, which no drug is known by: "paclitaxel, intravenous oxaliplatin and oral TX-1"."""
    behind = cue("unknown", RULES).match(s.after(route))
    if behind is None or not cue("next_of_list", RULES).search(s.before(route)):
        return False
    start, end = route.end, route.end + behind.end()
    return not any(m is not route and m.start < end and start < m.end for m in s.mentions)


def of_unknown_drug(s: Sentence, m: Mention) -> bool:
    """Whether a dose, rhythm or length is told right behind a drug that no list knows: "after cisplatin antiPD-L1 every 3 weeks"."""
    found = cue("unknown_drug", RULES).search(s.before(m)) if m.label in ("dose", "frequency", "duration") else None
    if found is None:
        return False
    start = s.start + found.start()
    return not any(x is not m and start < x.end and x.start < m.start for x in s.of("drug", "diagnosis"))


def _of_its_own(s: Sentence, m: Mention) -> bool:
    """Whether a form is an item of its own in a list, a medicine without a name: "zinc, a herbal medicine and an ointment"."""
    item = cue("own_item", RULES).search(s.before(m)) if m.label in ("form", "vehicle", "route") else None
    form = next((f for f in s.of("form") if m.start <= f.start and f.end - m.end <= 20), None)
    if item is None or form is None or form.norm in _WAYS or cue("holds", RULES).match(s.after(form)):
        return False
    drugs = s.of("drug")
    named = any(m.start <= d.end + 1 and d.start <= form.end + 1 for d in drugs)  # "a budesonide inhaler"
    return not named and any(d.end <= m.start for d in drugs)


def of_a_procedure(s: Sentence, m: Mention) -> bool:
    """Whether a way or a form is a thing of its own: "daily irrigation and dressing were performed", "the nasal pyramid", "and an ointment"."""
    return _of_its_own(s, m) or (
        m.label in ("route", "form")
        and (
            (m.norm in _DONE and bool(cue("performed", RULES).match(s.after(m))))
            or (m.label == "route" and m.norm in _OF_THE_BODY and bool(cue("of_organ", RULES).match(s.after(m))))
        )
    )


def numbs(drug: Mention, route: Mention) -> bool:
    """Whether a drug can be given by an anaesthetic or a block, where the route is told by such words."""
    if route.label != "route" or not _NUMBING.search(route.text):
        return True
    return bool(cue("numbing", RULES).fullmatch((drug.norm or drug.text).lower()))
