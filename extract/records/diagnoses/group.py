"""The diagnoses of a case: wordings merged, the last word on each, the primary ones.

In: the sentences with their owners. Out: for each person `Finding`s, one a diagnosis, with the assertion that stands at the
end of the report and how strongly the report is about it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE, NO_FACTS, SUMMARY
from extract.language.terms.diagnosis_names import plain_words
from extract.records.patients.assign import Cohort
from extract.records.rule_files import DIAGNOSIS_WORDS, cue
from extract.settings import RecordsSettings, packaged

#: words that name a diagnosis only together with others: alone they are the fuller wording told again
_GENERIC = frozenset(row["word"] for row in DIAGNOSIS_WORDS.of("generic"))
#: words that describe a disease and do not make it another one
_DESCRIPTIVE = frozenset(row["word"] for row in DIAGNOSIS_WORDS.of("descriptive"))
#: words that name a disease of their own also where a longer name ends with them ("hypertension", "pulmonary hypertension")
_OWN = frozenset(row["word"] for row in DIAGNOSIS_WORDS.of("own"))
#: words of degree and kind that leave a generic word generic: "the acute leukemia" is the acute myeloid one told again
_DEGREE = frozenset(row["word"] for row in DIAGNOSIS_WORDS.of("degree"))
#: what words beside a diagnosis add that say it is what the report is about
_ANNOUNCED = 2.0
_SPELLING = (("oe", "e"), ("ae", "e"), ("tumour", "tumor"), ("isch", "isc"), ("carcinoma", "cancer"))


@dataclass(slots=True)
class Finding:
    """One diagnosis. `mentions` in order; `weight` how strongly the report is about it; from `primary_from` on it is a
    primary one."""

    key: str
    mentions: list[tuple[Mention, Sentence]] = field(default_factory=list)
    assertion: str = "present"
    weight: float = 0.0
    primary_from: float = 0.0

    @property
    def best(self) -> tuple[Mention, Sentence]:
        """The mention to quote: of those with the final assertion, in the report proper if there, the fullest wording."""
        fitting = [m for m in self.mentions if (m[0].assertion or "present") == self.assertion] or self.mentions
        candidates = [m for m in fitting if m[1].section in CASE and m[0].text.lower() not in _GENERIC] or fitting
        return max(candidates, key=lambda m: (not m[0].long_form, min(len(m[0].text.split()), 6), -m[0].start))

    @property
    def text(self) -> str:
        """Its wording where it is quoted; of a member of a series ("hepatitis B and C") the whole name."""
        return wording(self.best[0])

    @property
    def primary(self) -> bool:
        """Whether the report is about it."""
        return self.weight >= self.primary_from and self.assertion == "present"


def wording(span: Mention) -> str:
    """How a diagnosis is quoted by one of its mentions."""
    return " ".join(str(span.long_form if span.origin == "coordination" else span.text).split())


def findings(
    sents: Sequence[Sentence], cohort: Cohort, settings: RecordsSettings | None = None
) -> dict[int, list[Finding]]:
    """The diagnoses of every person of the cohort, in order of first mention, sure or not."""
    primary_from = (settings or packaged().records).primary_weight
    by_person: dict[int, list[tuple[Mention, Sentence]]] = {}
    joint: list[tuple[Mention, Sentence]] = []
    for s in sents:
        if s.section in NO_FACTS:
            continue
        for d in s.of("diagnosis"):
            if d.assertion == "general":
                continue
            people = cohort.of(s, d)
            if len(people) > 1 and s.section in SUMMARY and s.section != "title":
                joint.append((d, s))
                continue
            for person in people:
                by_person.setdefault(person, []).append((d, s))
    _share(joint, by_person, cohort)
    result = {}
    for person, seen in by_person.items():
        merged = _cluster(seen)
        for f in merged:
            f.assertion = _last_word(f.mentions)
            f.weight, f.primary_from = _weight(f.mentions), primary_from
        result[person] = merged
    return result


def _share(
    joint: list[tuple[Mention, Sentence]], by_person: dict[int, list[tuple[Mention, Sentence]]], cohort: Cohort
) -> None:
    """What an abstract tells of several patients in one breath ("gout in the first and asthma in the second") goes to those of whom
    the report tells it again; to all where it never does."""
    for d, s in joint:
        people = cohort.owners[s.index]
        again = [
            p for p in people if any(name(m) == name(d) for m, t in by_person.get(p, ()) if t.section not in SUMMARY)
        ]
        for person in again or people:
            by_person.setdefault(person, []).append((d, s))
    for mentions in by_person.values():
        mentions.sort(key=lambda m: m[0].start)


def name(span: Mention) -> str:
    """The diagnosis as a comparable name: written out, lower case, one spelling, singular."""
    text = (span.core or span.norm or span.long_form or span.text).lower()
    for british, american in _SPELLING:
        text = text.replace(british, american)
    words = re.findall(r"[a-z0-9]+", text)
    return " ".join(map(_singular, words))


def _singular(word: str) -> str:
    if len(word) > 5 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


def _cluster(seen: list[tuple[Mention, Sentence]]) -> list[Finding]:
    by_name: dict[str, Finding] = {}
    for span, s in seen:
        by_name.setdefault(name(span), Finding(name(span))).mentions.append((span, s))
    ordered = sorted(by_name.values(), key=lambda f: -len(f.key.split()))
    kept: list[Finding] = []
    for f in ordered:
        home = next((k for k in kept if _is_wording_of(f, k)), None) or _told_in_full(f, kept)
        if home is not None and f.key:
            home.mentions += f.mentions
        else:
            kept.append(f)
    for f in kept:
        f.mentions.sort(key=lambda m: m[0].start)
    return sorted(kept, key=lambda f: f.mentions[0][0].start)


def _without_description(f: Finding) -> list[str]:
    """The words of its name that make it the disease it is: a "small abscess" is any abscess, a "small cell carcinoma" is not any."""
    words = f.key.split()
    core = [w for w in words if w not in _DESCRIPTIVE]
    return core if core and set(core) <= _GENERIC else words


def _plain(f: Finding) -> frozenset[str]:
    """The words of its name in the form under which "hepatic metastases" and "liver metastasis" are one."""
    span = f.mentions[0][0]
    return frozenset(plain_words(str(span.core or span.norm or span.long_form or span.text)))


def _is_wording_of(short: Finding, long: Finding) -> bool:
    """Whether the shorter name is the longer one told again ("calcinosis" of "calcinosis cutis")."""
    told, fuller = ({m.assertion or "present" for m, _ in f.mentions} for f in (short, long))
    a, b = _without_description(short) if told & fuller else short.key.split(), long.key.split()
    if not a or not set(a) <= set(b):
        return False
    if set(a) <= _GENERIC:
        return a[-1] == b[-1]
    proven = told == {"possible"} and "present" in fuller and a[-1] == b[-1]
    if not (told & fuller or proven):
        return False  # "no psoriasis", "pustular psoriasis was suspected": two things told apart; a suspicion later named in full is one
    if set(a) - _DEGREE <= _GENERIC and a[-1] in _GENERIC:
        return a[-1] == b[-1]
    if set(b) - set(a) <= _DESCRIPTIVE and a[-1] == b[-1]:
        return True
    codes = {m[0].code for f in (short, long) for m in f.mentions} - {""}
    if len(codes) == 1:
        return True
    return len(codes) == 0 and (b[-len(a) :] == a or b[: len(a)] == a) and (len(b) - len(a) <= 2)


def _told_in_full(short: Finding, longer: Sequence[Finding]) -> Finding | None:
    """The one longer name that ends with the shorter ("infective endocarditis" of "endocarditis") or says the same in other forms of its
    words ("liver metastasis" of "hepatic metastases"), both told as present; None where there are two, or none."""
    a, plain = _without_description(short), _plain(short)
    if not a or any((m.assertion or "present") != "present" for m, _ in short.mentions):
        return None
    present = [k for k in longer if all((m.assertion or "present") == "present" for m, _ in k.mentions)]
    same = [k for k in present if plain and _plain(k) == plain]
    alone = not set(a) <= _GENERIC | _DEGREE | _OWN
    ending = [k for k in longer if k.key.split()[-1] == a[-1]]
    fuller = [k for k in ending if alone and k in present and k.key.split()[-len(a) :] == a]
    same += [k for k in present if _is_short_form_of(short, k)]
    if same:
        return same[0]
    return fuller[0] if len(fuller) == len(ending) == 1 else None


def _is_short_form_of(short: Finding, long: Finding) -> bool:
    """Whether it is told as an abbreviation only, of the code and the initials of the other ("ESRD" of "end-stage renal disease")."""
    (a, _), (b, _) = short.best, long.best
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", long.text.lower()))
    return bool(a.code) and a.code == b.code and a.text.isupper() and a.text.lower() == initials


def _last_word(mentions: list[tuple[Mention, Sentence]]) -> str:
    """The assertion that stands at the end, as the report proper tells it: what was once called present is present, a later
    exclusion beats a suspicion but not a past event. A title that names it outright beats a suspicion too."""
    every = [(m.assertion or "present", s.section) for m, s in mentions if not _of_the_kind(m, mentions)]
    assertions = [a for a, section in every if section in CASE] or [a for a, _ in every]
    if "present" in assertions:
        return "present"
    if "possible" in assertions and ("present", "title") in every:
        return "present"
    if set(assertions) == {"absent"} and {("present", "title"), ("present", "abstract")} <= set(every):
        return "present"
    if assertions[-1] == "absent" and "historical" not in assertions:
        return "absent"
    return next((a for a in ("historical", "possible", "absent", "family") if a in assertions), assertions[-1])


def _of_the_kind(span: Mention, mentions: list[tuple[Mention, Sentence]]) -> bool:
    """Whether a plural told without a cue speaks of the disease at large ("stains seen in chordomas"), where a suspicion of one is told."""
    if span.why or span.assertion not in ("present", "") or not span.text.lower().endswith("s"):
        return False
    singular = span.text.lower().removesuffix("s")
    return any(m.text.lower() == singular and m.assertion == "possible" for m, _ in mentions)


def _weight(mentions: list[tuple[Mention, Sentence]]) -> float:
    weight = 0.0
    if any(s.section == "title" and not _of_whom(m, s) for m, s in mentions):
        weight += 3.0
    if any(announced(m, s) for m, s in mentions):
        weight += _ANNOUNCED
    if any(s.section == "abstract" for _, s in mentions):
        weight += 0.7
    return weight + min(1.2, 0.2 * len(mentions))


def _of_whom(span: Mention, s: Sentence) -> bool:
    """Whether it is named only to say whom the illness befell ("in a hypertensive woman")."""
    return bool(
        cue("person_before", "primary.csv").search(s.before(span))
        and cue("person_after", "primary.csv").match(s.after(span))
    )


def announced(span: Mention, s: Sentence) -> bool:
    """Whether words beside the mention say that this is what the report is about."""
    before = s.text[max(0, span.start - s.start - 60) : span.start - s.start]
    after = s.after(span)[:40]
    if cue("not_before", "primary.csv").search(before) or _of_whom(span, s):
        return False
    return bool(cue("before", "primary.csv").search(before) or cue("after", "primary.csv").search(after))


def choose_primary(diagnoses: list[Finding]) -> None:
    """A report is about something: if nothing is weighty enough, what it says was diagnosed is, or else the weightiest present diagnosis."""
    present = [f for f in diagnoses if f.assertion == "present"]
    if present and not any(f.primary for f in present):
        weightiest = max(present, key=lambda f: f.weight)
        for f in [f for f in present if f.weight >= _ANNOUNCED] or [weightiest]:
            f.weight = max(f.weight, f.primary_from)
