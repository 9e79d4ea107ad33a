"""The shipped classifier on sentences that it has not seen, and the shipped wordings of danger on those it has."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.understanding import crisis_words, examples
from bot.understanding.alphabets import ALPHABETS
from bot.understanding.cases import Case, load_cases, seen_in_training
from bot.understanding.crisis_words import CrisisWords
from bot.understanding.encoder import RememberingEncoder, Vector
from bot.understanding.evaluate import Report, evaluate
from bot.understanding.language import Languages, script_of
from bot.understanding.model import Model, load_model
from bot.understanding.normalise import tidy
from bot.understanding.own_letters import OwnLetters
from bot.understanding.pipeline import Pipeline
from bot.understanding.search import Search
from bot.understanding.train import stale
from bot.understanding.tuned import open_encoder
from bot.understanding.vectors import VectorFile

ROOT = Path(__file__).parents[2]
INTENTS = ROOT / "intents"
CASES = Path(__file__).parent

# Floors that tell a broken classifier from a working one. They are below what was measured (92.0 % and, in the
# weakest language, 95.2 %) and below what is wanted: `lotse evaluate` prints the figures as they are.
FIRST, CRISIS_NOTICED = 0.89, 0.9


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(INTENTS / "model.npz")


@pytest.fixture(scope="module")
def training() -> list[examples.Example]:
    return examples.load(INTENTS).examples


@pytest.fixture(scope="module")
def words() -> CrisisWords:
    return crisis_words.load(INTENTS / "crisis.yml")


@pytest.fixture(scope="module")
def cases(model: Model) -> list[Case]:
    return load_cases(CASES, model.intents)


class KeptVectors:
    """The encoder, with vectors kept from run to run: thousands of sentences take minutes the first time."""

    def __init__(self) -> None:
        self._encoder = open_encoder(INTENTS / "encoder.npz", ROOT / "var")
        self.name, self.dimension = self._encoder.name, self._encoder.dimension
        self._kept = VectorFile(ROOT / "var/vectors/evaluation.bin", self.name, self.dimension)

    def passage(self, text: str) -> Vector:
        raise NotImplementedError(text)

    def query(self, text: str) -> Vector:
        vector: Vector = self._kept.vectors([text], self._encoder.query)[0]
        return vector


@pytest.fixture(scope="module")
def some(cases: list[Case]) -> list[Case]:
    """Every third sentence: `lotse evaluate` reads all of them, which takes minutes."""
    return cases[::3]


@pytest.fixture(scope="module")
def report(some: list[Case], model: Model, words: CrisisWords, tmp_path_factory: pytest.TempPathFactory) -> Report:
    encoder = KeptVectors()
    vectors = VectorFile(tmp_path_factory.mktemp("vectors") / "passages.bin", encoder.name, encoder.dimension)
    pipeline = Pipeline(
        model=model,
        encoder=RememberingEncoder(encoder),
        finder=RememberingEncoder(encoder),
        languages=Languages(model.languages),
        crisis_words=words,
        search=Search(encoder, vectors),
    )
    found = asyncio.run(evaluate(pipeline, some))
    for row in [found.columns, *found.rows]:
        print(" ".join(f"{cell:>12}" for cell in row))
    return found


def test_the_shipped_classifier_is_that_of_the_training_data(model: Model) -> None:
    assert not stale(model, INTENTS), "run `lotse train` and commit intents/model.npz"


def test_the_shipped_classifier_knows_every_trained_intent_and_no_button(
    model: Model, training: list[examples.Example]
) -> None:
    assert set(model.intents) == {example.intent for example in training}
    assert not examples.BUTTONS_ONLY & set(model.intents)


def test_no_harmless_training_example_is_hit_by_a_wording_of_danger(
    words: CrisisWords, training: list[examples.Example], model: Model
) -> None:
    own = OwnLetters(model.lexicon)
    hits = {e.text: words.find(e.text) or words.find(own.read(tidy(e.text), e.language)) for e in training}
    harmless = [f"{e.path}:{e.line}" for e in training if not e.intent.startswith("crisis.") and hits[e.text]]
    assert harmless == []
    # Most examples of danger are written without such a wording: a share would fall with each that is added.
    assert sum(hits[e.text] is not None for e in training if e.intent.startswith("crisis.")) >= 750


@pytest.mark.parametrize("language", sorted(ALPHABETS))
def test_what_is_typed_in_latin_letters_is_read_in_those_of_the_language(
    model: Model, cases: list[Case], language: str
) -> None:
    own = OwnLetters(model.lexicon)
    typed = [tidy(case.text) for case in cases if case.language == language and script_of(case.text) == "latin"]
    words = [word for text in typed for word in own.read(text, language).split()]
    assert sum(script_of(word) != "latin" for word in words) > len(words) / 2


def test_no_evaluation_sentence_was_learned(cases: list[Case], training: list[examples.Example]) -> None:
    assert [str(fault) for fault in seen_in_training(cases, training)] == []


def test_most_sentences_are_understood_first(report: Report) -> None:
    assert report.whole.first >= FIRST


def test_danger_is_noticed_in_every_language(report: Report) -> None:
    missed = {f.name: f.crisis_noticed for f in report.by_language if (f.crisis_noticed or 1.0) < CRISIS_NOTICED}
    assert missed == {}
