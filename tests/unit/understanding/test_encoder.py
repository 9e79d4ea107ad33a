from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.encoder import E5, RememberingEncoder
from tests.unit.understanding.conftest import WordEncoder


def test_the_same_meaning_in_two_languages_is_closer_than_another_meaning(e5: E5) -> None:
    flat, wohnung, doctor = map(e5.query, ["I need a flat", "Ich brauche eine Wohnung", "I need a doctor today"])
    assert flat @ wohnung > flat @ doctor


def test_vectors_have_length_one_and_the_promised_size(e5: E5) -> None:
    for vector in (e5.query("كيف حالك"), e5.passage("Ein Satz."), e5.query("")):
        assert vector.shape == (e5.dimension,)
        assert vector.dtype == np.float32
        assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-3)


async def test_a_text_is_encoded_once(word_encoder: WordEncoder) -> None:
    encoder = RememberingEncoder(word_encoder)
    first = await encoder.query("a")
    assert await encoder.query("a") is first
    assert word_encoder.calls == ["a"]


async def test_memory_is_bounded_and_keeps_what_was_used_last(word_encoder: WordEncoder) -> None:
    encoder = RememberingEncoder(word_encoder, remembered=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        await encoder.query(text)
    assert word_encoder.calls == ["a", "b", "c", "b"]


async def test_remembered_vectors_cannot_be_changed(word_encoder: WordEncoder) -> None:
    vector = await RememberingEncoder(word_encoder).query("a")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 5
