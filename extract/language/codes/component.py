"""casesift_codes: canonical names and identifiers for drugs and diagnoses.

Last in the language pipeline. In: `doc.spans["mentions"]`. Out, on each drug: `span._.norm` (the generic name),
`code_system` and `code` (DrugBank, or MeSH where DrugBank has none), `code_score`; on each diagnosis: `span._.norm`
(lower case, abbreviation written out, determiners off) and, if asked for, the ICD-10-CM code with its score. What has no code
then gets one of scispaCy's linkers, where the setting names some (`linkers`). An earlier stage's norm of a drug stays where the drug is not known here (a class, a name of its own); other mentions
are left alone.

All distinct names of a document are looked up in one pass, and what was found is remembered across documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.language import spans
from extract.language.codes import icd
from extract.language.codes.linkers import SYSTEM, Linker, linker
from extract.language.own_vocabulary import OwnName, OwnVocabulary, own_vocabulary
from extract.language.terms import drugs
from extract.settings import defaults

ICD_SYSTEM = "ICD-10-CM"

_DETERMINERS = re.compile(
    r"^(?:(?:a|an|the|this|that|these|those|his|her|their|its|our|another|any|some|no|known)\s+)+", re.I
)


@Language.factory(
    "casesift_codes",
    default_config=defaults("casesift_codes"),
    assigns=["span._.norm", "span._.code_system", "span._.code", "span._.code_score"],
)
def make_codes(
    nlp: Language,
    name: str,
    icd: bool,
    icd_threshold: float,
    linkers: list[str],
    linker_threshold: float,
    vocabulary: dict[str, dict[str, str]],
) -> Codes:
    """The component.

    Args:
        icd: whether diagnoses get ICD-10-CM codes; without, the index is never built nor read.
        icd_threshold: lowest similarity of a code's name, 0 to 1.
        linkers: scispaCy's linkers that are here, by name or folder; the first that knows a name gives the code.
        linker_threshold: lowest similarity of a concept's name, 0 to 1.
        vocabulary: files of the user's, see `own_vocabulary`; their names and codes come first.

    Raises:
        LanguageError: BAD_CONFIG, when a linker is not here.
    """
    return Codes(icd, icd_threshold, own_vocabulary(vocabulary), linkers, linker_threshold)


class Codes:
    """Names and codes the drugs and diagnoses among a document's mentions."""

    def __init__(
        self,
        icd: bool,
        icd_threshold: float,
        own: OwnVocabulary,
        linkers: Sequence[str] = (),
        linker_threshold: float = 1.0,
    ) -> None:
        self.icd, self.own = icd, own
        self.icd_threshold, self.linker_threshold = icd_threshold, linker_threshold
        self.linkers = [linker(name) for name in linkers]

    def __call__(self, doc: Doc) -> Doc:
        """Writes on the mentions of `doc` and returns it."""
        name_spans(spans.mentions(doc), self.own)
        diagnoses = [d for d in spans.mentions(doc, "diagnosis") if not d._.code]
        if self.icd and diagnoses:
            self._code(diagnoses)
        for known in self.linkers:
            self._link(known, [m for m in spans.mentions(doc, "drug", "diagnosis") if not m._.code and m._.norm])
        return doc

    def _link(self, known: Linker, mentions: Iterable[Span]) -> None:
        by_name: dict[str, list[Span]] = {}
        for span in mentions:
            by_name.setdefault(span._.norm, []).append(span)
        for named, concept in zip(by_name.values(), known.look_up(list(by_name), self.linker_threshold), strict=True):
            for span in named:
                if concept is not None:
                    span._.code_system, span._.code, span._.code_score = SYSTEM, concept.code, concept.score

    def _code(self, diagnoses: Iterable[Span]) -> None:
        by_name: dict[str, list[Span]] = {}
        for span in diagnoses:
            by_name.setdefault(span._.norm, []).append(span)
        matches = icd.link(list(by_name), self.icd_threshold)
        for named, match in zip(by_name.values(), matches, strict=True):
            for span in named:
                if match is not None:
                    span._.code_system, span._.code, span._.code_score = ICD_SYSTEM, match.code, match.score


def name_spans(mentions: Iterable[Span], own: OwnVocabulary) -> None:
    """Write the names of the drugs and diagnoses in `mentions`, the codes of drugs, and both of what is in the user's vocabulary."""
    for span in mentions:
        name = _own_name(span, own)
        if name is not None:
            span._.norm = name.norm
            if name.code:
                span._.code_system, span._.code, span._.code_score = name.system, name.code, 1.0
        elif span.label_ == "drug":
            _name_drug(span)
        elif span.label_ == "diagnosis":
            span._.norm = diagnosis_norm(span.text, span._.long_form)


def _own_name(span: Span, own: OwnVocabulary) -> OwnName | None:
    """What a span, or the phrase it abbreviates, stands for in the user's vocabulary; of a drug also without words around its name."""
    for text in filter(None, (span._.long_form, span.text)):
        name = own.name_of(span.label_, text)
        if name is None and span.label_ == "drug" and len(own.drugs):
            name = own.name_of("drug", drugs.normalise(text).name)
        if name is not None:
            return name
    return None


def _name_drug(span: Span) -> None:
    drug = drugs.normalise(span.text, span._.long_form)
    if drug.score > 0 or not span._.norm:
        span._.norm = drug.name
    if drug.code:
        span._.code_system, span._.code, span._.code_score = drug.system, drug.code, drug.score


def diagnosis_norm(text: str, long_form: str = "") -> str:
    """A diagnosis' name: `long_form` if there is one, else `text`; lower case, one line, without leading determiners."""
    name = re.sub(r"\s+", " ", (long_form or text)).strip(" .,;:()[]\"'").lower()
    return _DETERMINERS.sub("", name).strip()
