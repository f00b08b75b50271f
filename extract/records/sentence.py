"""`Sentence`, what the records room works on: small and plain, with its section, paragraph and mentions.

Made by `extract.records.sentences`; everything above works on these and never walks tokens again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Doc, Span

#: sections that tell no fact about anybody: authors, affiliations, funding, the reference list
NO_FACTS = frozenset({"front", "back", "references", "keywords"})
#: sections of the report proper; `body` is unheaded text
CASE = frozenset({"case", "body", "results", "methods", ""})
SUMMARY = frozenset({"title", "abstract"})
COMMENTARY = frozenset({"introduction", "discussion", "conclusion"})


@dataclass(slots=True)
class Sentence:
    """One sentence. `start`, `end`: characters of the document. `case_label`: "1", "A" ... under a numbered case heading. `relatives`: the
    stretches of it (characters of the document) that tell of a relative of the patient."""

    doc: Doc
    index: int
    start: int
    end: int
    text: str
    section: str
    case_label: str
    paragraph: int
    mentions: list[Span] = field(default_factory=list)
    relatives: list[tuple[int, int]] = field(default_factory=list)

    def of(self, *labels: str) -> list[Span]:
        """Its mentions of the given labels, in order."""
        return [m for m in self.mentions if m.label_ in labels]
