"""Which sections tell what: the sets that language and records go by. Names as `extract.document.SECTION_NAMES`."""

from __future__ import annotations

#: sections that tell no fact about anybody: authors, affiliations, funding, the reference list
NO_FACTS = frozenset({"front", "back", "references", "keywords"})
#: sections of the report proper; `body` is unheaded text
CASE = frozenset({"case", "body", "results", "methods", ""})
SUMMARY = frozenset({"title", "abstract"})
COMMENTARY = frozenset({"introduction", "discussion", "conclusion"})
