"""Names of classes of drugs by how they are made: "anti-seizure agents", "an angiotensin receptor antagonist".

Called by `terms`. A list of classes (`vocabulary/drug_classes.csv`) is never whole, for anybody may say what a drug is against or acts
on. How such a name is made stands in `rules/drug_classes_by_make.csv`. In: the words of a text, and where drugs' names stand.
Out: the names found, with the class of the list where the list has it under another spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache

from extract.language.gazetteer import Words
from extract.language.rule_files import CLASS_MAKES
from extract.language.terms.found import Found

#: how sure a class known by its make alone is
MADE = 0.5
#: between a class and a drug's name that says which of it: "the kinase inhibitor dasatinib"
_APPOSED = (" ", " (")
#: what a drug was given as: "rifampin as an antimycobacterial agent"
_AS = re.compile(r"(?<!such )(?<!well )\bas an? (?:[\w-]+ )?$")
#: classes that are no effect by their make, as the last of a list
_OTHER = "antibiotic|analgesic|diuretic|laxative|sedative|steroid|vitamin"
_HYPHEN = re.compile(r"^(anti)[- ]")


@cache
def _names() -> re.Pattern[str]:
    effect, head, whole = (CLASS_MAKES.source(kind) for kind in ("effect", "head", "whole"))
    # the head may be told with the last of several: "anti-seizure and antidepressant medications"
    listed = rf"(?=(?:,? (?:and|or) |, |/)(?:{effect}|{_OTHER})(?:[ -]|,? (?:and|or) (?:{effect}|{_OTHER})[ -]){head}(?![\w-]))"
    return re.compile(rf"(?<![\w-])(?:(?P<effect>{effect})(?:[ -]{head}|{listed})|{whole})(?![\w-])")


def class_names(words: Words, drugs: Collection[tuple[int, int]], norm_of: Callable[[str], str]) -> Iterator[Found]:
    """The classes that `words` names, in order.

    Args:
        words: the text.
        drugs: where single drugs are named; a class right before one only says what that is.
        norm_of: the class of the list that a name stands for, "" where it has none.
    """
    begun = {start for start, _ in drugs}
    for match in _names().finditer(words.folded):
        name, end = match.group(), match.end()
        apposed = any(words.folded.startswith(gap, end) and end + len(gap) in begun for gap in _APPOSED)
        role = _AS.search(words.folded, max(0, match.start() - 40), match.start())
        if apposed or role or CLASS_MAKES.pattern("never").fullmatch(name):
            continue
        yield Found(match.start(), match.end(), "drug", _norm(name, match["effect"], norm_of), MADE)


def _norm(name: str, effect: str | None, norm_of: Callable[[str], str]) -> str:
    """The class of the list under any spelling of the name; else the effect, and "drugs"."""
    told = [
        name,
        re.sub("ies$", "y", name),
        *([effect, f"{effect} drug", f"{effect} drugs", f"{effect} therapy"] if effect else []),
    ]
    spellings = [s for t in told for s in (t, _HYPHEN.sub(r"\1", t))]
    known = next((norm for norm in map(norm_of, spellings) if norm), "")
    if known or effect is None:
        return known or (name if name.endswith(("s", "y")) else f"{name}s")
    return f"{effect} drugs"
