"""The words that Lotse has learned from. A text without any of them cannot be understood, whatever the heads say."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bot.understanding.normalise import fold

_SEEN = 2
"""In so many sentences a word must stand to be known: a name may stand in one."""

Vocabulary = NDArray[np.uint32]
"""Hashes of words, sorted."""


def vocabulary(texts: Iterable[str], names: Iterable[str] = ()) -> Vocabulary:
    """Return the words that stand in several of the texts and are no names."""
    seen = Counter(word for text in texts for word in set(fold(text).split()))
    for name in names:
        for word in fold(name).split():
            seen.pop(word, None)
    return np.array(sorted({_hash(word) for word, times in seen.items() if times >= _SEEN}), dtype=np.uint32)


class KnownWords:
    """A vocabulary to ask."""

    def __init__(self, known: Vocabulary) -> None:
        """Know these words."""
        self._known = known

    def all_of(self, text: str) -> bool:
        """Return whether every word of a text is known."""
        return bool(self._are_known(text).all())

    def any_of(self, text: str) -> bool:
        """Return whether some word of a text is known, or there are no words in it."""
        found = self._are_known(text)
        return bool(found.any() or not found.size)

    def _are_known(self, text: str) -> NDArray[np.bool_]:
        hashes = np.array([_hash(word) for word in fold(text).split()], dtype=np.uint32)
        if not self._known.size:
            return np.zeros(len(hashes), dtype=bool)
        places = np.minimum(np.searchsorted(self._known, hashes), len(self._known) - 1)
        return np.asarray(self._known[places] == hashes)


def _hash(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))
