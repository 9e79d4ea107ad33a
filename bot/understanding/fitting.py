"""Fitting the heads. Needs scikit-learn, so nothing but training imports this module.

All solvers are deterministic and run in one thread: the same data gives the same model, byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.understanding.calibrating import balance, floats, quick_way, sharpness_of, thresholds
from bot.understanding.features import BUCKETS, Buckets, buckets
from bot.understanding.heads import TINY, DenseHead, Floats, LanguageHead, SparseHead, softmax
from bot.understanding.model import Fitted, Model

Rows = NDArray[np.intp]

FOLDS = 3
"""Parts that the numbers are tuned on where nothing is held out; an intent needs an example for each."""
ENOUGH_HELD_OUT = 500
"""So many texts that nothing was learned from are enough to tune on; with fewer, folds take turns."""
_TWO = 2
_NEVER = float(np.log(TINY))
_DENSE_STRICTNESS = 0.01
_DENSE_STRICTNESS_DANGER = 0.003
_UNSEEN = 0.02
"""What is added to the counts of parts of words that an intent's examples do not have."""


@dataclass(frozen=True, slots=True)
class Material:
    """Training texts as numbers: row `i` belongs to text `i`."""

    vectors: Floats
    pieces: csr_matrix
    written: csr_matrix
    """The parts of the words as they were typed, from which languages are told; `pieces` has their own letters too."""
    intents: NDArray[np.str_]
    languages: NDArray[np.str_]
    held_out: NDArray[np.bool_]
    """Texts that the encoder was not tuned on: what the heads make of them is honest."""
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


def gather(
    texts: Sequence[str],
    own: Sequence[str],
    vectors: Floats,
    languages: Sequence[str],
    intents: Sequence[str],
    held_out: Sequence[bool] | None = None,
) -> Material:
    """Return the texts as numbers; `own` are the same in the letters of their language, `vectors` those of `own`."""
    seen: Counter[tuple[str, str]] = Counter()
    places = []
    for group in zip(languages, intents, strict=True):
        places.append(seen[group])
        seen[group] += 1
    held = np.zeros(len(texts), dtype=bool) if held_out is None else np.array(held_out, dtype=bool)
    typed = [buckets(text) for text in texts]
    both = [
        parts if read == text else np.union1d(parts, buckets(read))
        for text, read, parts in zip(texts, own, typed, strict=True)
    ]
    pieces, written = _rows_of(both), _rows_of(typed)
    return Material(
        vectors, pieces, written, np.array(intents), np.array(languages), held, np.array(places, dtype=np.intp)
    )


def _rows_of(found: list[Buckets]) -> csr_matrix:
    starts = np.concatenate([[0], np.cumsum([len(some) for some in found])])
    return csr_matrix((np.ones(starts[-1], np.float32), np.concatenate(found), starts), (len(found), BUCKETS))


@dataclass(frozen=True, slots=True)
class _Heads:
    """What is fitted on the texts alone, before anything is tuned."""

    intents: tuple[str, ...]
    dense: DenseHead
    sparse: SparseHead
    danger_dense: DenseHead
    danger_sparse: SparseHead
    languages: tuple[str, ...]
    language: SparseHead


def fit(material: Material, rows: Rows, *, encoder: str, digest: str) -> Model:
    """Return a model of these rows: heads from all of them, tuned on heads that saw only a part."""
    with threadpool_limits(1):
        fitted, sharpness, language = _tuned(material, rows)
        heads = _fit_heads(material, rows, language)
    return Model(
        heads.intents, encoder, digest, fitted, heads.dense, heads.sparse, heads.danger_dense, heads.danger_sparse,
        LanguageHead(heads.languages, heads.language, sharpness),
    )  # fmt: skip


def _fit_heads(material: Material, rows: Rows, language: SparseHead | None = None) -> _Heads:
    """Fit the heads on these rows; the one for languages, which takes long, may be given."""
    vectors = material.vectors[rows]
    middle = vectors.mean(axis=0, dtype=np.float64)
    spread = float((vectors - middle).std())
    centred = ((vectors - middle) / spread).astype(np.float32)  # twice as fast as double precision, and as often right
    rarity, weighed = _weigh(material.pieces[rows])
    intents, danger = material.intents[rows], material.danger[rows]

    def dense(model: LogisticRegression, wanted: NDArray[Any]) -> DenseHead:
        model.fit(centred, wanted)
        weights = model.coef_ / spread
        # Rounded as it will be stored, so that a model is the same before and after.
        stored = weights.astype(np.float16).astype(np.float32)
        return DenseHead(stored, (model.intercept_ - weights @ middle).astype(np.float32))

    def sparse(wanted: NDArray[Any]) -> SparseHead:
        return _naive_bayes(weighed, wanted, rarity)

    languages, typed = material.languages[rows], _weighed(material.written[rows], rarity)
    return _Heads(
        tuple(str(name) for name in np.unique(intents)),
        dense(LogisticRegression(C=_DENSE_STRICTNESS, max_iter=300), intents),
        sparse(intents),
        dense(LogisticRegression(C=_DENSE_STRICTNESS_DANGER, max_iter=300, class_weight="balanced"), danger),
        _one_against_rest(sparse(danger)),
        tuple(str(name) for name in np.unique(languages)),
        replace(language, rarity=rarity)
        if language
        else (_support_vectors if len(set(languages)) > 1 else _naive_bayes)(typed, languages, rarity),
    )


def _support_vectors(weighed: csr_matrix, wanted: NDArray[Any], rarity: Floats) -> SparseHead:
    """Return a head of linear support vectors, one class against the rest: right more often, where classes are few."""
    model = LinearSVC(C=1.0, random_state=0).fit(weighed, wanted)
    rows = np.vstack([-model.coef_, model.coef_]) if len(model.classes_) == _TWO else model.coef_
    bias = np.concatenate([-model.intercept_, model.intercept_]) if len(model.classes_) == _TWO else model.intercept_
    scale = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    whole = np.rint(rows / scale[:, None]).astype(np.int8).T
    return SparseHead(rarity, np.ascontiguousarray(whole), floats(scale), floats(bias))


def _naive_bayes(weighed: csr_matrix, wanted: NDArray[Any], rarity: Floats) -> SparseHead:
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


def _one_against_rest(head: SparseHead) -> SparseHead:
    """Return a head with one score from one of two classes: what speaks for the second."""
    whole = np.ascontiguousarray(head.weights[:, 1:])
    return SparseHead(head.rarity, whole, head.scale[1:] * 2, head.bias[1:])


def _weigh(pieces: csr_matrix) -> tuple[Floats, csr_matrix]:
    """Return the inverse document frequency of each bucket, and the rows weighed by it at length 1."""
    seen = np.bincount(pieces.indices, minlength=BUCKETS)
    rarity = (np.log((1 + pieces.shape[0]) / (1 + seen)) + 1).astype(np.float16).astype(np.float32)
    return rarity, _weighed(pieces, rarity)


def _weighed(pieces: csr_matrix, rarity: Floats) -> csr_matrix:
    weighed = pieces @ diags(rarity)
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(lengths, 1e-9)) @ weighed)


def _splits(material: Material, rows: Rows) -> list[tuple[Rows, Rows]]:
    """Return (rows to learn from, rows to tune on): what is held out, or folds in turn."""
    held = material.held_out[rows]
    if held.sum() >= ENOUGH_HELD_OUT:
        return [(rows[~held], rows[held])]
    folds = material.folds(rows, FOLDS)
    return [(rows[folds != fold], rows[folds == fold]) for fold in range(FOLDS)]


def _tuned(material: Material, rows: Rows) -> tuple[Fitted, float, SparseHead | None]:
    """Return the numbers that make the most of heads on texts that they did not see, and the languages' sharpness.

    With them the head for languages, if it has seen all but what is held out, which is as good as all.
    """
    splits = _splits(material, rows)
    tested = np.concatenate([test for _, test in splits])
    names, languages = np.unique(material.intents[rows]), np.unique(material.languages[rows])
    dense = np.full((len(tested), len(names)), _NEVER)  # for intents that a fold's heads do not know
    sparse = np.full((len(tested), len(names)), -1.0)
    spoken = np.full((len(tested), len(languages)), -1.0)
    danger = np.zeros((len(tested), 3))
    place = 0
    for learned, test in splits:
        heads = _fit_heads(material, learned)
        columns = np.searchsorted(names, heads.intents)
        written = np.searchsorted(languages, heads.languages)
        for row in test:
            vector, pieces = material.vectors[row], material.pieces[row].indices
            dense[place, columns] = np.log(softmax(heads.dense.scores(vector)) + TINY)
            sparse[place, columns] = heads.sparse.scores(pieces)
            spoken[place, written] = heads.language.scores(material.written[row].indices)
            danger[place, 0] = heads.danger_dense.scores(vector)[0]
            danger[place, 1] = heads.danger_sparse.scores(pieces)[0]
            place += 1
    wanted = np.searchsorted(names, material.intents[tested])
    weights = balance(dense, sparse, wanted)
    joined = softmax(floats(weights[0] * dense + weights[1] * sparse))
    share = joined[:, np.char.startswith(names, "crisis.")].sum(axis=1)
    share = np.clip(share, 1e-6, 1 - 1e-6)
    danger[:, 2] = np.log(share / (1 - share))
    sharpness = sharpness_of(spoken, np.searchsorted(languages, material.languages[tested]))
    fitted = thresholds(weights, danger, material.danger[tested])
    fitted = replace(fitted, quick=quick_way(sparse, wanted, names, material.danger[tested]))
    return fitted, sharpness, heads.language if len(splits) == 1 and len(heads.languages) == len(languages) else None
