"""Heads from training texts: logistic regression, support vectors, naive Bayes. Needs scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.understanding.calibrating import floats
from bot.understanding.features import BUCKETS
from bot.understanding.heads import DenseHead, Floats, SparseHead

_TWO = 2
_MOST_STEPS = 300
_UNSEEN = 0.02
"""What is added to the counts of parts of words that an intent's examples do not have."""


def regression(vectors: Floats, wanted: NDArray[Any], *, strictness: float, balanced: bool = False) -> DenseHead:
    """Return a head of logistic regression over the vectors."""
    middle = vectors.mean(axis=0, dtype=np.float64)
    spread = float((vectors - middle).std())
    centred = ((vectors - middle) / spread).astype(np.float32)  # twice as fast as double precision, and as often right
    weight = "balanced" if balanced else None
    model = LogisticRegression(C=strictness, max_iter=_MOST_STEPS, class_weight=weight).fit(centred, wanted)
    weights = model.coef_ / spread
    # Rounded as it will be stored, so that a model is the same before and after.
    stored = weights.astype(np.float16).astype(np.float32)
    return DenseHead(stored, (model.intercept_ - weights @ middle).astype(np.float32))


def support_vectors(weighed: csr_matrix, wanted: NDArray[Any], rarity: Floats) -> SparseHead:
    """Return a head of linear support vectors, one class against the rest: right more often, where classes are few."""
    model = LinearSVC(C=1.0, random_state=0).fit(weighed, wanted)
    rows = np.vstack([-model.coef_, model.coef_]) if len(model.classes_) == _TWO else model.coef_
    bias = np.concatenate([-model.intercept_, model.intercept_]) if len(model.classes_) == _TWO else model.intercept_
    scale = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    whole = np.rint(rows / scale[:, None]).astype(np.int8).T
    return SparseHead(rarity, np.ascontiguousarray(whole), floats(scale), floats(bias))


def naive_bayes(weighed: csr_matrix, wanted: NDArray[Any], rarity: Floats) -> SparseHead:
    """Return a multinomial naive Bayes head over weighed parts of words, every class as likely as the other.

    In one pass over the examples it is as often right as linear support vectors, which take minutes.
    """
    names, places = np.unique(wanted, return_inverse=True)
    members = csr_matrix(
        (np.ones(len(places), np.float32), (places, np.arange(len(places)))), (len(names), len(places))
    )
    counts = (members @ weighed).toarray() + _UNSEEN
    logs = np.log(counts) - np.log(counts.sum(axis=1, keepdims=True))
    weights = (logs - logs.mean(axis=0)).T  # what all classes share decides nothing
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    whole = np.rint(weights / scale).astype(np.int8)
    return SparseHead(rarity, np.ascontiguousarray(whole), floats(scale), np.zeros(len(names), np.float32))


def one_against_rest(head: SparseHead) -> SparseHead:
    """Return a head with one score from one of two classes: what speaks for the second."""
    whole = np.ascontiguousarray(head.weights[:, 1:])
    return SparseHead(head.rarity, whole, head.scale[1:] * 2, head.bias[1:])


def rarity_of(pieces: csr_matrix) -> Floats:
    """Return the inverse document frequency of each bucket."""
    seen = np.bincount(pieces.indices, minlength=BUCKETS)
    return np.asarray((np.log((1 + pieces.shape[0]) / (1 + seen)) + 1).astype(np.float16).astype(np.float32))


def weighed(pieces: csr_matrix, rarity: Floats) -> csr_matrix:
    """Return the rows weighed by rarity, each of length 1."""
    rows = pieces @ diags(rarity)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(lengths, 1e-9)) @ rows)


def scores_of(head: SparseHead, rows: csr_matrix) -> NDArray[np.float64]:
    """Return the scores that a head gives each row of buckets."""
    found = weighed(rows, head.rarity) @ (head.weights.astype(np.float32) * head.scale)
    return np.asarray(found, dtype=np.float64) + head.bias
