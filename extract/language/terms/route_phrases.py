"""Routes told by what was done: "a fascia iliaca block with levobupivacaine", "ingested 2 g of metformin".

Called by `grammar.routes` beside the adjectives of `vocabulary/routes.csv`. In: the text as the grammar sees
it (`Context`). Out: `Found` routes with their canonical adjective. What is done to a patient is a route only where
a drug stands in the same sentence, on the side that `vocabulary/route_phrases.csv` tells: hearts have blocks,
lymphocytes infiltrate, and pressure is applied, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extract.language.rule_files import ROUTE_PHRASES
from extract.language.terms.context import Context
from extract.language.terms.found import Found

#: less sure than an adjective: the drug it belongs to is told by nearness alone
CONFIDENCE = 0.7
_REACH = {"after": 90, "beside": 40, "either": 120}


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple((ROUTE_PHRASES.compiled(row), row["norm"], row["needs"]) for row in ROUTE_PHRASES)


@cache
def _hint() -> re.Pattern[str]:
    """One word of every phrase: most sentences of a report have none."""
    return re.compile(
        r"\bblock|epidural|extradural|caudal|peridural|spinal|subarachnoid|intradural|saddle|neural|infiltrat|ingest|swallow"
        r"|dr[ai]nk|rins|gargl|swish|nebuli|via|through|\biv\b|i\.v|intravenous|appl|\bput\b|plac|smear|rubb|massag|spread"
        r"|paint|dabb|instill|drop|dress|covered|swabb|pack|soak|gastric|\bng\b|treated locally|irrigat|lavage|flush|wash|bath|insert|into|dust|sprinkl|spray|drip"
    )


def phrases(context: Context) -> Iterator[Found]:
    """The routes of the text that a phrase tells; they may overlap one another."""
    for first, last in context.drug_sentences():
        if not _hint().search(context.folded, first, last):
            continue
        for pattern, norm, needs in _phrases():
            for match in pattern.finditer(context.folded, first, last):
                start, end = match.span("route") if "route" in pattern.groupindex else match.span()
                if _with_drug(context, start, end, first, last, needs):
                    yield Found(start, end, "route", norm, CONFIDENCE)


def _with_drug(context: Context, start: int, end: int, first: int, last: int, needs: str) -> bool:
    """Whether a drug stands on the side of start..end that the phrase needs, inside its sentence first..last."""
    if needs == "before":
        return context.drug_between(first, start)
    if context.drug_between(end, min(last, end + _REACH[needs])):
        return True
    return needs == "either" and context.drug_between(max(first, start - _REACH[needs]), start)
