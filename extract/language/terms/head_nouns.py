"""Names of diagnoses found by their make-up: a head word, the modifiers before it, a Latin word behind it.

Called by `terms`; the trained model is the main source of diagnoses, this completes it. A head is a word of
`vocabulary/diagnosis_heads.csv` ("carcinoma", "syndrome") or one with a telling ending ("-itis", "-osis",
"-emia"); to it belong the adjectives and nouns before it ("papillary thyroid carcinoma") that
`vocabulary/diagnosis_modifiers.csv` or their ending allow, and words like "cutis" behind it. Mere symptoms and
findings are left to the resolver's deny list.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from extract.language.gazetteer import Gazetteer, Words
from extract.language.tables import read_table
from extract.language.terms.found import Found

ADJECTIVE = re.compile(r"[a-z]{2,}(?:al|ic|ous|ar|ary|oid|ive|ine|genic|lytic|eal|ian|ean|iform|formis)$")
#: around an adjective that stands for a diagnosis: "he was a known hypertensive", "a diabetic woman", "asthmatic since"
_SAID_OF = re.compile(
    r"\b(?:known|a|an|is|was|were|been|also|and|chronic|elderly|previously|morbidly|a case of|longstanding|controlled|year-old|old|his|her|the)\s+$|[,(]\s*$"
)
#: behind such an adjective: an end, a word that no noun is, or whom it is said of
STANDS_ALONE = re.compile(
    r"\s*(?:[.,;)]|$)|\s+(?:and|for|since|on|patients?|cases?|subjects?|who|with|without|under|but|or|man|woman|men|women|male|female|mother|father|boy|girl|lady|gentleman"
    r"|individual|person|smoker|adult|child|children|treated|in|at|due|as|from|after)\b"
)
_MAX_MODIFIERS = 6
#: between a head and the organ it is of: "rupture of her uterus", "stricture at the entrance of the bladder"
_OF = re.compile(
    r"\s(?:of|at the (?:entrance|level) of)\s(?:(?:the|a|an|his|her|both|left|right|bilateral|base of|wall of)\s)*"
)
#: the same of what is open, and lies on a place: "ulcers beside the stoma", "an ulcer on the outer edge of the left foot"
_ON = re.compile(
    r"\s(?:of|on|over|around|beside|behind|between|at)\s(?:(?:the|a|an|his|her|both|(?:outer|inner|lateral|medial|upper|lower) (?:edge|side|aspect|part) of"
    r"|dorsum of|tip of|left|right|bilateral)\s)*"
)
_OPEN = frozenset(["ulcer", "ulcers"])
#: up to five words, none of which leads on to another phrase
_PLACE = re.compile(
    r"(?!affected)(?:(?!(?:by|in|of|with|and|or|to|from|for|at|on|around|along|into|through)\s)[\w-]+\s){0,4}[\w-]+"
)
#: heads that a name or an abbreviation before them makes a diagnosis, whoever it is: "Kimura's disease", "TURP syndrome"
_NAMED_AFTER = re.compile(r"(?:diseases?|syndromes?|anomaly|malformation|palsy|attacks?|phenomenon|deficiency)$")
#: heads that only a name makes one: "Klebsiella endocarditis", "Amyand hernia"
_AFTER_NAME = re.compile(
    r"(?:hernia|encephalitis|endocarditis|chorea|ataxia|angina|arteritis|thyroiditis|aneurysm|diverticulum|contracture|gangrene|fracture|tumou?r)$"
)
_PERSON = re.compile(r"[A-Z][a-zé'-]{2,}$")
#: an abbreviation or the symbol of a gene: "TURP", "CD59", "ADAMTS13"
#: such a name with a hyphen, and the blank before the head: "Muir-Torre", "GATA-2"
_JOINED = re.compile(r"(?<![\w-])(?:(?<=[^.:;?!]\s)[A-Z][a-zé']{2,}(?:-[A-Z][a-zé']{2,})+|[A-Z]{2,6}-\d{1,3})\s$")
_SYMBOL = re.compile(r"[A-Z]{3,6}$|[A-Z]{2,6}\d{1,3}$")
NAMED, CONFIDENCE, BY_ENDING, WEAK = 0.7, 0.6, 0.5, 0.45


@cache
def _heads() -> dict[str, dict[str, str]]:
    kinds: dict[str, dict[str, str]] = {
        kind: {} for kind in ("head", "suffix", "name", "cased", "weak", "not", "after", "adjective")
    }
    rows = list(read_table("vocabulary/diagnosis_heads.csv"))
    for row in rows:
        kinds[row["kind"]][row["text"]] = row["comment"]
    for row in rows:
        if (
            row["kind"] in ("head", "weak", "name")
            and " of " not in row["text"]
            and _plural(row["text"]) not in kinds["not"]
        ):
            kinds[row["kind"]].setdefault(_plural(row["text"]), "")
    return kinds


def _plural(name: str) -> str:
    """An English name of more than one: "stenoses", "injuries", "abscesses", "cysts"."""
    for ending, many in (("sis", "ses"), ("xis", "xes")):
        if name.endswith(ending):
            return name.removesuffix(ending) + many
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "x", "z", "ch", "sh")) else "s")


@cache
def modifiers() -> dict[str, str]:
    """Words that may stand before a head -> "part" of the name, "vague", "plain" or "never"."""
    return {row["word"]: row["kind"] for row in read_table("vocabulary/diagnosis_modifiers.csv")}


def is_head(word: str) -> bool:
    """Whether one word, in lower case, names a disease by itself: "pertussis", "tuberculosis"."""
    return word in _heads()["head"] or word in _heads()["name"]


class Diagnoses:
    """Finds diagnoses by name and make-up."""

    def __init__(self) -> None:
        heads = _heads()
        self.names: Gazetteer[str] = Gazetteer((name, "") for name in heads["name"])
        self.names.update((name, name) for name in heads["cased"])
        self.adjectives: Gazetteer[bool] = Gazetteer((name, True) for name in heads["adjective"])
        self.strong, self.weak = frozenset(heads["head"]), frozenset(heads["weak"])
        self.never, self.after = frozenset(heads["not"]), frozenset(heads["after"])
        self.suffix = re.compile(rf"[a-z]{{3,}}(?:{'|'.join(heads['suffix'])})$")
        self.modifiers = modifiers()
        self.organs: Gazetteer[bool] = Gazetteer((row["name"], True) for row in read_table("vocabulary/organs.csv"))
        sites = (row["name"] for row in read_table("vocabulary/sites.csv") if row["part"] == "site")
        self.organs.update((name, True) for name in sites if not name.startswith("lesion"))  # "rupture of the lesion"
        self.parts = frozenset(name for name, _ in self.organs.items() if " " not in name)

    def find(self, words: Words) -> Iterator[Found]:
        """The diagnoses of a text; they may overlap, the resolver joins them."""
        for start, end, exact in self.names.find(words):
            if not exact or words.text[start:end] == exact:
                yield Found(start, end, "diagnosis", "", NAMED)
        folded, at = words.folded, words.offsets
        organs = {end: start for start, end, _ in self.organs.find(words) if " " in folded[start:end]}
        for start, end, _ in self.adjectives.find(words):
            if STANDS_ALONE.match(folded, end) and _SAID_OF.search(folded, max(0, start - 40), start):
                yield Found(start, end, "diagnosis", "", WEAK)
        for i, (start, end) in enumerate(at):
            if end - start < 3:
                continue
            confidence = self._confidence(folded[start:end])
            if not confidence or folded[max(0, start - 5) : start] == "anti-" or folded.startswith("anti", start):
                continue  # "anti-tuberculosis drugs"
            first, last = self._first(words, i, organs), self._last(words, i)
            stop = at[last][1]
            if confidence == WEAK and self._vague(folded[a:b] for a, b in at[first:i]):
                stop = self._organ(words, end, _ON if folded[start:end] in _OPEN else _OF)
                if not stop:
                    continue
            yield Found(at[first][0], stop, "diagnosis", "", confidence)

    def _confidence(self, word: str) -> float:
        """How sure `word` is a head; 0 when it is none."""
        if word in self.strong:
            return CONFIDENCE
        if word in self.weak:
            return WEAK
        if word in self.never:
            return 0.0
        return BY_ENDING if self.suffix.match(word) else 0.0

    def _vague(self, before: Iterable[str]) -> bool:
        """Whether none of the words before a weak head says which it is."""
        return all(
            word == "a" or self.modifiers.get(word) in ("vague", "plain") for word in before
        )  # "hepatitis A", "a rupture"

    def _organ(self, words: Words, end: int, joined: re.Pattern[str]) -> int:
        """Where the organ ends that the head ending here is told to be of, 0 when none is. `joined`: what joins the two."""
        of = joined.match(words.folded, end)
        if of is None:
            return 0
        reach = _PLACE.match(words.folded, of.end(), of.end() + 60)
        found = [b for _, b, _ in self.organs.find(reach.group())] if reach else []
        return of.end() + found[-1] if found else 0

    def _first(self, words: Words, head: int, organs: Mapping[int, int]) -> int:
        """Index of the first word of the name whose head is word `head`. `organs`: where an organ of several words begins, by its end."""
        folded, at, first = words.folded, words.offsets, head
        i = head - 1
        joined = _JOINED.search(words.text, max(0, at[head][0] - 40), at[head][0])
        if joined and _NAMED_AFTER.match(folded[slice(*at[head])]):
            first = bisect_left(at, (joined.start(), 0))
            i = first - 1
        while i >= 0 and head - i <= _MAX_MODIFIERS and folded[at[i][1] : at[i + 1][0]] in (" ", "-", "'"):
            gap, word = folded[at[i][1] : at[i + 1][0]], folded[at[i][0] : at[i][1]]
            if gap == " " and at[i][1] in organs:
                first = i = bisect_left(at, (organs[at[i][1]], 0))
                i -= 1
                continue
            possessive = word == "s" and folded[at[i][0] - 1 : at[i][0]] == "'"
            eponym = gap == "'" and folded[at[i + 1][0] : at[i + 1][1]] == "s" and self.modifiers.get(word) != "never"
            kind = self.modifiers.get(word)
            if kind is None and (ADJECTIVE.match(word) or word in self.parts):
                kind = "part"
            named = kind in ("part", "vague", "plain") or eponym or (i == head - 1 and self._person(words, i, head))
            if not (possessive or named):  # an "'s" is taken with the name before it, if that is one
                break
            first = first if possessive else i
            i -= 1
        while first < head and folded[at[first][0] : at[first][1]].isdigit():
            first += 1
        return first

    def _person(self, words: Words, i: int, head: int) -> bool:
        """Whether word `i` is a name or an abbreviation in the midst of a sentence, and the head one that is called after such."""
        (start, end), at = words.offsets[i], words.offsets
        name, kind = words.text[start:end], words.folded[slice(*at[head])]
        if _NAMED_AFTER.match(kind) is None and _AFTER_NAME.match(kind) is None:
            return False
        if _NAMED_AFTER.match(kind) and _SYMBOL.match(name):
            return True
        if not _PERSON.match(name):
            return False
        return start > 1 and words.text[start - 1] == " " and words.text[start - 2] not in ".:;?!\n"

    def _last(self, words: Words, head: int) -> int:
        folded, at, last = words.folded, words.offsets, head
        while last + 1 < len(at) and folded[at[last][1] : at[last + 1][0]] == " ":
            if folded[at[last + 1][0] : at[last + 1][1]] not in self.after:
                break
            last += 1
        return last
