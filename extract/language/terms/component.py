"""Vocabulary mentions: drugs and drug classes, diagnoses, vehicles, forms, routes and body sites.

Stands after the model and before the resolver. Reads the text, the sentences and, as evidence, what the model
proposed (`doc.spans["model"]`); writes `doc.spans["terms"]`. The words come from data files in `vocabulary/`;
the grammar that tells a route from a place ("oral prednisone", "oral ulcers"), a form from a finding ("a patch of
fentanyl", "a violaceous patch") and a vehicle from a treatment of its own is in `grammar`, that of
diagnoses in `head_nouns`.

Each span carries `_.norm` (canonical name), `_.origin` "vocabulary" and `_.confidence`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.language import spans
from extract.language.gazetteer import Gazetteer, Words, words_of
from extract.language.own_vocabulary import OwnVocabulary, own_vocabulary
from extract.language.tables import read_table
from extract.language.terms.acronyms_in_context import framed
from extract.language.terms.class_names import class_names
from extract.language.terms.context import Context
from extract.language.terms.found import Found
from extract.language.terms.grammar import forms, route_norm, routes, sites, vehicle_names, vehicles
from extract.language.terms.head_nouns import Diagnoses
from extract.language.terms.named_diseases import named_diseases
from extract.settings import defaults

GROUP = "terms"
KEY = "casesift.terms"

#: how sure a vocabulary hit is, by what it is a hit of; chosen on annotated reports, see the model card of the package
DRUG, DRUG_CLASS, ABBREVIATION = 0.75, 0.55, 0.8
#: where a class is cut as often as not: "anti-hypertensive", "immuno-suppressive"
_CUT = re.compile(r"^(anti|immuno)(?=[a-z])")


@cache
def drug_names() -> Gazetteer[tuple[str, str]]:
    """Drug names and classes -> (spelling that must be met exactly or "", canonical class or "")."""
    from extract.language.terms.drug_names import names as searched

    names: Gazetteer[tuple[str, str]] = Gazetteer()
    classes = [(row["name"], ("", row["norm"])) for row in read_table("vocabulary/drug_classes.csv")]
    names.update(classes)
    names.update((_CUT.sub(r"\1-", name), payload) for name, payload in classes)
    names.update((name, ("" if name.islower() else name, "")) for name in searched())
    names.update((row["name"], ("", "")) for row in read_table("vocabulary/not_drugs.csv") if row["find"])
    return names


class Terms:
    """The component; see the module's docstring.

    Args:
        drugs: look for drug names and classes.
        diagnoses: look for names of diagnoses.
        own: words of the user's own, found as well.
    """

    def __init__(self, drugs: bool, diagnoses: bool, own: OwnVocabulary) -> None:
        self.drugs = drug_names() if drugs else None
        self.diagnoses = Diagnoses() if diagnoses else None
        self.vehicles = own.vehicles.over(vehicle_names()) if len(own.vehicles) else vehicle_names()
        if self.drugs is not None and len(own.drugs):
            self.drugs = Gazetteer((name, (drug.exact, "")) for name, drug in own.drugs.items()).over(self.drugs)
        if self.diagnoses is not None and len(own.diagnoses):
            names = Gazetteer((name, disease.exact) for name, disease in own.diagnoses.items())
            self.diagnoses.names = names.over(self.diagnoses.names)

    def __call__(self, doc: Doc) -> Doc:
        """Find the terms; each label's spans are in document order and do not overlap."""
        words = words_of(doc)
        drugs = list(self._drugs(doc, words))
        proposed = [(s.start_char, s.end_char) for s in doc.spans.get("model", ()) if s.label_ == "drug"]
        short = list(doc.spans.get("abbreviations", ()))
        defined = (s.start_char for s in short if not route_norm(s._.long_form))
        context = Context(doc, words, [(f.start, f.end) for f in drugs] + proposed, defined)
        by_route = routes(context)
        found = [*by_route, *forms(context, by_route), *vehicles(context, self.vehicles), *sites(context)]
        if self.diagnoses is not None:
            found += self.diagnoses.find(words)
            found += framed(words, {s.start_char for s in short})
            found += named_diseases(words, [(f.start, f.end) for f in found if f.label == "diagnosis"])
        found += drugs
        found.sort(key=lambda f: (f.start, -f.end))
        doc.user_data[KEY] = [(f.start, f.end, f.label, f.norm, f.confidence, f.origin) for f in found]
        doc.spans[GROUP] = list(_spans(doc, found))
        return doc

    def _drugs(self, doc: Doc, words: Words) -> Iterator[Found]:
        if self.drugs is None:
            return
        text = words.text
        named = [
            Found(start, end, "drug", norm, DRUG_CLASS if norm else DRUG)
            for start, end, (exact, norm) in self.drugs.find(words)
            if not exact or text[start:end].rstrip("s") == exact.rstrip("s")
        ]
        made = list(class_names(words, [(f.start, f.end) for f in named if not f.norm], self._class_of))
        made = [c for c in made if not any(f.start <= c.start and c.end <= f.end for f in named)]
        yield from (f for f in named if not any(c.start <= f.start and f.end <= c.end for c in made))
        yield from made
        for span in doc.spans.get("abbreviations", ()):
            long_form = Words.of(span._.long_form)
            whole = next((c for c in class_names(long_form, (), self._class_of) if c.end == len(long_form.text)), None)
            if whole or self.drugs.get(long_form.text):
                norm = whole.norm if whole else ""
                yield Found(span.start_char, span.end_char, "drug", norm, ABBREVIATION, "abbreviation")

    def _class_of(self, name: str) -> str:
        """The class of the list that a name stands for; "" where it is none."""
        found = self.drugs.get(name) if self.drugs is not None else None
        return found[1] if found is not None else ""


def proposals(doc: Doc) -> list[Found]:
    """What this stage found in `doc`, with each proposal's own confidence.

    spaCy keeps a span's extensions by its offsets, so two spans at the same place share them; the resolver
    needs those of each stage.
    """
    return [Found(*values) for values in doc.user_data.get(KEY, ())]


def _spans(doc: Doc, found: list[Found]) -> Iterator[Span]:
    for f in found:
        span = doc.char_span(f.start, f.end, label=f.label, alignment_mode="expand")
        if span is None:
            continue
        if not span._.origin:  # the model's mark on the same words stays
            span._.norm, span._.confidence, span._.origin = f.norm, f.confidence, f.origin
        yield span


@Language.factory(
    "casesift_terms",
    default_config=defaults("casesift_terms"),
    requires=["token.is_sent_start"],
    assigns=["doc.spans"],
)
def make_terms(nlp: Language, name: str, drugs: bool, diagnoses: bool, vocabulary: dict[str, dict[str, str]]) -> Terms:
    """The vocabulary component.

    Args:
        drugs, diagnoses: whether to look for their names (the model finds them too).
        vocabulary: files of the user's, see `own_vocabulary`.
    """
    spans.register()
    return Terms(drugs, diagnoses, own_vocabulary(vocabulary))
