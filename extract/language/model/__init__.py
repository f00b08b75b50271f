"""`casesift_model`: the trained mention model as a stage of the language pipeline.

A tokenised `Doc` comes in (tokenizer `casesift.Tokenizer.v1`; no other stage is needed before); out goes the
same Doc with `doc.spans["model"]`: spans labelled as in `schema.MENTION_LABELS`, overlapping where the heads
of the model disagree. The resolver weighs them with what vocabularies and rules propose. Of each span:

    span._.origin       "model"
    span._.confidence   share of such proposals that were right: by a head's own probability (`calibration.py`), and for
                        diagnoses and drugs by which heads agree (`votes.py`); with a single head only the former
    span._.heads        the heads that proposed it, or a span overlapping it, joined by "; "

The weights lie in a folder beside this file; README.md there says what they were trained on, how, and how
good they are. Without them the stage proposes nothing, unless it is `required`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import spacy
from spacy.attrs import IDX, LENGTH
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

import extract.language.tokenizer  # noqa: F401  (registers the tokenizer the model was trained with)
from extract.errors import Code, LanguageError
from extract.language import spans as conventions
from extract.language.model import votes
from extract.language.model.calibration import Calibration
from extract.language.model.decode import choose
from extract.language.model.tagger import META, Proposal, Tagger
from extract.schema import MENTION_LABELS
from extract.settings import defaults

MODEL = "model"
#: in `doc.user_data`: every proposal of every head, as (head, label, first character, one past the last, exact, inside)
PROPOSALS = "casesift.proposals"
_LEAST, _PROPOSED = 0.05, 0.1  # lowest probability kept there; and of a proposal that may become a span
DEFAULT_PATH: str = defaults("casesift_model")["path"]

#: what entities of other people's models are called here; others are ignored
_FOREIGN = {
    "CHEMICAL": "drug", "DISEASE": "diagnosis", "DRUG": "drug", "DOSAGE": "dose", "STRENGTH": "dose", "ROUTE": "route",
    "FREQUENCY": "frequency", "DURATION": "duration", "FORM": "form",
}  # fmt: skip
_FOREIGN_CONFIDENCE = 0.8  # such models tell no probabilities


@Language.factory(
    "casesift_model",
    assigns=["doc.spans"],
    default_config=defaults("casesift_model"),
)
def make_model(
    nlp: Language,
    name: str,
    path: str,
    required: bool,
    heads: Sequence[str],
    extra_model: str,
    skipped_sections: list[str] | None = None,
) -> MentionModel:
    """The stage `casesift_model`.

    Args:
        path: folder of the weights, absolute or relative to this package.
        required: fail when the weights are not there, rather than propose nothing.
        heads: only these heads of the model speak; all when empty.
        extra_model: name of an installed spaCy model whose entities join in, e.g. scispaCy's `en_ner_bc5cdr_md`.
        skipped_sections: sections that are not read.

    Raises:
        LanguageError: MISSING_MODEL when weights that are required, or `extra_model`, are not there; BAD_CONFIG
            when the folder holds something else or `heads` names none of its heads.
    """
    tagger = load_tagger(Path(__file__).parent / path, required=required)
    known = [h.name for h in tagger.heads] if tagger else []
    unknown = sorted(set(heads) - set(known))
    if tagger and unknown:
        raise LanguageError(
            Code.BAD_CONFIG, f"the model has no head {', '.join(unknown)}", mend=f"its heads are {', '.join(known)}"
        )
    extra = _load_extra(extra_model) if extra_model else None
    return MentionModel(tagger, heads=heads, extra=extra, skipped=skipped_sections or ())


def load_tagger(folder: Path, *, required: bool = False) -> Tagger | None:
    """The model in `folder`; None when there is none and it is not required. LanguageError as for `make_model`."""
    if not (folder / META).is_file():
        if required:
            raise LanguageError(
                Code.MISSING_MODEL, "there are no model weights", file=folder,
                mend="install the released package, or train them with `casesift train`",
            )  # fmt: skip
        return None
    try:
        return Tagger.from_disk(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LanguageError(
            Code.BAD_CONFIG,
            f"the model weights cannot be read ({error})",
            file=folder,
            mend="install or train them again",
        ) from error


class MentionModel:
    """Callable on a Doc; see the module's docstring for what it writes."""

    def __init__(
        self,
        tagger: Tagger | None,
        *,
        heads: Sequence[str] = (),
        extra: Language | None = None,
        skipped: Collection[str] = (),
    ) -> None:
        self.tagger = tagger
        self.skipped = frozenset(skipped)
        self.heads = frozenset(heads)
        self.extra = extra
        self.calibration = Calibration.from_meta(tagger.about.get("calibration", {}) if tagger else {})
        conventions.register()

    def __call__(self, doc: Doc) -> Doc:
        """Write `doc.spans["model"]`."""
        proposals = sorted(self._proposals(doc))
        merged: dict[tuple[int, int, str], float] = {}
        for start, end, label, own, _ in proposals:
            merged[start, end, label] = max(own, merged.get((start, end, label), 0.0))
        agreeing = _agreeing(proposals)
        group = []
        for (start, end, label), own in merged.items():
            heads = agreeing[start, end, label]
            confidence = own if len(self.heads) == 1 else votes.confidence(label, heads, own)
            span = Span(doc, start, end, label=label)
            span._.origin, span._.confidence, span._.heads = MODEL, round(confidence, 4), "; ".join(sorted(heads))
            group.append(span)
        doc.spans[MODEL] = SpanGroup(doc, name=MODEL, spans=group)
        return doc

    def _proposals(self, doc: Doc) -> Iterator[tuple[int, int, str, float, str]]:
        if self.tagger is not None:
            stretches = _without(doc, conventions.in_sections(doc, self.skipped)) if self.skipped else None
            proposals = self.tagger.propose(doc, least=_LEAST, heads=self.heads or None, stretches=stretches)
            doc.user_data[PROPOSALS] = self._serialised(doc, proposals)
            for p in choose((p for p in proposals if p.exact >= _PROPOSED), self.calibration.thresholds):
                label = self.calibration.label(p.head, p.label)
                start, end = _trim(doc, p.start, p.end)
                if label and start < end:
                    yield start, end, label, self.calibration.confidence(p), p.head
        if self.extra is not None:
            yield from self._foreign(doc, self.extra(doc.text).ents)

    def _serialised(self, doc: Doc, proposals: Iterable[Proposal]) -> list[tuple[str, str, int, int, float, float]]:
        starts, lengths = doc.to_array([IDX, LENGTH]).astype(int).reshape(len(doc), 2).T.tolist()
        named = ((p, self.calibration.label(p.head, p.label)) for p in proposals)
        return [
            (p.head, label, starts[p.start], starts[p.end - 1] + lengths[p.end - 1], p.exact, p.inside)
            for p, label in named
            if label
        ]

    def _foreign(self, doc: Doc, entities: Iterable[Span]) -> Iterator[tuple[int, int, str, float, str]]:
        assert self.extra is not None
        for entity in entities:
            label = _FOREIGN.get(entity.label_.upper(), entity.label_ if entity.label_ in MENTION_LABELS else "")
            span = doc.char_span(entity.start_char, entity.end_char, alignment_mode="expand")
            if label and span is not None:
                yield span.start, span.end, label, _FOREIGN_CONFIDENCE, self.extra.meta["name"]


def _without(doc: Doc, skipped: Sequence[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """The token ranges of `doc` outside the stretches of characters `skipped`; None for all of it."""
    if not skipped or not len(doc):
        return None
    starts = doc.to_array([IDX]).astype(int).reshape(len(doc))
    kept = np.ones(len(doc), dtype=bool)
    for start, end in skipped:
        kept[(starts >= start) & (starts < end)] = False
    edges = np.diff(np.concatenate(([False], kept, [False])).astype(np.int8))
    return list(zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist(), strict=True))


def _agreeing(proposals: Sequence[tuple[int, int, str, float, str]]) -> dict[tuple[int, int, str], set[str]]:
    """For every proposed span the heads that propose it or a span that overlaps it, under the same label."""
    at: dict[tuple[int, str], set[str]] = {}
    for start, end, label, _, head in proposals:
        for token in range(start, end):
            at.setdefault((token, label), set()).add(head)
    return {(s, e, x): {head for token in range(s, e) for head in at[token, x]} for s, e, x, _, _ in proposals}


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """Without spaces at its ends."""
    while start < end and doc[start].is_space:
        start += 1
    while start < end and doc[end - 1].is_space:
        end -= 1
    return start, end


def _load_extra(package: str) -> Language:
    try:
        return spacy.load(package)
    except OSError as error:
        raise LanguageError(
            Code.MISSING_MODEL, f"the spaCy model {package!r} is not installed",
            mend="install it, or leave the setting extra_model empty",
        ) from error  # fmt: skip
