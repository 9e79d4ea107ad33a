from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.understanding.vectors import VectorFile
from tests.unit.understanding.conftest import WordEncoder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "training.bin"


def opened(path: Path, encoder: str = "words") -> VectorFile:
    return VectorFile(path, encoder, WordEncoder.dimension)


def test_texts_are_encoded_once_in_their_life(path: Path, word_encoder: WordEncoder) -> None:
    fresh = opened(path).vectors(["a", "b", "a"], word_encoder.query)
    kept = opened(path).vectors(["b", "a", "c"], word_encoder.query)
    assert sorted(word_encoder.calls) == ["a", "b", "c"]
    assert np.array_equal(fresh[[1, 0]], kept[:2])
    assert np.allclose(kept[2], word_encoder.query("c"), atol=1e-3)


def test_no_texts_give_no_rows(path: Path, word_encoder: WordEncoder) -> None:
    assert opened(path).vectors([], word_encoder.query).shape == (0, WordEncoder.dimension)


def test_a_torn_record_is_encoded_anew(path: Path, word_encoder: WordEncoder) -> None:
    whole = opened(path).vectors(["a", "b"], word_encoder.query)
    path.write_bytes(path.read_bytes()[:-3])
    again = opened(path)
    assert (again.knows(["a"]), again.knows(["b"])) == (True, False)
    assert np.array_equal(again.vectors(["a", "b"], word_encoder.query), whole)
    assert opened(path).knows(["a", "b"])


def test_a_damaged_record_is_encoded_anew(path: Path, word_encoder: WordEncoder) -> None:
    whole = opened(path).vectors(["a", "b"], word_encoder.query)
    content = bytearray(path.read_bytes())
    content[-20:] = b"\x7b" * 20
    path.write_bytes(content)
    assert len(opened(path)) == 1
    assert np.array_equal(opened(path).vectors(["a", "b"], word_encoder.query), whole)


def test_vectors_of_another_encoder_are_not_used(path: Path, word_encoder: WordEncoder) -> None:
    opened(path, "other").vectors(["a"], word_encoder.query)
    assert len(opened(path, "other")) == 1
    assert len(opened(path)) == 0


def test_progress_counts_new_texts_alone(path: Path, word_encoder: WordEncoder) -> None:
    opened(path).vectors(["a"], word_encoder.query)
    seen: list[tuple[int, int]] = []
    opened(path).vectors(["a", "b", "c"], word_encoder.query, progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(2, 2)]


def test_what_is_shipped_is_known_and_never_written(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped.bin", tmp_path / "own.bin"
    encoder = WordEncoder()
    made = VectorFile(tmp_path / "maker.bin", encoder.name, encoder.dimension)
    steps: list[tuple[int, int]] = []
    assert made.write(shipped, ["b", "a", "b"], encoder.query, lambda done, of: steps.append((done, of))) == 2
    assert (steps, sorted(encoder.calls)) == ([(2, 2)], ["a", "b"])
    before = shipped.read_bytes()
    kept = VectorFile(own, encoder.name, encoder.dimension, shipped=shipped)
    assert kept.knows(["a", "b"])
    assert np.array_equal(kept.vectors(["a"], encoder.query), made.vectors(["a"], encoder.query))
    kept.vectors(["c"], encoder.query)
    assert sorted(encoder.calls) == ["a", "b", "c"]
    assert shipped.read_bytes() == before
    other = VectorFile(own, "another encoder", encoder.dimension, shipped=shipped)
    assert not other.knows(["a"])
