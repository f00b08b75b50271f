"""One configuration: what comes with casesift, what a file changes of it, and what is refused with which words."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import pytest

from extract import Extractor, language
from extract.errors import Code, LanguageError
from extract.settings import ReadingSettings, RecordsSettings, Settings, defaults, packaged, read_settings


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "my.cfg"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refused(path: Path) -> str:
    """The message of a file that is refused, without the file's folder and what can be done."""
    with pytest.raises(LanguageError) as told:
        read_settings(path)
    assert told.value.code is Code.BAD_CONFIG
    assert told.value.file == str(path)
    assert told.value.mend
    return told.value.what


def test_a_file_holds_what_it_changes(written) -> None:
    settings = read_settings(
        written(
            '[reading]\nmax_pages = 20\n\n[components.casesift_sentences]\nmethod = "pysbd"\n\n[records]\nlargest_series = 18\n'
        )
    )
    assert settings.reading == dataclasses.replace(packaged().reading, max_pages=20)
    assert settings.records == dataclasses.replace(packaged().records, largest_series=18)
    stages = settings.language["components"]
    assert stages["casesift_sentences"] == {"factory": "casesift_sentences", "method": "pysbd"}
    assert stages["casesift_resolver"] == packaged().language["components"]["casesift_resolver"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '# mine\n[components.casesift_sentences]\nmetod = "rules"\n',
            "line 3: there is no setting 'metod' in [components.casesift_sentences]; did you mean 'method'?",
        ),
        ("[record]\nlargest_series = 18\n", "line 1: there is no section [record]; did you mean [records]?"),
        ("[component.casesift_terms]\n", "line 1: there is no section [component.casesift_terms]; did you mean [components.casesift_terms]?"),
        ("[components.casesift_term]\ndrugs = false\n", "line 1: there is no section [components.casesift_term]; did you mean [components.casesift_terms]?"),
        ("[nlp]\npipelin = []\n", "line 2: there is no setting 'pipelin' in [nlp]; did you mean 'pipeline'?"),
        ("[zzz]\n", "line 1: there is no section [zzz]"),
        ('[vocabulary]\ndrug = "a.csv"\n', "line 2: there is no setting 'drug' in [vocabulary]; did you mean 'drugs'?"),
        ('[vocabulary]\n\ndrugs = "a.csv"\n', 'line 3: drugs = "a.csv": there is no such file'),
        ("[records]\nprimary_weight = \"old\"\n", 'line 2: primary_weight = "old" in [records] is not a number from 0'),
        ("[reading]\nmax_pages = 2.5\n", "line 2: max_pages = 2.5 in [reading] is not a whole number from 0"),
        ("[reading]\nmax_pages = -1\n", "line 2: max_pages = -1 in [reading] is not a whole number from 0"),
        ('[reading]\npdf_engine = "pdfum"\n', "line 2: pdf_engine = \"pdfum\" in [reading] is none of auto, pdfium, pdfplumber; did you mean 'pdfium'?"),
        ("[components.casesift_terms]\ndrugs = 1\n", "line 2: drugs = 1 in [components.casesift_terms] is not true or false"),
        ("[components.casesift_terms]\ndrugs = tru\n", "line 2: drugs = 'tru' is no value"),
        ('[components.casesift_model]\nheads = "a"\n', 'line 2: heads = "a" in [components.casesift_model] is not a list of texts, as ["a", "b"]'),
        ('[components.casesift_resolver]\nmodel_alone = {"drg": 0.5}\n', "line 2: there is no 'drg' in model_alone of [components.casesift_resolver]; did you mean 'drug'?"),
        ("[components.casesift_resolver.model_alone]\ndrg = 0.5\n", "line 2: there is no setting 'drg' in [components.casesift_resolver.model_alone]; did you mean 'drug'?"),
        ("primary_weight = 18\n", "line 1: 'primary_weight = 18' stands in no section"),
        ("[records]\nprimary_weight\n", "line 2: primary_weight\\n is neither a [section] nor a setting with its value"),
        ("[records]\n[reading]\n[records]\n", "line 3: the section [records] stands twice"),
        ("[records]\nprimary_weight = 1\nprimary_weight = 2\n", "line 3: 'primary_weight' stands twice in [records]"),
    ],
)  # fmt: skip
def test_what_is_no_setting_is_refused_with_its_line(written, text: str, message: str) -> None:
    assert refused(written(text)) == message


def test_part_of_a_table_leaves_the_rest_of_it(written) -> None:
    for text in ('[components.casesift_resolver]\nmodel_alone = {"drug": 0.9}\n', "[components.casesift_resolver.model_alone]\ndrug = 0.9\n"):  # fmt: skip
        stage = read_settings(written(text)).language["components"]["casesift_resolver"]
        assert stage["model_alone"] == {
            "drug": 0.9,
            "diagnosis": defaults("casesift_resolver")["model_alone"]["diagnosis"],
        }


def test_a_stage_of_somebody_elses_is_left_to_spacy(written) -> None:
    path = written(
        '[nlp]\npipeline = ["casesift_sentences", "mine"]\n\n[components.mine]\nfactory = "entity_ruler"\nphrase_matcher_attr = "LOWER"\n'
    )
    assert language.load(read_settings(path)).pipe_names == ["casesift_sentences", "mine"]


def test_a_stage_under_another_name_has_the_settings_of_its_kind(written) -> None:
    stage = '[components.mine]\nfactory = "casesift_sentences"\n'
    assert read_settings(written(stage)).language["components"]["mine"] == {"factory": "casesift_sentences"}
    assert refused(written(stage + 'metod = "rules"\n')) == (
        "line 3: there is no setting 'metod' in [components.mine]; did you mean 'method'?"
    )


def test_settings_are_refused_before_anything_is_loaded(written) -> None:
    with pytest.raises(LanguageError, match="did you mean 'max_pages'"):
        Extractor(written("[reading]\nmax_page = 3\n"))


def test_the_file_is_read_once(written) -> None:
    path = written('[nlp]\npipeline = ["casesift_sentences"]\n\n[records]\nevidence_length = 100\n')
    extractor = Extractor(path)
    fingerprint = Extractor(path).fingerprint
    path.write_text("[nlp]\npipeline = []\n", encoding="utf-8")
    assert extractor.nlp.pipe_names == ["casesift_sentences"]
    assert extractor.fingerprint == fingerprint
    assert extractor.settings.records.evidence_length == 100


def test_the_fingerprint_tells_settings_apart_and_not_files(written, tmp_path: Path) -> None:
    plain, same = Extractor().fingerprint, Extractor(written("[records]\nprimary_weight = 3\n")).fingerprint
    assert plain == same
    for text in ("[records]\nprimary_weight = 17\n", "[reading]\nmax_pages = 3\n", "[nlp]\nbatch_size = 9\n"):
        assert Extractor(written(text)).fingerprint != plain
    drugs = tmp_path / "drugs.csv"
    drugs.write_text("name\nfoozumab\n", encoding="utf-8")
    one = Extractor(written('[vocabulary]\ndrugs = "drugs.csv"\n')).fingerprint
    drugs.write_text("name\nfoozumab\nbarzumab\n", encoding="utf-8")
    assert len({plain, one, Extractor(tmp_path / "my.cfg").fingerprint}) == 3


def test_settings_can_be_sent_and_not_changed(written) -> None:
    settings = read_settings(written("[records]\nprimary_weight = 17\n"))
    again: Settings = pickle.loads(pickle.dumps(settings))
    assert again == settings and hash(again) == hash(settings) and again.digest == settings.digest
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.records.primary_weight = 3.0  # type: ignore[misc]


def test_every_setting_has_its_default_in_the_packaged_file_and_a_comment() -> None:
    from extract.configuration import CONFIG

    lines = CONFIG.read_text(encoding="utf-8").splitlines()
    for section, kind in (("reading", ReadingSettings), ("records", RecordsSettings)):
        at = lines.index(f"[{section}]")
        end = next(i for i in range(at + 1, len(lines)) if lines[i].startswith("["))
        keys = [line.split(" = ")[0] for line in lines[at + 1 : end] if " = " in line and not line.startswith("#")]
        assert keys == [field.name for field in dataclasses.fields(kind)]
        assert lines[at + 1].startswith("# ")


def test_single_settings_by_name() -> None:
    assert read_settings(**{"records.primary_weight": 12}).records.primary_weight == 12
    with pytest.raises(LanguageError, match=r"there is no section \[components.nothing\]"):
        read_settings(**{"components.nothing.x": 1})
