"""What "the dose", "it", "both" and "the mixture" stand for.

In: a sentence and the drugs last spoken of. Out: `Anchor`s, places where a sentence speaks of them without their names, so
that what is told there is linked to them and not to the next name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.language.mention import Mention, Sentence
from extract.records.rule_files import cue

RULES = "links.csv"


@dataclass(frozen=True, slots=True)
class Focus:
    """The drugs last spoken of: `last` the last of them, `together` those told with it; `mixed`: they are one preparation."""

    sentence: int
    last: Mention
    together: tuple[Mention, ...]
    mixed: bool = False

    def meant(self, *, all_of_them: bool) -> tuple[Mention, ...]:
        """The drugs that words stand for; of a mixture always all."""
        return self.together if all_of_them or self.mixed else (self.last,)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words that stand for drugs spoken of before; `span` where they stand."""

    span: Mention
    all_of_them: bool


def anchors(s: Sentence) -> list[Anchor]:
    """The anchors of a sentence before the first drug it names itself: behind that, "it" is that drug."""
    first = min((d.start for d in s.of("drug")), default=s.end)
    found: list[Anchor] = []
    for kind in ("all", "one"):
        for m in cue(kind, RULES).finditer(s.text):
            start, end = s.start + m.start(), s.start + m.end()
            if any(a.span.start <= start < a.span.end for a in found):
                continue
            if end > first:
                continue
            span = s.mention(start, end, "drug")
            if span is not None:
                found.append(Anchor(span, kind == "all"))
    return sorted(found, key=lambda a: a.span.start)


def components(s: Sentence) -> list[Mention]:
    """Drugs that are only named as part of the one before them: "co-trimoxazole 15 mg/kg of the trimethoprim component"."""
    return [d for d in s.of("drug")[1:] if cue("component", RULES).match(s.after(d))]


def speaks_of_all(s: Sentence) -> bool:
    """Whether a sentence without a drug's name speaks of all drugs told together: "the mixture", "both were"."""
    return bool(
        cue("all", RULES).search(s.text)
        or re.search(r"\b(?:mixture|combination|both|these (?:drugs|agents|antibiotics)|the (?:gel|cream|ointment|solution|lotion|paste))\b", s.text, re.IGNORECASE)
    )  # fmt: skip


def of_another(s: Sentence, attribute: Mention) -> bool:
    """Whether an attribute stands in words that bring up something new: "an epidural infusion was proposed"."""
    return any(
        s.start + m.start() <= attribute.start and attribute.end <= s.start + m.end()
        for m in cue("another", RULES).finditer(s.text)
    )


def is_mixture(s: Sentence) -> bool:
    """Whether the drugs of a sentence that are told in one breath are one preparation ("a gel of A 2% and B 1%")."""
    return bool(s.of("vehicle") or any(m.norm in ("cream", "ointment", "gel", "lotion", "paste") for m in s.of("form"))) and bool(
        cue("mixing", RULES).search(s.text) or re.search(r"\b(?:cream|ointment|gel|lotion|paste|solution) (?:of|with|containing)\b", s.text, re.IGNORECASE)
    )  # fmt: skip


def together(last: Mention, chains: Sequence[Sequence[Mention]]) -> tuple[Mention, ...]:
    """The drugs coordinated with one, itself among them."""
    return next((tuple(c) for c in chains if any(d is last for d in c)), (last,))


def other_names(text: str, drugs: Sequence[Mention], key: Callable[[Mention], str]) -> dict[Mention, Mention]:
    """Mentions that only name the drug before them again, with that drug: "isoniazid (INH, 300 mg)", "landiolol, a beta blocker, at 4 mg"."""
    found: dict[Mention, Mention] = {}
    for left, right in pairwise(drugs):
        between = text[left.end : right.start]
        behind = text[right.end : right.end + 1]
        again = key(left) == key(right) and re.fullmatch(r"\s*[(\[]\s*", between)
        apposed = not right.code and behind == "," and re.fullmatch(r",\san?\s[\w\s-]{0,40}", between)
        if again or apposed:
            found[right] = found.get(left, left)
    return found
