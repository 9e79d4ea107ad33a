"""Numbers that make the most of fitted heads, found on texts that the heads did not see.

Needs scikit-learn and SciPy, so nothing but training imports this module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from bot.understanding.heads import TINY, Floats, softmax
from bot.understanding.model import Fitted, Quick

Numbers = NDArray[np.float64]

FALSE_ALARMS = 0.02
"""Share of harmless training texts that may be taken for danger.

The promise is 1.5 % of what people write: 2 % of these, many of which were written to mislead, were 1.4 % of the
evaluation sentences (docs/understanding.md).
"""
QUESTIONS = 0.06
"""Share of harmless training texts that may be asked whether there is danger, the false alarms among them.

Every eighth of them was written to be mistaken for danger: of what people really write it is far less.
"""
QUICKLY_RIGHT = 0.96
"""How often parts of words alone must be right where the encoder is not asked."""
PASSED_OVER = 0.003
"""Share of texts about danger that may go that way."""
_HARMLESS = 0.005
_STEPS = (0.9, 0.95, 0.98, 0.99, 0.995, 0.998)


def floats(values: NDArray[Any]) -> Floats:
    """Return values in single precision."""
    return np.asarray(values, dtype=np.float32)


def quick_way(scores: Numbers, wanted: NDArray[np.intp], names: NDArray[np.str_], danger: NDArray[np.bool_]) -> Quick:
    """Return from when on parts of words are as good as certain and no danger is passed over.

    `sure` is 2, which no probability reaches, where that is never so.
    """
    sharpness = sharpness_of(scores, wanted)
    chances = softmax(floats(sharpness * scores))
    best, right = chances.max(axis=1), chances.argmax(axis=1) == wanted
    harmless = chances[:, np.char.startswith(names, "crisis.")].sum(axis=1) <= _HARMLESS
    for sure in _STEPS:
        taken = harmless & (best >= sure)
        if taken.any() and right[taken].mean() >= QUICKLY_RIGHT and taken[danger].sum() <= PASSED_OVER * danger.sum():
            return Quick(sharpness, sure, _HARMLESS)
    return Quick(sharpness, 2.0, 0.0)


def sharpness_of(scores: Numbers, wanted: NDArray[np.intp]) -> float:
    """Return the factor that makes the right classes most likely."""
    places = np.arange(len(wanted))

    def surprise(factor: float) -> float:
        return float(-np.log(softmax(floats(factor * scores))[places, wanted] + TINY).mean())

    return round(float(minimize_scalar(surprise, bounds=(0.1, 100.0), method="bounded").x), 3)


def balance(dense: Numbers, sparse: Numbers, wanted: NDArray[np.intp]) -> tuple[float, float]:
    """Return the weights of the two heads that make the right intents most likely: fusion and temperature in one."""
    places = np.arange(len(wanted))

    def surprise(weights: Numbers) -> float:
        likely = softmax(floats(weights[0] * dense + weights[1] * sparse))[places, wanted]
        return float(-np.log(likely + TINY).mean())

    best = minimize(surprise, x0=np.array([1.0, 1.0]), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6})
    return round(float(best.x[0]), 3), round(float(best.x[1]), 3)


def thresholds(weights: tuple[float, float], parts: Numbers, danger: NDArray[np.bool_]) -> Fitted:
    """Return how the three signs of danger are weighed, and from when it is answered and asked about."""
    model = LogisticRegression(C=1.0).fit(parts, danger)
    chance = model.predict_proba(parts)[:, 1]
    harmless = np.sort(chance[~danger])[::-1]
    near, sure = (float(harmless[int(share * len(harmless))]) for share in (QUESTIONS, FALSE_ALARMS))
    one, two, three = (round(float(value), 4) for value in model.coef_[0])
    danger_weights = (one, two, three, round(float(model.intercept_[0]), 4))
    return Fitted(weights[0], weights[1], danger_weights, near=round(near, 4), sure=round(sure, 4))
