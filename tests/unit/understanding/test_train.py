from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.understanding.encoder import E5
from bot.understanding.features import buckets
from bot.understanding.intents import guesses
from bot.understanding.model import load_model
from bot.understanding.train import stale, train
from tests.unit.understanding.conftest import ENGLISH, GERMAN, WordEncoder, WriteIntents


def test_a_handful_of_examples_teaches_unseen_sentences_in_an_unseen_language(
    write_intents: WriteIntents, tmp_path: Path, e5: E5
) -> None:
    target = tmp_path / "model.npz"
    trained = train(write_intents(), target, tmp_path / "cache", encoder=e5)
    assert (trained.examples, trained.languages) == (21, ("de", "en"))
    assert trained.intents == ("crisis.medical", "greet", "housing.find_flat")
    model = load_model(target)
    for text, intent in (
        ("we need an apartment for our family", "housing.find_flat"),
        ("Je cherche un logement", "housing.find_flat"),
        ("Bonjour", "greet"),
        ("il ne respire plus, appelez une ambulance", "crisis.medical"),
    ):
        reading = model.read(e5.query(text), buckets(text))
        assert guesses(model, reading)[0].intent == intent
    calm = model.read(e5.query("good evening"), buckets("good evening"))
    worried = model.read(e5.query("he does not breathe"), buckets("he does not breathe"))
    assert worried.danger > calm.danger


def test_the_same_data_gives_the_same_bytes_with_and_without_kept_vectors(
    write_intents: WriteIntents, tmp_path: Path, word_encoder: WordEncoder
) -> None:
    contents = []
    for cache in ("one", "one", "two"):
        train(write_intents(), tmp_path / "model.npz", tmp_path / cache, encoder=word_encoder)
        contents.append((tmp_path / "model.npz").read_bytes())
    assert contents[0] == contents[1] == contents[2]
    assert len(word_encoder.calls) == 2 * 21


def test_a_model_is_stale_when_an_example_was_added(
    write_intents: WriteIntents, tmp_path: Path, word_encoder: WordEncoder
) -> None:
    folder = write_intents()
    train(folder, tmp_path / "model.npz", tmp_path / "cache", encoder=word_encoder)
    model = load_model(tmp_path / "model.npz")
    assert not stale(model, folder)
    write_intents({"de/all.yml": GERMAN + "    - Hilfe er hat aufgehört zu atmen\n"})
    assert stale(model, folder)


def test_too_little_to_learn_from_is_said(write_intents: WriteIntents, tmp_path: Path) -> None:
    harmless = GERMAN[: GERMAN.index("- intent: crisis")]
    folder = write_intents({"de/all.yml": harmless.replace("    - Hallo\n    - Guten Morgen\n", "")})
    with pytest.raises(ConfigurationError) as caught:
        train(folder, tmp_path / "model.npz", tmp_path / "cache", encoder=WordEncoder())
    assert [fault.what for fault in caught.value.faults] == [
        "greet has no language with at least 3 examples",
        "needs examples of danger and of at least two other intents",
    ]
    assert not (tmp_path / "model.npz").exists()


def test_progress_is_told(write_intents: WriteIntents, tmp_path: Path, word_encoder: WordEncoder) -> None:
    told: list[tuple[str, int]] = []
    folder = write_intents({"en/all.yml": ENGLISH})
    train(folder, tmp_path / "m.npz", tmp_path, lambda what, done: told.append((what, done)), encoder=word_encoder)
    assert told == [("new texts read", 9), ("examples learned", 9)]
