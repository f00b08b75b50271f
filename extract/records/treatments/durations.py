"""How long a treatment lasted, and whether a duration tells that: not the length of a symptom, an age, an interval, a follow-up.

In: a duration mention in its sentence. Out: its length in days, and whether it is that of a treatment. The decisions stand in one
ordered table; each looks at one thing and decides or leaves it to the next. The words stand in `rules/durations.csv`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.language.mention import Mention, Sentence
from extract.language.quantities import parse_duration
from extract.records.rule_files import cue
from extract.records.treatments.date_ranges import stretches

DURATIONS = "durations.csv"


def measured(duration: Mention) -> bool:
    """Whether a duration says how long ("ten days", "until discharge"), not only that it was long ("prolonged")."""
    return bool(duration.norm) or parse_duration(duration.text) is not None


def length(duration: Mention) -> float | None:
    """The days of a duration, as its words tell them or as its two dates do; None where neither does."""
    parsed = parse_duration(duration.text) or (parse_duration(duration.norm) if duration.norm else None)
    if parsed is not None:
        return parsed.days
    return next((float(x.days) for x in stretches(duration.text)), None)


#: between a drug or its dose and how long it was given
_GIVEN_FOR = re.compile(
    r"\W*(?:therapy|treatment|use)?\s*(?:(?:was|were|had been|has been) (?:\w+ly )?(?:given|provided|administered|continued|taken|used|prescribed|received|maintained|applied|instituted) )?for (?:(?:about|approximately|at least|more than|over|only|up to|a total of|another) )*",
    re.IGNORECASE,
)
_OFF = re.compile(
    r"\s*(?:of|after|following|since)?\s*(?:the |his |her )?(?:discontinu|stopp|withdraw|cessation|abstin|interrupt)\w*|\s+off\b",
    re.IGNORECASE,
)
_HALF_LIFE = re.compile(r"\bhalf[- ]?li(?:fe|ves)\b[^;]{0,120}$", re.IGNORECASE)
#: an hour in days; what is shorter is a length of its own only behind "for"
_AN_HOUR = 0.99 / 24
_SPEED = re.compile(
    r"\b(?:over|within|in)\s+(?:(?:a|an|the|about|approximately|at least|period of)\s+)*$", re.IGNORECASE
)
_INFUSION = re.compile(r"[\s-]*(?:\w+\s+)?(?:infusions?|drip|bolus|perfusion|session)\b", re.IGNORECASE)
#: how long before or after something: "for the three months following the surgery"
_THROUGHOUT = re.compile(r"\b(?:for|during|over|throughout) the (?:first |next |entire |whole )?$", re.IGNORECASE)
#: before a length that had passed, or is all there is: "after six weeks on prednisone"
_PAST = re.compile(
    r"(?:^|[,;(]|\b(?:after|within|including|following|completed|finished|first|initial|had|received))\s*(?:about |approximately |only |the |a |an |over |first )*$",
    re.IGNORECASE,
)
_SO_LONG = re.compile(r"['’]?s?[\s-]+(?:duration|standing)\b", re.IGNORECASE)
#: an interval and no length: "within 24 hours of the infusion of A"
_WITHIN = re.compile(r"\bwithin\s+(?:the (?:first|next) )?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Duration:
    """A duration in its sentence, with what the decisions of `treats` look at. Places are characters of the sentence."""

    s: Sentence
    mention: Mention
    before: str
    after: str
    drugs: tuple[Mention, ...]  # drugs and doses of the sentence

    @property
    def near(self) -> str:
        """The words just before it."""
        return self.before[-60:]


def _under_a_head(d: _Duration) -> bool | None:
    """A table's cell under "Duration of treatment"; not under "Duration of symptoms"."""
    head = re.search(r"([^:;]*):\s*$", d.before) if d.s.section == "table" else None
    if head and cue("duration_head", DURATIONS).search(head[1]) and not cue("symptom", DURATIONS).search(head[1]):
        return True
    return None


#: before another treatment that tells by what way a drug was given, or when: "through the epidural catheter", "after each dialysis"
_BY_WAY = re.compile(
    r"\b(?:(?:through|via|by|during|between|(?:after|before|end of)(?= (?:each|every))) (?:each |every |the |an? |her |his )?(?:[\w-]+ )?)$",
    re.IGNORECASE,
)
_AT_TIMES = re.compile(r"\s*(?:after|before|following|at the end of) (?:the |her |his )?(?:[\w-]+ )?", re.IGNORECASE)


def _says_when_or_how(d: _Duration, start: int, end: int) -> bool:
    """Whether another treatment, which begins at `end`, tells only when or how a drug was given that ends at `start`."""
    if _BY_WAY.search(d.before[start:end]):
        return True
    often = (m.end - d.s.start for m in d.s.of("frequency"))
    return any(start <= at < end and _AT_TIMES.fullmatch(d.before[at:end]) for at in often)


def _of_another_treatment(d: _Duration) -> bool | None:
    """ "Two weeks of bed rest", "a 7-day chest drain", "plasma exchange for 40 days"; "X and physiotherapy for 40 days" is of both."""
    if cue("other_treatment", DURATIONS).match(d.after):
        return False
    other = cue("other_before", DURATIONS).search(d.before)
    if other is None:
        return None
    last = max((m.end - d.s.start for m in d.drugs if m.end - d.s.start <= other.start()), default=None)
    if last is not None and _says_when_or_how(d, last, other.start()):
        return None
    with_it = last is not None and cue("told_with", DURATIONS).match(d.before[last : other.start()])
    return None if with_it else False


def _before_a_course(d: _Duration) -> bool | None:
    """ "A two-month course", "3 days of therapy"."""
    return True if cue("after_yes", DURATIONS).match(d.after) else None


def _behind_a_dose(d: _Duration) -> bool | None:
    """ "400 mg/d 3 days", "1 g bd x 5 days"."""
    beside = any(
        re.fullmatch(r"\s*[,x×]?\s*", d.s.between(m, d.mention))
        for m in d.s.of("dose", "frequency")
        if m.end <= d.mention.start
    )
    return True if beside and not cue("after_no", DURATIONS).match(d.after) else None


def _for_behind_a_drug(d: _Duration) -> bool | None:
    """ "Erlotinib for two months before the next scan"."""
    joined = any(
        _GIVEN_FOR.fullmatch(d.s.between(m, d.mention))
        for m in d.s.of("drug", "dose", "frequency")
        if m.end <= d.mention.start
    )
    return True if joined and re.match(r"\s*(?:before|prior to)\b", d.after) else None


#: no use of a drug: "two weeks of steroid-resistant rash"
_NO_USE = re.compile(
    r"[\s-]*(?:resistan|allerg|intoleran|hypersensitiv|toxic|deficien|induced|withdrawal|level)", re.IGNORECASE
)


def _of_a_drug(d: _Duration) -> bool | None:
    """ "Six weeks of prednisone", "a 12-week induction period with vedolizumab", "a 15-year history of lithium use"."""
    follower = next((m for m in d.drugs if m.start >= d.mention.end), None)
    if follower is None or _NO_USE.match(d.s.after(follower)):
        return None
    between = d.s.between(d.mention, follower)
    if cue("leads_to", DURATIONS).match(between):
        return True
    return True if _PAST.search(d.near) and cue("stays_on", DURATIONS).match(between) else None


def _of_duration(d: _Duration) -> bool | None:
    """ "Pneumonia of 2 weeks' duration", and "a course of 2 weeks' duration"."""
    if not _SO_LONG.match(d.after) or not re.search(r"\bof (?:about |approximately )?$", d.near):
        return None
    last = max((m.end() for m in cue("treatment", DURATIONS).finditer(d.before)), default=-1)
    drug = max((m.end - d.s.start for m in d.drugs if m.end <= d.mention.start), default=-1)
    return max(last, drug) >= 0 and len(d.before[max(last, drug) :].split()) <= 2


def _bare_behind(d: _Duration) -> bool | None:
    """ "Prednisone nearly a year", "ceftriaxone was administered 14 days": without "for"."""
    last = max((m for m in d.drugs if m.end <= d.mention.start), key=lambda m: m.end, default=None)
    if last is None or cue("after_no", DURATIONS).match(d.after):
        return None
    return True if cue("behind_drug", DURATIONS).match(d.s.between(last, d.mention)) else None


def _of_one_dose(d: _Duration) -> bool | None:
    """ "Over 30 minutes", "a 3-hour infusion": how fast a single dose went in, not how long a drug was given."""
    days = length(d.mention)
    if days is None or days >= 1:
        return None
    told_for = days >= _AN_HOUR or re.search(r"\bfor\b[^,;.]*$", d.near) is not None
    return None if told_for and not _SPEED.search(d.near) and not _INFUSION.match(d.after) else False


def _within(d: _Duration) -> bool | None:
    """ "Within 24 hours of the infusion of A"."""
    return False if _WITHIN.search(d.near) and re.match(r"\s*(?:of|after|from)\b", d.after) else None


def _infused_over(d: _Duration) -> bool | None:
    return True if cue("infused_over", DURATIONS).search(d.near) else None


def _going_on(d: _Duration) -> bool | None:
    """ "Continued for 48 hours after symptom remission"."""
    going_on = cue("going_on", DURATIONS).search(d.near) and cue("beyond", DURATIONS).match(d.after)
    return True if going_on else None


def _lately(d: _Duration) -> bool | None:
    """ "During the last three months she had been given it", "she had taken it over the past three months"."""
    if not cue("lately", DURATIONS).search(d.near):
        return None
    taken = cue("taken", DURATIONS).match(d.after) or (d.drugs and cue("taken_lately", DURATIONS).search(d.before))
    return True if taken else None


def _without_drug(d: _Duration) -> bool | None:
    """ "Within three days of discontinuing A", "after six months off A": so long it was not taken."""
    return False if _OFF.match(d.after) else None


def _told_absent(d: _Duration) -> bool | None:
    """ "Without steroids for five years", "off tacrolimus for two years": so long it was not taken."""
    last = max((m for m in d.drugs if m.end <= d.mention.start), key=lambda m: m.end, default=None)
    absent = last is not None and cue("absence", DURATIONS).search(d.s.before(last))
    return False if absent else None


def _stated(d: _Duration) -> bool | None:
    """ "With a recommended duration of six weeks"."""
    return True if cue("stated", DURATIONS).search(d.before) else None


def _for_a_complaint(d: _Duration) -> bool | None:
    """ "Ibuprofen for headache for three weeks"."""
    last = max((m.end for m in d.drugs if m.end <= d.mention.start), default=None)
    between = d.before[last - d.s.start :] if last is not None else ""
    return True if cue("complaint", DURATIONS).match(between) else None


def _of_another_act(d: _Duration) -> bool | None:
    """What was done last before it is no treating: "was given X and was re-admitted twice over four months"."""
    treated = max((m.end - d.s.start for m in d.drugs if m.end <= d.mention.start), default=None)
    if treated is None:
        return None
    acts = [m.start() for m in cue("act", DURATIONS).finditer(d.before, treated)]
    kinds = [cue("treating_act", DURATIONS), cue("treatment", DURATIONS)]
    treating = [m.end() for kind in kinds for m in kind.finditer(d.before, treated)]
    return False if acts and acts[-1] > max(treating, default=-1) else None


def _half_life(d: _Duration) -> bool | None:
    """How long a drug stays is not how long it was given."""
    return False if _HALF_LIFE.search(d.before) else None


def _an_ordinal(d: _Duration) -> bool | None:
    """ "A second" drug, patient or biopsy is no length of time."""
    return False if re.fullmatch(r"(?:a|the) second", d.mention.text, re.IGNORECASE) else None


def _later(d: _Duration) -> bool | None:
    """ "3 days later", "two years old", "a week before"."""
    if _THROUGHOUT.search(d.near) and re.match(r"\s*(?:before|prior to|preceding|after|following)\b", d.after):
        return None
    return False if cue("after_no", DURATIONS).match(d.after) else None


def _end_of_course(d: _Duration) -> bool | None:
    return True if cue("end_of_course", DURATIONS).search(d.near) else None


def _of_a_symptom(d: _Duration) -> bool | None:
    """ "A history of", "remained well for", "pain for"."""
    return False if any(cue(kind, DURATIONS).search(d.near) for kind in ("before_no", "of_symptom")) else None


#: what a person has, and not what was given: "had acute zoster for 12 days"
_HAS = re.compile(
    r"\b(?:had|has|have|having|suffered(?: from)?|suffering from|developed)\s+(?:\w+\s+){0,3}$", re.IGNORECASE
)
_FOR = re.compile(
    r"\s*(?:(?:of|in|on) [^,;.]{1,50}?)?\s+for\s+(?:about |approximately |the last |the past |over |more than )?$",
    re.IGNORECASE,
)
#: what comes first is no treatment yet: "with sweating palms for 12 years was prescribed X"
_NOW_TREATED = re.compile(
    r"\s*,?\s*(?:was|were)\s+(?:\w+ly\s+|then\s+|now\s+)?(?:prescribed|treated|given|started|admitted|referred|seen|offered)\b",
    re.IGNORECASE,
)


def _of_a_disease(d: _Duration) -> bool | None:
    """ "Had acute zoster for 12 days"; "with sweating palms for 12 years was prescribed X"."""
    for disease in d.s.of("diagnosis"):
        joined = disease.end <= d.mention.start and _FOR.fullmatch(d.s.between(disease, d.mention))
        if joined and _HAS.search(d.s.before(disease)):
            return False
    untreated = not any(m.end <= d.mention.start for m in d.drugs) and not cue("treatment", DURATIONS).search(d.before)
    return False if untreated and _NOW_TREATED.match(d.after) else None


def _without_for(d: _Duration) -> bool | None:
    """Neither "for" nor a bracket nor a comma before it: nothing says that it is a length of anything here."""
    own = re.match(r"(?:for|x|×|over)\b", d.mention.text, re.IGNORECASE)
    led = own or cue("before_yes", DURATIONS).search(d.near) or re.search(r"[(,]\s*$", d.before)
    return None if led else False


def _nearest(d: _Duration) -> bool:
    """What stands nearer before it, a treatment or a symptom; a treatment behind it where neither does."""
    treatments = [m.end() for m in cue("treatment", DURATIONS).finditer(d.before)]
    treatments += [m.end - d.s.start for m in d.drugs if m.end <= d.mention.start]
    symptom = max((m.end() for m in cue("symptom", DURATIONS).finditer(d.before)), default=-1)
    treated = max(treatments, default=-1)
    if treated < 0 and symptom < 0:
        return bool(cue("treatment", DURATIONS).search(d.after[:60]))
    if treated >= 0 and cue("new_subject", DURATIONS).search(d.before, treated):
        return False  # "it was started, and she improved over the next 36 hours"
    return treated > symptom


#: the decisions on a duration, the first that decides counts
_DECISIONS = (
    _an_ordinal, _of_one_dose, _within, _without_drug, _told_absent, _half_life, _of_duration, _under_a_head, _of_another_treatment, _before_a_course, _bare_behind, _behind_a_dose, _for_behind_a_drug, _of_a_drug, _infused_over, _going_on, _lately, _stated, _later,
    _end_of_course, _for_a_complaint, _of_a_symptom, _of_a_disease, _of_another_act, _without_for, _nearest,
)  # fmt: skip


_LISTED = re.compile(r"\s*(?:,|,?\s*and)\s*")
_IN_ORDER = re.compile(r"[^.;]{0,50}\brespectively\b", re.IGNORECASE)


def treats(s: Sentence, duration: Mention) -> bool:
    """Whether a duration is that of a treatment, not of a symptom, an age, an interval or a follow-up."""
    first = next(
        (m for m in s.of("duration") if m.end <= duration.start and _LISTED.fullmatch(s.between(m, duration))), None
    )
    if first is not None and _IN_ORDER.match(s.after(duration)):
        return treats(s, first)  # "for 5 and 7 days, respectively"
    d = _Duration(s, duration, s.before(duration), s.after(duration), tuple(s.of("drug", "dose")))
    return next(bool(decided) for decide in _DECISIONS if (decided := decide(d)) is not None)
