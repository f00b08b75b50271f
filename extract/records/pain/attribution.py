"""Which treatment a pain score belongs to: the one given against the pain, not the last one named.

In: a person's ratings and drug courses. Out: each rating's `treatment` filled in, or left empty where none has a claim. A
follow-up looks back, a baseline ahead. The claim of a treatment is a sum of named parts (`CLAIMS`); the strongest wins, the
nearer one of equals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extract.language.mention import Sentence
from extract.language.sections import SUMMARY
from extract.records.pain.rating import Rating
from extract.records.rule_files import cue
from extract.records.treatments.regimen import TAKEN, DrugCourse, Regimen, drug_key
from extract.records.treatments.rows import INFORMATIVE
from extract.settings import RecordsSettings

RULES = "pain_drugs.csv"

CLAIMS = {
    "named": 4.0,  # named in the sentence of the score
    "title": 4.0,  # the report is about it
    "analgesic": 2.5,
    "other": -4.0,  # given for something else
    "for_pain": 1.5,  # the words around it speak of pain
    "site": 1.5,  # put on the place that hurts
    "dosed": 0.5,
    "sentence": -0.25,  # each sentence between
    "failed": -1.5,  # a follow-up is told of what went on, not of what had failed
}
_PAIN = re.compile(r"\b(?:pain\w*|analges\w+|ache\w*|neuralgi\w+|sore\w*|tender\w*|relie[fv]\w*)\b", re.IGNORECASE)
#: a claim below it is none
LEAST = -2.5


@dataclass(frozen=True, slots=True)
class _Telling:
    """A sentence that tells of a drug as taken, with what it tells of it."""

    course: DrugCourse
    sentence: Sentence
    status: str
    regimen: Regimen | None


def relate(
    ratings: Sequence[Rating], drugs: Sequence[DrugCourse], sents: Sequence[Sentence], settings: RecordsSettings
) -> None:
    """Fill in the `treatment` of each rating."""
    titled = _titled(drugs, sents)
    tellings = [x for course in drugs for x in _tellings(course)]
    for rating in ratings:
        if rating.phase not in ("baseline", "followup"):
            continue
        claims = [
            (claim, -abs(x.sentence.index - rating.sentence.index), -i, x)
            for i, x in enumerate(tellings)
            if (claim := _claim(rating, x, settings, titled=x.course.key in titled)) is not None
        ]
        if claims:
            course = max(claims, key=lambda c: c[:3])[3].course
            rating.treatment = _under_way(course, rating)


def _titled(drugs: Sequence[DrugCourse], sents: Sequence[Sentence]) -> frozenset[str]:
    """The drugs the report is about: named in its title, unless as the one that failed, harmed or was stopped."""
    titles = [s for s in sents if s.section == "title"]
    named = {
        drug_key(m)
        for s in titles
        for m in s.of("drug")
        if m.assertion not in ("failed", "avoided", "declined")
        and not cue("title_not", "pain.csv").search(s.before(m))
        and not cue("title_not_after", "pain.csv").match(s.after(m))
    }
    return frozenset(
        c.key for c in drugs if c.key in named or any(c.key.startswith(n) or n.startswith(c.key) for n in named)
    )


def _tellings(course: DrugCourse) -> Iterable[_Telling]:
    """Every sentence that tells of the drug as taken."""
    for r in course.regimens:
        if r.status in TAKEN:
            yield _Telling(course, r.sentence, r.status, r)
            if r.last is not r.sentence:
                yield _Telling(course, r.last, r.status, r)
    for (_, s), status in zip(course.mentions, course.statuses, strict=True):
        if status in TAKEN:
            yield _Telling(course, s, status, None)


def _claim(rating: Rating, x: _Telling, settings: RecordsSettings, *, titled: bool) -> float | None:
    """How strong the claim of a treatment on a score is; None when it cannot be its."""
    distance = x.sentence.index - rating.sentence.index
    analgesic = bool(cue("analgesic", RULES).match(x.course.key))
    if distance and (
        (distance > 0) != (rating.phase == "baseline")
        or abs(distance) > (settings.pain_sentences_main if titled or analgesic else settings.pain_sentences)
        or any((x.sentence.section in zone) != (rating.sentence.section in zone) for zone in (SUMMARY, ("table",)))
    ):
        return None
    claim = CLAIMS["sentence"] * min(abs(distance), settings.pain_sentences) if distance else CLAIMS["named"]
    claim += CLAIMS["title"] if titled else 0.0
    if analgesic:
        claim += CLAIMS["analgesic"]
    elif cue("other", RULES).match(x.course.key):
        claim += CLAIMS["other"]
    claim += CLAIMS["for_pain"] if distance and _PAIN.search(x.sentence.text) else 0.0
    site = x.regimen.parts.get("site") if x.regimen else None
    if site is not None and rating.site and rating.site.lower() in (site.norm or site.text).lower():
        claim += CLAIMS["site"]
    claim += CLAIMS["dosed"] if x.regimen else 0.0
    if x.status == "failed" and rating.phase == "followup" and distance:
        claim += CLAIMS["failed"]
    return claim if claim > LEAST else None


def _under_way(course: DrugCourse, rating: Rating) -> Regimen:
    """The regimen of a drug that a score belongs to: the one under way at a follow-up, the first after a baseline."""
    taken = [r for r in course.regimens if r.status in TAKEN]
    taken = [r for r in taken if r.parts.keys() & INFORMATIVE] or taken
    at = rating.sentence.index
    if rating.phase == "baseline":
        later = [r for r in taken if r.last.index >= at]
        return (later or taken or [_bare(course)])[0]
    earlier = [r for r in taken if r.sentence.index <= at]
    return max(earlier, key=lambda r: r.last.index if r.last.index <= at else r.sentence.index, default=None) or (
        taken or [_bare(course)]
    )[0]  # fmt: skip


def _bare(course: DrugCourse) -> Regimen:
    """A drug told without any dosing: its first telling as taken."""
    (mention, sentence), status = next(x for x in zip(course.mentions, course.statuses, strict=True) if x[1] in TAKEN)
    return Regimen(mention, sentence, status)
