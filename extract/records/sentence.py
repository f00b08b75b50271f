"""Which sections tell what: the sets that everything above goes by."""

from __future__ import annotations

from extract.language.mention import Sentence

__all__ = ["CASE", "COMMENTARY", "NO_FACTS", "SUMMARY", "Sentence"]

#: sections that tell no fact about anybody: authors, affiliations, funding, the reference list
NO_FACTS = frozenset({"front", "back", "references", "keywords"})
#: sections of the report proper; `body` is unheaded text
CASE = frozenset({"case", "body", "results", "methods", ""})
SUMMARY = frozenset({"title", "abstract"})
COMMENTARY = frozenset({"introduction", "discussion", "conclusion"})
