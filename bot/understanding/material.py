"""Training texts as numbers, and the parts of their words kept on disk.

Needs SciPy, so nothing but training imports this module.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from bot.understanding import features, normalise
from bot.understanding.features import BUCKETS, Buckets, buckets
from bot.understanding.heads import Floats

Rows = NDArray[np.intp]

_KEY_SIZE = 16
_NOTHING = np.empty(0, np.int64)


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
    *,
    parts_of: Callable[[str], Buckets] = buckets,
) -> Material:
    """Return the texts as numbers; `own` are the same in the letters of their language, `vectors` those of `own`."""
    seen: Counter[tuple[str, str]] = Counter()
    places = []
    for group in zip(languages, intents, strict=True):
        places.append(seen[group])
        seen[group] += 1
    held = np.zeros(len(texts), dtype=bool) if held_out is None else np.array(held_out, dtype=bool)
    typed = [parts_of(text) for text in texts]
    both = [
        parts if read == text else np.union1d(parts, parts_of(read))
        for text, read, parts in zip(texts, own, typed, strict=True)
    ]
    return Material(
        vectors, _rows_of(both), _rows_of(typed), np.array(intents), np.array(languages), held,
        np.array(places, dtype=np.intp),
    )  # fmt: skip


def _rows_of(found: list[Buckets]) -> csr_matrix:
    starts = np.concatenate([[0], np.cumsum([len(some) for some in found])])
    return csr_matrix((np.ones(starts[-1], np.float32), np.concatenate(found), starts), (len(found), BUCKETS))


class KeptParts:
    """The buckets of texts met before, in a file that may be deleted; the code that makes them is part of its name."""

    def __init__(self, folder: Path) -> None:
        """Read what the folder holds."""
        code = b"".join(Path(str(module.__file__)).read_bytes() for module in (features, normalise))
        self._path = folder / f"training-parts-{hashlib.sha256(code).hexdigest()[:8]}.npz"
        self._known = self._read()
        self._fresh = False

    def __call__(self, text: str) -> Buckets:
        """Return the buckets of a text."""
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_SIZE).digest()
        if (found := self._known.get(key)) is None:
            found = self._known[key] = buckets(text)
            self._fresh = True
        return found

    def save(self) -> None:
        """Keep all texts met since the start and before, if there are new ones."""
        if not self._fresh:
            return
        partial = self._path.with_suffix(".part")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez(
                file,
                keys=np.frombuffer(b"".join(self._known), dtype=np.uint8),
                lengths=np.array([len(some) for some in self._known.values()], dtype=np.int32),
                parts=np.concatenate([*self._known.values(), _NOTHING]).astype(np.int32),
            )
        partial.replace(self._path)
        for old in self._path.parent.glob("training-parts-*.npz"):
            if old != self._path:
                old.unlink(missing_ok=True)

    def _read(self) -> dict[bytes, Buckets]:
        try:
            with np.load(self._path, allow_pickle=False) as kept:
                keys, lengths, parts = kept["keys"].tobytes(), kept["lengths"], kept["parts"].astype(np.int64)
        except (OSError, ValueError, KeyError, EOFError):
            return {}
        if len(keys) != _KEY_SIZE * len(lengths) or lengths.sum() != len(parts):
            return {}
        ends = np.cumsum(lengths)
        return {
            keys[_KEY_SIZE * place : _KEY_SIZE * (place + 1)]: parts[end - length : end]
            for place, (end, length) in enumerate(zip(ends, lengths, strict=True))
        }
