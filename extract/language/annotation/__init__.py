"""`casesift_guideline`: the mentions as annotators of such a text would mark them.

Stands last in the language pipeline. What makes a fact of the patient and what is a mention are two questions: the
records leave out symptoms and measured substances, which the guideline of BC5CDR marks; PHEE marks only the drugs
and the disorder of the adverse event told. So the records go on using `doc.spans["mentions"]`, and this stage
writes, for the table of mentions, `doc.spans["annotated"]` by the guideline of the text's kind (`kinds.py`):

    sentence   PHEE (Sun et al. 2022): the arguments of an adverse event
    abstract   BC5CDR (Li et al. 2016): every chemical is a drug, every disease or symptom a diagnosis
    report     MACCROBAT (Caufield et al. 2020): medicines; diseases, not symptoms
    records    what the records use

Its confidences are in `doc.user_data[CONFIDENCES]`, since spans on the same words share their extensions; the
guideline that was followed is in `doc.user_data[FOLLOWED]`. Mentions that the records do not have get an assertion
and a norm, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.errors import Code, LanguageError
from extract.language import model, spans
from extract.language.annotation.decide import FILE, Decided, Guideline, decide, read_guidelines
from extract.language.annotation.features import candidates
from extract.language.annotation.kinds import kind_of
from extract.language.codes.component import name_spans
from extract.language.context.assertion import Assertion
from extract.language.own_vocabulary import OwnVocabulary, own_vocabulary
from extract.settings import defaults

CHOICES = ("auto", "report", "abstract", "sentence", "records")
#: in `doc.user_data`: rows of (start, end, label, confidence), in characters, and the name of the guideline followed
CONFIDENCES, FOLLOWED = "casesift.annotated", "casesift.guideline"


class Annotated:
    """The component; see the module's docstring.

    Args:
        choice: one of `CHOICES`; "auto" goes by the kind of the text.
        guidelines: by name; the records' mentions are taken where there is none for a text.
        skipped: sections in which nothing is a mention.
    """

    def __init__(
        self, choice: str, guidelines: dict[str, Guideline], skipped: Iterable[str], own: OwnVocabulary
    ) -> None:
        self.choice, self.guidelines, self.skipped = choice, guidelines, frozenset(skipped)
        self.own = own
        self.assertion = Assertion()

    def __call__(self, doc: Doc) -> Doc:
        """Write `doc.spans["annotated"]`."""
        name = kind_of(doc) if self.choice == "auto" else self.choice
        guideline = self.guidelines.get(name)
        doc.user_data[FOLLOWED] = name if guideline else "records"
        used = list(spans.mentions(doc))
        if guideline is None:
            doc.spans[spans.ANNOTATED] = used
            doc.user_data[CONFIDENCES] = []
            return doc
        decided = decide(guideline, candidates(doc, guideline.head, guideline.rules))
        known = {(s.start_char, s.end_char, s.label_) for s in used}
        kept: list[tuple[Span, Decided | None]] = [(s, None) for s in used if s.label_ not in guideline.rules]
        kept += [row for row in self._spans(doc, decided) if not self.own.stops(row[0].label_, row[0].text)]
        kept += self._of_own(used, kept)
        new = [s for s, d in kept if d is not None and (s.start_char, s.end_char, s.label_) not in known]
        self._describe(doc, new, {place[:2] for place in known})
        kept.sort(key=lambda row: (row[0].start, -row[0].end, row[0].label_))
        doc.spans[spans.ANNOTATED] = [span for span, _ in kept]
        doc.user_data[CONFIDENCES] = [(s.start_char, s.end_char, s.label_, d.confidence) for s, d in kept if d]
        return doc

    def _of_own(self, used: Iterable[Span], kept: Sequence[tuple[Span, Decided | None]]) -> list[tuple[Span, None]]:
        """The mentions of the records that are names of the user's, where none of that label stands yet."""
        return [
            (s, None)
            for s in used
            if self.own.name_of(s.label_, s.text) is not None
            and not any(s.label_ == k.label_ and s.start < k.end and k.start < s.end for k, _ in kept)
        ]

    def _spans(self, doc: Doc, decided: Iterable[Decided]) -> Iterator[tuple[Span, Decided | None]]:
        for d in decided:
            if self.skipped and spans.section_name(doc, d.start) in self.skipped:
                continue
            span = doc.char_span(d.start, d.end, label=d.label)
            if span is not None:
                yield span, d

    def _describe(self, doc: Doc, new: list[Span], taken: set[tuple[int, int]]) -> None:
        """Origin, long form, assertion and norm of mentions the records do not have; words they have keep theirs."""
        fresh = [s for s in new if (s.start_char, s.end_char) not in taken]
        long_forms = doc._.long_forms if Doc.has_extension("long_forms") else {}
        for span in fresh:
            span._.origin = span._.origin or "model"
            span._.long_form = long_forms.get(span.text, "")
        self.assertion.assert_spans(doc, fresh)
        name_spans(fresh, self.own)


@Language.factory(
    "casesift_guideline",
    default_config=defaults("casesift_guideline"),
    requires=["doc.spans"],
    assigns=["doc.spans"],
)  # fmt: skip
def make_annotated(
    nlp: Language,
    name: str,
    guideline: str,
    path: str,
    skipped_sections: list[str],
    vocabulary: dict[str, dict[str, str]],
) -> Annotated:
    """The stage `casesift_guideline`.

    Args:
        guideline: whose guideline the mentions follow: auto, report, abstract, sentence or records.
        path: the model's folder, as for `casesift_model`; without a `guidelines.json` there the mentions are the records'.
        skipped_sections: sections in which nothing is a mention.
        vocabulary: files of the user's, see `own_vocabulary`.

    Raises:
        LanguageError: BAD_CONFIG when `guideline` is none of these or the file cannot be read.
    """
    spans.register()
    if guideline not in CHOICES:
        raise LanguageError(
            Code.BAD_CONFIG, f"casesift_guideline knows no guideline {guideline!r}", mend=f"choose from {', '.join(CHOICES)}"
        )  # fmt: skip
    file = Path(model.__file__).parent / path / FILE
    if not file.is_file() or guideline == "records":
        return Annotated("records", {}, skipped_sections, own_vocabulary(vocabulary))
    try:
        guidelines = read_guidelines(file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LanguageError(
            Code.BAD_CONFIG, f"the guidelines cannot be read ({error!r})", file=file, mend="make them again with `casesift train mentions`",
        ) from error  # fmt: skip
    return Annotated(guideline, guidelines, skipped_sections, own_vocabulary(vocabulary))
