"""The component `casesift_model`: packaged weights, missing weights, what it writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from spacy.lang.en import English
from spacy.language import Language

from extract import language
from extract.document import Section, SourceText
from extract.errors import Code, LanguageError
from extract.language.model import DEFAULT_PATH, MentionModel, make_model, member, votes
from extract.language.tokenizer import build_tokenizer
from extract.schema import MENTION_LABELS

TEXT = (
    "A 54-year-old woman with type 2 diabetes mellitus and chronic kidney disease took metformin 500 mg twice daily. "
    "Metformin-induced lactic acidosis was diagnosed. She was given intravenous vancomycin for 14 days for pneumonia."
)


def pipeline(**settings: object) -> Language:
    nlp = English()
    nlp.tokenizer = build_tokenizer(nlp)
    nlp.add_pipe("casesift_model", config=settings)
    return nlp


def proposals(nlp: Language, text: str) -> list[tuple[str, str, float]]:
    doc = nlp(text)
    return [(s.text, s.label_, s._.confidence) for s in doc.spans["model"]]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return pipeline(required=True)


def test_finds_what_a_reader_finds(nlp: Language) -> None:
    found = {(text.lower(), label) for text, label, _ in proposals(nlp, TEXT)}
    assert {("metformin", "drug"), ("vancomycin", "drug"), ("pneumonia", "diagnosis")} <= found
    assert any("diabetes" in text and label == "diagnosis" for text, label in found)
    assert any("lactic acidosis" in text and label == "diagnosis" for text, label in found)


def test_finds_age_sex_and_dose(nlp: Language) -> None:
    found = [(text, label) for text, label, _ in proposals(nlp, TEXT)]
    assert any("54" in text and label == "age" for text, label in found)
    assert ("woman", "sex") in found
    assert any("500" in text and label == "dose" for text, label in found)


def test_spans_carry_origin_confidence_and_heads(nlp: Language) -> None:
    doc = nlp(TEXT)
    spans = list(doc.spans["model"])
    assert len({(s.start, s.end, s.label_) for s in spans}) == len(spans)
    for span in spans:
        assert span.label_ in MENTION_LABELS
        assert span._.origin == "model" and 0 < span._.confidence <= 1 and span._.heads
        assert not span[0].is_space and not span[-1].is_space
        assert doc.text[span.start_char : span.end_char] == span.text


def test_a_text_is_read_alike_wherever_it_stands(nlp: Language) -> None:
    other = "The weather was fine on the day of the visit, and the clinic was quiet all afternoon.\n"
    alone = [*proposals(nlp, other), *proposals(nlp, TEXT)]
    assert [p[:2] for p in proposals(nlp, other + TEXT)] == [p[:2] for p in alone]


@pytest.mark.parametrize("text", ["", " ", "\n\n", ".", "word", "x" * 3000, "- " * 500])
def test_odd_texts_pass(nlp: Language, text: str) -> None:
    assert nlp(text).text == text


def test_one_head_alone(nlp: Language) -> None:
    stage = nlp.get_pipe("casesift_model")
    name = stage.tagger.heads[0].name
    doc = pipeline(heads=[name])(TEXT)
    assert {s._.heads for s in doc.spans["model"]} == {name}


def test_heads_that_agree_are_surer(nlp: Language) -> None:
    doc = nlp(TEXT)
    agreed = next(s for s in doc.spans["model"] if s.text == "pneumonia")
    assert len(agreed._.heads.split("; ")) > 1 and agreed._.confidence > 0.6
    assert votes.confidence("diagnosis", {"maccrobat", "ncbi"}, 0.85) > votes.confidence("diagnosis", {"ncbi"}, 0.85)
    assert votes.confidence("dose", {"ncbi"}, 0.4) == 0.4


def test_without_weights_proposes_nothing(tmp_path: Path) -> None:
    assert proposals(pipeline(path=str(tmp_path)), TEXT) == []


def test_missing_required_weights_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(LanguageError) as error:
        make_model(English(), "m", path=str(tmp_path), required=True, heads=[], extra_model="")
    assert error.value.code == Code.MISSING_MODEL and "train" in error.value.mend


def test_broken_weights_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text('{"format": 1}', encoding="utf-8")
    with pytest.raises(LanguageError) as error:
        make_model(English(), "m", path=str(tmp_path), required=False, heads=[], extra_model="")
    assert error.value.code == Code.BAD_CONFIG


def test_unknown_head_and_extra_model_are_errors() -> None:
    for settings, code in (
        (({"heads": ["nosuch"]}), Code.BAD_CONFIG),
        ({"extra_model": "no_such_model"}, Code.MISSING_MODEL),
    ):
        given = {"path": DEFAULT_PATH, "required": True, "heads": [], "extra_model": "", **settings}
        with pytest.raises(LanguageError) as error:
            make_model(English(), "m", **given)
        assert error.value.code == code


def test_skipped_sections_are_not_read_and_change_nothing_elsewhere() -> None:
    told = "He was given aspirin for gout.\n"
    text = told + "References\nLithium for mania. J Med 2001."
    start = len(told)
    source = SourceText(text, "text", (Section("case", 0, start), Section("references", start, len(text))))
    pipe = language.load(**{"components.casesift_codes.icd": False})
    part, all_of_it = language.analyse(pipe, source), language.analyse(pipe, text)
    found, whole = ({s.text for s in doc.spans["model"]} for doc in (part, all_of_it))
    assert {"aspirin", "gout"} <= found and not {"Lithium", "mania"} & found
    assert {"aspirin", "gout", "Lithium"} <= whole


@pytest.mark.parametrize("words", [1, 2, 7, 8, 200])
def test_a_text_is_read_as_the_network_was_trained(nlp: Language, words: int) -> None:
    stage = nlp.get_pipe("casesift_model")
    assert isinstance(stage, MentionModel) and stage.tagger is not None
    doc = nlp.make_doc(" ".join((TEXT + " ").split(" ") * 5)[: 6 * words])
    for one in stage.tagger.members:
        features = one.extractor(doc)
        trained = np.asarray(one.network.predict([features]))
        assert np.allclose(one.scores(features), trained, atol=1e-4)


def test_a_long_text_is_read_in_windows(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = nlp.get_pipe("casesift_model")
    assert isinstance(stage, MentionModel) and stage.tagger is not None
    first, second = stage.tagger.members
    assert first.extractor is second.extractor  # the word vectors are the same, and looked up once
    features = first.extractor(nlp.make_doc(TEXT))
    whole = first.scores(features)
    monkeypatch.setattr(member, "_BATCH_TOKENS", 11)
    assert np.allclose(first.scores(features), whole, atol=1e-4)
    some = first.scores(features, [(3, 9), (20, 36)])
    assert np.allclose(some[3:9], whole[3:9], atol=1e-4) and np.allclose(some[20:36], whole[20:36], atol=1e-4)
    assert not some[:3].any() and not some[9:20].any() and not some[36:].any()
