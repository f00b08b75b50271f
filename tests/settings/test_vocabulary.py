"""A user's own drugs, vehicles, diagnoses and stop words, from the configuration to the rows, as the commands give them."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import spacy

from extract import Extractor, language
from extract.document import SourceText
from extract.errors import LanguageError
from extract.language.own_vocabulary import KINDS, own_vocabulary

EXAMPLE = Path(__file__).parents[2] / "examples" / "vocabulary"
TEXT = """Case report

A 54-year-old woman with Halloway's papulosis was seen in our clinic. She also had ward 7 rash.

She was started on velosirtinib 40 mg orally once daily for 6 weeks. VSTB was then stopped. Prednisone 20 mg daily was given for \
2 weeks, and aspirin 100 mg daily.

Tacrolimus 0.1% in Dermovance base was applied topically twice daily for 4 weeks.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's files, with aspirin among the stop words, and a report."""
    folder = tmp_path_factory.mktemp("vocabulary")
    shutil.copytree(EXAMPLE, folder / "words")
    with (folder / "words" / "stop_words.csv").open("a", encoding="utf-8") as stream:
        stream.write("aspirin,drug,\n")
    (folder / "reports").mkdir()
    (folder / "reports" / "own.txt").write_text(TEXT, encoding="utf-8")
    return folder


def casesift(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipelines.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rows(path: Path, *columns: str) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [tuple(row[c] for c in columns) for row in csv.DictReader(stream)]


def test_a_run_writes_rows_of_the_users_words_and_reads_anew_when_they_change(folder: Path) -> None:
    out, config = folder / "out", folder / "words" / "my.cfg"
    command = ("run", folder / "reports", "--out", out, "--config", config, "--workers", "1")
    done = casesift(*command)
    assert done.returncode == 0, done.stderr
    assert rows(out / "diagnoses.csv", "text", "diagnosis", "code") == [
        ("Halloway's papulosis", "halloway syndrome", "L98.8"), ("ward 7 rash", "ward 7 rash", ""),
    ]  # fmt: skip
    treatments = rows(out / "treatments.csv", "drug", "code", "dose_text", "vehicle")
    assert ("velosirtinib", "", "40 mg", "") in treatments
    assert ("tacrolimus", "DB00864", "0.1%", "Dermovance base") in treatments
    assert "aspirin" not in {drug for drug, *_ in treatments}
    assert ("drug", "VSTB", "velosirtinib") in rows(out / "mentions.csv", "label", "text", "norm")
    assert "aspirin" not in {text for (text,) in rows(out / "mentions.csv", "text")}

    again = casesift(*command)
    assert again.returncode == 0 and "1 unchanged" in again.stdout + again.stderr
    with (folder / "words" / "stop_words.csv").open("a", encoding="utf-8") as stream:
        stream.write("prednisone,,\n")
    assert casesift(*command).returncode == 0
    assert {drug for (drug,) in rows(out / "treatments.csv", "drug")} == {"velosirtinib", "tacrolimus"}

    broken = folder / "words" / "drugs.csv"
    kept = broken.read_text(encoding="utf-8")
    broken.write_text("name,system\nvelosirtinib,DrugBnk\n", encoding="utf-8")
    refused = casesift(*command)
    broken.write_text(kept, encoding="utf-8")
    assert refused.returncode == 2
    assert refused.stderr.strip().splitlines() == [
        f"casesift: {broken}: bad-config: line 2: system: 'DrugBnk' is not one of DrugBank, MeSH; did you mean 'DrugBank'?"
    ]


def test_show_tells_them_too(folder: Path) -> None:
    plain = json.loads(casesift("show", folder / "reports" / "own.txt", "--json").stdout)
    own = json.loads(
        casesift("show", folder / "reports" / "own.txt", "--config", folder / "words" / "my.cfg", "--json").stdout
    )
    assert "Dermovance base" not in {t["vehicle"] for t in plain["treatments"]}
    assert "Dermovance base" in {t["vehicle"] for t in own["treatments"]}
    assert {t["drug"] for t in plain["treatments"]} >= {"aspirin", "tacrolimus"}
    assert {t["drug"] for t in own["treatments"]} >= {"velosirtinib", "tacrolimus"}
    assert "aspirin" not in {t["drug"] for t in own["treatments"]}


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("drugs", "name;synonyms\r\nfoo;bar\r\n", "line 1: the columns are not separated by commas"),
        ("drugs", "name,sinonyms\nfoo,bar\n", "line 1: there is no column 'sinonyms'; did you mean 'synonyms'?"),
        ("drugs", "synonyms\nbar\n", "line 1: the column 'name' is missing"),
        ("drugs", "# mine\nname\nfoo,bar\n", "line 3: 2 cells under 1 columns"),
        ("diagnoses", "code,names\nXYZ,foo disease\n", "line 2: 'XYZ' is no ICD-10-CM code"),
        ("vehicles", "name,kind\nfoo,bse\n", "line 2: kind: 'bse' is not one of base, oil, solvent, fluid, gas, carrier; did you mean 'base'?"),
        ("stop_words", "word,label\nfoo,drugg\n", "line 2: label: 'drugg' is not one of "),
    ],
)  # fmt: skip
def test_a_broken_row_is_refused_as_the_pipeline_loads(tmp_path: Path, kind: str, text: str, message: str) -> None:
    (tmp_path / "words.csv").write_text(text, encoding="utf-8")
    (tmp_path / "my.cfg").write_text(f'[vocabulary]\n{kind} = "words.csv"\n', encoding="utf-8")
    with pytest.raises(LanguageError) as told:
        _ = Extractor(tmp_path / "my.cfg").nlp
    assert told.value.what.startswith(message)
    assert told.value.file == str(tmp_path / "words.csv")


def test_words_are_read_with_the_settings_and_not_again(tmp_path: Path) -> None:
    words = tmp_path / "words.csv"
    words.write_text("name\nvelosirtinib\n", encoding="utf-8")
    (tmp_path / "my.cfg").write_text(
        '[vocabulary]\ndrugs = "words.csv"\n\n[nlp]\npipeline = ["casesift_sentences", "casesift_terms"]\n',
        encoding="utf-8",
    )
    extractor = Extractor(tmp_path / "my.cfg")
    words.unlink()
    doc = language.analyse(extractor.nlp, SourceText("She took velosirtinib and aspirin.", "text"))
    assert [s.text for s in doc.spans["terms"] if s.label_ == "drug"] == ["velosirtinib", "aspirin"]


def test_a_stage_alone_takes_a_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_text("name,abbreviations\nvelosirtinib,VSTB\n", encoding="utf-8")
    nlp = spacy.blank("en")
    nlp.add_pipe("casesift_sentences")
    nlp.add_pipe("casesift_terms", config={"vocabulary": {"drugs": {"path": str(tmp_path / "words.csv")}}})
    doc = nlp("She took VSTB, not vstb. Velosirtinib was stopped.")
    assert [s.text for s in doc.spans["terms"] if s.label_ == "drug"] == ["VSTB", "Velosirtinib"]


def test_kinds_are_those_of_the_configuration() -> None:
    from extract.configuration import packaged_sections

    assert set(KINDS) == set(packaged_sections()["vocabulary"])
    with pytest.raises(LanguageError, match="there is no vocabulary 'drug'"):
        own_vocabulary({"drug": {"path": "x"}})
