"""`casesift_therapies`: what treats and is no drug: operations, radiation, dialysis, laser, training.

Last of the stages, behind `casesift_context`: it changes no mention. In: a Doc with sentences and mentions. Out: `doc.spans["therapies"]`
for others' tools, and in `doc.user_data` what was decided of each, which `therapies` gives back: its preferred name, its kind, and whether
it was done. Names come from `vocabulary/therapies.csv` and, of operations, from the ending of a word ("-ectomy"). Whether a therapy was
done is decided where that of a drug is, by the same triggers (`context.assertion`), then by what only therapies have
(`rules/therapy_cues.csv`: done long before, a scar of it, the surgery department). Spans on the words of a mention share its extensions,
so nothing is written on them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.language import spans
from extract.language.context.assertion import Assertion
from extract.language.context.overrides import untaken
from extract.language.gazetteer import Gazetteer, Words, words_of
from extract.language.rule_files import THERAPIES, THERAPY_CUES
from extract.language.sections import NO_FACTS

GROUP = "therapies"
KEY = "casesift.therapies"
LABEL = "therapy"

#: how operations end: what is cut out, formed, opened, sewn, fixed
_ENDING = re.compile(r"(?:ectom|plast|otom|ostom|rrhaph|pex)(?:y|ies)\b|(?<=o)desis\b")
_WORD_BEFORE = re.compile(r"[a-z]+(?:-[a-z]+)*-?$")
_PLURAL = re.compile(r"ies$")
#: statuses of a therapy beside those of a drug
PAST = "past"
#: what each kind of cue makes of a therapy; of two that are found the first decides
_CUES = (
    ("not_after", "general"), ("avoided", "avoided"), ("avoided_after", "avoided"), ("declined", "declined"), ("declined_after", "declined"), ("planned", "planned"),
    ("past_after", PAST), ("past_before", PAST), ("not_before", "general"),
)  # fmt: skip
#: support that is given back when it is no more needed: that it was stopped is no giving up
_SUPPORT = frozenset({"ventilation", "dialysis", "oxygen", "immobilization", "compression"})
#: how far around a name its cues are looked for, in characters
_WINDOW = 170


@dataclass(frozen=True, slots=True)
class Therapy:
    """A therapy where it is named.

    Attributes:
        start, end: its characters in the document, words before the name that belong to it included.
        norm, kind: its preferred name, and what it is (`vocabulary/therapies.csv`).
        generic: too general to be one of its own beside another of its kind.
        status: as of a drug, or past; general: told of nobody.
        why: the rule and the words that decided the status; "" for the default.
    """

    start: int
    end: int
    norm: str
    kind: str
    generic: bool
    status: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of the vocabulary; `exact`: the spelling it must be met in, of an abbreviation."""

    exact: str
    norm: str
    kind: str
    generic: bool


class Therapies:
    """The component. It keeps no state: one instance may serve any number of documents."""

    def __init__(self) -> None:
        self.names: Gazetteer[_Name] = Gazetteer(
            (row["name"], _Name("" if re.search("[a-z]{2}", row["name"]) else row["name"], row["norm"], row["kind"], row["generic"]))
            for row in THERAPIES
        )  # fmt: skip
        self.assertion = Assertion()

    def __call__(self, doc: Doc) -> Doc:
        """Write what therapies `doc` names."""
        named = list(self._spans(doc, _apart(self._named(words_of(doc)))))
        doc.spans[GROUP] = [span for span, _ in named]
        known = {(span.start_char, span.end_char): name for span, name in named}
        decided = [
            _decided(span, known[span.start_char, span.end_char], verdict.value, verdict.why)
            for span, verdict in self.assertion.verdicts(doc, doc.spans[GROUP])
        ]
        doc.user_data[KEY] = [(t.start, t.end, t.norm, t.kind, t.generic, t.status, t.why) for t in decided]
        return doc

    def _named(self, words: Words) -> Iterator[tuple[int, int, _Name]]:
        """Names of the vocabulary, and words that end like an operation."""
        for start, end, name in self.names.find(words):
            if not name.exact or words.text[start:end].rstrip("s") == name.exact.rstrip("s"):
                yield start, end, name
        for match in _ENDING.finditer(words.folded):
            before = _WORD_BEFORE.search(words.folded, max(0, match.start() - 40), match.start())
            if before is not None and match.start() - before.start() > 1:
                word = _PLURAL.sub("y", words.folded[before.start() : match.end()])
                yield before.start(), match.end(), _Name("", word, "surgery", generic=False)

    def _spans(self, doc: Doc, named: Sequence[tuple[int, int, _Name]]) -> Iterator[tuple[Span, _Name]]:
        for start, end, name in named:
            span = doc.char_span(start, end, label=LABEL, alignment_mode="expand")
            if span is None or name.kind == "none" or spans.section_name(doc, start) in NO_FACTS:
                continue
            yield span, name


def therapies(doc: Doc) -> list[Therapy]:
    """The therapies that the stage found in `doc`, in order; none where it has not run."""
    return [Therapy(*row) for row in doc.user_data.get(KEY, ())]


def _apart(named: Iterator[tuple[int, int, _Name]]) -> list[tuple[int, int, _Name]]:
    """The names, none over another: that of the vocabulary first, which also says what is none."""
    kept: list[tuple[int, int, _Name]] = []
    for start, end, name in named:
        i = bisect_right(kept, start, key=lambda k: k[0])
        if (i == 0 or kept[i - 1][1] <= start) and (i == len(kept) or end <= kept[i][0]):
            kept.insert(i, (start, end, name))
    return kept


def _decided(span: Span, name: _Name, status: str, why: str) -> Therapy:
    """The therapy with its status: that of a drug told so, then what only a therapy's words say."""
    sentence = span.sent
    text, at = sentence.text, span.start_char - sentence.start_char
    before, after = text[max(0, at - _WINDOW) : at], text[at + len(span.text) :][:_WINDOW]
    modifier = THERAPY_CUES.pattern("modifier").search(before)
    start = span.start_char - (len(modifier.group()) if modifier else 0)
    before = before[: modifier.start()] if modifier else before
    if untaken(before, after):
        status, why = "general", "proviso: never done"
    if status == "exposure":
        status = "general"
    elif status == "stopped" and name.kind in _SUPPORT:
        status = "given"
    elif status in ("failed", "general") and (match := THERAPY_CUES.pattern("planned_after").match(after)):
        return Therapy(
            start,
            span.end_char,
            name.norm,
            name.kind,
            name.generic,
            "planned",
            f"planned_after: [{match.group().strip()}]",
        )
    made = _by_cues(before, after)
    if made is not None and (status == "given" or (status == "planned" and made[0] in ("avoided", "declined"))):
        status, why = made
    return Therapy(start, span.end_char, name.norm, name.kind, name.generic, status, why)


def _by_cues(before: str, after: str) -> tuple[str, str] | None:
    """What `rules/therapy_cues.csv` says of a therapy between two texts, and why; None: nothing."""
    for kind, status in _CUES:
        pattern = THERAPY_CUES.pattern(kind)
        if match := pattern.match(after) if kind.endswith("after") else pattern.search(before):
            return status, f"{kind}: [{' '.join(match.group().split())}]"
    return None


@Language.factory("casesift_therapies", requires=["doc.spans"], assigns=["doc.spans"])
def make_therapies(nlp: Language, name: str) -> Therapies:
    """Factory of the component `casesift_therapies`; it has no settings: names and rules are files."""
    spans.register()
    return Therapies()
