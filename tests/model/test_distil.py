"""Distillation: the student reads as the network does, its lessons are the teacher's opinion, and it learns what that knows."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from thinc.api import Model, set_dropout_rate

from extract.errors import PipelineError
from extract.language.model.features import Extractor
from extract.language.model.forward import Forward
from extract.language.model.member import Member
from extract.language.model.tagger import Tagger, lay_out
from pipelines.train import corpus, distil
from pipelines.train.loop import Schedule, fit
from pipelines.train.recipe import read_settings, teach, tokenizing

NLP = tokenizing()
DRUGS = ("ibuprofen", "metformin", "aspirin", "warfarin", "digoxin")
ILLNESSES = ("gout", "asthma", "diabetes", "migraine", "angina")
TEXTS = ("She took ibuprofen 10 mg daily for gout and had a rash.", "He denied pain. He had no fever.", "Aspirin.")


def extractor(seed: int = 0) -> Extractor:
    table = np.random.default_rng(seed).normal(size=(50, 8)).astype(np.float32)
    return Extractor(table, hashes=2, shortest=3, longest=4)


def member(words: Extractor, tags: int, seed: int) -> Member:
    made = Member(tags, words, {"width": 16, "depth": 2, "rows": (200, 50, 100, 50, 10), "dropout": 0.0})
    noise = np.random.default_rng(seed)
    for _, node, name in made.parameters():
        value = node.get_param(name)
        node.set_param(name, value + noise.normal(scale=0.1, size=value.shape).astype(np.float32))
    return made


def untrained() -> Tagger:
    """Two members with random parameters and the same word vectors."""
    heads, words = lay_out({"a": ["diagnosis", "drug"], "b": ["drug"]}), extractor()
    return Tagger(heads, [member(words, heads[-1].columns.stop, seed) for seed in (1, 2)])


def write_corpus(folder: Path, number: int = 40) -> None:
    folder.mkdir(parents=True)
    for part, shift in (("train", 0), ("dev", 1)):
        rows = []
        for i in range(number):
            drug, illness = DRUGS[i % 5], ILLNESSES[(i // 5 + shift) % 5]
            text = f"She took {drug} for {illness}."
            at = text.index(illness)
            spans = ((9, 9 + len(drug), "drug"), (at, at + len(illness), "diagnosis"))
            rows.append(corpus.AnnotatedText(f"{part}{i}", text, spans))
        corpus.write_jsonl(rows, folder / f"{part}.jsonl")


def gradients(network: Model) -> dict[tuple[int, str], np.ndarray]:
    """Of every parameter, which are set back."""
    kept = {}
    for i, node in enumerate(network.walk()):
        for name in node.grad_names:
            if node.has_grad(name):
                kept[i, name] = node.get_grad(name).copy()
                node.set_grad(name, np.zeros_like(kept[i, name]))
    return kept


def test_words_embedded_once_a_form_teach_the_same_as_one_after_the_other() -> None:
    teacher, forms = untrained(), distil.Forms()
    network = teacher.members[0].network
    set_dropout_rate(network, 0.0)
    lessons = distil.raw_lessons(teacher, NLP, TEXTS, forms)
    features = forms.features(np.concatenate([lesson.forms for lesson in lessons]))
    ends = np.cumsum([0, *(lesson.tokens for lesson in lessons)])
    plain, back_plain = network.begin_update([features.part(a, b) for a, b in pairwise(ends)])
    gradient = np.random.default_rng(0).normal(size=plain.shape).astype(np.float32)
    back_plain(gradient)
    expected = gradients(network)
    scores, back = distil._read(network, features, [lesson.tokens for lesson in lessons])
    back(gradient)
    np.testing.assert_allclose(scores, plain, atol=1e-5)
    for key, value in gradients(network).items():
        np.testing.assert_allclose(value, expected[key], atol=1e-4, err_msg=str(key))


def test_the_teachers_opinion_is_what_its_members_score_on_the_average() -> None:
    teacher, forms = untrained(), distil.Forms()
    lessons = distil.raw_lessons(teacher, NLP, TEXTS, forms)
    features = forms.features(np.concatenate([lesson.forms for lesson in lessons]))
    opinion = distil._opinion([Forward(m.network) for m in teacher.members], features, lessons)
    at = 0
    for text, lesson in zip(TEXTS, lessons, strict=True):
        own = teacher.members[0].extractor(NLP.make_doc(text))
        expected = np.mean([m.scores(own) for m in teacher.members], axis=0)
        np.testing.assert_allclose(opinion[at : at + lesson.tokens], expected, atol=1e-4)
        at += lesson.tokens


def test_short_texts_are_joined_in_order() -> None:
    assert list(distil.gathered(["one two", "three", "four five six", "seven"], 3)) == [
        "one two three",
        "four five six",
        "seven",
    ]


def taught(tmp_path: Path) -> Path:
    """The folder of a model of two members, trained on the corpus `data/a`."""
    write_corpus(tmp_path / "data" / "a")
    docs = {
        part: {"a": [corpus.to_doc(NLP, t) for t in corpus.read(tmp_path / "data" / "a" / f"{part}.jsonl")]}
        for part in ("train", "dev")
    }
    heads, words = lay_out({"a": ["diagnosis", "drug"]}), extractor()
    members = []
    for seed in (1, 2):
        one = Tagger(heads, [member(words, heads[-1].columns.stop, seed)])
        fit(one, docs["train"], docs["dev"], Schedule(epochs=8, batch_tokens=30, rate=0.02, warmup=5, seed=seed))
        members += one.members
    Tagger(heads, members).to_disk(tmp_path / "teacher")
    return tmp_path / "teacher"


def test_one_member_learns_what_two_know(tmp_path: Path) -> None:
    teacher = taught(tmp_path)
    raw = tmp_path / "raw.txt"
    raw.write_text(
        "\n".join(f"He was given {drug} against {x}." for drug in DRUGS for x in ILLNESSES), encoding="utf-8"
    )
    (tmp_path / "settings.cfg").write_text(
        '[corpora]\na = "a"\n[distillation]\nepochs = 2\nraw_passes = 1.0\nbatch_tokens = 60\nrate = 0.002\nwarmup = 2\ngather = 5\n',
        encoding="utf-8",
    )
    counts = teach(
        teacher, tmp_path / "data", tmp_path / "student", raw=[raw], settings=read_settings(tmp_path / "settings.cfg")
    )
    assert counts["a"]["micro"].strict_prf[2] > 0.9
    student = Tagger.from_disk(tmp_path / "student")
    assert len(student.members) == 1 and student.heads == Tagger.from_disk(teacher).heads
    assert student.about["distillation"]["raw_passes"] == 1.0 and student.about["calibration"]["a"]["drug"]["curve"]


def test_members_with_word_vectors_of_their_own_teach_nobody(tmp_path: Path) -> None:
    write_corpus(tmp_path / "data" / "a", 1)
    (tmp_path / "settings.cfg").write_text('[corpora]\na = "a"\n', encoding="utf-8")
    heads = lay_out({"a": ["diagnosis", "drug"]})
    Tagger(heads, [member(extractor(s), heads[-1].columns.stop, s) for s in (1, 2)]).to_disk(tmp_path / "teacher")
    with pytest.raises(PipelineError, match=r"the teacher's members have different word vectors.*--vectors"):
        teach(
            tmp_path / "teacher", tmp_path / "data", tmp_path / "s", settings=read_settings(tmp_path / "settings.cfg")
        )
