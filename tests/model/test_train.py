"""The recipe: formats read back what was written, scores are the field's, a tiny model learns."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from spacy.tokens import DocBin

from extract.errors import PipelineError
from extract.language.model.features import Extractor
from extract.language.model.member import Member
from extract.language.model.tagger import Tagger, lay_out
from pipelines.train import corpus
from pipelines.train.calibrate import calibrate
from pipelines.train.loop import Schedule, evaluate, fit
from pipelines.train.recipe import evaluate_model, read_settings, tokenizing, train
from pipelines.train.scores import score

TEXT = "She took ibuprofen for gout."
SPANS = ((9, 18, "drug"), (23, 27, "diagnosis"))
NLP = tokenizing()


def write_corpus(folder: Path, number: int = 40) -> None:
    drugs = ["ibuprofen", "metformin", "aspirin", "warfarin", "digoxin"]
    illnesses = ["gout", "asthma", "diabetes", "migraine", "angina"]
    for part, shift in (("train", 0), ("dev", 1)):
        rows = []
        for i in range(number):
            drug, illness = drugs[i % 5], illnesses[(i // 5 + shift) % 5]
            text = f"She took {drug} for {illness}."
            at = text.index(illness)
            spans = ((9, 9 + len(drug), "drug"), (at, at + len(illness), "diagnosis"))
            rows.append(corpus.AnnotatedText(f"{part}{i}", text, spans))
        folder.mkdir(parents=True, exist_ok=True)
        corpus.write_jsonl(rows, folder / f"{part}.jsonl")


def test_jsonl_round_trip(tmp_path: Path) -> None:
    text = corpus.AnnotatedText("1", TEXT, SPANS)
    corpus.write_jsonl([text], tmp_path / "a.jsonl")
    assert corpus.read(tmp_path / "a.jsonl") == [text]


def test_brat_is_read(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text(TEXT, encoding="utf-8")
    notes = "T1\tdrug 9 18\tibuprofen\nR1\tfor Arg1:T1 Arg2:T2\nT2\tdiagnosis 23 25;25 27\tgo ut\n"
    (tmp_path / "1.ann").write_text(notes, encoding="utf-8")
    assert corpus.read(tmp_path) == [corpus.AnnotatedText("1", TEXT, SPANS)]


def test_pubtator_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "7|t|Gout.\n7|a|She took ibuprofen | daily.\n7\t0\t4\tGout\tDisease\tD1\n7\t15\t24\tibuprofen\tChemical\tD2\n7\tCID\tD2\tD1\n\n",
        encoding="utf-8",
    )
    (found,) = corpus.read(path)
    assert [(found.text[a:b], label) for a, b, label in found.spans] == [("Gout", "Disease"), ("ibuprofen", "Chemical")]


def test_docbin_round_trip(tmp_path: Path) -> None:
    corpus.to_docbin(NLP, [corpus.AnnotatedText("1", TEXT, SPANS)]).to_disk(tmp_path / "a.spacy")
    (doc,) = DocBin().from_disk(tmp_path / "a.spacy").get_docs(NLP.vocab)
    assert [(s.start_char, s.end_char, s.label_) for s in doc.spans["gold"]] == list(SPANS)


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "x", "spans": []}\n{"id": 2}\n', encoding="utf-8")
    with pytest.raises(PipelineError, match="line 2"):
        corpus.read(tmp_path / "a.jsonl")


def test_flat_keeps_the_longer() -> None:
    assert corpus.flat([(0, 2, 0), (1, 5, 1), (5, 6, 0)]) == [(1, 5, 1), (5, 6, 0)]


def test_scores_strict_and_lenient() -> None:
    counts = score([([(0, 4, "drug"), (9, 12, "drug")], [(0, 4, "drug"), (8, 12, "drug"), (20, 22, "drug")])])["drug"]
    assert counts.strict_prf == pytest.approx((1 / 2, 1 / 3, 0.4))
    assert counts.lenient_prf == pytest.approx((1.0, 2 / 3, 0.8))


def test_settings_are_overlaid(tmp_path: Path) -> None:
    (tmp_path / "c.cfg").write_text("[schedule]\nrate = 0.5\n", encoding="utf-8")
    settings = read_settings(tmp_path / "c.cfg", epochs=3)
    assert settings.schedule.rate == 0.5 and settings.schedule.epochs == 3 and settings.network["width"] > 0
    (tmp_path / "c.cfg").write_text("[schedule]\nspeed = 1\n", encoding="utf-8")
    with pytest.raises(PipelineError, match="speed"):
        read_settings(tmp_path / "c.cfg")


def test_no_training_texts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="no training texts"):
        train(tmp_path, tmp_path / "out")


def tiny() -> Tagger:
    extractor = Extractor(
        np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32), hashes=2, shortest=3, longest=4
    )
    settings = {"width": 16, "depth": 1, "rows": (200, 50, 100, 50, 10), "dropout": 0.0}
    heads = lay_out({"a": ["diagnosis", "drug"]})
    return Tagger(heads, [Member(heads[-1].columns.stop, extractor, settings)])


def test_a_tiny_model_learns_and_is_kept(tmp_path: Path) -> None:
    write_corpus(tmp_path / "a")
    docs = {
        part: {"a": [corpus.to_doc(NLP, t) for t in corpus.read(tmp_path / "a" / f"{part}.jsonl")]}
        for part in ("train", "dev")
    }
    tagger = tiny()
    best = fit(tagger, docs["train"], docs["dev"], Schedule(epochs=12, batch_tokens=30, rate=0.02, warmup=5))
    assert best["a"] > 0.9
    tagger.about["calibration"] = calibrate(tagger, docs["dev"])
    json.dumps(tagger.about)
    tagger.to_disk(tmp_path / "model")
    again = Tagger.from_disk(tmp_path / "model")
    assert evaluate(again, docs["dev"])["a"]["micro"].strict_prf[2] > 0.9


@pytest.mark.slow
def test_the_whole_recipe(tmp_path: Path) -> None:
    pytest.importorskip("floret")
    write_corpus(tmp_path / "data" / "a", 200)
    (tmp_path / "c.cfg").write_text(
        '[corpora]\na = "a"\n[vectors]\nwidth = 16\nrows = 100\nleast = 1\n[network]\nwidth = 32\n'
        "[lexicon]\nuse = false\n[schedule]\nepochs = 6\nbatch_tokens = 60\nrate = 0.01\nwarmup = 10\n",
        encoding="utf-8",
    )
    settings = read_settings(tmp_path / "c.cfg")
    first = train(tmp_path / "data", tmp_path / "m1", settings=settings)
    assert first["a"]["micro"].strict_prf[2] > 0.9
    train(tmp_path / "data", tmp_path / "m2", settings=settings)
    assert (tmp_path / "m1" / "member1.npz").read_bytes() == (tmp_path / "m2" / "member1.npz").read_bytes()
    assert evaluate_model(tmp_path / "m1", tmp_path / "data", settings=settings)["a"]["micro"].gold == 400


def test_a_model_that_finds_nothing_right_is_said_to_be_of_no_use(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from pipelines.train.commands import app

    write_corpus(tmp_path / "data" / "curated", 3)
    unlike = [corpus.AnnotatedText("d", "He had it by the oral route.", ((17, 21, "route"),))]
    corpus.write_jsonl(unlike, tmp_path / "data" / "curated" / "dev.jsonl")
    settings = tmp_path / "settings.cfg"
    settings.write_text('[corpora]\ncurated = "curated"\n')
    command = [
        "run",
        str(tmp_path / "data"),
        "--config",
        str(settings),
        "--out",
        str(tmp_path / "model"),
        "--epochs",
        "1",
    ]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 1
    assert "the model finds no mention right on its development texts (F1 0: curated)" in told.stderr
    assert "needs more texts" in told.stderr


def test_without_development_texts_nothing_is_trained(tmp_path: Path) -> None:
    write_corpus(tmp_path / "data" / "curated", 1)
    (tmp_path / "data" / "curated" / "dev.jsonl").unlink()
    (tmp_path / "settings.cfg").write_text('[corpora]\ncurated = "curated"\n')
    with pytest.raises(PipelineError, match="no development texts found"):
        train(tmp_path / "data", tmp_path / "model", settings=read_settings(tmp_path / "settings.cfg"))


def test_too_little_text_for_vectors_is_told(tmp_path: Path) -> None:
    write_corpus(tmp_path / "data" / "curated", 1)
    (tmp_path / "settings.cfg").write_text('[corpora]\ncurated = "curated"\n')
    with pytest.raises(PipelineError, match="too little text to make word vectors from"):
        train(tmp_path / "data", tmp_path / "model", settings=read_settings(tmp_path / "settings.cfg"))
