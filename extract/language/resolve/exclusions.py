"""What is no mention although it looks like one: symptoms, measured substances, words that are no medicines.

Called by `resolver` for the proposals of every stage. The words stand in `vocabulary/symptoms.csv`, `analytes.csv`
and `not_drugs.csv`, with the reasons; in which company a word is meant so stands in `rules/exclusions.csv`. The rule for diagnoses is
that of the record schema: disorders, injuries, infections, complications and named conditions, not mere
symptoms, signs, laboratory values, imaging signs, organisms or procedures.
"""

from __future__ import annotations

import re
from functools import cache

from extract.language.gazetteer import Gazetteer, Words, key
from extract.language.resolve.candidates import Candidate
from extract.language.rule_files import EXCLUSION_WORDS, EXCLUSIONS, FRAMES, NOT_DIAGNOSES
from extract.language.tables import read_table
from extract.language.terms.drugs import normalise
from extract.language.terms.head_nouns import modifiers

_UNIT = r"(?:m?mol|[munp]?g|meq|[mu]?iu|iu|u|pg|ng|cells)\s?/\s?(?:d?l|ml|l|hpf|mm|μl|ul|24|g\b)"
_VALUE = re.compile(
    rf"\s*(?:\([^()]{{1,12}}\)\s*)?(?:levels?|concentrations?|values?)?\s*(?:was|were|is|of|:|=|,|\()*\s*[<>≤≥]?\s*\d[\d.,]*(?:\s?[-–]\s?[\d.,]+)?\s*(?:{_UNIT})"
    r"|\s*(?:levels?|concentrations?|values?|(?:was|were|is|of|:|=)\s)+\s*[<>≤≥]?\s*\d[\d.,]*\s?%"
)
_MEASURED_AFTER = re.compile(rf"[\s-]*{EXCLUSIONS.source('measured_after')}")
_MEASURED_BEFORE = re.compile(rf"{EXCLUSIONS.source('measured_before')}[\s-]*$")
_NEVER_AFTER = re.compile(rf"[\s-]*{EXCLUSIONS.source('never_after')}\b")
_PLACE_BEFORE = re.compile(rf"\b{EXCLUSIONS.source('place_before')}$")
#: no substance is called so: "chorea-ballism"
_ILLNESS = re.compile(
    r"\b(?<!anti[ -])(?!anti)[a-z][a-z-]{2,}(?:itis|osis|aemia|emia|opathy|algia|plegia|paresis|kinesia|ballism(?:us)?|parkinsonism|plasia|trophy|uria|rrh(?:o)?ea|sclerosis)$"
)
#: a protein of the blood, an examination: "cryoglobulins", "gonioscopy"
_NO_SUBSTANCE = re.compile(r"(?:(?:cryo|macro|thyro|myo|hapto)globulins?|scop(?:y|ies)|graph(?:y|ies)|metry)$")
_DOSED = re.compile(
    r"(?:\s+in\s+(?:[a-z]+\s+)?(?:oil|saline|water|gel|cream|dextrose|glucose))?[\s(,]*\d[\d.,]*(?:\s?(?:-|to)\s?\d[\d.,]*)?\s?(?:(?:mg|g|gm|grams?|mcg|μg|ug|ml|units?|u|iu|mmol|meq|[kmg]bq|mci)(?!\s?/\s?(?:d?l|ml)\b)\b|%(?!\w))"
)
#: "131I", "P-32"
_ISOTOPE = re.compile(r"\d{2,3}[a-z]{1,2}|[a-z]{1,2}-\d{2,3}")
#: the strength before the name: "20% urea", "a 0.5% topical estradiol"
_STRENGTH_BEFORE = re.compile(
    r"\d\s?%\s+(?:topical\s+|aqueous\s+|solution of\s+)?$|\d\s?(?:mg|g|gm|mcg|μg|ml|units?|iu|meq)\s+(?:of\s+)?$"
)
_GIVEN_BEFORE = re.compile(
    rf"\b{EXCLUSIONS.source('given_before')}"
    r"\s*(?:of\s+|with\s+|both\s+)?(?:[\w-]+\s+)?(?:[\w-]+\s+(?:and|plus|in addition to)\s+)?$"
)
#: an item of a list of what is given: up to three words, a strength in brackets behind them
_ITEM = r"[\w/-]+(?:\s+[\w/%.-]+){0,3}(?:\s*\([^()]{1,40}\))?"
_LISTED_BEFORE = re.compile(
    rf"\b{EXCLUSIONS.source('list_before')}\s+(?:{_ITEM}\s*(?:,\s*(?:and|or|plus)?|and|or|plus|\+|/)\s*){{0,6}}(?:(?:a|an|oral|intravenous|topical|iv|some)\s+){{0,2}}$"
)
_LISTED_AFTER = re.compile(
    rf"(?:\s*(?:,\s*(?:and|or|plus)?|and|or|plus|\+|/)\s*{_ITEM}){{0,5}}\s+{EXCLUSIONS.source('list_after')}\b"
)
_GIVEN_AFTER = re.compile(rf"[\s-]*{EXCLUSIONS.source('given_after')}\b")
#: how far before and behind a name its list may reach, in characters
_LIST = 140
_FORM_AFTER = re.compile(rf"\s+{EXCLUSIONS.source('form_after')}\b")

#: the second word of an organism's name has a Latin ending and is no disease: "Candida albicans", but "Candida esophagitis"
_SPECIES = re.compile(r"(?:us|um|is|ii|ae|ans|ens|[dlnrt]a|i)$")
_DISEASE = re.compile(r"(?:itis|osis|[ao]emia|oma|iasis|sepsis|pneumonia|diarrh?o?ea)$")
_PREPOSITION = re.compile(r"\s(?:of|with|by|due|from|in|to|after)\s")
_CLAUSE = re.compile(r"\b(?:and|but) (?:his|her|their|its|he|she|they|we|the patient)\b")
#: before a diagnosis that somebody made: up to three words of description in between
_NAMED = re.compile(rf"\b{FRAMES.source('named')}\s(?:(?:an?|the|his|her)\s)?(?:[a-z-]+\s){{0,2}}$")
#: a name that says of itself that it is one
_CALLED = re.compile(r"\w\s(?:syndromes?|disorders?)$")
#: what is a finding where it is seen, and a diagnosis where somebody makes it: "diagnosed with eosinophilia"; of symptoms those with a name of
#: medicine, "ascites", not "fever"
_FOUND_ALONE = re.compile(r"an? (?:lab|imaging|symptom) (?:by itself|of a place or degree)")
_GREEK = re.compile(r"(?:ia|osis|ites|itus|cope|igo|esis|sia)$")
#: how sure the model must be of a drug with a dose or a form beside it, and of a diagnosis that somebody is said to have made
_DOSED_FROM, _NAMED_FROM = 0.12, 0.2
_AND = re.compile(r"\s*(?:,\s*(?:and|or)?|/|\band\b|\bor\b|\bwith\b)\s*")


@cache
def _names(table: str) -> Gazetteer[dict[str, str]]:
    return Gazetteer((row["name"], row) for row in read_table(f"vocabulary/{table}.csv"))


@cache
def _words(kind: str) -> frozenset[str]:
    """The words of a kind of `rules/exclusion_words.csv`."""
    return frozenset(row["word"] for row in EXCLUSION_WORDS.of(kind))


@cache
def _edges() -> frozenset[tuple[str, str, str]]:
    return frozenset((r["label"], r["side"], r["word"]) for r in read_table("vocabulary/mention_edges.csv"))


class Exclusions:
    """Says why a proposal is no mention, or that there is no reason against it. `symptoms`: let those pass."""

    def __init__(self, *, symptoms: bool = False) -> None:
        self.symptoms_pass = symptoms
        self.symptoms, self.analytes, self.not_drugs = _names("symptoms"), _names("analytes"), _names("not_drugs")
        self.sites, self.organs = _names("sites"), _names("organs")
        self.edges = _edges()

    def is_edge(self, label: str, side: str, word: str) -> bool:
        """Whether `word` (lower case) at this side of a proposal of this label is no part of it."""
        return (label, side, word.strip("()[],;:")) in self.edges

    def reason(self, label: str, text: str, start: int, end: int) -> str:
        """Why characters start..end of the folded `text` are no mention of this label; "" when they may be one."""
        name = text[start:end]
        if label == "diagnosis":
            why = self._not_diagnosis(name)
            if _FOUND_ALONE.match(why) and (_GREEK.search(name) or not why.startswith("a symptom")):
                why = "" if _NAMED.search(text, max(0, start - 90), start) else why
            return why or self._named_otherwise(text, start, end)
        if label == "drug":
            return self._not_drug(name, text, start, end)
        return ""

    def dosed(self, text: str, start: int, end: int) -> bool:
        """Whether a dose or a form stands directly beside start..end of the folded `text`, as beside a medicine's name."""
        before, after = text[max(0, start - 40) : start], text[end : end + 60]
        return bool(_DOSED.match(after) or _STRENGTH_BEFORE.search(before) or _FORM_AFTER.match(after))

    def not_alone(self, words: Words, c: Candidate, first: int, last: int) -> str:
        """Why `c`, which only the model takes for a drug, is none; "" where it may be one.

        It is none where a place is named ("born in ..."), nor, being a name of no medicine, in a sentence (`first` to `last`) that
        speaks of no giving: a gene, a part of a cell, a device.
        """
        name, text = words.text[c.start : c.end], words.folded
        if self.dosed(text, c.start, c.end):
            return ""
        titled = name[:1].isupper() and name[1:].islower() and name.isalpha()
        if titled and _PLACE_BEFORE.search(text[max(0, c.start - 40) : c.start]):
            return "a place"
        known = normalise(name)
        if known.score or known.is_class or EXCLUSIONS.pattern("giving").search(text, first, last):
            return ""
        return "no known medicine, and nothing is given here"

    def names_another(self, text: str, end: int) -> bool:
        """Whether what follows a drug's name that ends at `end` makes it the name of another thing: "vitamin K antagonists"."""
        return bool(_NEVER_AFTER.match(text, end, end + 60))

    def enough(self, label: str, text: str, start: int, end: int) -> float:
        """How sure the model alone must be of a name at start..end of the folded `text` where the words beside it ask for one: of a
        drug with a dose or a form, of a diagnosis that somebody is said to have made ("diagnosed with") or that is called a syndrome. Else
        more than it can be."""
        if label == "drug" and self.dosed(text, start, end):
            return _DOSED_FROM
        if label == "diagnosis" and (
            _NAMED.search(text, max(0, start - 90), start) or _CALLED.search(text, start, end)
        ):
            return _NAMED_FROM
        return 1.1

    def _not_diagnosis(self, name: str) -> str:
        if not any(c.isalpha() for c in name):
            return "no letters"
        if _CLAUSE.search(name):
            return "runs on into another clause"
        if self.symptoms_pass:
            return ""
        kind = _kind_by_ending(name)
        if kind:
            return f"{kind}, by its ending"
        words = key(name).split()
        sore = len(words) > 1 and words[-1] in _words("sore")
        if (all(self.sites.get(w) is not None for w in words) and not sore) or self._organ(name):
            return "a place"
        if name.startswith("other "):
            return "others in general"
        if len(places := _AND.split(name)) > 1 and all(map(self._organ, places)):
            return "a place"
        parts = [self._symptom(part) for part in _AND.split(name)]  # "fever and nausea" is two symptoms
        return parts[0] if all(parts) else ""

    def _organ(self, name: str) -> bool:
        """Whether `name` is an organ, with nothing but words of side and place before it: "the left middle cerebral artery"."""
        if self.sites.get(name) is not None or self.organs.get(name) is not None:
            return True
        first, _, rest = name.partition(" ")
        return bool(rest) and first in _words("place") and self._organ(rest)

    def names_no_disease(self, long_form: str) -> bool:
        """Whether the long form of an abbreviation is an organ, an examination, an organism: "middle cerebral artery"."""
        name = key(long_form)
        return bool(_kind_by_ending(name)) or self._organ(name)

    def _named_otherwise(self, text: str, start: int, end: int) -> str:
        """Whether the disease that stands here only names a place, a person, a scale or a vaccine: "an infectious diseases specialist"."""
        if self.symptoms_pass:
            return ""
        other = _ending("after").match(text, end) or _ending("before").search(text, max(0, start - 60), start)
        return "names something else here" if other else ""

    def _symptom(self, name: str) -> str:
        """Why `name` is a mere finding; words of side, site, time and degree do not make it a diagnosis."""
        found = self.symptoms.get(name)
        if found is not None:
            return f"a {found['kind']} by itself"
        words = key(name).split()
        rest = [w for w in words if w not in _light() and self.sites.get(w) is None]
        found = self.symptoms.get(" ".join(rest)) if 0 < len(rest) < len(words) else None
        if found is not None and found["kind"] in ("symptom", "lab", "imaging"):
            return f"a {found['kind']} of a place or degree"
        return ""

    def _not_drug(self, name: str, text: str, start: int, end: int) -> str:
        letters = sum(c.isalpha() for c in name)
        row = self.not_drugs.get(name)
        if (
            letters < 2
            and row is None
            and not (letters and self.dosed(text, start, end))
            and not _ISOTOPE.fullmatch(name)
        ):
            return "no letters"
        before, after = text[max(0, start - 40) : start], text[end : end + 60]
        if row is not None and row["always"]:
            return "no medicine"
        if self.names_another(text, end):
            return "names something else here"
        if EXCLUSIONS.pattern("tracer").match(name):
            return "a tracer"
        if _ILLNESS.search(name) and not self.dosed(text, start, end):
            return "an illness, by its ending"
        if _NO_SUBSTANCE.search(name):
            return "a protein of the blood or an examination, by its ending"
        known = self.analytes.get(name) is not None
        if known and (_VALUE.match(after) or _MEASURED_AFTER.match(after) or _MEASURED_BEFORE.search(before)):
            return "measured here"
        if row is not None:
            given = (
                _DOSED.match(after)
                or _STRENGTH_BEFORE.search(before)
                or _GIVEN_BEFORE.search(before)
                or _GIVEN_AFTER.match(after)
                or _LISTED_BEFORE.search(_clause(text[max(0, start - _LIST) : start]))
                or _LISTED_AFTER.match(text[end : end + _LIST])
            )
            return "" if given else "not given here"
        return ""


def _clause(before: str) -> str:
    """What of the text before a name stands in its sentence."""
    return before[max(before.rfind(". "), before.rfind("; "), before.rfind(": ")) + 1 :]


@cache
def _ending(kind: str) -> re.Pattern[str]:
    """All patterns of a kind of `rules/not_diagnoses.csv`: at the end of a word or of what stands before, for `after` at the
    beginning of what follows."""
    if kind == "after":
        return NOT_DIAGNOSES.pattern(kind)
    return re.compile(rf"{NOT_DIAGNOSES.source(kind)}\s*$")


def _kind_by_ending(name: str) -> str:
    """What the make-up of `name` shows it to be: a procedure, an organism, a finding; "" for anything else.

    The word that tells stands before a preposition: a "syndrome of inappropriate secretion of a hormone" is a syndrome.
    """
    words = re.findall(r"[^\W_]+", _PREPOSITION.split(name, maxsplit=1)[0])
    if not words or _ending("but").search(words[-1]):
        return ""
    genus = len(words) == 2 and (_ending("genus").search(words[0]) or name.startswith(f"{words[0][0]}. "))
    if genus and _SPECIES.search(words[1]):
        return "" if _DISEASE.search(words[1]) and not words[0].startswith("mycobact") else "organism"
    return next(
        (kind for kind in ("procedure", "organism", "finding", "measured") if _ending(kind).search(words[-1])), ""
    )


@cache
def _light() -> frozenset[str]:
    """Words of side, degree, time and place that add nothing to a symptom."""
    return (
        frozenset(w for w, kind in modifiers().items() if kind == "never")
        | frozenset(row["word"] for row in read_table("vocabulary/mention_edges.csv") if row["side"] == "first")
        | frozenset(row["name"] for row in read_table("vocabulary/sites.csv") if row["part"] == "side")
        | _words("degree")
    )
