"""A treatment row as numbers: how its drug was found, how sure its links are, what the words around it and behind it speak of.

In: a course, its row and the `View` of the document. Out: features by name. Names that begin with `before_`, `after_`, `sentence_`, `rest_`,
`later_`, `mentions_` ask for a word family (`rules/confidence_words.csv`) in the eight words before or behind the drug, in its sentence, in the
rest of it, in the sentences that follow, and around all its mentions (a share).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from extract.language.mention import Mention, Sentence
from extract.language.quantities import dose_of
from extract.language.sections import CASE, COMMENTARY, SUMMARY
from extract.language.terms.drugs import is_class
from extract.records.confidence.view import View, families_among, hits, scale, words
from extract.records.treatments.regimen import DrugCourse, Regimen
from extract.records.treatments.rows import TreatmentRow

_HEADS = ("bc5cdr", "maccrobat", "phee", "ncbi")
_STATUSES = ("given", "stopped", "failed", "declined", "planned", "avoided", "exposure")
_PARTS = ("dose", "frequency", "duration", "route", "vehicle", "ratio", "volume", "form", "site")
_NEAR, _FAR, _NEVER = 8, 8.0, 6
_DURATION = re.compile(
    r"\b(?:for|x|over|during|after)\s+(?:\w+ )?(?:\w+ )?(?:\d+|one|two|three|four|five|six|seven|eight|ten|several|few|a)[\s-]*(?:\w+ )?"
    r"(?:days?|weeks?|months?|years?|hours?)",
    re.IGNORECASE,
)
_DOSE = re.compile(r"\d\s?(?:mg|g|µg|μg|mcg|mL|IU|units?|U|%|cc|tablets?|drops?)\b|\d\s?%", re.IGNORECASE)
_FREQUENCY = re.compile(
    r"\b(?:daily|twice|once|weekly|every|per day|/day|b\.?i\.?d|t\.?i\.?d|q\.?\d|hourly|monthly|times a)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORSE = re.compile(
    r"\b(?:progress(?:ion|ed|ive|ing)|persist\w*|recurr\w+|relaps\w+|aggravat\w+|deteriorat\w+|worsen\w*|exacerbat\w+|increased|enlarg\w+|"
    r"refractory|resistan\w+|fail\w*|ineffect\w+|unsuccessful\w*|poor|died|death|new lesions?|metasta\w+|despite)\b",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:improv\w+|resol\w+|recover\w*|respon(?:se|ded|ding)|remission|reliev\w+|relief|controlled|success\w*|normal(?:i[sz]ed|i[sz]ation)?|"
    r"decreas\w+|disappear\w*|subsid\w+|heal\w*|discharged|well|asymptomatic|regress\w*|free of)\b",
    re.IGNORECASE,
)
_NO_HELP = re.compile(
    r"\b(?:no|not|without|little|minimal|lack of|absent|never|failed to|less|insufficiently|poor|partial|only|unsatisf\w+)\b(?: \S+){0,3} "
    r"(?:improv\w*|respon\w*|effect\w*|relief|reliev\w*|benefit|success\w*|regress\w*|control\w*|satisfactory|resol\w*|recover\w*|change|remission)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\b(?:switched|changed|replaced|second[- ]line|third[- ]line|salvage|escalated|another|instead|alternative|added|surgery|surgical|resection|"
    r"underwent|transplant\w*)\b",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"\b(?:first|second|third|fourth|\w+)[- ]line\b|\bsalvage\b|\bempiric\w*|\binitial(?:ly)?\b|\bat first\b",
    re.IGNORECASE,
)
_KINDS = {
    "oncologic": r"(?:platin|taxel|rubicin|abine|tinib|mab|trexate|fosfamide|phosphamide|cristine|blastine|poside|tecan|uracil)$",
    "anti_infective": r"(?:cillin|mycin|micin|floxacin|cycline|penem|\bcef|\bceft|azole|\bsulfa|vir\b|zolid)",
    "steroid": r"(?:sone|solone|sonide|steroid)",
    "anaesthetic": r"(?:caine|fentanil|fentanyl|propofol|flurane|curonium|ketamine|midazolam|thiopental|curium)",
    "ion": r"(?:sodium|potassium|calcium|magnesium|chloride|bicarbonate|iron|oxygen|water|glucose|dextrose|albumin|saline|phosphate)",
    "cardiac": r"(?:pril|sartan|olol|dipine|statin|zide|semide)$",
}
_KIND = {name: re.compile(pattern) for name, pattern in _KINDS.items()}


def of_treatment(
    course: DrugCourse, line: TreatmentRow, place: int, rows: int, person: int, view: View
) -> dict[str, float]:
    """The features of a row of a drug; `place`: 0 for its first of `rows` rows, `person`: whose it is."""
    s, status = line.regimen.sentence, line.status or "given"
    return {
        **_name(course, line.span),
        **_told(course, line, status, view),
        **_dosing(course, line.regimen, place, rows),
        **_links(line.regimen),
        **_sentence(line, s, status, view),
        **_later(course, line, s, view),
        **_history(course, s, person, view),
        **view.place(s, person),
        **view.document,
    }


def _name(course: DrugCourse, m: Mention) -> dict[str, float]:
    every = [x for x, _ in course.mentions] or [m]
    heads = {h for x in every for h in x.heads.split("; ") if h}
    name = (m.norm or m.long_form or m.text).lower()
    return {
        "confidence_most": max(x.confidence for x in every),
        "confidence_least": min(x.confidence for x in every),
        "confidence_own": m.confidence,
        "by_model": float(any(x.origin == "model" for x in every)),
        "by_vocabulary": float(any(x.origin == "vocabulary" for x in every)),
        "by_abbreviation": float(any(x.origin == "abbreviation" for x in every)),
        "heads": float(len(heads)),
        **{f"head_{h}": float(h in heads) for h in _HEADS},
        "code": float(bool(m.code)),
        "norm": float(bool(m.norm)),
        "class": float(is_class(name) or is_class(m.text.lower())),
        "upper": float(m.text.isupper()),
        "capital": float(m.text[:1].isupper() and not m.text.isupper()),
        "name_words": float(len(m.text.split())),
        "name_letters": float(len(m.text)),
        "plural": float(m.text.endswith("s")),
        **{f"kind_{kind}": float(bool(pattern.search(name))) for kind, pattern in _KIND.items()},
    }


def _told(course: DrugCourse, line: TreatmentRow, status: str, view: View) -> dict[str, float]:
    """How often, where and with which statuses the drug is told."""
    sections = [s.section for _, s in course.mentions] or [line.regimen.sentence.section]
    statuses = Counter(x or "given" for x in course.statuses)
    why = line.span.why
    return {
        "often": scale(len(sections)),
        "often_case": scale(sum(x in CASE for x in sections)),
        "often_commentary": scale(sum(x in COMMENTARY for x in sections)),
        "often_summary": scale(sum(x in SUMMARY for x in sections)),
        "general_elsewhere": scale(view.general.get(course.key, 0)),
        **{f"status_{x}": float(status == x) for x in _STATUSES},
        **{f"some_{x}": float(statuses[x] > 0) for x in ("given", "stopped", "failed", "planned", "exposure")},
        "statuses": float(len(statuses)),
        "status_share": statuses[status] / max(1, statuses.total()),
        "status_default": float(not why),
        **{
            f"why_{x}": float(why.startswith(x))
            for x in ("given", "tried", "stopped", "failed", "proviso", "next", "planned")
        },
    }


def _dosing(course: DrugCourse, r: Regimen, place: int, rows: int) -> dict[str, float]:
    """What the row tells, beside what the drug's other regimens do."""
    dose = dose_of(r.parts["dose"]) if "dose" in r.parts else None
    unit = dose.unit if dose else ""
    distinct = {
        x: len({str(other.values().get(x)) for other in course.regimens if x in other.parts}) for x in _PARTS[:4]
    }
    return {
        **{f"has_{x}": float(x in r.parts) for x in _PARTS},
        "parts": float(len(r.parts)),
        "dose_in_words": float("dose" in r.parts and dose is None),
        "dose_a_day": float(unit.endswith("/d")),
        "dose_percent": float(unit == "%"),
        "dose_by_weight": float("/kg" in unit),
        "dose_by_surface": float("/m2" in unit),
        "dose_counted": float(unit.startswith(("{", "[drp]"))),
        "dose_volume": float(unit == "mL"),
        "dose_rate": float("/h" in unit or "/min" in unit),
        "dose_range": float(dose is not None and dose.value_max is not None),
        "place": float(place),
        "rows": float(rows),
        "regimens": float(len(course.regimens)),
        **{f"values_{x}": float(n) for x, n in distinct.items()},
        "dose_elsewhere": float("dose" not in r.parts and distinct["dose"] > 0),
        "again": float(r.again is not None),
    }


def _links(r: Regimen) -> dict[str, float]:
    """How dear the links are, and how much dearer the next best drug would be."""
    margins = [x.margin for x in r.links if x.margin is not None]
    features = {
        "link_confidence": r.confidence if r.parts else 1.0,
        "link_cost": max((x.cost for x in r.links), default=0.0),
        "link_cost_mean": sum(x.cost for x in r.links) / max(1, len(r.links)),
        "link_margin": min(_FAR, *margins) if margins else 6.0,
        "link_shared": float(sum(x.shared for x in r.links)),
        "carried_on": float(bool(r.parts) and not r.links),
        "part_sentences": float(
            len({p.start for p in r.parts.values() if not r.sentence.start <= p.start < r.sentence.end})
        ),
    }
    for label in ("dose", "frequency", "duration", "route"):
        own = [x for x in r.links if x.attribute.label == label]
        features[f"link_cost_{label}"] = max((x.cost for x in own), default=-1.0)
        features[f"link_margin_{label}"] = min((x.margin for x in own if x.margin is not None), default=_FAR)
    return features


def _sentence(line: TreatmentRow, s: Sentence, status: str, view: View) -> dict[str, float]:
    """The sentence: its other mentions, what nobody has, and the words around the drug."""
    m, parts, drugs = line.span, line.regimen.parts, s.of("drug")
    inside = s.start <= m.start < s.end
    at, end = (m.start - s.start, m.end - s.start) if inside else (len(s.text) // 2, len(s.text) // 2)
    before, after = s.text[:at], s.text[end:]
    near_before, near_after, every = words(before)[-_NEAR:], words(after), set(view.words_of(s))
    peers = [d.assertion or "given" for d in drugs if d is not m]
    numbers = [
        x.start()
        for x in _NUMBER.finditer(s.text)
        if not any(k.start <= s.start + x.start() < k.end for k in s.mentions)
    ]
    counts = {label: s.of(label) for label in ("dose", "frequency", "duration", "route", "vehicle", "form")}
    return {
        "sentence_drugs": float(len(drugs)),
        "sentence_names": float(len({d.name.lower() for d in drugs})),
        "sentence_diagnoses": float(len(s.of("diagnosis"))),
        **{f"sentence_{label}s": float(len(mentions)) for label, mentions in counts.items()},
        **{
            f"left_{x}": float(sum((x, k.start) not in view.used for k in counts[x]))
            for x in ("dose", "frequency", "duration", "vehicle")
        },
        "duration_unread": float("duration" not in parts and bool(_DURATION.search(s.text))),
        "durations_behind": float(len(_DURATION.findall(after))),
        "dose_unread": float("dose" not in parts and bool(_DOSE.search(s.text))),
        "frequency_unread": float("frequency" not in parts and bool(_FREQUENCY.search(s.text))),
        "numbers": float(len(_NUMBER.findall(s.text))),
        "numbers_left": float(len(numbers)),
        "numbers_left_near": float(sum(at - 40 <= n <= end + 40 for n in numbers)),
        "length": len(s.text) / 100,
        "at": at / max(1, len(s.text)),
        "drugs_before": float(sum(d.end <= m.start for d in drugs)),
        "drugs_behind": float(sum(d.start >= m.end for d in drugs)),
        "in_brackets": float(before.count("(") > before.count(")")),
        "in_list": float(before.rstrip().endswith((",", "and", "or", "+", "/", "with", "plus"))),
        "list_goes_on": float(bool(re.match(r"\s*(?:,|and\b|or\b|\+|/|plus\b)", after))),
        "peer_status": sum(x != status for x in peers) / max(1, len(peers)),
        "although": float(not every.isdisjoint(("although", "though", "despite"))),
        "sequence": float(
            not every.isdisjoint(
                ("then", "followed", "subsequently", "sequentially", "replaced", "switched", "changed", "later")
            )
        ),
        "cycles": float(
            not every.isdisjoint(("cycle", "cycles", "course", "courses", "pulse", "pulses", "session", "sessions"))
        ),
        "until": float("until" in every),
        "past": view.has("past", s),
        "cited": view.has("cited", s),
        "line_of_treatment": float(bool(_LINE.search(s.text))),
        **view.families_of(s),
        **hits("before", near_before),
        **hits("after", near_after[:_NEAR]),
        **hits("rest", near_after, ("ended", "failed", "helped", "harm", "planned", "later", "denied", "time")),
    }


def _later(course: DrugCourse, line: TreatmentRow, s: Sentence, view: View) -> dict[str, float]:
    """What is told behind the drug: better, worse, the next treatment, whichever comes first."""
    later = view.later(s)
    name = line.span.name.lower()
    rest = s.text[max(0, line.span.end - s.start) :] if s.start <= line.span.start < s.end else s.text
    texts = [rest, *(t.text for t in later)]
    worse = _first(texts, lambda t: bool(_WORSE.search(t) or _NO_HELP.search(t)))
    better = _first(texts, lambda t: bool(_BETTER.search(t)) and not _NO_HELP.search(t))
    other = _first(["", *later], lambda t: t != "" and any(d.name.lower() != name for d in t.of("drug")))
    joined = " ".join(texts[1:])
    return {
        "worse_at": worse,
        "better_at": better,
        "next_at": _first(texts, lambda t: bool(_NEXT.search(t))),
        "next_drug_at": other,
        "worse_first": float(worse < better),
        "better_first": float(better < worse),
        "worse_before_next": float(worse <= other and other < _NEVER),
        "no_help_here": float(bool(_NO_HELP.search(rest))),
        "no_help_next": float(bool(later) and bool(_NO_HELP.search(later[0].text))),
        "worse_here": float(bool(_WORSE.search(s.text))),
        "worse_next": float(bool(later) and bool(_WORSE.search(later[0].text))),
        "better_next": float(bool(later) and bool(_BETTER.search(later[0].text))),
        "next_drugs": float(bool(later) and bool(later[0].of("drug"))),
        "later_drugs": float(sum(len(t.of("drug")) for t in later)),
        "later_same": float(sum(d.name.lower() == name for t in later for d in t.of("drug"))),
        "later_durations": float(sum(len(t.of("duration")) for t in later)),
        "later_doses": float(sum(len(t.of("dose")) for t in later)),
        "later_duration_words": float(bool(_DURATION.search(joined))),
        "later_line": float(bool(_LINE.search(joined))),
        **hits(
            "later",
            [w for t in later for w in view.words_of(t)],
            ("ended", "failed", "helped", "harm", "planned", "later", "time"),
        ),
        **(hits("next", view.words_of(later[0])[:25], ("ended", "failed", "helped", "harm", "time")) if later else {}),
    }


def _first(texts: Sequence[Any], holds: Callable[[Any], bool]) -> float:
    """Where the first of the texts stands of which it holds; 6 where none does."""
    return float(next((i for i, t in enumerate(texts) if holds(t)), _NEVER))


def _history(course: DrugCourse, s: Sentence, person: int, view: View) -> dict[str, float]:
    """The drug among the patient's drugs, and the words around all its mentions."""
    mine = view.courses.get(person, ())
    begun = [min(t.index for _, t in c.mentions) for c in mine if c.mentions]
    last = max((t.index for _, t in course.mentions), default=s.index)
    around: Counter[str] = Counter()
    for m, t in course.mentions:
        near = set(words(t.text[max(0, m.start - t.start - 60) : m.end - t.start + 60]))
        around.update(families_among(near))
    outcome_kinds = [o.kind for o in view.outcomes.get(person, ()) if course.key in o.drugs]
    shown = ("ended", "failed", "helped", "harm", "planned", "denied", "before", "started", "given", "laboratory")
    return {
        **{f"mentions_{name}": around[name] / max(1, len(course.mentions)) for name in shown},
        "drugs_later": float(sum(i > last for i in begun)),
        "drugs_later_share": sum(i > last for i in begun) / max(1, len(begun)),
        "drugs_earlier": float(sum(i < s.index for i in begun)),
        "others_failed": sum("failed" in c.statuses for c in mine) / max(1, len(mine)),
        "others_stopped": sum("stopped" in c.statuses for c in mine) / max(1, len(mine)),
        "outcomes": float(len(outcome_kinds)),
        **{
            f"outcome_{x}": float(x in outcome_kinds)
            for x in ("adverse_effect", "unchanged", "worse", "resolved", "improved")
        },
    }
