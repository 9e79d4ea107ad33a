"""What a text is made of, as numbers: hashed word parts and words, beside the encoder's vector.

The sparse part is a set of bucket numbers. A bucket stands for a piece of 2 to 5 characters within a word (the edges
of the word count as characters), a whole word or two words in a row, of the folded text.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from bot.understanding.normalise import fold

BITS = 15
BUCKETS = 1 << BITS
LONGEST_PIECE = 5

Buckets = NDArray[np.int64]

_SPACE = ord(" ")
_PRIME = np.uint64(1_099_511_628_211)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - BITS)


def buckets(text: str) -> Buckets:
    """Return the bucket numbers of a text, sorted, each once; empty for a text without words."""
    folded = fold(text)
    if not folded:
        return np.empty(0, dtype=np.int64)
    return np.unique(np.concatenate([_pieces(folded), _words(folded.split())]))


def _pieces(folded: str) -> Buckets:
    """Hash all pieces at once: a rolling polynomial over the code points, in numbers that wrap around."""
    points = np.frombuffer(f" {folded} ".encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    space = points == _SPACE
    hashes, found = points, []
    inner = np.zeros(len(points), dtype=bool)  # whether a piece has a space that is not at its edge
    for length in range(2, min(LONGEST_PIECE, len(points)) + 1):
        if length > 2:
            inner = inner[:-1] | space[length - 2 : -1]
        else:
            inner = inner[:-1]
        hashes = hashes[:-1] * _PRIME + points[length - 1 :]
        found.append((hashes[~inner] * _MIX) >> _SHIFT)
    return np.concatenate(found).astype(np.int64)


def _words(words: list[str]) -> Buckets:
    pairs = [f"{first} {second}" for first, second in zip(words, words[1:], strict=False)]
    return np.array([zlib.crc32(b"w " + word.encode()) >> (32 - BITS) for word in (*words, *pairs)], dtype=np.int64)
