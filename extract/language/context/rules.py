"""Trigger rules of the assertion stage: read from CSV files, compiled once, matched on the words of a sentence.

Stands below `assertion.py` in the flow. In: `rules/assertion_*.csv`. Out: a `RuleSet` that turns a list of words into
`Hit`s. The method is ConText (Harkema et al. 2009, J Biomed Inform 42:839): a trigger has a direction and a scope,
pseudo-triggers look like triggers and are none, stops end a scope. The rules are our own, made for case reports.

A rule file has the columns

    pattern     words in lower case, separated by blanks. In one place `a|b` are alternatives, `word*` is a prefix,
                `word?` may be missing, `~3` is a gap of up to three words (never over a semicolon or a "not"), `<num>` a number
                or number word, `<year>` 1900 to 2099, `<initial>` a letter alone, `<latin>` the second word of a species,
                `<drug>` and `<diagnosis>` a mention, `^` the sentence's start,
                `{name}` the words of a class of `extract/rules/word_classes.csv`, divided by "|".
    category    what the trigger makes of its targets; or `pseudo` (hides the triggers it covers) or `stop` (ends scopes)
    direction   where the target stands: `forward` after the trigger, `backward` before it, `both`; `inside` a target that
                one of the pattern's own `<drug>`/`<diagnosis>` places covers; `around` a target in a gap; `previous` the drugs of the sentence before
    scope       how many words may stand between trigger and target; of `previous`, how many sentences without a drug
    list        `yes`: the scope starts again after each comma, "and", "or" (coordinated lists)
    example     a sentence with its targets in [[double square brackets]]
    expects     what the targets get, one word each separated by `|`; one word alone holds for all; empty: the category
    comment     why, when it is not plain
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

from extract.language.context.patterns import NUMBERS, Slot, compile_pattern, match_slots
from extract.language.context.words import Words, words_of
from extract.rules import Choice, Compiled, Number, RuleFile, Text

#: categories that end scopes, and those that say nothing of a target themselves
STOPS = ("stop", "weak", "clause")
WITHOUT_VERDICT = ("pseudo", "nofix", *STOPS)
DIRECTIONS = ("forward", "backward", "both", "inside", "around", "previous")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a rule file, compiled."""

    pattern: str
    category: str
    direction: str
    scope: int
    spread: bool
    slots: tuple[Slot, ...]
    row: int
    file: str
    example: str = ""
    expects: str = ""

    @property
    def name(self) -> str:
        """`category: pattern`, for the record of what decided."""
        return f"{self.category}: {self.pattern}"


#: a rule that may begin at a word, and words one of which its sentence must have
_Candidate = tuple[Rule, frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger found: words `start`..`end` (exclusive), of which `literal` were matched one by one (not by a gap)."""

    rule: Rule
    start: int
    end: int
    literal: frozenset[int]
    inside: frozenset[int] = frozenset()  # mentions that the pattern itself names
    said: str = ""  # the trigger as the sentence has it


_MARK = re.compile(r"\[\[|\]\]")
_NEXT_SENTENCE = re.compile(r"(?<=[.])\s")


def _found(label: str) -> Callable[[tuple[Slot, ...], str], bool]:
    """Whether the places of a pattern are filled in a sentence of an example, whose marked targets are of a label."""

    def filled(slots: tuple[Slot, ...], sentence: str) -> bool:
        pieces = _MARK.split(sentence)
        ends = list(accumulate(map(len, pieces)))
        targets = [(ends[i - 1], ends[i], label) for i in range(1, len(pieces), 2)]
        words = words_of("".join(pieces), 0, targets)
        return any(match_slots(slots, 0, i, words) is not None for i in range(len(words.text)))

    return lambda slots, example: any(filled(slots, sentence) for sentence in _NEXT_SENTENCE.split(example))


def _triggers(name: str, label: str, *categories: str) -> RuleFile:
    """A file of triggers whose targets are mentions of a label."""
    return RuleFile(
        f"language/rules/{name}",
        None,
        pattern=Compiled(
            compiled_by=compile_pattern,
            language="words in lower case divided by blanks; a|b alternatives, word* a prefix, word? may be missing, ~3 a gap of up to three"
            " words, <num> <year> <initial> <latin> <drug> <diagnosis>, ^ the start of the sentence; {name} is a word class",
            found=_found(label),
        ),
        category=Choice(*categories),
        direction=Choice(*DIRECTIONS, required=False),
        scope=Number(whole=True),
        list=Choice("yes", "no", required=False),
        example=Text(required=True),
        expects=Text(),
        comment=Text(),
    )


#: the rule files by name
TRIGGERS = {
    "assertion_diagnoses.csv": _triggers(
        "assertion_diagnoses.csv", "diagnosis",
        "absent", "possible", "past", "history", "time", "family", "present", "known", "general", "pseudo", "stop", "weak",
        "clause",
    ),
    "assertion_drugs.csv": _triggers(
        "assertion_drugs.csv", "drug",
        "given", "restarted", "tried", "stopped", "failed", "declined", "planned", "avoided", "exposure", "general", "nofix",
        "pseudo", "stop", "weak",
    ),
    "assertion_context.csv": _triggers(
        "assertion_context.csv", "", "index", "patient", "literature", "groups", "act"
    ),
}  # fmt: skip


def rules_of(file: RuleFile) -> list[Rule]:
    """The rules of a file. Raises LanguageError (bad-config) that names the line at fault."""
    rules: list[Rule] = []
    for row in file:
        if not row["direction"] and row["category"] not in WITHOUT_VERDICT:
            raise file.error(row.line, "the cell of 'direction' is empty", file.columns["direction"].allowed)
        rules.append(
            Rule(
                row.written["pattern"].strip(), row["category"], row["direction"], row["scope"] or 0, row["list"] == "yes",
                row["pattern"], row.line, file.name, row["example"], row["expects"],
            )
        )  # fmt: skip
    return rules


class RuleSet:
    """Rules indexed by their first word, so that a word of a sentence costs one or two look-ups; which of them the word behind it rules
    out is remembered."""

    #: pairs of words remembered
    REMEMBERED = 20_000

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._begun: dict[tuple[str, str, bool], tuple[_Candidate, ...]] = {}
        self._exact: dict[str, list[Rule]] = defaultdict(list)
        self._prefix: dict[str, list[Rule]] = defaultdict(list)
        self._classed: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            first = rule.slots[0]
            if first.kind:
                self._classed[first.kind].append(rule)
            for word in first.words:
                self._exact[word].append(rule)
            for prefix in first.prefixes:
                self._prefix[prefix[:3]].append(rule)

    def hits(self, words: Words) -> list[Hit]:
        """All triggers of a sentence; where two share a word the longer holds, and pseudo-triggers hide what they cover."""
        found: list[Hit] = []
        present = frozenset(words.text)
        for i, (word, behind) in enumerate(pairwise((*words.text, ""))):
            candidates: Sequence[_Candidate] = ()
            if word in self._exact or word[:3] in self._prefix:
                candidates = self._beginning(word, behind)
            if self._classed:
                candidates = (*candidates, *self._by_class(i, word, words))
            for rule, needed in candidates:
                if needed is not None and needed.isdisjoint(present):
                    continue
                match = match_slots(rule.slots, 0, i, words)
                if match is not None:
                    end, literal, inside = match
                    said = " ".join(words.text[i:end])
                    found.append(Hit(rule, i, end, frozenset(literal), frozenset(inside), said))
        return _longest(found)

    def _beginning(self, first: str, behind: str, classed: bool = False) -> tuple[_Candidate, ...]:
        """The rules that may begin with a word, or, if `classed`, with the class `first`, and with the word behind it; "" for none."""
        begun = self._begun.get((first, behind, classed))
        if begun is None:
            rules = (
                self._classed.get(first, ())
                if classed
                else (*self._exact.get(first, ()), *self._prefix.get(first[:3], ()))
            )
            if len(self._begun) >= self.REMEMBERED:
                self._begun.clear()
            begun = self._begun[first, behind, classed] = tuple(
                (r, _needed(r))
                for r in rules
                if (classed or r.slots[0].fits(first)) and (len(r.slots) == 1 or r.slots[1].may_be(behind))
            )
        return begun

    def _by_class(self, i: int, word: str, words: Words) -> list[_Candidate]:
        out: list[_Candidate] = []
        behind = words.text[i + 1] if i + 1 < len(words.text) else ""
        if i == 0:
            out += self._beginning("start", word, classed=True)
        if word[0].isdigit() or word in NUMBERS:
            out += self._beginning("num", behind, classed=True)
            out += self._beginning("year", behind, classed=True)
        if len(word) == 1 and word.isalpha():
            out += self._beginning("initial", behind, classed=True)
        owner = words.owner[i]
        if owner >= 0 and (i == 0 or words.owner[i - 1] != owner):
            end = i + 1
            while end < len(words.owner) and words.owner[end] == owner:
                end += 1
            behind = words.text[end] if end < len(words.text) else ""
            out += self._beginning(words.labels[owner], behind, classed=True)
        return out


def _needed(rule: Rule) -> frozenset[str] | None:
    """Words one of which stands in every sentence that the rule fits, the fewest of them: of a place behind the second, which `may_be` asks."""
    places = [s.words for s in rule.slots[2:] if s.words and not (s.prefixes or s.optional)]
    return min(places, key=len, default=None)


def _longest(found: list[Hit]) -> list[Hit]:
    """Drop hits that share a matched word with a longer one, and all that a pseudo-trigger covers.

    Stops only mark a place: nothing but a pseudo-trigger hides them, and they hide nothing.
    """
    order = sorted(found, key=_length)
    kept: list[Hit] = []
    taken: dict[int, list[Hit]] = {}
    for hit in order:
        over = [t for i in hit.literal for t in taken.get(i, ())]
        stop = hit.rule.category in STOPS
        if any(t.rule.category == "pseudo" or not (stop or t.literal == hit.literal) for t in over):
            continue
        kept.append(hit)
        if not stop:
            for i in hit.literal:
                taken.setdefault(i, []).append(hit)
    return sorted((h for h in kept if h.rule.category != "pseudo"), key=lambda h: (h.start, h.end))


def _length(hit: Hit) -> tuple[int, bool, bool, int, int]:
    """The order in which triggers take their words: the longest first, of equals the one that ends last."""
    rule = hit.rule
    return -len(hit.literal), rule.category != "pseudo", rule.direction != "around", -hit.end, -hit.start


@cache
def load(name: str) -> RuleSet:
    """The rules of a file, compiled once a process."""
    return RuleSet(rules_of(TRIGGERS[name]))
