"""What remains equal of a word, however it is typed in Latin letters: the consonants that are heard in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby, islice, product

from bot.understanding.alphabets import ABJADS, ALPHABETS, CYRILLIC, WITH_SIGNS
from bot.understanding.normalise import fold

# Several letters for one sound, longest first; the signs for them are of this module alone.
_TOGETHER = (
    ("shch", "š"), ("tsch", "č"), ("sch", "š"), ("tch", "č"), ("kh", "x"), ("gh", "g"), ("sh", "š"), ("ch", "č"),
    ("zh", "ž"), ("th", "t"), ("dh", "d"), ("ph", "f"),
)  # fmt: skip
_MOST_WAYS = 24
"""Ways to say a word that it is kept under: a letter may be heard in several."""
_VOWELS = "aeiouy'32"
_ALONE = {"7": "h", "5": "x", "8": "g", "4": "č", "$": "š", "q": "k", "j": "ž", "w": "v"}
_ALONE_IN: Mapping[str, Mapping[str, str]] = {
    **{language: {"w": "", "v": "", "6": "t", "9": "s"} for language in ABJADS},
    **{language: {"6": "š", "9": "", "x": "g", "h": "g", "ž": "", "j": ""} for language in CYRILLIC},
    "ti": {"6": "t", "9": "", "x": "g", "h": "g"},
}


@lru_cache(maxsize=8_192)
def sounds(spelling: str, language: str) -> str:
    """Return the consonants that are heard in a word in Latin letters, each way of typing them alike.

    Of Turkish and Kurmanji, which have Latin letters: the word as those type it whose keyboard has no signs.

    >>> sounds("mitonam", "fa") == sounds("mituunem", "fa")
    True
    >>> sounds("reş", "kmr") == sounds("res", "kmr") == sounds("resh", "kmr")
    True
    >>> sounds("khochu", "ru") == sounds("xo4u", "ru") == sounds("hochu", "ru")
    True
    """
    if language in WITH_SIGNS:
        return fold(spelling).replace("sh", "s").replace("ch", "c")
    return _in_a_word(_consonants(spelling, language), language)


def ways(word: str, language: str) -> list[str]:
    """Return the sounds that a word in its own letters may be typed with, in their order."""
    if language in WITH_SIGNS:
        return [sounds(word, language)]
    heard = [dict.fromkeys(_consonants(one, language) for one in ALPHABETS[language][letter]) for letter in word]
    return list(dict.fromkeys(_in_a_word("".join(way), language) for way in islice(product(*heard), _MOST_WAYS)))


def _consonants(spelling: str, language: str) -> str:
    """Return the consonants that are heard in some letters of a word."""
    for letters, sign in _TOGETHER:
        spelling = spelling.replace(letters, sign)
    own = _ALONE_IN[language]
    heard = (own.get(letter, _ALONE.get(letter, letter)) for letter in spelling if letter not in _VOWELS)
    return "".join(own.get(sound, sound) for sound in heard)


def _in_a_word(heard: str, language: str) -> str:
    """Return the consonants of a whole word as far as all ways of typing have them: none twice, no silent h."""
    once = "".join(sound for sound, _ in groupby(heard))
    return once.removesuffix("h") if language in ABJADS else once
