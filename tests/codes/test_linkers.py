"""scispaCy's linkers: a small one, made as scispaCy keeps them, gives codes to what has none of ours."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import joblib
import nmslib
import pytest
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from typer.testing import CliRunner

from extract import Extractor
from extract.errors import Code, LanguageError
from extract.language.codes import linkers
from pipelines.cli import app

CONCEPTS = {
    "C9900001": ("zorbexamide", ["zorbex"]),
    "C9900002": ("numb thumb syndrome", ["thumb numbness"]),
    "C9900003": ("aspirin", []),
}
TEXT = "A 40-year-old man with gout was given zorbexamide 30 mg daily and aspirin 100 mg daily.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a linker, as scispaCy makes them."""
    folder = tmp_path_factory.mktemp("linker") / "small"
    folder.mkdir()
    lines = [
        json.dumps({"concept_id": code, "canonical_name": name, "aliases": aliases, "types": []})
        for code, (name, aliases) in CONCEPTS.items()
    ]
    (folder / "kb.jsonl").write_text("\n".join(lines) + "\n")
    names = [n for name, aliases in CONCEPTS.values() for n in (name, *aliases)]
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=1)
    vectors = vectorizer.fit_transform(names).astype("float32")
    joblib.dump(vectorizer, folder / "tfidf_vectorizer.joblib")
    (folder / "concept_aliases.json").write_text(json.dumps(names))
    scipy.sparse.save_npz(folder / "tfidf_vectors_sparse.npz", vectors)
    index = nmslib.init(method="hnsw", space="cosinesimil_sparse", data_type=nmslib.DataType.SPARSE_VECTOR)
    index.addDataPointBatch(vectors)
    index.createIndex({"M": 10, "efConstruction": 20, "post": 0}, print_progress=False)
    index.saveIndex(str(folder / "nmslib_index.bin"))
    return folder


@pytest.fixture
def cache(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """scispaCy's cache with the linker in the place of "rxnorm"."""
    from scispacy import file_cache
    from scispacy.candidate_generation import DEFAULT_PATHS

    monkeypatch.setattr(file_cache, "DATASET_CACHE", str(tmp_path))
    addresses = dict(zip(DEFAULT_PATHS["rxnorm"], linkers.FILES, strict=True))
    for address, file in addresses.items():
        shutil.copy(folder / file, tmp_path / f"{sha256(address.encode()).hexdigest()}.{'0' * 64}.{file}")
    address = (
        DEFAULT_PATHS["rxnorm"]
        .ann_index.replace("linkers", "kbs")
        .replace("rxnorm/nmslib_index.bin", "umls_rxnorm_2022.jsonl")
    )
    shutil.copy(folder / "kb.jsonl", tmp_path / f"{sha256(address.encode()).hexdigest()}.umls_rxnorm_2022.jsonl")
    linkers.linker.cache_clear()
    return tmp_path


def test_a_name_finds_its_concept_and_a_strange_one_none(folder: Path) -> None:
    known = linkers.Linker(str(folder))
    found = known.look_up(["zorbexamide", "thumb numbness", "peritonitis"], 0.95)
    assert found == [
        linkers.Concept("C9900001", "zorbexamide", 1.0),
        linkers.Concept("C9900002", "numb thumb syndrome", 1.0),
        None,
    ]
    assert known.look_up([], 0.95) == []


def test_what_has_no_code_of_ours_gets_one(folder: Path, tmp_path: Path) -> None:
    config = tmp_path / "my.cfg"
    (tmp_path / "drugs.csv").write_text("name,synonyms,brands,abbreviations,system,code,comment\nzorbexamide,,,,,,\n")
    config.write_text(f'[vocabulary]\ndrugs = "drugs.csv"\n[components.casesift_codes]\nlinkers = ["{folder}"]\n')
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    report = Extractor(config)(path)
    assert [(t.drug, t.code_system, t.code) for t in report.treatments] == [
        ("zorbexamide", "UMLS", "C9900001"), ("aspirin", "DrugBank", "DB00945"),
    ]  # fmt: skip
    assert [d.code_system for d in report.diagnoses] == ["ICD-10-CM"]
    assert report.document.code_lists.endswith("; UMLS of small")


def test_scispacys_own_are_opened_from_its_cache_without_a_network(cache: Path) -> None:
    assert linkers.at_hand() == ["rxnorm"] and linkers.describe() == "scispaCy's at hand: rxnorm"
    assert linkers.release("rxnorm") == "UMLS of scispaCy's rxnorm 2023-04-23"
    [concept] = linkers.Linker("rxnorm").look_up(["zorbex"], 0.95)
    assert concept is not None and concept.code == "C9900001"


@pytest.mark.parametrize(
    ("name", "says"),
    [("umls", "scispaCy's linker 'umls' is not on this machine; fetch it once"), ("atc", "there is no linker 'atc'; scispaCy's are go, hpo, mesh, rxnorm, umls")],
)  # fmt: skip
def test_one_that_is_not_here_is_refused_before_any_document(cache: Path, tmp_path: Path, name: str, says: str) -> None:
    config, papers = tmp_path / "my.cfg", tmp_path / "papers"
    config.write_text(f'[components.casesift_codes]\nlinkers = ["{name}"]\n')
    papers.mkdir()
    (papers / "a.txt").write_text(TEXT)
    done = CliRunner().invoke(
        app, ["run", str(papers), "--out", str(tmp_path / "out"), "--config", str(config), "--workers", "0"]
    )
    assert done.exit_code == 2 and says in done.stderr, done.stderr


def test_a_folder_that_lacks_a_file_names_it(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "half")
    (tmp_path / "half" / "kb.jsonl").unlink()
    with pytest.raises(LanguageError, match=r"lacks kb\.jsonl") as error:
        linkers.Linker(str(tmp_path / "half"))
    assert error.value.code is Code.BAD_CONFIG
