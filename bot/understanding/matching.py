"""How far a typed word is from a word in its own letters: letters aligned with spellings (Wagner and Fischer 1974)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from bot.understanding.alphabets import ABJADS, ALPHABETS, CYRILLIC

_RARER = 0.12
"""What a spelling costs for each likelier one, up to three of them."""
_DOUBLED = 0.1
_NEVER = 2.0

# Letters that are typed, but not written: the short vowels of an abjad, and what stands for softness.
_SHORT = {"a": 0.25, "e": 0.25, "i": 0.35, "o": 0.35, "u": 0.35, "y": 0.6, "'": 0.1, "h": 0.7}
_SOFT = {"a": 1.0, "e": 1.0, "i": 0.8, "o": 1.0, "u": 1.0, "y": 0.6, "'": 0.1, "j": 0.6, "h": 0.7}
_TYPED_ALONE: Mapping[str, Mapping[str, float]] = {
    **dict.fromkeys(ABJADS, _SHORT),
    **dict.fromkeys(CYRILLIC, _SOFT),
    "ti": {"a": 0.5, "e": 0.4, "i": 0.3, "o": 0.6, "u": 0.6, "y": 0.6, "'": 0.1, "h": 0.7},
}
# Letters that are written, but not always typed.
_WRITTEN_ALONE: Mapping[str, float] = {
    **dict.fromkeys("اأإآٱويیىةعئءؤۍې", 0.7),
    **dict.fromkeys("йьъ'", 0.2),
    **dict.fromkeys("аеиоуыэюяіїєё", 1.2),
}
_FINAL = {"ه": 0.5}

_OF_NO_SUCH_LETTER: tuple[tuple[tuple[str, float], ...], float] = ((), math.inf)

_Row = list[float]


def mismatch(word: str, typed: str, language: str, *, most: float = math.inf) -> float:
    """Return how far `typed` is from `word`, 0 for its likeliest spelling; infinity as soon as it exceeds `most`."""
    extra = [_TYPED_ALONE[language].get(letter, _NEVER) for letter in typed]
    row = _with_extra([0.0] + [math.inf] * len(typed), extra)
    for place, letter in enumerate(word):
        spellings, left_out = _costs(language).get(letter, _OF_NO_SUCH_LETTER)
        if place == len(word) - 1:
            left_out = min(left_out, _FINAL.get(letter, left_out))
        row = _with_extra(_read(row, typed, spellings, left_out), extra)
        least = min(row)
        if least > most or least == math.inf:
            return math.inf
    return row[-1]


def _read(row: _Row, typed: str, spellings: tuple[tuple[str, float], ...], left_out: float) -> _Row:
    """Return the least cost up to each place of `typed` after one more letter of the word."""
    new = [cost + left_out for cost in row]
    for spelling, cost in spellings:
        start = typed.find(spelling)
        while start >= 0:
            end = start + len(spelling)
            new[end] = min(new[end], row[start] + cost)
            if len(spelling) == 1 and typed[end : end + 1] == spelling:
                new[end + 1] = min(new[end + 1], row[start] + cost + _DOUBLED)
            start = typed.find(spelling, start + 1)
    return new


def _with_extra(row: _Row, extra: list[float]) -> _Row:
    """Let letters be typed that are not written."""
    for end, cost in enumerate(extra, 1):
        if row[end - 1] + cost < row[end]:
            row[end] = row[end - 1] + cost
    return row


@lru_cache(maxsize=16)
def _costs(language: str) -> Mapping[str, tuple[tuple[tuple[str, float], ...], float]]:
    """Return for each letter its spellings with what they cost, and what it costs to leave it out."""
    return {
        letter: (
            tuple((one, _RARER * min(rank, 3)) for rank, one in enumerate(spellings) if one),
            0.0 if "" in spellings else _WRITTEN_ALONE.get(letter, _NEVER),
        )
        for letter, spellings in ALPHABETS[language].items()
    }
