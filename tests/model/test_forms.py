"""Forms of words are embedded once: what a document scores does not depend on what was read before it."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.lang.en import English

from extract.language.model import features
from extract.language.model.features import Extractor
from extract.language.model.forward import Forward
from extract.language.model.member import Member

NLP = English()
FIRST = "She took ibuprofen 10 mg daily for gout."
SECOND = "He took metformin daily for diabetes, and ibuprofen for gout."


def reader() -> Member:
    table = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    words = Extractor(table, hashes=2, shortest=3, longest=4)
    member = Member(9, words, {"width": 16, "depth": 2, "rows": (200, 50, 100, 50, 10), "dropout": 0.0})
    noise = np.random.default_rng(1)
    for _, node, name in member.parameters():
        value = node.get_param(name)
        node.set_param(name, noise.normal(scale=0.3, size=value.shape).astype(np.float32))
    member._forward = Forward(member.network)  # as one from disk: its parameters do not change any more
    return member


def scores(member: Member, text: str) -> np.ndarray:
    return member.scores(member.extractor(NLP(text)))


def test_what_was_read_before_changes_no_score() -> None:
    alone, after = reader(), reader()
    scores(after, FIRST)
    # how many words are embedded at a time decides which kernel multiplies them: on some processors the last bit differs
    np.testing.assert_allclose(scores(after, SECOND), scores(alone, SECOND), rtol=1e-5, atol=1e-5)
    assert (scores(after, SECOND) == scores(after, SECOND)).all()


def test_forms_that_are_kept_score_as_the_network_does() -> None:
    member = reader()
    scores(member, FIRST)
    made = member.extractor(NLP(SECOND))
    expected = member.network.predict([made])
    np.testing.assert_allclose(member.scores(made), expected, atol=1e-4)


def test_a_full_memory_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = (FIRST, SECOND, FIRST, f"{SECOND} {FIRST}")
    expected = [scores(reader(), text) for text in texts]
    monkeypatch.setattr(features, "_KEPT", 12)
    small, memories = reader(), []
    for text, wanted in zip(texts, expected, strict=True):
        assert (scores(small, text) == wanted).all()
        kept = small.extractor._kept
        assert len(kept.places) <= len(kept.vectors)
        memories += [kept] if not memories or memories[-1] is not kept else []
    assert len(memories) > 1


def test_a_text_with_more_forms_than_are_kept_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = scores(reader(), SECOND)
    monkeypatch.setattr(features, "_KEPT", 3)
    assert (scores(reader(), SECOND) == expected).all()


def test_forms_in_blocks_are_embedded_as_all_at_once() -> None:
    member = reader()
    made = member.extractor(NLP(" ".join(f"word{n} Word{n} {n}" for n in range(40))))
    forward = Forward(member.network)
    together = forward.embed(made.hashes, made.vectors)
    for block in (1, 7, 32, 500):
        np.testing.assert_allclose(forward.embed(made.hashes, made.vectors, block), together, atol=1e-5)
    assert forward.embed(made.hashes[:0], made.vectors[:0], 32).shape == (0, 16)
