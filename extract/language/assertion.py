"""Assertion: whether a diagnosis is there, and whether a drug was taken.

Stands after the resolver in the language pipeline. In: a Doc with sentences and `doc.spans["mentions"]`. Out:
`span._.assertion` of every diagnosis (present, historical, possible, absent, family) and every drug (given, stopped,
failed, declined, planned, avoided, exposure, or general: told of nobody in particular), and in `span._.assertion_why`
the rule and the words that decided. Method: ConText (Harkema et al. 2009) with rules of our own in `rules/assertion_*.csv`;
`assertion_rules` matches them, `assertion_scope` says what they reach, `assertion_decide` what follows,
`assertion_context` whether a sentence speaks of a patient at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

from . import spans
from .assertion_context import Talk, is_general, is_laboratory, talk_of
from .assertion_decide import Verdict, decide_diagnosis, decide_drug
from .assertion_rules import SILENT, Hit, RuleSet, Words, load, read_rules, words_of
from .assertion_scope import Reach, reach, word_span

LABELS = ("diagnosis", "drug")


class Assertion:
    """The component. Stateless: one instance may serve any number of documents."""

    def __init__(self) -> None:
        self._diagnoses = load("assertion_diagnoses.csv")
        drugs = read_rules("assertion_drugs.csv")
        self._drugs = RuleSet(r for r in drugs if r.direction != "previous")
        self._back = RuleSet(r for r in drugs if r.direction == "previous")

    def __call__(self, doc: Doc) -> Doc:
        """Set `assertion` and `assertion_why` of the mentions of `doc`."""
        for sentence, following, found in _sentences(doc):
            if not found:
                continue
            words = words_of(sentence.text, sentence.start_char, [(s.start_char, s.end_char, s.label_) for s in found])
            self._assert_sentence(doc, words, found, following)
        return doc

    def _assert_sentence(self, doc: Doc, words: Words, found: Sequence[Span], following: Span | None) -> None:
        drugs = any(s.label_ == "drug" for s in found)
        hits = {
            "diagnosis": self._diagnoses.hits(words) if any(s.label_ == "diagnosis" for s in found) else [],
            "drug": self._drugs.hits(words) if drugs else [],
        }
        trigger = {id(h): " ".join(words.text[h.start : h.end]) for hs in hits.values() for h in hs}
        talk = talk_of(words) if drugs else Talk()
        next_words = words_of(following.text) if drugs and following is not None else None
        all_reaches = _reaches(words, found, hits)
        for span, reaches in zip(found, all_reaches, strict=True):
            if span.label_ == "diagnosis":
                verdict = decide_diagnosis(f"{span.text} {span._.long_form} {span._.norm}", reaches, trigger)
            else:
                verdict = self._drug(doc, span, words, hits["drug"], reaches, trigger, next_words, talk)
            span._.assertion, span._.assertion_why = verdict.value, verdict.why

    def _drug(
        self, doc: Doc, span: Span, words: Words, hits: Sequence[Hit], reaches: list[Reach], trigger: dict[int, str],
        next_words: Words | None, talk: Talk,
    ) -> Verdict:  # fmt: skip
        section = spans.section_name(doc, span.start_char)
        if is_laboratory(span.text, doc.text[span.end_char : span.end_char + 60]):
            return Verdict("general", "laboratory value")
        general = is_general(section, talk)
        verdict = decide_drug(reaches, trigger)
        if general and verdict.value not in ("exposure",):
            return Verdict("general", f"told of nobody in the {section or 'text'}")
        tried = any(r.hit.rule.category == "tried" for r in reaches)
        if verdict.value == "given":
            later = self._later(span, words, hits, next_words, tried=tried)
            if later:
                return Verdict("failed", later)
        return verdict

    def _later(self, span: Span, words: Words, hits: Sequence[Hit], next_words: Words | None, *, tried: bool) -> str:
        """What later in the sentence, or in the next one, tells that the drug did not help; or ""."""
        if tried:
            for h in hits:
                if h.rule.category == "nofix" and words.start[h.start] >= span.end_char:
                    return f"{h.rule.name} [{' '.join(words.text[h.start : h.end])}]"
        if next_words is not None:
            looks = list(self._back.hits(next_words))
            if tried:
                looks += [h for h in self._drugs.hits(next_words) if h.rule.category == "nofix"]
            for h in looks:
                return f"next sentence, {h.rule.name} [{' '.join(next_words.text[h.start : h.end])}]"
        return ""


def _reaches(words: Words, found: Sequence[Span], hits: dict[str, list[Hit]]) -> list[list[Reach]]:
    """For each mention the triggers that reach it.

    A verb that has found its object after it does not look back as well: in "took A, but declined B" A is not declined.
    """
    out: list[list[Reach]] = []
    active = {label: [h for h in hs if h.rule.category not in SILENT] for label, hs in hits.items()}
    for target, span in enumerate(found):
        place = word_span(span.start_char, span.end_char, words) if active[span.label_] else (0, 0)
        met = (reach(h, target, place, words, hits[span.label_]) for h in active[span.label_])
        out.append([r for r in met if r is not None])
    claimed = {_claim(r) for rs in out for r in rs if r.before}
    return [[r for r in rs if r.before or r.hit.rule.direction != "backward" or _claim(r) not in claimed] for rs in out]


def _claim(r: Reach) -> tuple[int, str]:
    return r.hit.start, r.hit.rule.category


def _sentences(doc: Doc) -> Iterator[tuple[Span, Span | None, list[Span]]]:
    """Each sentence with the one after it and its mentions; mentions belong to the sentence they begin in."""
    found = list(spans.mentions(doc, *LABELS))
    sentences = list(doc.sents) if doc.has_annotation("SENT_START") else [doc[:]]
    k = 0
    for i, sentence in enumerate(sentences):
        mine: list[Span] = []
        while k < len(found) and found[k].start < sentence.end:
            mine.append(found[k])
            k += 1
        yield sentence, sentences[i + 1] if i + 1 < len(sentences) else None, mine


@Language.factory(
    "casesift_assertion",
    requires=["doc.spans"],
    assigns=["span._.assertion", "span._.assertion_why"],
)
def make_assertion(nlp: Language, name: str) -> Assertion:
    """Factory of the pipeline component `casesift_assertion`; it has no settings: the rules are files."""
    return Assertion()
