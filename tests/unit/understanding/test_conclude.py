from __future__ import annotations

import numpy as np
import pytest

from bot.core.message import Guess
from bot.understanding.conclude import conclude, in_doubt
from bot.understanding.crisis import Danger, judge
from bot.understanding.intents import OFFERED, guesses
from bot.understanding.model import Reading
from tests.unit.understanding.test_model import made_up

MODEL = made_up()  # crisis.medical, crisis.suicide, greet, out_of_scope; asks from 0.3, is sure from 0.8


def reading(*chances: float, danger: float) -> Reading:
    return Reading(np.array(chances, dtype=np.float32), danger)


@pytest.mark.parametrize(
    ("danger", "expected"),
    [
        (0.8, Danger("crisis.suicide")),
        (0.79, Danger(near=True)),
        (0.3, Danger(near=True)),
        (0.29, Danger()),
    ],
)
def test_danger_is_answered_asked_about_or_ruled_out(danger: float, expected: Danger) -> None:
    assert judge(MODEL, reading(0.1, 0.2, 0.6, 0.1, danger=danger)) == expected


def test_danger_comes_first_even_if_something_else_is_likelier() -> None:
    found = conclude("x", "de", MODEL, reading(0.1, 0.2, 0.6, 0.1, danger=0.9))
    assert (found.crisis, found.intent, found.confidence) == ("crisis.suicide", "crisis.suicide", 0.2)
    assert [guess.intent for guess in found.alternatives] == [
        "crisis.suicide",
        "greet",
        "crisis.medical",
        "out_of_scope",
    ]


def test_possible_danger_is_asked_about_and_never_taken_for_granted() -> None:
    found = conclude("x", "de", MODEL, reading(0.5, 0.1, 0.3, 0.1, danger=0.5))
    assert (found.crisis, found.near_crisis, found.intent, found.confidence) == (None, True, "greet", 0.3)
    assert found.alternatives[0] == Guess("crisis.medical", 0.5)
    assert Guess("greet", 0.3) in found.alternatives


def test_without_danger_the_other_intents_share_the_whole() -> None:
    found = conclude("x", None, MODEL, reading(0.15, 0.05, 0.6, 0.2, danger=0.1))
    assert (found.crisis, found.near_crisis, found.intent, found.confidence) == (None, False, "greet", 0.75)
    assert found.alternatives == (Guess("greet", 0.75), Guess("out_of_scope", 0.25))


def test_where_no_word_is_known_nothing_is_certain() -> None:
    found = in_doubt(conclude("x", None, MODEL, reading(0.15, 0.05, 0.6, 0.2, danger=0.1)))
    assert found.alternatives == (Guess("greet", 0.4), Guess("out_of_scope", 0.1333))
    assert (found.intent, found.confidence) == ("greet", 0.4)
    asked = in_doubt(conclude("x", "de", MODEL, reading(0.1, 0.2, 0.6, 0.1, danger=0.9)))
    assert (asked.crisis, asked.near_crisis, asked.confidence) == (None, True, 0.2)


def test_guesses_come_best_first_and_no_more_than_offered() -> None:
    many = reading(0.1, 0.2, 0.3, 0.4, danger=0)
    found = guesses(MODEL, many)
    assert [guess.confidence for guess in found] == sorted((guess.confidence for guess in found), reverse=True)
    assert len(found) == min(OFFERED, len(MODEL.intents))
