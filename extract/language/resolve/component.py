"""Decides what is a mention: proposals of the model, the vocabularies, the rules and the abbreviations in,
`doc.spans["mentions"]` out.

Stands after all finders and before the assertions. The rules own what has a grammar (dose, volume, ratio,
frequency, duration, age, sex, pain score; route, form, vehicle and site from the vocabulary with its grammar); the
model owns drug and diagnosis, and the vocabulary fills what it missed and completes what it cut short. What the
decisions go by stands in data files: symptoms and findings that are no diagnoses (`symptoms.csv`), measured
substances (`analytes.csv`), words that are no medicines (`not_drugs.csv`), words that are not part of a mention's
edge (`mention_edges.csv`).

Each mention gets `_.norm`, `_.confidence`, `_.origin` and `_.long_form`. What was dropped, and why, is in
`doc.user_data["casesift.dropped"]` as (start, end, label, reason). `doc.ents` holds the longest of the mentions that do not overlap, so that
displaCy and other people's stages see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from extract.language import spans
from extract.language.gazetteer import Gazetteer, key, words_of
from extract.language.own_vocabulary import OwnVocabulary, own_vocabulary
from extract.language.resolve import candidates
from extract.language.resolve.candidates import Candidate, Places, from_span, longest, merge, predicates
from extract.language.resolve.exclusions import Exclusions
from extract.language.resolve.long_forms import meaning
from extract.language.resolve.single_words import is_tissue, not_alone, operations
from extract.language.resolve.spelling import beside_doses, in_a_drugs_place
from extract.language.resolve.unknown import in_drug_place, is_ordinary, taken_by_name
from extract.language.terms.component import proposals
from extract.language.terms.grammar import is_of_a_thing, route_norm
from extract.settings import defaults

DROPPED = "casesift.dropped"
RULE_LABELS = frozenset(["dose", "volume", "ratio", "frequency", "duration", "age", "sex", "pain_score"])
NAME_LABELS = ("drug", "diagnosis")

#: which of two mentions of the same words stays
_RANK = ("drug", "diagnosis", *sorted(RULE_LABELS), "vehicle", "route", "form", "site")
_SPREAD_LENGTH = 5  # letters a name needs to be looked for in the rest of the document
_SPREAD_FROM, _SPREAD_FACTOR = 0.7, 0.85  # how sure it must be, and how much less sure the other places are
_SURE_OF_SHORT = 0.8  # a model this sure of a short form is believed against the long form
_SAME_ACT = 120  # characters between "injected" and the words that say where to
_SAME_WORD = 25  # characters between the two of "intravenous (IV)"
_DRUG_IN_DIAGNOSIS = re.compile(
    r"[\s-]*(?:induced|related|associated|toxicity|intoxication|overdose|poisoning|allergy|hypersensitivity|withdrawal"
    r"|dependen\w+|resistant|refractory)"
)
#: behind a drug: names with capitals only, divided by commas
_MAKERS = re.compile(r"\s*\((?:[A-Z][\w.&®™-]*\s?)+(?:,\s(?:[A-Z][\w.&®™-]*\s?)+)+\)")


class Resolver:
    """The component; see the module's docstring.

    Args:
        min_confidence: mentions less sure than this are dropped.
        model_alone: how sure the model must be of a name, by label, where the vocabulary has not found it too. Chosen on
            annotated reports: the model learnt from abstracts and sentences, and sees too much in whole reports.
        spread: look for a name found once in the whole document.
        skipped_sections: sections whose proposals are dropped.
        symptoms: keep symptoms and findings as diagnoses, as some corpora count them (BC5CDR, NCBI disease).
        own: words of the user's own: its names pass, its stop words do not.
    """

    def __init__(
        self,
        min_confidence: float,
        model_alone: Mapping[str, float],
        spread: bool,
        skipped_sections: Iterable[str],
        symptoms: bool,
        own: OwnVocabulary,
    ) -> None:
        self.min_confidence, self.spread, self.skipped = min_confidence, spread, frozenset(skipped_sections)
        self.model_alone, self.deny, self.own = dict(model_alone), Exclusions(symptoms=symptoms), own

    def __call__(self, doc: Doc) -> Doc:
        """Write the mentions of `doc`."""
        case = _Case(doc, self.deny, self.own)
        names = case.names(self.model_alone)
        names += case.misspelt(names)
        names += case.unknown(names)
        if self.spread:
            names += case.spread(names)
        names = case.without_makers(case.abbreviations(names))
        for c in predicates(names, case.words.folded):
            names.remove(c)
            case.drop(c, "what the drug before it was given as")
        final = [c for c in case.between_labels(names, case.others()) if not case.stopped(c)]
        mentions = list(case.write(final, self.min_confidence, self.skipped))
        doc.spans[spans.MENTIONS] = mentions
        doc.ents = filter_spans(mentions)
        doc.user_data[DROPPED] = case.dropped
        return doc


class _Case:
    """The decisions on one document."""

    def __init__(self, doc: Doc, deny: Exclusions, own: OwnVocabulary) -> None:
        self.doc, self.deny, self.own = doc, deny, own
        self.words = words_of(doc)
        self.model = [from_span(span, "model") for span in doc.spans.get("model", ())]
        self.terms = [Candidate(f.start, f.end, f.label, f.confidence, f.origin, f.norm) for f in proposals(doc)]
        self.rules = [from_span(span, "rule", 0.9) for span in doc.spans.get("quantities", ())]
        self.dropped: list[tuple[int, int, str, str]] = []
        self.operations = operations(self.words.text)
        if own.stop_words:
            self.model = [c for c in self.model if not self.stopped(c)]
            self.terms = [c for c in self.terms if not self.stopped(c)]

    def drop(self, c: Candidate, reason: str) -> None:
        """Note that `c` is no mention, and why."""
        self.dropped.append((c.start, c.end, c.label, reason))

    def stopped(self, c: Candidate) -> bool:
        """Whether `c` is one of the user's stop words."""
        stopped = self.own.stops(c.label, self.words.text[c.start : c.end])
        if stopped:
            self.drop(c, "a stop word of [vocabulary]")
        return stopped

    def allowed(self, c: Candidate) -> bool:
        """Whether the deny lists let `c` stand; a name of the user's always may."""
        if self.own.name_of(c.label, self.words.text[c.start : c.end]) is not None:
            return True
        reason = self.deny.reason(c.label, self.words.folded, c.start, c.end)
        if c.label == "diagnosis" and not reason:
            reason = self._other_thing(c)
        if reason:
            self.drop(c, reason)
        return not reason

    def _of_another(self, c: Candidate) -> bool:
        """Whether `c` is only the first words of a class's name: "vitamin K" of the antagonist; noted as dropped."""
        another = c.label == "drug" and self.deny.names_another(self.words.folded, c.end)
        if another:
            self.drop(c, "names something else here")
        return another

    def _other_thing(self, c: Candidate) -> str:
        """What a name taken for a diagnosis is in this text, when it is none."""
        if self.words.text[c.start : c.end] in self.operations:
            return "an operation"
        return "the cells of a tumor" if is_tissue(self.words.folded, c.start, c.end) else ""

    def names(self, model_alone: Mapping[str, float]) -> list[Candidate]:
        """Drugs and diagnoses of model and vocabulary, one where they overlap; `model_alone` as for `Resolver`."""
        found: list[Candidate] = []
        for label in NAME_LABELS:
            proposed = (c for c in (*self.model, *self.terms) if c.label == label and not self._of_another(c))
            trimmed = (candidates.trim(c, self.words.folded, self.deny.is_edge) for c in proposed)
            named = [candidates.compound(c, self.words.text) for c in trimmed]
            for c in merge(candidates.with_modifiers(named, self.words.folded)):
                if c.origin == "model" and not c.seconded and (reason := self._not_alone(c)):
                    self.drop(c, reason)
                    continue
                least = model_alone.get(label, 0.0)
                if c.origin == "model" and not c.seconded and c.confidence < least:
                    enough = self.deny.enough(label, self.words.folded, c.start, c.end)
                    if not (c.confidence >= enough and self.allowed(c)):
                        self.drop(c, f"only the model, with confidence {c.confidence:.2f}")
                        continue
                    found.append(replace(c, confidence=least))
                elif self.allowed(c):
                    found.append(c)
        return found

    def _not_alone(self, c: Candidate) -> str:
        """Why what the model alone proposed is no name; "" where it may be one."""
        if is_ordinary(self.words.text[c.start : c.end]):
            return "an ordinary word"
        if c.label == "diagnosis":
            return not_alone(self.words.text, c.start, c.end)
        span = self.doc.char_span(c.start, c.end, alignment_mode="expand")
        return self.deny.not_alone(self.words, c, span.sent.start_char, span.sent.end_char) if span is not None else ""

    def misspelt(self, names: list[Candidate]) -> list[Candidate]:
        """Words in a drug's place that are a drug's name but for a letter or two."""
        doses = [c for c in self.rules if c.label == "dose" and any(x.isdigit() for x in c.norm)]
        text, taken = self.words.text, [*names, *self.rules]
        found = [*beside_doses(text, doses, taken), *in_a_drugs_place(text, names, [*taken, *self.terms])]
        return [c for c in found if self.allowed(c)]

    def unknown(self, names: list[Candidate]) -> list[Candidate]:
        """Words in a drug's place that no vocabulary knows."""
        doses = [c for c in self.rules if c.label == "dose" and c.norm]
        frequencies = [c for c in self.rules if c.label == "frequency"]
        text, others = self.words.text, [*self.rules, *self.terms]
        found = [*in_drug_place(text, doses, frequencies, names, others), *taken_by_name(text, names, others)]
        return [c for c in found if self.allowed(c)]

    def others(self) -> list[Candidate]:
        """What the rules own, and the model's routes where they found none."""
        found = longest([*self.rules, *(c for c in self.terms if c.label not in NAME_LABELS)])
        routes = (c for c in self.model if c.label == "route")
        told = [c for c in found if c.label == "route"]
        for c in (c for c in routes if not any(c.overlaps(o) for o in found)):
            norm = route_norm(self.words.text[c.start : c.end])
            near = _SAME_ACT if not norm else _SAME_WORD
            if is_of_a_thing(self.words.folded[c.end : c.end + 60]):
                self.drop(c, "a place or a thing")
            elif any(o.norm == (norm or o.norm) and abs(c.start - o.start) < near for o in told):
                self.drop(c, "the route is told beside it")
            else:
                found.append(replace(c, norm=norm))
        return found

    def spread(self, names: list[Candidate]) -> list[Candidate]:
        """The other places where a name found for sure stands."""
        known: dict[str, Candidate] = {}
        for c in names:
            name = key(self.words.folded[c.start : c.end])
            if c.confidence >= _SPREAD_FROM and len(name) >= _SPREAD_LENGTH:
                known.setdefault(name, c)
        taken, at = sorted((c.start, c.end) for c in names), 0
        found: list[Candidate] = []
        for start, end, c in Gazetteer(known).find(self.words) if known else ():
            while at < len(taken) and taken[at][1] <= start:
                at += 1
            if at < len(taken) and taken[at][0] < end:
                continue
            other = replace(c, start=start, end=end, confidence=round(c.confidence * _SPREAD_FACTOR, 3))
            if self.allowed(other):
                found.append(other)
        return found

    def abbreviations(self, names: list[Candidate]) -> list[Candidate]:
        """Every occurrence of a short form is what its long form is."""
        kept = list(names)
        meanings = {key(self.words.text[c.start : c.end]): c for c in reversed(names)}
        for span in self.doc.spans.get("abbreviations", ()):
            short = Candidate(span.start_char, span.end_char, "", 0.0, "abbreviation", "", span._.long_form)
            here = [c for c in kept if c.overlaps(short)]
            same = [c for c in here if c.inside(short)]
            meant = meaning(meanings, key(short.long_form))
            if meant is None:
                other = self.deny.names_no_disease(short.long_form)
                for c in same:
                    if (other and c.label == "diagnosis") or (c.origin == "model" and c.confidence < _SURE_OF_SHORT):
                        kept.remove(c)
                        self.drop(c, f"short for {short.long_form!r}, which is no {c.label}")
            elif not any(c.label == meant.label and c not in same for c in here):
                kept = [c for c in kept if c not in same]
                confidence = min(0.95, max([meant.confidence, *(c.confidence for c in same)]))
                kept.append(replace(short, label=meant.label, confidence=confidence, norm=meant.norm))
        return kept

    def without_makers(self, names: list[Candidate]) -> list[Candidate]:
        """Without what the model alone sees in a bracket of brand, maker and town behind a drug: "(Zelma, Acme, Spain)"."""
        ends = {c.end for c in names if c.label == "drug"}
        brackets = [m.span() for m in _MAKERS.finditer(self.words.text) if m.start() in ends]
        kept: list[Candidate] = []
        for c in names:
            inside = any(start < c.start and c.end < end for start, end in brackets)
            if inside and c.origin == "model" and not c.seconded:
                self.drop(c, "a brand or maker in brackets")
            else:
                kept.append(c)
        return kept

    def between_labels(self, names: list[Candidate], others: list[Candidate]) -> list[Candidate]:
        """Settle what overlaps across labels: a name inside a name, a place or form inside a diagnosis."""
        drugs = Places(c for c in names if c.label == "drug")
        diagnoses = Places(c for c in names if c.label == "diagnosis")
        beside = Places(others)
        kept: list[Candidate] = []
        for c in names:
            over = [o for o in beside.near(c) if c.overlaps(o)]
            if c.label == "drug" and any(o.label == "vehicle" for o in over):
                self.drop(c, "a vehicle here")
            elif c.label == "drug" and self._in_diagnosis(c, diagnoses.near(c)):
                self.drop(c, "part of a diagnosis")
            elif any(o.label in ("dose", "volume") and o.norm and c.inside(o) for o in over):
                self.drop(c, "part of a dose")
            elif any(o.label == "frequency" and c.inside(o) for o in over):
                self.drop(c, "a frequency")
            elif c.label == "diagnosis" and any(c.inside(d) and d.confidence >= c.confidence for d in drugs.near(c)):
                self.drop(c, "part of a drug's name")
            else:
                kept.append(c)
        for c in others:
            if c.label not in RULE_LABELS and any(c.inside(d) for d in diagnoses.near(c)):
                self.drop(c, "part of a diagnosis")
            else:
                kept.append(c)
        return kept

    def _in_diagnosis(self, c: Candidate, diagnoses: Iterable[Candidate]) -> bool:
        """Whether drug `c` is only a word of a diagnosis: "iron deficiency", but not "lithium toxicity"."""
        named = not self.words.text[c.start : c.end].isupper()  # a short form is what it is short for
        larger = (d for d in diagnoses if c.inside(d) and not (named and d.inside(c) and c.confidence >= d.confidence))
        return any(True for _ in larger) and not _DRUG_IN_DIAGNOSIS.match(self.words.folded, c.end)

    def write(self, final: list[Candidate], least: float, skipped: frozenset[str]) -> Iterator[Span]:
        """The mentions, in document order; no two of a label overlap, no two stand on the same words."""
        ends: dict[str, int] = {}
        taken: set[tuple[int, int]] = set()
        long_forms = self.doc._.long_forms if Doc.has_extension("long_forms") else {}
        for c in sorted(final, key=lambda c: (c.start, -c.end, _RANK.index(c.label))):
            section = spans.section_name(self.doc, c.start) if skipped else ""
            span = self.doc.char_span(c.start, c.end, label=c.label, alignment_mode="expand")
            if section and section in skipped:
                self.drop(c, f"in section {section}")
            elif c.confidence < least:
                self.drop(c, f"confidence {c.confidence:.2f}")
            elif span is None or span.start < ends.get(c.label, 0) or (span.start, span.end) in taken:
                self.drop(c, "another mention stands here")
            else:
                ends[c.label] = span.end
                taken.add((span.start, span.end))
                span._.norm, span._.confidence, span._.origin = c.norm, round(c.confidence, 3), c.origin
                span._.long_form = c.long_form or long_forms.get(span.text, "")
                yield span


@Language.factory(
    "casesift_resolver",
    default_config=defaults("casesift_resolver"),
    requires=["doc.spans"],
    assigns=["doc.spans", "doc.ents"],
)
def make_resolver(
    nlp: Language,
    name: str,
    min_confidence: float,
    model_alone: dict[str, float],
    spread: bool,
    skipped_sections: list[str],
    symptoms: bool,
    vocabulary: dict[str, dict[str, str]],
) -> Resolver:
    """The resolver. Settings as for `Resolver`; `vocabulary`: files of the user's, see `own_vocabulary`."""
    spans.register()
    own = own_vocabulary(vocabulary)
    return Resolver(min_confidence, model_alone, spread, skipped_sections, symptoms, own)
