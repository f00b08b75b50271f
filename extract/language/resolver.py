"""Decides what is a mention: proposals of the model, the vocabularies, the rules and the abbreviations in,
`doc.spans["mentions"]` out.

Stands after all finders and before the assertions. The rules own what has a grammar (dose, volume, ratio,
frequency, duration, age, sex, pain score; route, form, vehicle and site from the vocabulary with its grammar); the model
owns drug and diagnosis, and the vocabulary fills what it missed and completes what it cut short. What the
decisions go by stands in data files: symptoms and findings that are no diagnoses (`symptoms.csv`), measured
substances (`analytes.csv`) and words that are no medicines (`not_drugs.csv`), words that are not part of a
mention's edge (`mention_edges.csv`).

Each mention gets `_.norm`, `_.confidence`, `_.origin` and `_.long_form`. What was dropped, and why, is in
`doc.user_data["casesift.dropped"]` as (start, end, label, reason).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.language import spans
from extract.language.deny import Deny
from extract.language.gazetteer import Gazetteer, Words, key
from extract.language.terms import proposals

DROPPED = "casesift.dropped"
RULE_LABELS = ("dose", "volume", "ratio", "frequency", "duration", "age", "sex", "pain_score")
NAME_LABELS = ("drug", "diagnosis")
SKIPPED_SECTIONS = ("front", "keywords", "back", "references")

_SPREAD_LENGTH = 5  # letters a name needs to be looked for in the rest of the document
_ALSO_DRUG = re.compile(
    r"[\s-]*(?:induced|related|associated|toxicity|intoxication|overdose|poisoning|allergy|hypersensitivity|withdrawal"
    r"|dependen\w+|resistant|refractory)"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal under decision: characters start..end, and why it is as it is."""

    start: int
    end: int
    label: str
    confidence: float
    origin: str
    norm: str = ""
    long_form: str = ""

    def overlaps(self, other: Candidate) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def inside(self, other: Candidate) -> bool:
        """Whether this one lies within the other."""
        return other.start <= self.start and self.end <= other.end


class Resolver:
    """The component; see the module's docstring.

    Args:
        min_confidence: mentions less sure than this are dropped.
        spread: look for a name found once in the whole document.
        skipped_sections: sections whose proposals are dropped.
    """

    def __init__(
        self,
        min_confidence: float = 0.3,
        spread: bool = True,
        skipped_sections: Iterable[str] = SKIPPED_SECTIONS,
    ) -> None:
        self.min_confidence, self.spread, self.skipped = min_confidence, spread, frozenset(skipped_sections)
        self.deny = Deny()

    def __call__(self, doc: Doc) -> Doc:
        """Write the mentions of `doc`."""
        dropped: list[tuple[int, int, str, str]] = []

        def drop(candidate: Candidate, reason: str) -> None:
            dropped.append((candidate.start, candidate.end, candidate.label, reason))

        words = Words.of(doc.text)
        model = list(self._model(doc))
        terms = [Candidate(f.start, f.end, f.label, f.confidence, f.origin, f.norm) for f in proposals(doc)]
        rules = [_candidate(span, "rule", 0.9) for span in doc.spans.get("quantities", ())]
        names: list[Candidate] = []
        for label in NAME_LABELS:
            merged = self._merge([c for c in (*model, *terms) if c.label == label], words)
            names += [c for c in merged if self._kept(c, words, doc, drop)]
        if self.spread:
            names += self._spread(names, words, doc, drop)
        names = self._abbreviations(doc, names, drop)
        others = _own([c for c in rules if c.label in RULE_LABELS]) + _own(
            [c for c in terms if c.label not in NAME_LABELS] + [c for c in rules if c.label not in RULE_LABELS]
        )
        others += [c for c in model if c.label in ("route",) and not any(c.overlaps(o) for o in others)]
        final = self._between_labels(names, others, words, drop)
        final = [c for c in final if self._in_scope(doc, c, drop)]
        doc.spans[spans.MENTIONS] = list(self._write(doc, final, drop))
        doc.user_data[DROPPED] = dropped
        return doc

    # -- proposals -----------------------------------------------------------------------------------------------

    def _model(self, doc: Doc) -> Iterator[Candidate]:
        for span in doc.spans.get("model", ()):
            yield _candidate(span, "model", None)

    def _merge(self, candidates: list[Candidate], words: Words) -> list[Candidate]:
        """One candidate for each group of overlapping ones of the same label: the longest sensible span."""
        merged: list[Candidate] = []
        for c in sorted((self._trim(c, words) for c in candidates), key=lambda c: (c.start, -c.end)):
            if c.start >= c.end:
                continue
            if merged and c.start < merged[-1].end:
                merged[-1] = _join(merged[-1], c)
            else:
                merged.append(c)
        return merged

    def _trim(self, c: Candidate, words: Words) -> Candidate:
        """Take words off the edges that are no part of a name, and space and brackets."""
        text = words.folded
        start, end = c.start, c.end
        while start < end:
            while start < end and not (text[start].isalnum() or text[start] in "([+"):
                start += 1
            while start < end and not (text[end - 1].isalnum() or text[end - 1] in ")]'%+"):
                end -= 1
            inside = re.findall(r"[^\s]+", text[start:end])
            if len(inside) < 2:
                break
            if self.deny.is_edge(c.label, "first", inside[0]):
                start += len(inside[0])
            elif self.deny.is_edge(c.label, "last", inside[-1]):
                end -= len(inside[-1])
            else:
                break
        return replace(c, start=start, end=end)

    # -- decisions -----------------------------------------------------------------------------------------------

    def _kept(self, c: Candidate, words: Words, doc: Doc, drop) -> bool:  # type: ignore[no-untyped-def]
        reason = self.deny.reason(c.label, words.folded, c.start, c.end, c.origin)
        if reason:
            drop(c, reason)
        return not reason

    def _in_scope(self, doc: Doc, c: Candidate, drop) -> bool:  # type: ignore[no-untyped-def]
        section = spans.section_name(doc, c.start)
        if section in self.skipped:
            drop(c, f"in section {section}")
            return False
        return True

    def _spread(self, names: list[Candidate], words: Words, doc: Doc, drop) -> list[Candidate]:  # type: ignore[no-untyped-def]
        """The other places where a name found for sure stands."""
        known: dict[str, Candidate] = {}
        for c in names:
            name = key(words.folded[c.start : c.end])
            if c.confidence >= 0.7 and len(name) >= _SPREAD_LENGTH:
                known.setdefault(name, c)
        if not known:
            return []
        found = []
        taken = sorted((c.start, c.end) for c in names)
        at = 0
        for start, end, c in Gazetteer(known).find(words):
            while at < len(taken) and taken[at][1] <= start:
                at += 1
            if at < len(taken) and taken[at][0] < end:
                continue
            other = replace(c, start=start, end=end, confidence=round(c.confidence * 0.85, 3))
            if self._kept(other, words, doc, drop):
                found.append(other)
        return found

    def _abbreviations(self, doc: Doc, names: list[Candidate], drop) -> list[Candidate]:  # type: ignore[no-untyped-def]
        """Every occurrence of a short form is what its long form is."""
        shorts = list(doc.spans.get("abbreviations", ()))
        if not shorts:
            return names
        text = doc.text
        labels: dict[str, Candidate] = {}
        for c in names:
            labels.setdefault(key(text[c.start : c.end]), c)
        kept = list(names)
        for span in shorts:
            long_form = span._.long_form
            meant = labels.get(key(long_form)) or _within(labels, key(long_form))
            here = [c for c in kept if c.start < span.end_char and span.start_char < c.end]
            same = [c for c in here if c.start >= span.start_char and c.end <= span.end_char]
            if meant is None:
                for c in same:
                    if c.origin == "model" and c.confidence < 0.8:
                        kept.remove(c)
                        drop(c, f"short for {long_form!r}, which is no {c.label}")
                continue
            confidence = min(0.95, max([meant.confidence, *(c.confidence for c in same)]))
            if any(c.label == meant.label and c not in same for c in here):
                continue
            for c in same:
                kept.remove(c)
            kept.append(
                Candidate(
                    span.start_char, span.end_char, meant.label, confidence, "abbreviation", meant.norm, long_form
                )
            )
        return kept

    def _between_labels(self, names, others, words: Words, drop) -> list[Candidate]:  # type: ignore[no-untyped-def]
        """Settle what overlaps across labels."""
        diagnoses = [c for c in names if c.label == "diagnosis"]
        vehicles = [c for c in others if c.label == "vehicle"]
        kept: list[Candidate] = []
        for c in names:
            if c.label == "drug":
                holder = next((d for d in diagnoses if c.inside(d)), None)
                if holder is not None and not _ALSO_DRUG.match(words.folded, c.end):
                    drop(c, "part of a diagnosis")
                    continue
                if any(c.overlaps(v) for v in vehicles):
                    drop(c, "a vehicle here")
                    continue
            elif any(c.inside(d) and c != d for d in names if d.label == "drug" and d.confidence >= c.confidence):
                drop(c, "part of a drug's name")
                continue
            kept.append(c)
        drugs = [c for c in kept if c.label == "drug"]
        for c in others:
            if c.label in ("site", "route", "form", "vehicle") and any(c.inside(d) for d in diagnoses):
                drop(c, "part of a diagnosis")
            elif c.label in ("form", "site", "route") and any((c.start, c.end) == (d.start, d.end) for d in drugs):
                drop(c, "a drug here")
            else:
                kept.append(c)
        return kept

    def _write(self, doc: Doc, final: list[Candidate], drop) -> Iterator[Span]:  # type: ignore[no-untyped-def]
        last: dict[str, int] = {}
        long_forms = getattr(doc._, "long_forms", None) or {}
        for c in sorted(final, key=lambda c: (c.start, -c.end, c.label)):
            if c.confidence < self.min_confidence:
                drop(c, f"confidence {c.confidence:.2f}")
                continue
            span = doc.char_span(c.start, c.end, label=c.label, alignment_mode="expand")
            if span is None or span.start < last.get(c.label, 0):
                drop(c, "overlaps another of its label")
                continue
            last[c.label] = span.end
            span._.norm, span._.confidence, span._.origin = c.norm, round(c.confidence, 3), c.origin
            span._.long_form = c.long_form or long_forms.get(span.text, "")
            yield span


def _candidate(span: Span, origin: str, confidence: float | None) -> Candidate:
    value = span._.confidence if confidence is None or span._.origin == origin else confidence
    return Candidate(span.start_char, span.end_char, span.label_, float(value), origin, span._.norm or "")


def _join(a: Candidate, b: Candidate) -> Candidate:
    """Two overlapping proposals of one label. Agreement of different stages raises the confidence."""
    longer, shorter = (a, b) if a.end - a.start >= b.end - b.start else (b, a)
    if a.origin == b.origin:
        confidence = max(a.confidence, b.confidence)
    else:
        confidence = min(0.98, 1 - (1 - a.confidence) * (1 - b.confidence))
    origin = "model" if "model" in (a.origin, b.origin) else longer.origin
    if not shorter.inside(longer):  # they cross: the words of both
        return replace(longer, start=min(a.start, b.start), end=max(a.end, b.end), confidence=confidence, origin=origin)
    return replace(longer, confidence=confidence, origin=origin, norm=longer.norm)


def _own(candidates: list[Candidate]) -> list[Candidate]:
    """Candidates of one stage without overlaps of the same label, the longer first."""
    kept: dict[str, list[Candidate]] = {}
    for c in sorted(candidates, key=lambda c: (c.start, -c.end)):
        mine = kept.setdefault(c.label, [])
        if mine and c.start < mine[-1].end:
            if c.end - c.start > mine[-1].end - mine[-1].start:
                mine[-1] = c
            continue
        mine.append(c)
    return [c for mine in kept.values() for c in mine]


def _within(labels: dict[str, Candidate], long_form: str) -> Candidate | None:
    """A name that makes up most of the long form, at its end ("topical sodium thiosulfate" for sodium thiosulfate)."""
    for name, c in labels.items():
        if (long_form.endswith(" " + name) or name.endswith(" " + long_form)) and len(name) * 2 >= len(long_form):
            return c
    return None


@Language.factory(
    "casesift_resolver",
    default_config={"min_confidence": 0.3, "spread": True, "skipped_sections": list(SKIPPED_SECTIONS)},
    assigns=["doc.spans"],
)
def make_resolver(
    nlp: Language, name: str, min_confidence: float, spread: bool, skipped_sections: list[str]
) -> Resolver:
    """The resolver. Settings as for `Resolver`."""
    spans.register()
    return Resolver(min_confidence, spread, skipped_sections)
