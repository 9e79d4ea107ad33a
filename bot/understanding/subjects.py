"""What pages and questions are about, as the classifier sees it: the one measure that is the same in every language.

A page is read like a question. That it has no intent of its own does not matter: what is likely of both is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.understanding.encoder import Encoder, Vector
from bot.understanding.features import buckets
from bot.understanding.heads import Floats
from bot.understanding.model import Model
from bot.understanding.vectors import Progress, VectorFile

_TINY = 1e-9
_AREAS_OF_PAGES = "."  # intents with a dot are topics and kinds of danger; the others are services and small talk


class Subject(NamedTuple):
    """What a text is about: how likely each topic is, as square roots so that products compare them, and its vector."""

    topics: Floats
    meant: Vector


class Subjects:
    """The classifier as a measure of what texts are about."""

    def __init__(self, model: Model, encoder: Encoder, vectors: VectorFile) -> None:
        """Read with a model and the encoder that it was trained with; vectors of pages are kept in the file."""
        self._model = model
        self._encoder = encoder
        self._vectors = vectors
        self._topics = np.array([_AREAS_OF_PAGES in intent for intent in model.intents])

    def of_pages(self, texts: Sequence[str], progress: Progress | None = None) -> list[Subject]:
        """Return the subject of each text."""
        vectors = self._vectors.vectors(texts, self._encoder.query, progress=progress)
        self._vectors.forget()
        rows = [self._model.read(vector, buckets(text)).intents for text, vector in zip(texts, vectors, strict=True)]
        topics = self._roots(np.array(rows).reshape(len(texts), len(self._model.intents)))
        return [Subject(*pair) for pair in zip(topics, vectors, strict=True)]

    def of_question(self, intents: Floats, vector: Vector) -> Subject:
        """Return the subject of a question whose intents and vector are known."""
        return Subject(np.asarray(self._roots(intents[None])[0]), vector)

    def _roots(self, rows: NDArray[np.float32]) -> Floats:
        return np.asarray(np.sqrt(rows[:, self._topics]), dtype=np.float32)


def joined(subjects: Sequence[Subject]) -> Subject:
    """Return what a page is about that is written in several languages: the mean of them."""
    meant = np.mean([subject.meant for subject in subjects], axis=0)
    topics = np.mean([subject.topics for subject in subjects], axis=0)
    return Subject(topics, meant / max(float(np.linalg.norm(meant)), _TINY))
