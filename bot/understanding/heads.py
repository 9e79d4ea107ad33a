"""Linear heads over the two kinds of features, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.encoder import Vector
from bot.understanding.features import Buckets

Floats = NDArray[np.float32]

TINY = 1e-12
"""Added to probabilities before their logarithm is taken."""


@dataclass(frozen=True, slots=True)
class DenseHead:
    """Scores from the encoder's vector: `weights` has a row for each class."""

    weights: Floats
    bias: Floats

    def scores(self, vector: Vector) -> Floats:
        """Return one score a class."""
        return self.weights @ vector + self.bias


@dataclass(frozen=True, slots=True)
class SparseHead:
    """Scores from buckets: `weights` has a row for each bucket in whole numbers, `scale` a factor for each class.

    `rarity` weighs the buckets (inverse document frequency); a text's weights are scaled to length 1.
    """

    rarity: Floats
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats

    def scores(self, buckets: Buckets) -> Floats:
        """Return one score a class."""
        if not buckets.size:
            return self.bias
        weights = self.rarity[buckets]
        weights = weights / np.linalg.norm(weights)
        return (weights @ self.weights[buckets].astype(np.float32)) * self.scale + self.bias


@dataclass(frozen=True, slots=True)
class LanguageHead:
    """Chances of languages from buckets; `sharpness` makes of the scores what they are worth as probabilities."""

    names: tuple[str, ...]
    head: SparseHead
    sharpness: float

    def chances(self, buckets: Buckets) -> dict[str, float]:
        """Return a probability for each language."""
        shares = softmax(self.sharpness * self.head.scores(buckets))
        return dict(zip(self.names, map(float, shares), strict=True))


def softmax(scores: Floats) -> Floats:
    """Return probabilities that sum to 1 over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return result


def log_odds(probability: float) -> float:
    """Return the logarithm of the odds, bounded for 0 and 1."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return float(np.log(bounded / (1 - bounded)))
