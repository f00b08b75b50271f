"""Before or after the treatment, at rest or on movement: the phase of a pain score.

In: a score in its sentence, then all of a person's ratings. Out: the phase that words tell, and what the order tells where no
word does.
"""

from __future__ import annotations

import re

from extract.language.mention import Mention, Sentence
from extract.records.pain.rating import Rating
from extract.records.rule_files import cue
from extract.records.treatments.regimen import TAKEN, DrugCourse

_TO = re.compile(r"^\s*(?:/\s*10|mm|cm)?\s*(?:\([^()]*\))?\s*to\s*(?:an? )?$", re.IGNORECASE)
#: "before, it had been 9": told after a later one, and still the first
_EARLIER = re.compile(
    r"(?:^|[;,.]\s*|\band\s+)(?:before|previously|beforehand|initially|formerly|originally)\b[^;]{0,30}$", re.IGNORECASE
)
#: what joins two ratings: "was 8 before treatment and 3 after a week"; what stands before it is told of the first
_AND = re.compile(r"\s*[,;]?\s*\b(?:and|then|but)\b|,")
#: only a unit and a joint between two ratings: what stands behind the last is told of both
_RUN = re.compile(r"\s*(?:/\s*10|mm|cm)?\s*(?:,|and|,\s*and)\s*")
_FROM = re.compile(r"\bfrom(?: an?)?\W*$")
_BEFORE_TREATMENT = re.compile(
    r"\W*(?:before|prior to|pre-?treatment|at baseline|at presentation|at admission|on admission)\b", re.IGNORECASE
)
_THEN = re.compile(r"\b(?:then|later|finally|subsequently|eventually)\b", re.IGNORECASE)
_BOTH = re.compile(r"\W*(?:before|pre)\W*(?:and|to)\W*(?:after|post)", re.IGNORECASE)


def _after_run(span: Mention, scores: list[Mention], s: Sentence) -> int:
    """Where what is told behind a score begins: behind the last of a list ("54, 25 and 45 mm after 7, 30 and 60 days")."""
    stop = span.end
    for score in scores:
        if score.start >= stop and _RUN.fullmatch(s.text, stop - s.start, score.start - s.start):
            stop = score.end
    return stop - s.start


def phase_told(span: Mention, s: Sentence) -> str:
    """The phase the words around a score tell; what stands between two scores of a sentence parts them."""
    at, stop = span.start - s.start, span.end - s.start
    scores = s.of("pain_score")
    left = max((m.end - s.start for m in scores if m.end <= span.start), default=0)
    right = min((m.start - s.start for m in scores if m.start >= span.end), default=len(s.text))
    before, after = s.text[max(left, at - 60) : at], s.text[stop : min(right, stop + 45)]
    joint = _AND.search(before) if left else None
    if joint and before[: joint.start()].strip():
        before = before[joint.end() :]
    last = _after_run(span, scores, s)
    if last > stop:
        ends = [m.start - s.start for m in scores if m.start - s.start >= last]
        after = s.text[last : min([*ends, last + 45])]
    return _beside_another(s, (left, at), (stop, right), last, before) or _in_words(s, before, after)


def _beside_another(s: Sentence, gap: tuple[int, int], next_gap: tuple[int, int], last: int, before: str) -> str:
    """The phase that the scores beside it in the sentence tell; "" when they tell none.

    Args:
        gap, next_gap: the characters of the sentence between the score before and it, between it and the next.
        last: where what is told behind it begins.
        before: the words before it that are told of it.
    """
    (left, at), (stop, right) = gap, next_gap
    if _BOTH.match(s.text, last) and (last > stop or (left and _RUN.fullmatch(s.text, left, at))):
        return "baseline" if last > stop else "followup"  # "was 8 and 2 before and after it"
    between = s.text[stop:right]
    if right < len(s.text) and (cue("followup_to", "pain.csv").search(between) or _TO.match(between)):
        return "baseline"  # "an 8/10, came down to 1/10", "from 7 to 5": the first of the two
    if cue("followup_to", "pain.csv").search(before):
        return "followup"
    return "followup" if left and (_TO.match(s.text[left:at]) or _THEN.search(s.text[left:at])) else ""


def _in_words(s: Sentence, before: str, after: str) -> str:
    """The phase that the words before and behind a score tell; "" when they tell none."""
    clause_before = re.split(r"[;]|, (?=which|and|but)", before)[-1]
    clause_after = re.split(r"[;,.]| and | but ", after)[0]
    for phase in ("movement", "rest", "worst"):
        if cue(phase, "pain.csv").search(clause_after) or cue(phase, "pain.csv").search(clause_before[-30:]):
            return phase
    if _FROM.search(before) or _EARLIER.search(clause_before) or _BEFORE_TREATMENT.match(after):
        return "baseline"
    followup = cue("followup", "pain.csv")
    if followup.search(before) or followup.search(clause_after) or followup.match(s.text):
        return "followup"
    return "baseline" if cue("baseline", "pain.csv").search(clause_before) else ""


def phases_by_order(ratings: list[Rating], drugs: list[DrugCourse]) -> None:
    """What no word tells, order does: ratings before the first treatment are the baseline, those after it follow-ups.

    Rest and movement are phases only where a report rates pain in one breath; in a course they are the condition
    (`when_text`) of a baseline or a follow-up.
    """
    prose = [r for r in ratings if r.sentence.section != "table"]
    if not prose:
        return
    first = prose[0]
    course = len({r.sentence.index for r in prose}) > 1
    given = sorted(r.drug.start for c in drugs for r in c.regimens if r.status in TAKEN)
    for k, r in enumerate(prose):
        if r.phase in ("rest", "movement") and course:
            r.when_text = r.when_text or ("at rest" if r.phase == "rest" else "on movement")
            r.phase = ""
        if not r.phase:
            later = any(x.phase == "followup" for x in prose[:k])
            treated = any(first.span.start < at < r.span.start for at in given)
            r.phase = "followup" if later or _after_treatment(r, first, treated=treated) else "baseline"
    below = [r for r in prose[1:] if _in_another_sentence(r, first) and _less(r, first)]
    for r in below:  # "... is 3 and decreased to 1", after a 7: no baseline any more
        r.phase = "followup" if r.phase == "baseline" else r.phase
    if below and len(below) == len(prose) - 1 and first.phase == "followup":
        first.phase = "baseline"  # "7 on day 5 after the operation", then only lower ones


def _after_treatment(r: Rating, first: Rating, *, treated: bool) -> bool:
    """Whether a rating is a follow-up by its place. `treated`: a drug was given between the first rating and it."""
    if r.inferred and r.value == 0:
        return True  # pain-free: nobody is treated for that
    if _less(r, first) and (treated or _in_another_sentence(r, first)):
        return True  # "7; with A it was 2"
    same = (r.value, r.scale_max) == (first.value, first.scale_max)
    return treated and _in_another_sentence(r, first) and not same


def _less(r: Rating, first: Rating) -> bool:
    return r.value < first.value and r.scale_max == first.scale_max


def _in_another_sentence(r: Rating, first: Rating) -> bool:
    return r.sentence.index != first.sentence.index
