"""Danger first: unmistakable wordings, then a recogniser of its own that prefers asking to missing.

Wordings (intents/crisis.yml) need no encoder and count in every language. For every other text the trained heads give
the probability of danger: from `sure` it is danger, from `near` the assistant asks gently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.understanding.model import Model, Reading


@dataclass(frozen=True, slots=True)
class Danger:
    """`kind` is the id of a crisis intent, None when there is none; then `near` says whether to ask."""

    kind: str | None = None
    near: bool = False


def judge(model: Model, reading: Reading) -> Danger:
    """Return whether a text that the model has read speaks of danger, and of which kind."""
    if reading.danger >= model.fitted.sure:
        return Danger(_kind(model, reading))
    return Danger(near=reading.danger >= model.fitted.near)


def _kind(model: Model, reading: Reading) -> str:
    places = model.crisis_places()
    return model.intents[int(places[np.argmax(reading.intents[places])])]
