"""From probabilities to guesses: what is meant, how sure that is, and what else it may be."""

from __future__ import annotations

import numpy as np

from bot.core.message import Guess
from bot.understanding.heads import Floats
from bot.understanding.model import Model, Reading

OFFERED = 5
"""How many guesses are given, the first among them."""


def guesses(model: Model, reading: Reading, *, crisis: bool = True) -> tuple[Guess, ...]:
    """Return the best guesses, best first.

    Without `crisis` danger has been ruled out: the crisis intents are left out and the others share the whole.
    """
    chances = reading.intents if crisis else _without(reading.intents, model)
    best = np.argsort(-chances, kind="stable")[:OFFERED]
    return tuple(Guess(model.intents[place], round(float(chances[place]), 4)) for place in best if chances[place] > 0)


def _without(chances: Floats, model: Model) -> Floats:
    rest = chances.copy()
    rest[model.crisis_places()] = 0
    whole = float(rest.sum())
    return rest / whole if whole > 0 else rest
