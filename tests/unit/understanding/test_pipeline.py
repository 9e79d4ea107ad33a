from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.core.ports import Searches, Understands
from bot.understanding.crisis_words import CrisisWords
from bot.understanding.encoder import RememberingEncoder, Vector
from bot.understanding.language import Languages
from bot.understanding.model import Model, Quick
from bot.understanding.passages import Findable, Passage
from bot.understanding.pipeline import Pipeline
from bot.understanding.search import Search
from bot.understanding.vectors import VectorFile
from bot.understanding.windows import LONGEST
from tests.unit.understanding.conftest import WordEncoder
from tests.unit.understanding.test_model import INTENTS, made_up


class EightWords(WordEncoder):
    dimension = 8  # as many as the made-up model reads


@pytest.fixture
def encoder() -> EightWords:
    return EightWords()


@pytest.fixture
def search(tmp_path: Path, encoder: EightWords) -> Search:
    return Search(encoder, VectorFile(tmp_path / "p.bin", encoder.name, encoder.dimension))


@pytest.fixture
def pipeline(encoder: EightWords, languages: Languages, search: Search) -> Pipeline:
    return around(made_up(), encoder, languages, search)


def around(model: Model, encoder: EightWords, languages: Languages, search: Search) -> Pipeline:
    words = CrisisWords([("atmet nicht", "crisis.medical")], ["film"])
    remembering = RememberingEncoder(encoder)
    return Pipeline(
        model=model, encoder=remembering, finder=remembering, languages=languages, crisis_words=words, search=search
    )


@pytest.mark.parametrize(("sure", "danger", "asked"), [(0.0, 1.0, False), (2.0, 1.0, True), (0.0, -1.0, True)])
async def test_the_encoder_is_asked_only_where_parts_of_words_leave_doubt_or_hint_at_danger(
    encoder: EightWords, languages: Languages, search: Search, sure: float, danger: float, *, asked: bool
) -> None:
    model = made_up()
    harmless = replace(model.sparse, weights=model.sparse.weights * np.array([0, 0, 1, 1], np.int8))
    model = replace(model, sparse=harmless, fitted=replace(model.fitted, quick=Quick(100.0, sure, danger)))
    found = await around(model, encoder, languages, search).understand("Guten Morgen zusammen", chosen_language="de")
    assert found.crisis is None or asked
    assert bool(encoder.calls) is asked


async def test_of_a_long_text_the_beginning_and_the_gravest_piece_are_read(
    pipeline: Pipeline, encoder: EightWords
) -> None:
    story = " ".join(f"wort{number}" for number in range(600))
    await pipeline.understand(story, chosen_language="de")
    assert len(encoder.calls) == 2
    assert encoder.calls[0] == story[: len(encoder.calls[0])]
    assert max(map(len, encoder.calls)) <= LONGEST


def test_it_is_what_the_conversation_asks_for(pipeline: Pipeline) -> None:
    understands: Understands = pipeline  # mypy checks the ports here
    searches: Searches = pipeline
    assert (understands, searches) == (pipeline, pipeline)


async def test_an_unmistakable_wording_needs_no_encoder(pipeline: Pipeline, encoder: EightWords) -> None:
    found = await pipeline.understand("mein Vater atmet nicht", chosen_language="de")
    assert (found.crisis, found.intent, found.language) == ("crisis.medical", "crisis.medical", "de")
    assert found.alternatives[0].intent == "crisis.medical"
    assert encoder.calls == []
    await pipeline.understand("mein Vater atmet nicht, Film", chosen_language="de")
    assert encoder.calls == ["mein Vater atmet nicht, Film"]


async def test_an_answer_keeps_the_text_as_it_was_written(pipeline: Pipeline) -> None:
    text = "  Ich \u200fsuche   eine Wohnung "
    found = await pipeline.understand(text, chosen_language=None)
    assert (found.text, found.language) == (text, "de")
    assert found.intent in INTENTS
    assert found.intent in {guess.intent for guess in found.alternatives}


async def test_the_same_text_is_read_once_for_each_chosen_language(pipeline: Pipeline, encoder: EightWords) -> None:
    first = await pipeline.understand("Guten Morgen zusammen", chosen_language="de")
    assert await pipeline.understand("Guten Morgen zusammen", chosen_language="de") is first
    assert await pipeline.understand("Guten Morgen zusammen", chosen_language="tr") is not first
    assert encoder.calls == ["Guten Morgen zusammen"]


@pytest.mark.parametrize("text", ["", " \n\u200b ", "\x00\x00"])
async def test_a_text_of_nothing_means_nothing(pipeline: Pipeline, encoder: EightWords, text: str) -> None:
    found = await pipeline.understand(text, chosen_language="de")
    assert (found.intent, found.crisis, found.near_crisis, found.language) == ("out_of_scope", None, False, None)
    assert await pipeline.search(text, language="de") == []
    assert encoder.calls == []


@pytest.mark.parametrize("text", ["\ud83d", "a" * 50_000, "?" * 3_000, "\u202e" * 10 + "x", "𒀀𒀁", "1" * 400])
async def test_strange_texts_are_answered_too(pipeline: Pipeline, text: str) -> None:
    found = await pipeline.understand(text, chosen_language=None)
    assert found.text == text
    assert 0 <= found.confidence <= 1


async def test_search_uses_the_vector_that_reading_the_text_has_made(
    pipeline: Pipeline, search: Search, encoder: EightWords
) -> None:
    await search.rebuild(Findable([Passage("housing.find_flat", "de", "Wohnung finden")]))
    encoder.calls.clear()
    await pipeline.understand("Wohnung finden jetzt", chosen_language="de")
    hits = await pipeline.search("Wohnung finden jetzt", language="de", limit=1)
    assert [hit.page for hit in hits] == ["housing.find_flat"]
    assert encoder.calls == ["Wohnung finden jetzt"]


async def test_warming_loads_the_encoder(pipeline: Pipeline, encoder: EightWords) -> None:
    await pipeline.warm()
    assert len(encoder.calls) == 1


def test_the_made_up_model_reads_eight_numbers(encoder: EightWords) -> None:
    vector: Vector = encoder.query("x")
    assert made_up().read(vector, np.empty(0, dtype=np.int64)).intents.shape == (len(INTENTS),)
