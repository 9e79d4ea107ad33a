"""What pages and questions are about, as the classifier sees it: the one measure that is the same in every language.

A page is read like a question. That it has no intent of its own does not matter: what is likely of both is compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.understanding.encoder import Encoder
from bot.understanding.features import buckets
from bot.understanding.heads import Floats
from bot.understanding.model import Model
from bot.understanding.vectors import Progress, VectorFile

_AREAS_OF_PAGES = "."  # intents with a dot are topics and kinds of danger; the others are services and small talk


class Subjects:
    """The classifier as a measure of what texts are about."""

    def __init__(self, model: Model, encoder: Encoder, vectors: VectorFile) -> None:
        """Read with a model and the encoder that it was trained with; vectors of pages are kept in the file."""
        self._model = model
        self._encoder = encoder
        self._vectors = vectors
        self._topics = np.array([_AREAS_OF_PAGES in intent for intent in model.intents])

    def of_pages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return a row for each text: how likely each topic is, as square roots, so that products compare them."""
        vectors = self._vectors.vectors(texts, self._encoder.query, progress=progress)
        self._vectors.forget()
        rows = [self._model.read(vector, buckets(text)).intents for text, vector in zip(texts, vectors, strict=True)]
        return self._roots(np.array(rows).reshape(len(texts), len(self._model.intents)))

    def of_question(self, intents: Floats) -> Floats:
        """Return the same for a question whose intents are known."""
        return np.asarray(self._roots(intents[None])[0])

    def _roots(self, rows: NDArray[np.float32]) -> Floats:
        return np.asarray(np.sqrt(rows[:, self._topics]), dtype=np.float32)
