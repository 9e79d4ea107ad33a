"""Fitting the heads. Needs scikit-learn, so nothing but training imports this module.

All solvers are deterministic and run in one thread: the same data gives the same model, byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix, diags  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.understanding.features import BUCKETS, buckets
from bot.understanding.heads import TINY, DenseHead, Floats, SparseHead, softmax
from bot.understanding.model import Fitted, Model

Rows = NDArray[np.intp]
Numbers = NDArray[np.float64]

FALSE_ALARMS = 0.015
"""Share of harmless training texts that may be taken for danger (promises.md)."""
QUESTIONS = 0.06
"""Share of harmless training texts that may be asked whether there is danger, the false alarms among them.

Every eighth of them was written to be mistaken for danger: of what people really write it is far less.
"""
FOLDS = 3
"""Parts that the numbers are tuned on; an intent needs an example for each."""
_NEVER = float(np.log(TINY))
_DENSE_STRICTNESS = 0.01
_DENSE_STRICTNESS_DANGER = 0.003
_SPARSE_STRICTNESS = 0.3


@dataclass(frozen=True, slots=True)
class Material:
    """Training texts as numbers: row `i` belongs to text `i`."""

    vectors: Floats
    pieces: csr_matrix
    intents: NDArray[np.str_]
    places: NDArray[np.intp]
    """Which example of its intent and language each text is, counted from 0."""

    @property
    def danger(self) -> NDArray[np.bool_]:
        """Return which rows are about danger."""
        return np.char.startswith(self.intents, "crisis.")

    def folds(self, rows: Rows, number: int) -> NDArray[np.intp]:
        """Return a fold for each of the rows.

        The first examples of an intent often say the same in every language. Sentences of one place share a fold, so
        that nothing is tuned on sentences of which a translation was learned: it would look better than it is.
        """
        return self.places[rows] % number


def gather(texts: Sequence[str], vectors: Floats, languages: Sequence[str], intents: Sequence[str]) -> Material:
    """Return the texts as numbers."""
    found = [buckets(text) for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(some) for some in found])])
    pieces = csr_matrix((np.ones(starts[-1], np.float32), np.concatenate(found), starts), (len(texts), BUCKETS))
    seen: Counter[tuple[str, str]] = Counter()
    places = []
    for group in zip(languages, intents, strict=True):
        places.append(seen[group])
        seen[group] += 1
    return Material(vectors, pieces, np.array(intents), np.array(places, dtype=np.intp))


@dataclass(frozen=True, slots=True)
class _Heads:
    """What is fitted on the texts alone, before anything is tuned."""

    intents: tuple[str, ...]
    dense: DenseHead
    sparse: SparseHead
    danger_dense: DenseHead
    danger_sparse: SparseHead


def fit(material: Material, rows: Rows, *, encoder: str, digest: str) -> Model:
    """Return a model of these rows: heads from all of them, tuned on heads that saw only a part."""
    with threadpool_limits(1):
        fitted = _tuned(material, rows)
        heads = _fit_heads(material, rows)
    return Model(
        heads.intents, encoder, digest, fitted, heads.dense, heads.sparse, heads.danger_dense, heads.danger_sparse
    )


def _fit_heads(material: Material, rows: Rows) -> _Heads:
    vectors = material.vectors[rows].astype(np.float64)
    middle = vectors.mean(axis=0)
    spread = float((vectors - middle).std())
    centred = (vectors - middle) / spread
    rarity, weighed = _weigh(material.pieces[rows])
    intents, danger = material.intents[rows], material.danger[rows]

    def dense(model: LogisticRegression, wanted: NDArray[Any]) -> DenseHead:
        model.fit(centred, wanted)
        weights = model.coef_ / spread
        # Rounded as it will be stored, so that a model is the same before and after.
        stored = weights.astype(np.float16).astype(np.float32)
        return DenseHead(stored, (model.intercept_ - weights @ middle).astype(np.float32))

    def sparse(model: LinearSVC, wanted: NDArray[Any]) -> SparseHead:
        model.fit(weighed, wanted)
        scale = np.maximum(np.abs(model.coef_).max(axis=1), 1e-9) / 127
        whole = np.rint(model.coef_ / scale[:, None]).astype(np.int8).T
        return SparseHead(
            rarity, np.ascontiguousarray(whole), scale.astype(np.float32), _floats(np.ravel(model.intercept_))
        )

    return _Heads(
        tuple(str(name) for name in np.unique(intents)),
        dense(LogisticRegression(C=_DENSE_STRICTNESS, max_iter=300), intents),
        sparse(LinearSVC(C=_SPARSE_STRICTNESS, random_state=0, class_weight="balanced"), intents),
        dense(LogisticRegression(C=_DENSE_STRICTNESS_DANGER, max_iter=300, class_weight="balanced"), danger),
        sparse(LinearSVC(C=_SPARSE_STRICTNESS, random_state=0, class_weight="balanced"), danger),
    )


def _floats(values: NDArray[Any]) -> Floats:
    return np.asarray(values, dtype=np.float32)


def _weigh(pieces: csr_matrix) -> tuple[Floats, csr_matrix]:
    """Return the inverse document frequency of each bucket, and the rows weighed by it at length 1."""
    seen = np.bincount(pieces.indices, minlength=BUCKETS)
    rarity = (np.log((1 + pieces.shape[0]) / (1 + seen)) + 1).astype(np.float16).astype(np.float32)
    weighed = pieces @ diags(rarity)
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return rarity, csr_matrix(diags(1 / np.maximum(lengths, 1e-9)) @ weighed)


def _tuned(material: Material, rows: Rows) -> Fitted:
    """Return the numbers that make the most of heads on texts that they did not see."""
    folds = material.folds(rows, FOLDS)
    names = np.unique(material.intents[rows])
    dense = np.full((len(rows), len(names)), _NEVER)  # for intents that a fold's heads do not know
    sparse = np.full((len(rows), len(names)), -1.0)
    danger = np.zeros((len(rows), 3))
    for fold in range(FOLDS):
        heads = _fit_heads(material, rows[folds != fold])
        columns = np.searchsorted(names, heads.intents)
        for place in np.flatnonzero(folds == fold):
            vector, pieces = material.vectors[rows[place]], material.pieces[rows[place]].indices
            dense[place, columns] = np.log(softmax(heads.dense.scores(vector)) + TINY)
            sparse[place, columns] = heads.sparse.scores(pieces)
            danger[place, 0] = heads.danger_dense.scores(vector)[0]
            danger[place, 1] = heads.danger_sparse.scores(pieces)[0]
    wanted = np.searchsorted(names, material.intents[rows])
    weights = _balance(dense, sparse, wanted)
    joined = softmax(_floats(weights[0] * dense + weights[1] * sparse))
    share = joined[:, np.char.startswith(names, "crisis.")].sum(axis=1)
    share = np.clip(share, 1e-6, 1 - 1e-6)
    danger[:, 2] = np.log(share / (1 - share))
    return _thresholds(weights, danger, material.danger[rows])


def _balance(dense: Numbers, sparse: Numbers, wanted: NDArray[np.intp]) -> tuple[float, float]:
    """Return the weights of the two heads that make the right intents most likely: fusion and temperature in one."""
    places = np.arange(len(wanted))

    def surprise(weights: Numbers) -> float:
        likely = softmax(_floats(weights[0] * dense + weights[1] * sparse))[places, wanted]
        return float(-np.log(likely + TINY).mean())

    best = minimize(surprise, x0=np.array([1.0, 1.0]), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6})
    return round(float(best.x[0]), 3), round(float(best.x[1]), 3)


def _thresholds(weights: tuple[float, float], parts: Numbers, danger: NDArray[np.bool_]) -> Fitted:
    model = LogisticRegression(C=1.0).fit(parts, danger)
    chance = model.predict_proba(parts)[:, 1]
    harmless = np.sort(chance[~danger])[::-1]
    near, sure = (float(harmless[int(share * len(harmless))]) for share in (QUESTIONS, FALSE_ALARMS))
    one, two, three = (round(float(value), 4) for value in model.coef_[0])
    danger_weights = (one, two, three, round(float(model.intercept_[0]), 4))
    return Fitted(weights[0], weights[1], danger_weights, near=round(near, 4), sure=round(sure, 4))
