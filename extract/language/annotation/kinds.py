"""What kind of text a document is: a sentence, an abstract or a report; and so whose guideline its mentions follow.

Called by the component of this package. Annotators of a sentence about an adverse event, of an abstract and of a
case report mark different things (see the model card); a text is read as what it looks like:

    sentence   at most two sentences and 80 words
    report     it has a case section, or begins by telling of a patient, or has more than 600 words
    abstract   the rest: a title and a few sentences
"""

from __future__ import annotations

import re
from typing import Literal

from spacy.tokens import Doc

from extract.language import spans

Kind = Literal["sentence", "abstract", "report"]

_SENTENCES, _WORDS = 2, 80  # of a "sentence" at most
_LONG = 600  # words: no abstract is so long
_AGE = re.compile(
    r"\b(?:\d+|[a-z]+)(?:[-\u2010-\u2014 ]|\s)(?:years?|yrs?|months?|mo|days?|weeks?)(?:[-\u2010-\u2014 ]|\s)(?:old|of age)\b|\baged \d+|\b\d+\s?y/?o\b",
    re.I,
)
_TOLD = re.compile(
    r"\b(?:patient|man|woman|boy|girl|male|female|lady|gentleman|infant|neonate|child|baby)\b.{0,200}?\b(?:presented|was|had|has|is"
    r"|complain\w+|noticed|noted|reported|visited|underwent|developed|attended|came)\b",
    re.I | re.S,
)


def kind_of(doc: Doc) -> Kind:
    """The kind of the text. Needs sentences, and looks at `doc._.source` for sections where there is one."""
    text = spans.text_of(doc)
    words = text.split()
    sentences = [text]
    if doc.has_annotation("SENT_START"):
        sentences = [s for sent in doc.sents if (s := text[sent.start_char : sent.end_char]).strip()]
    if len(sentences) <= _SENTENCES and len(words) <= _WORDS:
        return "sentence"
    if spans.in_sections(doc, ("case",)):
        return "report"
    first = sentences[0]
    if len(words) > _LONG or _AGE.search(first) or _TOLD.search(first):
        return "report"
    return "abstract"
