"""Who is introduced where: "a 67-year-old woman", "three patients", "Case 2".

In: the sentences of a document. Out: `Introduction`s, the places where a patient (or a group) is introduced with age or sex, for
`cases` to tell apart the authors' own patients from the literature's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.language.mention import Mention, Sentence
from extract.language.quantities import parse_age, parse_sex
from extract.records.rule_files import cue
from extract.rules import word_class

_PATIENT = re.compile(
    r"(?<!\w)(?:patient|child|infant|neonate|newborn|baby|toddler|adolescent|teenager|adult|person|individual|twin|farmer|worker|nurse|student)\b",
    re.IGNORECASE,
)
#: what follows an age that introduces a patient, after a few words at most: "a 38-year-old businessman who presented"
_STORY = re.compile(
    r"\W*(?:[\w-]+ (?!old|later|ago|history|of age)){0,3}(?:presented|was|with|who|admitted|referred|came|visited|attended|consulted)\b"
)
_IS = re.compile(
    r"(?:(?:patient|case|he|she|who|man|woman|boy|girl|child|the (?:first|second|third|fourth|fifth|other))\s+(?:is|was)\s+(?:an?\s+)?"
    r"|^\W*(?:the|our) (?:first|second|third|fourth|fifth|other),\s+)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:^|\b(?:an?|our|this))\s*$", re.IGNORECASE)
_SOMEBODY = re.compile(
    r"[\s,.-]+(?!(?:[\w-]+\s){0,2}(?:history|scars?|grafts?|implants?|devices?|prosthes[ei]s|lesions?|wounds?|reports?|stud(?:y|ies)|injur(?:y|ies)"
    r"|sons?|daughters?|brothers?|sisters?|siblings?|mothers?|fathers?|uncles?|aunts?|cousins?|husbands?|wi(?:fe|ves)|partners?|donors?"
    r"|fractures?|stents?|mesh|shunts?|tumou?rs?|mass|house|car|building|cohort|data\w*|sample)\b)"
    r"(?!(?:[\w-]+\s){0,4}(?:dogs?|bitch|cats?|horses?|mares?|stallion|foal|cows?|calf|pigs?|rats?|mice|mouse|rabbits?)\b)\w"
)
#: somebody without an age with whom a story begins: "A patient with psoriasis was treated", "A healthy primigravida", "An-86-year-old male"
SOMEBODY = re.compile(rf"\W*(?:an?|one)\W(?:[\w'’]+[\s-]){{0,6}}?(?:{word_class('somebody')})\b", re.IGNORECASE)
_TRANS = re.compile(
    r"\b(?:(?P<f>male[- ]to[- ]female|MtF|trans(?:gender|sexual)?[- ]?(?:woman|women|female))|female[- ]to[- ]male|FtM|trans(?:gender|sexual)?[- ]?(?:man|men|male)\b(?![- ]to))"
)
_JOB = re.compile(r"\W*(?:[\w-]+ ){0,2}\w{2,}?(?<!\bhu)(wom[ae]n|(?<!wo)m[ae]n)\b", re.IGNORECASE)
_NUMBERS = {
    w: n
    for n, w in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}


@dataclass(frozen=True, slots=True)
class Introduction:
    """A patient introduced. `age_years`, `sex` None or "" when not told there; `patients` more than 1 for a group."""

    sentence: int
    start: int
    end: int
    age_text: str = ""
    age_years: float | None = None
    sex: str = ""
    patients: int = 1

    def agrees(self, other: Introduction) -> bool:
        """Whether both can be the same person: ages within a year (or a tenth), sexes not opposite."""
        if self.sex and other.sex and self.sex != other.sex:
            return False
        if self.age_years is None or other.age_years is None:
            return True
        return abs(self.age_years - other.age_years) <= max(1.0, 0.1 * max(self.age_years, other.age_years))


def introductions(sentence: Sentence) -> list[Introduction]:
    """The patients a sentence introduces by age; relatives and ages in the past are left out."""
    people: list[Introduction] = []
    ages = sentence.of("age")
    for i, age in enumerate(ages):
        before = sentence.before(age)
        after = sentence.after(age)
        if cue("at_age").search(before[-30:]) or _relative(before, after):
            continue
        limit = ages[i + 1].start if i + 1 < len(ages) else sentence.end
        sex = _sex(sentence.of("sex"), age, limit)
        parsed = parse_age(age.text) or parse_age(age.norm)  # the number of "a man of 61" has no unit
        if not _one_person(age.text, parsed.years if parsed else None, before):
            continue
        noun = _PATIENT.search(after[:40])
        if sex is None and noun is None and not (_STORY.match(after) or _of_a_person(age.text, before, after)):
            continue
        end = max(age.end, sex.end if sex is not None else 0)
        letter = _sex_letter(sex, age, sentence)
        people.append(
            Introduction(
                sentence.index,
                min(age.start, sex.start if sex is not None else age.start),
                end,
                age.text,
                parsed.years if parsed else None,
                letter,
            )
        )
    return people


def _of_a_person(age: str, before: str, after: str) -> bool:
    """Whether an age without a word for a person is one's: "the patient is 52 years old", "Age: 34", "a 34-year-old physician"."""
    if _IS.search(before) or (not before.strip() and age.lower().startswith("age")):
        return True
    return age.lower().endswith("old") and bool(_ARTICLE.search(before)) and bool(_SOMEBODY.match(after))


def _sex_letter(sex: Mention | None, age: Mention, sentence: Sentence) -> str:
    """F, M or "": of a transgender patient the one the report speaks of; of a fisherman or a businesswoman that of the word."""
    near = sentence.text[max(0, age.start - sentence.start - 30) : age.end - sentence.start + 70]
    if trans := _TRANS.search(near):
        return "F" if trans.group("f") else "M"
    if sex is not None:
        return parse_sex(sex.text) or ""
    job = _JOB.match(sentence.after(age))
    return "" if job is None else "F" if job.group(1).lower().startswith("wo") else "M"


def _one_person(text: str, years: float | None, before: str) -> bool:
    """Whether an age is that of a patient: not the range of a study ("aged 18 to 70 years"), not a stage of life ("adolescents").

    A decade is, behind "in his" or "in her" ("in her late sixties"), and so is an octogenarian."""
    if re.search(r"\d\s*(?:[-–—]|to|and)\s*\d", text):
        return False
    decade = re.search(r"\bin (?:his|her) (?:(?:early|mid|late)\W)?\W*$", before) or text.lower().endswith("genarian")
    return years is not None or bool(decade) or bool(re.search(r"\d", text))


def group(sentence: Sentence) -> Introduction | None:
    """A group of patients ("three patients with ...") told as one, or None."""
    match = cue("group").search(sentence.text)
    if not match:
        return None
    word = match.group().split()[0].lower()
    count = _NUMBERS.get(word) or int(word)
    words = re.findall(
        r"\b(?:(wom[ae]n|girls?|females?|sisters)|(?:m[ae]n|boys?|males?|brothers))\b", match.group(), re.IGNORECASE
    )
    sexes = {"F" if female else "M" for female in words}
    sex = sexes.pop() if len(sexes) == 1 else ""
    return Introduction(
        sentence.index, sentence.start + match.start(), sentence.start + match.end(), sex=sex, patients=count
    )


def _relative(before: str, after: str) -> bool:
    tail = before[-45:]
    if re.search(
        r"\b(?:born|delivered|delivery|birth)\b[^.;]*? (?:to|by|of|from) (?:an?|his|her|the) (?:\w+ )?$",
        tail,
        re.IGNORECASE,
    ):
        return True
    if re.search(r"\b(?:from|of|to|by) an?\s*$", tail, re.IGNORECASE) and re.match(
        r"[\s-]*(?:[\w,/-]+ ){0,6}(?:mother|father)\b", after, re.IGNORECASE
    ):
        return True
    last = max(cue("relative").finditer(tail), key=lambda m: m.end(), default=None)
    if last is not None and not re.search(r"[,;.]|\bwho\b", tail[last.end() :].replace(" (", "(", 1).lstrip("(, ")):
        return True
    return bool(
        re.match(
            r"[\s-]*(?:\w+ )?(?:father|mother|brother|sister|son|daughter|wife|husband|uncle|aunt|cousin|grandfather|grandmother)\b",
            after,
            re.IGNORECASE,
        )
    ) and bool(re.search(r"\b(?:his|her|patient's|whose|their)\s+$", before, re.IGNORECASE))


def _sex(sexes: list[Mention], age: Mention, limit: int) -> Mention | None:
    after = [s for s in sexes if age.end <= s.start < limit and s.start - age.end <= 60]
    if after:
        return after[0]
    before = [s for s in sexes if s.end <= age.start and age.start - s.end <= 40]
    return before[-1] if before else None
