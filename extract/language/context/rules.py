"""Trigger rules of the assertion stage: read from CSV files, compiled once, matched on the words of a sentence.

Stands below `assertion.py` in the flow. In: `rules/assertion_*.csv`. Out: a `RuleSet` that turns a list of words into
`Hit`s. The method is ConText (Harkema et al. 2009, J Biomed Inform 42:839): a trigger has a direction and a scope,
pseudo-triggers look like triggers and are none, stops end a scope. The rules are our own, made for case reports.

A rule file has the columns

    pattern     words in lower case, separated by blanks. In one place `a|b` are alternatives, `word*` is a prefix,
                `word?` may be missing, `~3` is a gap of up to three words (never over a semicolon or a "not"), `<num>` a number
                or number word, `<year>` 1900 to 2099, `<drug>` and `<diagnosis>` a mention, `^` the sentence's start,
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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from extract.language.context.words import WORD, Words, word_list, words_of
from extract.rules import Choice, Compiled, Number, RuleFile, Text

#: categories that end scopes, and those that say nothing of a target themselves
STOPS = ("stop", "weak", "clause")
WITHOUT_VERDICT = ("pseudo", "nofix", *STOPS)
DIRECTIONS = ("forward", "backward", "both", "inside", "around", "previous")

_SLOT = re.compile(r"(?P<gap>~\d+)|(?P<class><[a-z]+>)|(?P<start>\^)|(?P<words>[^\s<>~^]+)")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a pattern."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    kind: str = ""  # "", "num", "year", "drug", "diagnosis", "start"
    gap: int = 0
    optional: bool = False

    def fits(self, word: str) -> bool:
        """Whether one word fills the place."""
        if self.kind == "num":
            return word[0].isdigit() or word in NUMBERS
        if self.kind == "year":
            return len(word) == 4 and word.isdigit() and word[:2] in ("19", "20")
        return word in self.words or (bool(self.prefixes) and word.startswith(self.prefixes))


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger found: words `start`..`end` (exclusive), of which `literal` were matched one by one (not by a gap)."""

    rule: Rule
    start: int
    end: int
    literal: frozenset[int]
    inside: frozenset[int] = frozenset()  # mentions that the pattern itself names
    said: str = ""  # the trigger as the sentence has it


def compile_pattern(pattern: str) -> tuple[Slot, ...]:
    """The places of a pattern. Raises ValueError on a sign that means nothing."""
    slots: list[Slot] = []
    for part in pattern.split():
        if part == ",":
            slots.append(Slot(frozenset({","})))
            continue
        optional = len(part) > 1 and part.endswith("?")
        part = part[:-1] if optional else part
        m = _SLOT.fullmatch(part)
        if m is None:
            raise ValueError(f"cannot read {part!r} in the pattern {pattern!r}")
        if m["gap"]:
            slots.append(Slot(gap=int(part[1:])))
        elif m["class"]:
            slots.append(Slot(kind=part[1:-1], optional=optional))
        elif m["start"]:
            slots.append(Slot(kind="start"))
        else:
            choices = part.split("|")
            whole = [w for w in choices if not (w.endswith("*") and len(w) > 1)]
            split = [WORD.findall(w) for w in whole]
            if any(len(w) != 1 for w in split):
                raise ValueError(f"{part!r} in the pattern {pattern!r} is more than one word: put blanks between")
            slots.append(
                Slot(
                    frozenset(w[0] for w in split),
                    tuple(w[:-1] for w in choices if w.endswith("*") and len(w) > 1),
                    optional=optional,
                )
            )
    if not slots or slots[0].gap or slots[-1].gap or slots[0].optional:
        raise ValueError(f"the pattern {pattern!r} must begin and end with a word")
    return tuple(slots)


_MARK = re.compile(r"\[\[|\]\]")
_NEXT_SENTENCE = re.compile(r"(?<=[.])\s")


def _found(label: str) -> Callable[[tuple[Slot, ...], str], bool]:
    """Whether the places of a pattern are filled in a sentence of an example, whose marked targets are of a label."""

    def filled(slots: tuple[Slot, ...], sentence: str) -> bool:
        pieces = _MARK.split(sentence)
        ends = list(accumulate(map(len, pieces)))
        targets = [(ends[i - 1], ends[i], label) for i in range(1, len(pieces), 2)]
        words = words_of("".join(pieces), 0, targets)
        return any(_match(slots, 0, i, words) is not None for i in range(len(words.text)))

    return lambda slots, example: any(filled(slots, sentence) for sentence in _NEXT_SENTENCE.split(example))


def _triggers(name: str, label: str, *categories: str) -> RuleFile:
    """A file of triggers whose targets are mentions of a label."""
    return RuleFile(
        f"language/rules/{name}",
        None,
        pattern=Compiled(
            compiled_by=compile_pattern,
            language="words in lower case divided by blanks; a|b alternatives, word* a prefix, word? may be missing, ~3 a gap of up to three"
            " words, <num> <year> <drug> <diagnosis>, ^ the start of the sentence; {name} is a word class",
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


NUMBERS, GAP_ENDS = word_list("number"), word_list("gap")


class RuleSet:
    """Rules indexed by their first word, so that a word of a sentence costs one or two look-ups."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
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
        for i, word in enumerate(words.text):
            candidates = [*self._exact.get(word, ()), *self._prefix.get(word[:3], ())]
            if self._classed:
                candidates += self._by_class(i, word, words)
            for rule in candidates:
                match = _match(rule.slots, 0, i, words)
                if match is not None:
                    end, literal, inside = match
                    said = " ".join(words.text[i:end])
                    found.append(Hit(rule, i, end, frozenset(literal), frozenset(inside), said))
        return _longest(found)

    def _by_class(self, i: int, word: str, words: Words) -> list[Rule]:
        out: list[Rule] = []
        if i == 0:
            out += self._classed.get("start", ())
        if word[0].isdigit() or word in NUMBERS:
            out += self._classed.get("num", ())
            out += self._classed.get("year", ())
        owner = words.owner[i]
        if owner >= 0 and (i == 0 or words.owner[i - 1] != owner):
            out += self._classed.get(words.labels[owner], ())
        return out


def _match(
    slots: tuple[Slot, ...], k: int, i: int, words: Words
) -> tuple[int, tuple[int, ...], tuple[int, ...]] | None:
    """Match places k.. from word i on: (end, words matched one by one, mentions named), the shortest gaps first."""
    if k == len(slots):
        return i, (), ()
    slot = slots[k]
    n = len(words.text)
    if slot.gap:
        for j in range(i, min(i + slot.gap, n) + 1):
            if j > i and words.text[j - 1] in GAP_ENDS:
                return None
            rest = _match(slots, k + 1, j, words)
            if rest is not None:
                return rest
        return None
    if slot.kind == "start":
        return _match(slots, k + 1, i, words) if i == 0 else None
    if i < n:
        if slot.kind in ("drug", "diagnosis"):
            owner = words.owner[i]
            if owner >= 0 and words.labels[owner] == slot.kind and (i == 0 or words.owner[i - 1] != owner):
                j = i
                while j < n and words.owner[j] == owner:
                    j += 1
                rest = _match(slots, k + 1, j, words)
                if rest is not None:
                    return rest[0], rest[1], (owner, *rest[2])
        elif slot.fits(words.text[i]):
            rest = _match(slots, k + 1, i + 1, words)
            if rest is not None:
                return rest[0], (i, *rest[1]), rest[2]
    return _match(slots, k + 1, i, words) if slot.optional else None


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
