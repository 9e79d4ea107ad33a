"""The words of the training examples in their own letters, kept under the sounds that they are typed with."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.understanding.alphabets import ALPHABETS, WITH_SIGNS
from bot.understanding.language import script_of
from bot.understanding.sounds import sounds, ways

WORD = r"[^\W_]+(?:['’ʼ`][^\W_]+)*"
ARTICLE = "ال"
SHORTEST_STEM = 3
_WORDS = re.compile(WORD)
_APOSTROPHE = re.compile("['’ʼ`]")
_VOWEL_SIGNS = re.compile("[\u064b-\u0652\u0670\u0640]")
_OFTEN, _LONG = 2, 5
"""A Latin word among words in their own letters is no slip if it stands there so often, or is so long."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of all languages.

    `keys` are hashes of language and sounds, sorted; the word of each begins at `places` of `letters` (UTF-8, a line a
    word) and stands in `counts` examples. `kept` are hashes of words that stay in Latin letters.
    """

    keys: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    places: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    counts: NDArray[np.uint16] = field(default_factory=lambda: np.empty(0, np.uint16))
    letters: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    kept: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    def keeps(self, word: str) -> bool:
        """Return whether a word stands in Latin letters among words in every script, as German office words do."""
        first, end = _where(self.kept, _hash("", word))
        return end > first

    def sounding_like(self, typed: str, language: str) -> list[tuple[str, int]]:
        """Return the words with the same consonants and in how many examples they stand, the most frequent first."""
        key = _hash(language, sounds(typed, language))
        first, end = _where(self.keys, key)
        found = [
            (self._word(place), count)
            for place, count in zip(self.places[first:end].tolist(), self.counts[first:end].tolist(), strict=True)
        ]
        return sorted(found, key=lambda item: -item[1])

    def _word(self, place: int) -> str:
        letters = self.letters[place : place + _LONGEST_LINE].tobytes()
        return letters[: letters.index(b"\n")].decode()


_LONGEST_LINE = 128
"""Bytes of a word with its line end; longer ones are not kept."""


def build_lexicon(sentences: Iterable[tuple[str, str]]) -> Lexicon:
    """Return the words of (text, language): those written in the letters of a language that has its own."""
    own, foreign = _counted(sentences)
    entries: list[tuple[int, int, int]] = []
    lines: list[bytes] = []
    place = 0
    for language, counts in own.items():
        for word, count in sorted({**_without_article(counts, language), **counts}.items()):
            line = word.encode() + b"\n"
            if len(line) <= _LONGEST_LINE:
                lines.append(line)
                entries += [(_hash(language, heard), place, min(count, 0xFFFF)) for heard in ways(word, language)]
                place += len(line)
    entries.sort()
    keys, places, numbers = zip(*entries, strict=True) if entries else ((), (), ())
    kept = sorted({_hash("", word) for word, times in foreign.items() if times >= _OFTEN or len(word) >= _LONG})
    return Lexicon(
        np.array(keys, np.uint64), np.array(places, np.uint32), np.array(numbers, np.uint16),
        np.frombuffer(b"".join(lines), np.uint8), np.array(kept, np.uint64),
    )  # fmt: skip


def _counted(sentences: Iterable[tuple[str, str]]) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Return in how many sentences each language's words stand, and in how many words in Latin letters among them."""
    own: dict[str, Counter[str]] = {language: Counter() for language in sorted({*ALPHABETS, *WITH_SIGNS})}
    foreign: Counter[str] = Counter()
    for text, language in sentences:
        if language in WITH_SIGNS and not text.isascii():
            own[language].update(set(_words_of(text)))
        if language not in ALPHABETS or script_of(text) == "latin":
            continue
        for word in set(_words_of(text)):
            if all(letter in ALPHABETS[language] for letter in word):
                own[language][word] += 1
            elif word.isascii():
                foreign[word] += 1
    return own, foreign


def one_apostrophe(word: str) -> str:
    """Return a word with the plain apostrophe for every kind of it."""
    return _APOSTROPHE.sub("'", word)


def _words_of(text: str) -> list[str]:
    return [one_apostrophe(word) for word in _WORDS.findall(_VOWEL_SIGNS.sub("", text.lower()))]


def _without_article(counts: Counter[str], language: str) -> dict[str, int]:
    """Return Arabic words that stand only with the article, without it."""
    if language != "ar":
        return {}
    shortest = len(ARTICLE) + SHORTEST_STEM
    return {word[len(ARTICLE) :]: 1 for word in counts if word.startswith(ARTICLE) and len(word) >= shortest}


def _where(hashes: NDArray[np.uint64], wanted: int) -> tuple[int, int]:
    """Return from where to where a hash stands among sorted ones."""
    number = np.uint64(wanted)
    return int(np.searchsorted(hashes, number)), int(np.searchsorted(hashes, number, "right"))


def _hash(language: str, text: str) -> int:
    # 32 bits would be too few: 165,000 keys, and every word that anybody types is looked for.
    digest = hashlib.blake2b(f"{language} {text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
