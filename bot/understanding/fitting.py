"""Fitting the heads. Needs scikit-learn, so nothing but training imports this module.

All solvers are deterministic and run in one thread each: the same data gives the same model, byte for byte. Two of
them run side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.understanding.calibrating import Numbers, balance, floats, quick_way, sharpness_of, thresholds
from bot.understanding.heads import TINY, DenseHead, Floats, LanguageHead, SparseHead, softmax
from bot.understanding.material import Material, Rows
from bot.understanding.model import Fitted, Model
from bot.understanding.solvers import (
    naive_bayes,
    one_against_rest,
    rarity_of,
    regression,
    scores_of,
    support_vectors,
    weighed,
)

FOLDS = 3
"""Parts that the numbers are tuned on where nothing is held out; an intent needs an example for each."""
ENOUGH_HELD_OUT = 500
"""So many texts that nothing was learned from are enough to tune on; with fewer, folds take turns."""
_SIDE_BY_SIDE = 2
_NEVER = float(np.log(TINY))
_STRICTNESS, _STRICTNESS_DANGER = 0.01, 0.003


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


class _Fitting:
    """Heads that are being fitted on some rows."""

    def __init__(self, pool: ThreadPoolExecutor, material: Material, rows: Rows, *, language: bool = True) -> None:
        """Begin; the head for languages, which takes long, can be left out and given to `heads`."""
        self._intents = np.unique(material.intents[rows])
        self._languages = np.unique(material.languages[rows])
        self._rarity = rarity_of(material.pieces[rows])
        vectors, danger = material.vectors[rows], material.danger[rows]
        self._dense = pool.submit(regression, vectors, material.intents[rows], strictness=_STRICTNESS)
        self._danger = pool.submit(regression, vectors, danger, strictness=_STRICTNESS_DANGER, balanced=True)
        self._sparse = pool.submit(self._of_parts, material, rows)
        self._language: Future[SparseHead] | None = None
        if language:
            solve = support_vectors if len(self._languages) > 1 else naive_bayes
            written = weighed(material.written[rows], self._rarity)
            self._language = pool.submit(solve, written, material.languages[rows], self._rarity)

    def _of_parts(self, material: Material, rows: Rows) -> tuple[SparseHead, SparseHead]:
        parts = weighed(material.pieces[rows], self._rarity)
        of_danger = naive_bayes(parts, material.danger[rows], self._rarity)
        return naive_bayes(parts, material.intents[rows], self._rarity), one_against_rest(of_danger)

    def heads(self, language: SparseHead | None = None) -> _Heads:
        """Wait for the heads."""
        sparse, danger_sparse = self._sparse.result()
        if self._language:
            language = self._language.result()
        assert language is not None  # noqa: S101 - one or the other
        return _Heads(
            tuple(map(str, self._intents)), self._dense.result(), sparse, self._danger.result(), danger_sparse,
            tuple(map(str, self._languages)), replace(language, rarity=self._rarity),
        )  # fmt: skip


def fit(material: Material, rows: Rows, *, encoder: str, digest: str) -> Model:
    """Return a model of these rows: heads from all of them, tuned on heads that saw only a part."""
    with threadpool_limits(1), ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        splits = _splits(material, rows)
        begun = [_Fitting(pool, material, learned) for learned, _ in splits]
        # What has seen all languages but for what is held out can tell them as well as what has seen all.
        alike = len(splits) == 1 and set(material.languages[splits[0][0]]) == set(material.languages[rows])
        last = _Fitting(pool, material, rows, language=not alike)
        parts = [fitting.heads() for fitting in begun]
        fitted, sharpness = _tuned(material, rows, splits, parts)
        heads = last.heads(parts[0].language if alike else None)
    return Model(
        heads.intents, encoder, digest, fitted, heads.dense, heads.sparse, heads.danger_dense, heads.danger_sparse,
        LanguageHead(heads.languages, heads.language, sharpness),
    )  # fmt: skip


def _splits(material: Material, rows: Rows) -> list[tuple[Rows, Rows]]:
    """Return (rows to learn from, rows to tune on): what is held out, or folds in turn."""
    held = material.held_out[rows]
    if held.sum() >= ENOUGH_HELD_OUT:
        return [(rows[~held], rows[held])]
    folds = material.folds(rows, FOLDS)
    return [(rows[folds != fold], rows[folds == fold]) for fold in range(FOLDS)]


def _tuned(
    material: Material, rows: Rows, splits: Sequence[tuple[Rows, Rows]], parts: Sequence[_Heads]
) -> tuple[Fitted, float]:
    """Return the numbers that make the most of heads on texts that they did not see, and the languages' sharpness."""
    tested = np.concatenate([test for _, test in splits])
    names, languages = np.unique(material.intents[rows]), np.unique(material.languages[rows])
    # Intents that the heads of a fold do not know are never likely.
    dense = np.full((len(tested), len(names)), _NEVER)
    sparse = np.full((len(tested), len(names)), -1.0)
    spoken = np.full((len(tested), len(languages)), -1.0)
    danger = np.zeros((len(tested), 3))
    place = 0
    for (_, test), heads in zip(splits, parts, strict=True):
        here = slice(place, place + len(test))
        columns, written = np.searchsorted(names, heads.intents), np.searchsorted(languages, heads.languages)
        vectors, pieces = material.vectors[test], material.pieces[test]
        dense[here, columns] = np.log(softmax(_dense_scores(heads.dense, vectors)) + TINY)
        sparse[here, columns] = scores_of(heads.sparse, pieces)
        spoken[here, written] = scores_of(heads.language, material.written[test])
        danger[here, 0] = _dense_scores(heads.danger_dense, vectors)[:, 0]
        danger[here, 1] = scores_of(heads.danger_sparse, pieces)[:, 0]
        place += len(test)
    return _numbers(material, tested, names, dense, sparse, danger), sharpness_of(
        spoken, np.searchsorted(languages, material.languages[tested])
    )


def _numbers(
    material: Material, tested: Rows, names: NDArray[np.str_], dense: Numbers, sparse: Numbers, danger: Numbers
) -> Fitted:
    wanted = np.searchsorted(names, material.intents[tested])
    weights = balance(dense, sparse, wanted)
    joined = softmax(floats(weights[0] * dense + weights[1] * sparse))
    share = np.clip(joined[:, np.char.startswith(names, "crisis.")].sum(axis=1), 1e-6, 1 - 1e-6)
    danger[:, 2] = np.log(share / (1 - share))
    fitted = thresholds(weights, danger, material.danger[tested])
    return replace(fitted, quick=quick_way(sparse, wanted, names, material.danger[tested]))


def _dense_scores(head: DenseHead, vectors: Floats) -> Floats:
    return np.asarray(vectors @ head.weights.T + head.bias)
