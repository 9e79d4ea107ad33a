from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.understanding.features import BUCKETS, buckets
from bot.understanding.heads import DenseHead, LanguageHead, SparseHead, softmax
from bot.understanding.model import Fitted, Model, load_model, save

INTENTS = ("crisis.medical", "crisis.suicide", "greet", "out_of_scope")


def made_up(seed: int = 0) -> Model:
    """A model of random weights, rounded as files keep them."""
    random = np.random.RandomState(seed)

    def dense(rows: int) -> DenseHead:
        weights = random.normal(size=(rows, 8)).astype(np.float16).astype(np.float32)
        return DenseHead(weights, random.normal(size=rows).astype(np.float32))

    rarity = random.uniform(1, 9, BUCKETS).astype(np.float16).astype(np.float32)

    def sparse(columns: int) -> SparseHead:
        weights = random.randint(-127, 128, (BUCKETS, columns)).astype(np.int8)
        return SparseHead(rarity, weights, np.full(columns, 0.01, np.float32), np.zeros(columns, np.float32))

    fitted = Fitted(1.3, 3.5, (0.1, 1.2, 0.9, -0.1), near=0.3, sure=0.8)
    return Model(INTENTS, "words", "d" * 64, fitted, dense(4), sparse(4), dense(1), sparse(1),
                 LanguageHead(("de", "en"), sparse(2), 4.0))  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.npz"


def refusal(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_model(path)
    return caught.value.faults[0].what


def test_a_model_reads_the_same_after_a_journey_through_its_file(path: Path) -> None:
    model = made_up()
    save(model, path)
    back = load_model(path)
    assert (back.intents, back.encoder, back.digest, back.fitted) == (
        model.intents,
        model.encoder,
        model.digest,
        model.fitted,
    )
    vector, pieces = np.linspace(0, 1, 8, dtype=np.float32), buckets("Ich brauche Hilfe")
    assert np.array_equal(back.read(vector, pieces).intents, model.read(vector, pieces).intents)
    assert back.read(vector, pieces).danger == model.read(vector, pieces).danger
    assert back.languages.chances(pieces) == model.languages.chances(pieces)


def test_probabilities_sum_to_one_with_and_without_words() -> None:
    for text in ("Ich brauche Hilfe", "?!"):
        reading = made_up().read(np.ones(8, dtype=np.float32), buckets(text))
        assert float(reading.intents.sum()) == pytest.approx(1, abs=1e-5)
        assert 0 <= reading.danger <= 1


def test_softmax_survives_huge_scores() -> None:
    assert softmax(np.array([1e4, 0, -1e4], dtype=np.float32)).tolist() == [1, 0, 0]


def test_the_same_model_gives_the_same_bytes_and_another_does_not(path: Path) -> None:
    contents = []
    for seed in (0, 0, 1):
        save(made_up(seed), path)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1] != contents[2]


def test_a_missing_model_is_named_with_the_way_to_build_it(path: Path) -> None:
    assert refusal(path) == "the classifier is missing; run `lotse train` to build it"


@pytest.mark.parametrize("keep", [0, 100, -200])
def test_a_cut_off_file_is_refused(path: Path, keep: int) -> None:
    save(made_up(), path)
    path.write_bytes(path.read_bytes()[:keep])
    assert refusal(path) == "the classifier is damaged; run `lotse train` to build it"


def test_a_flipped_byte_is_refused(path: Path) -> None:
    save(made_up(), path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert refusal(path) == "the classifier is damaged; run `lotse train` to build it"


def test_foreign_archives_and_pickled_objects_are_refused(path: Path) -> None:
    np.savez(path, about=np.array([{"a": 1}], dtype=object))
    assert refusal(path) == "the classifier is damaged; run `lotse train` to build it"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(path) == "the classifier is damaged; run `lotse train` to build it"


def test_a_model_of_another_version_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.understanding.model.FORMAT", 99)
    save(made_up(), path)
    monkeypatch.undo()
    assert refusal(path) == "the classifier is of another version of Lotse; run `lotse train` to build it"
