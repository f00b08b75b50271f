"""Assertion: whether a diagnosis is there, and whether a drug was taken.

Stands after the resolver in the language pipeline. In: a Doc with sentences and `doc.spans["mentions"]`. Out:
`span._.assertion` of every diagnosis (present, historical, possible, absent, family) and every drug (given, stopped,
failed, declined, planned, avoided, exposure, or general: told of nobody in particular), and in `span._.assertion_why`
the rule and the words that decided. Method: ConText (Harkema et al. 2009) with rules of our own in `rules/assertion_*.csv`;
`assertion_rules` matches them, `assertion_scope` says what they reach, `assertion_decide` what follows,
`assertion_context` whether a sentence speaks of a patient at all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.language import spans
from extract.language.context.decide import Verdict, decide_diagnosis, decide_drug
from extract.language.context.rules import TRIGGERS, WITHOUT_VERDICT, Hit, RuleSet, load, rules_of
from extract.language.context.scope import DOSING, Reach, reach, word_span
from extract.language.context.triggers import Talk, is_general, is_laboratory, mother_is_patient, talk_of
from extract.language.context.words import Words, word_list, words_of

LABELS = ("diagnosis", "drug")
#: what is decided as another label is: whether a therapy was done by the triggers of drugs
_DECIDED_AS = {"therapy": "drug"}
#: verbs of giving, of which the drug behind them is the object
_DEEDS = word_list("deed")
#: characters in which a report says whom it is about
OPENING = 1500
#: how many sentences ahead a drug's fate may be told without its name
AHEAD = 4


@dataclass(frozen=True, slots=True)
class _Scene:
    """A sentence with all that bears on its mentions."""

    words: Words
    found: Sequence[Span]
    hits: dict[str, list[Hit]]  # by label
    section: str
    talk: Talk
    looks_back: Sequence[Hit]  # triggers of the sentences up to the next that names a drug: "these failed to ..."
    no_help: Sequence[Hit]  # triggers of the next sentence that tell of no help
    after: Sequence[str]  # for each mention the text that follows it


class Assertion:
    """The component. It keeps no state: one instance may serve any number of documents."""

    def __init__(self) -> None:
        self._diagnoses = load("assertion_diagnoses.csv")
        drugs = rules_of(TRIGGERS["assertion_drugs.csv"])
        self._drugs = RuleSet(r for r in drugs if r.direction != "previous")
        self._back = RuleSet(r for r in drugs if r.direction == "previous")

    def __call__(self, doc: Doc) -> Doc:
        """Set `assertion` and `assertion_why` of the mentions of `doc`."""
        self.assert_spans(doc, spans.mentions(doc, *LABELS))
        return doc

    def assert_spans(self, doc: Doc, targets: Iterable[Span]) -> None:
        """Set them of these spans of `doc`; those that are neither diagnosis nor drug are left alone."""
        for span, verdict in self.verdicts(doc, (s for s in targets if s.label_ in LABELS)):
            span._.assertion, span._.assertion_why = verdict.value, verdict.why

    def verdicts(self, doc: Doc, targets: Iterable[Span]) -> Iterator[tuple[Span, Verdict]]:
        """The assertion of each of these spans of `doc`, in order, and why; nothing is written on them. Labels: `LABELS` and "therapy"."""
        targets = sorted(targets, key=lambda s: (s.start, s.end))
        if not targets:
            return
        dosing = sorted(spans.mentions(doc, *DOSING), key=lambda s: s.start)
        sentences = _sentences(doc, targets)
        for i, (sentence, found) in enumerate(sentences):
            if not found:
                continue
            preceding = sentences[i - 1][0] if i else None
            following = _up_to_a_drug(sentences[i + 1 : i + 1 + AHEAD])
            k = bisect_left(dosing, sentence.start, key=lambda s: s.start)
            beside = dosing[k : bisect_left(dosing, sentence.end, lo=k, key=lambda s: s.start)]
            scene = self._scene(doc, preceding, sentence, following, found, beside)
            for k, (span, reaches) in enumerate(zip(found, _reaches(scene), strict=True)):
                yield span, _drug(scene, k, reaches) if _kind(span) == "drug" else _diagnosis(span, reaches)

    def _scene(
        self,
        doc: Doc,
        preceding: Span | None,
        sentence: Span,
        following: Sequence[tuple[Span, Sequence[Span]]],
        found: Sequence[Span],
        beside: Sequence[Span],
    ) -> _Scene:
        whole, offset = spans.text_of(doc), sentence.start_char  # `span.text` joins its tokens anew
        text = whole[offset : sentence.end_char]
        words = words_of(text, offset, _places((*found, *beside)))
        labels = {_kind(s) for s in found}
        section = spans.section_name(doc, offset)
        hits = {
            "diagnosis": _of_patient(doc, words, self._diagnoses.hits(words)) if "diagnosis" in labels else [],
            "drug": self._drugs.hits(words) if "drug" in labels else [],
        }
        after = [text[s.end_char - offset : s.end_char - offset + 60] for s in found]
        if "drug" not in labels:
            return _Scene(words, found, hits, section, Talk(), (), (), after)
        told_later = [
            words_of(whole[s.start_char : s.end_char], s.start_char, _places(mentions)) for s, mentions in following
        ]
        no_help = [h for w in told_later[:1] for h in self._drugs.hits(w) if h.rule.category == "nofix"]
        looks_back = [h for k, w in enumerate(told_later) for h in self._back.hits(w) if h.rule.scope >= k]
        talk = _talk(words, preceding, section)
        return _Scene(words, found, hits, section, talk, looks_back, no_help, after)


def _up_to_a_drug(sentences: Sequence[tuple[Span, Sequence[Span]]]) -> list[tuple[Span, Sequence[Span]]]:
    """The sentences up to the first that names a drug, itself among them: what they tell may be of a drug named before."""
    named = (k for k, (_, found) in enumerate(sentences) if any(m.label_ == "drug" for m in found))
    return list(sentences[: next(named, len(sentences)) + 1])


def _kind(span: Span) -> str:
    """The label whose rules decide a span."""
    return _DECIDED_AS.get(span.label_, span.label_)


def _of_patient(doc: Doc, words: Words, hits: list[Hit]) -> list[Hit]:
    """The triggers without those that take "the mother" for a relative where she is the patient."""
    if not any(_the_mother(words, h) for h in hits) or not mother_is_patient(spans.text_of(doc)[:OPENING]):
        return hits
    return [h for h in hits if not _the_mother(words, h)]


def _the_mother(words: Words, hit: Hit) -> bool:
    start = hit.start
    return hit.rule.category == "family" and start > 0 and words.text[start - 1 : start + 1] == ("the", "mother")


def _diagnosis(span: Span, reaches: Sequence[Reach]) -> Verdict:
    return decide_diagnosis(f"{span.text} {span._.long_form} {span._.norm}", reaches)


def _drug(scene: _Scene, k: int, reaches: Sequence[Reach]) -> Verdict:
    span = scene.found[k]
    if is_laboratory(span.text, scene.after[k]):
        return Verdict("general", "laboratory value")
    if is_general(scene.section, scene.talk):
        return Verdict("general", f"told of nobody in the {scene.section or 'text'}")
    verdict = decide_drug(reaches)
    if scene.section == "title" and not verdict.why:
        return Verdict("general", "a title tells of no taking")
    if verdict.value == "given":
        tried = any(r.hit.rule.category == "tried" for r in reaches)
        return _later(scene, span, tried=tried) or verdict
    return verdict


def _later(scene: _Scene, span: Span, *, tried: bool) -> Verdict | None:
    """What later in the sentence, or in the next one, tells that the drug did not help."""
    if tried:
        for h in scene.hits["drug"]:
            if h.rule.category == "nofix" and scene.words.start[h.start] >= span.end_char:
                return Verdict("failed", f"{h.rule.name} [{h.said}]")
    only = len({s.text.lower() for s in scene.found if _kind(s) == "drug"}) == 1
    for h in scene.looks_back:
        if only or "it" not in h.said.split():
            return Verdict(h.rule.category, f"later sentence, {h.rule.name} [{h.said}]")
    for h in scene.no_help if tried else ():
        return Verdict("failed", f"later sentence, {h.rule.name} [{h.said}]")
    return None


def _reaches(scene: _Scene) -> list[list[Reach]]:
    """For each mention the triggers that reach it.

    A verb that has found its object after it does not look back as well: in "took A, but declined B" A is not declined.
    """
    out: list[list[Reach]] = []
    active = {label: [h for h in hs if h.rule.category not in WITHOUT_VERDICT] for label, hs in scene.hits.items()}
    for target, span in enumerate(scene.found):
        hits = scene.hits[_kind(span)]
        place = word_span(span.start_char, span.end_char, scene.words) if hits else (0, 0)
        met = (reach(h, target, place, scene.words, hits) for h in active[_kind(span)])
        out.append([r for r in met if r is not None])
        if _is_deed_before(place[0], hits):
            out[-1] = [r for r in out[-1] if not _of_the_next(r)]
    claims = [r.hit for rs in out for r in rs if r.before]
    return [[r for r in rs if r.before or not _claimed(r.hit, claims)] for rs in out]


def _of_the_next(r: Reach) -> bool:
    """Whether "was stopped" tells of the drug behind the "and" alone, where the one before is the object of another verb ("she received A and B was stopped")."""
    return not r.before and r.crossed > 0 and r.hit.said.startswith("was ")


def _is_deed_before(word: int, hits: Sequence[Hit]) -> bool:
    """Whether a verb of giving stands right before a mention that begins at a word; no noun that may itself be what was stopped ("treatment with A and B")."""
    return any(word - 2 <= h.end <= word and not _DEEDS.isdisjoint(h.said.split()) for h in hits)


def _claimed(hit: Hit, claims: Sequence[Hit]) -> bool:
    return hit.rule.direction == "backward" and any(
        c.rule.category == hit.rule.category and c.literal & hit.literal for c in claims
    )


def _talk(words: Words, preceding: Span | None, section: str) -> Talk:
    """The cues of a sentence; one of a discussion that names nobody goes on about the index patient of the one before."""
    talk = talk_of(words)
    silent = not (talk.index or talk.patient or talk.literature or talk.groups)
    if silent and section == "discussion" and preceding is not None and talk_of(words_of(preceding.text)).index:
        return Talk(patient=True)
    return talk


def _places(found: Iterable[Span]) -> list[tuple[int, int, str]]:
    return [(s.start_char, s.end_char, _kind(s)) for s in found]


def _sentences(doc: Doc, found: Sequence[Span]) -> list[tuple[Span, list[Span]]]:
    """Each sentence with its mentions among `found`; mentions belong to the sentence they begin in."""
    sentences = list(doc.sents) if doc.has_annotation("SENT_START") else [doc[:]]
    placed: list[tuple[Span, list[Span]]] = []
    k = 0
    for sentence in sentences:
        mine: list[Span] = []
        while k < len(found) and found[k].start < sentence.end:
            mine.append(found[k])
            k += 1
        placed.append((sentence, mine))
    return placed


@Language.factory(
    "casesift_assertion",
    requires=["doc.spans"],
    assigns=["span._.assertion", "span._.assertion_why"],
)
def make_assertion(nlp: Language, name: str) -> Assertion:
    """Factory of the pipeline component `casesift_assertion`; it has no settings: the rules are files."""
    return Assertion()
