"""What a text is made of, as numbers: hashed word parts and words, beside the encoder's vector.

The parts are pieces of 2 to 5 characters within a word (the edges of the word count as characters), whole words and
two words in a row, of the folded text, as 32-bit hashes; for the classifier the first 17 bits of a hash are its bucket.
"""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.understanding.normalise import fold

BITS = 17
BUCKETS = 1 << BITS
LONGEST_PIECE = 5

Buckets = NDArray[np.int64]
Parts = NDArray[np.int64]

_LETTERS, _SYLLABLES = 4, 3  # of a piece that search compares; the edge of a word counts
_ETHIOPIC = re.compile("[\u1200-\u137f]")
_SPACE = ord(" ")
_PRIME = np.uint64(1_099_511_628_211)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HASH_BITS = 32
_SHIFT = np.uint64(64 - _HASH_BITS)


def buckets(*texts: str) -> Buckets:
    """Return the bucket numbers of a text, or of several spellings of one, sorted, each once; empty without words."""
    return np.unique(np.concatenate([parts(text) for text in dict.fromkeys(texts)]) >> (_HASH_BITS - BITS))


def parts(text: str) -> Parts:
    """Return the hashes of a text's parts, sorted, each once; empty for a text without words."""
    folded = fold(text)
    if not folded:
        return np.empty(0, dtype=np.int64)
    return np.unique(np.concatenate([_pieces(folded), _words(folded.split())]))


def grams(text: str) -> Parts:
    """Return the hashes that search compares, sorted, each once: words, and pieces of four characters.

    Pieces of one length are as good as of many (McNamee and Mayfield 2004) and a tenth of the memory; of Ethiopic,
    where a character is a syllable, they have three.
    """
    folded = fold(text)
    if not folded:
        return np.empty(0, dtype=np.int64)
    length = _SYLLABLES if _ETHIOPIC.search(folded) else _LETTERS
    words = np.array([zlib.crc32(b"w " + word.encode()) for word in folded.split()], dtype=np.int64)
    return np.unique(np.concatenate([_pieces(folded, length, length), words]))


def _pieces(folded: str, shortest: int = 2, longest: int = LONGEST_PIECE) -> Parts:
    """Hash all pieces at once: a rolling polynomial over the code points, in numbers that wrap around."""
    points = np.frombuffer(f" {folded} ".encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    space = points == _SPACE
    hashes, found = points, [np.empty(0, np.uint64)]
    inner = np.zeros(len(points), dtype=bool)  # whether a piece has a space that is not at its edge
    for length in range(2, min(longest, len(points)) + 1):
        inner = inner[:-1] | (space[length - 2 : -1] if length > 2 else False)
        hashes = hashes[:-1] * _PRIME + points[length - 1 :]
        if length >= shortest:
            found.append((hashes[~inner] * _MIX) >> _SHIFT)
    return np.concatenate(found).astype(np.int64)


def _words(words: list[str]) -> Parts:
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return np.array([zlib.crc32(b"w " + word.encode()) for word in (*words, *pairs)], dtype=np.int64)
