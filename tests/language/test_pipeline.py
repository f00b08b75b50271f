from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from extract import language
from extract.document import SourceText
from extract.errors import Code, LanguageError


@pytest.fixture(scope="module")
def whole() -> Language:
    return language.load(**{"components.casesift_codes.icd": False})


def test_every_stage_is_in_the_configuration(whole: Language) -> None:
    assert whole.pipe_names == [
        "casesift_sentences", "casesift_abbreviations", "casesift_model", "casesift_terms", "casesift_quantities",
        "casesift_resolver", "casesift_assertion", "casesift_codes", "casesift_guideline", "casesift_context",
        "casesift_therapies", "casesift_complaints",
    ]  # fmt: skip


def test_a_report_from_end_to_end(whole: Language) -> None:
    text = (
        "A 61-year-old woman with calcinosis cutis (CC) was given sodium thiosulfate (STS).\n\n"
        "STS 20% in petrolatum was applied topically to the left elbow twice daily for 6 weeks. "
        "Her pain fell from 7/10 to 2/10."
    )
    source = SourceText(text, "text")
    doc = language.analyse(whole, source)
    assert doc._.source is source
    found = {label: [s.text for s in language.mentions(doc, label)] for label in ("drug", "vehicle")}
    assert found["drug"] == ["sodium thiosulfate", "STS", "STS"]
    assert found["vehicle"] == ["petrolatum"]
    assert [s._.norm for s in language.mentions(doc, "route")] == ["topical"]
    assert [s._.norm for s in language.mentions(doc, "drug")] == ["sodium thiosulfate"] * 3
    assert [s.text for s in language.mentions(doc, "diagnosis")] == ["calcinosis cutis", "CC"]


def test_pipe_keeps_order_and_agrees_with_analyse(whole: Language) -> None:
    texts = ["She took aspirin.", "", "He had gout.", "\n\n"]
    docs = list(language.pipe(whole, (SourceText(t, "text") for t in texts)))
    assert [d.text for d in docs] == texts
    alone = [language.analyse(whole, t) for t in texts]
    assert [[s.text for s in language.mentions(d)] for d in docs] == [
        [s.text for s in language.mentions(d)] for d in alone
    ]


@pytest.mark.parametrize(
    ("overrides", "part"),
    [
        ({"components.casesift_sentences.method": "guess"}, "method"),
        ({"components.casesift_sentences.metod": "rules"}, "metod"),
        ({"components.nothing.x": 1}, "components.nothing"),
        ({"nlp.pipeline": ["casesift_nothing"]}, "casesift_nothing"),
    ],
)
def test_bad_settings_are_told(overrides: dict[str, object], part: str) -> None:
    with pytest.raises(LanguageError) as told:
        language.load(**overrides)
    assert told.value.code is Code.BAD_CONFIG
    assert part in str(told.value)
    assert told.value.mend


@pytest.mark.parametrize("content", ["no section\n", "[nlp\n", "[components.casesift_terms]\ndrugs = tru\n"])
def test_a_broken_file_is_told_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.cfg"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LanguageError) as told:
        language.load(path)
    assert "broken.cfg" in str(told.value)


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(LanguageError, match="no such configuration"):
        language.load(tmp_path / "absent.cfg")
