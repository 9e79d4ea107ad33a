"""What people type in Latin letters, read back into the letters of their language.

Nothing is transliterated by rule: "nemitunam az inja beram" becomes "نمیتونم از اینجا برم". A typed word is compared
with those of the lexicon that sound alike, letter by letter, and the one that it is likeliest to mean is taken,
frequent words before rare ones. A word that is like none remains as it is, and so do German office words, which stand
in Latin letters among words in every script. In the same way Turkish and Kurmanji get the signs back that were left
out: "cocugum cok agladi" becomes "çocuğum çok ağladı".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from bot.understanding.alphabets import ALPHABETS, WITH_SIGNS
from bot.understanding.language import script_of
from bot.understanding.lexicon import ARTICLE, SHORTEST_STEM, WORD, Lexicon, build_lexicon, one_apostrophe
from bot.understanding.matching import mismatch

_LATIN = re.compile("[a-z]")
_WORTH = 0.25
"""What a word gains for each time that it is e times as frequent."""
_FARTHEST, _FARTHEST_SHARE = 1.3, 0.3
"""How much of a word may not match: so much, or this share of its letters."""
_REMEMBERED = 16_384

# What Arabic writes as one with the next word, as it is typed and as it is written.
_ATTACHED = (
    ("bel", "بال"), ("bil", "بال"), ("fel", "فال"), ("fil", "فال"), ("wel", "وال"), ("lel", "لل"), ("lil", "لل"),
    ("3al", "عال"), ("el", "ال"), ("al", "ال"), ("il", "ال"), ("w", "و"), ("b", "ب"), ("l", "ل"),
)  # fmt: skip
# The article before t, d, r, z, s, n and sh is typed as it is heard: esh-shams, ennas.
_ARTICLE_AS_HEARD = re.compile(r"[eai]?(?:([tdrzsn])(?=\1)|sh(?=sh))")
_PART = re.compile(rf"(?P<word>{WORD})")
_PART_IN: Mapping[str, re.Pattern[str]] = {
    "ar": re.compile(rf"(?:\b(?P<article>el|al|il|l)[ -])?(?P<word>{WORD})", re.IGNORECASE),
    # The ezafe is spoken and typed, not written.
    "fa": re.compile(rf"(?P<word>{WORD})(?:-y?e\b)?"),
}


class OwnLetters:
    """Reads Latin letters back: about a millisecond for a sentence of words not met before."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Know these words."""
        self._lexicon = lexicon
        self._word = lru_cache(maxsize=_REMEMBERED)(self._find)
        self._signs = lru_cache(maxsize=_REMEMBERED)(self._most_frequent)

    def read(self, text: str, language: str | None) -> str:
        """Return a text with the words that are known set in the language's own letters.

        A text that is not in Latin letters, or of a language that has no others, is returned as it is. Where Latin
        letters have signs and a text has none, they are added.
        """
        if language in WITH_SIGNS and text.isascii():
            spoken = str(language)
            return _PART.sub(lambda part: self._with_signs(part["word"], spoken), text)
        if language is None or language not in ALPHABETS or script_of(text) != "latin":
            return text
        return _PART_IN.get(language, _PART).sub(lambda part: self._part(part, language), text)

    def _with_signs(self, typed: str, language: str) -> str:
        found = self._signs(one_apostrophe(typed.lower()), language)
        return found if found and found != typed.lower() else typed

    def _most_frequent(self, typed: str, language: str) -> str | None:
        return next((word for word, _ in self._lexicon.sounding_like(typed, language)), None)

    def _part(self, part: re.Match[str], language: str) -> str:
        typed = part["word"].lower()
        if not typed.isascii() or not _LATIN.search(typed) or self._lexicon.keeps(typed):
            return part[0]
        found = self._word(one_apostrophe(typed), language)
        if found is None:
            return part[0]
        return ARTICLE + found if part.groupdict().get("article") else found

    def _find(self, typed: str, language: str) -> str | None:
        found = self._likeliest(typed, language)
        if found is None and language == "ar":
            return next(filter(None, self._attached(typed)), None)
        return found

    def _attached(self, typed: str) -> Iterator[str | None]:
        """Yield what an Arabic word may be whose beginning is a word of its own in other languages."""
        if heard := _ARTICLE_AS_HEARD.match(typed):
            found = self._likeliest(typed[heard.end() :], "ar")
            yield found and ARTICLE + found
        for typed_start, start in _ATTACHED:
            rest = typed.removeprefix(typed_start)
            if rest != typed and len(rest) >= SHORTEST_STEM:
                found = self._likeliest(rest, "ar")
                yield found and start + found

    def _likeliest(self, typed: str, language: str) -> str | None:
        """Return the word that is likeliest meant, None if none is like it."""
        limit = max(_FARTHEST, _FARTHEST_SHARE * len(typed))
        best, least = None, math.inf
        for word, count in self._lexicon.sounding_like(typed, language):
            gain = _WORTH * math.log(count + 0.5)
            off = mismatch(word, typed, language, most=min(limit, least + gain))
            if off <= limit and off - gain < least:
                best, least = word, off - gain
        return best


def in_own_letters(texts: Sequence[str], languages: Sequence[str]) -> tuple[list[str], Lexicon]:
    """Return examples as they are learned from, those in Latin letters read by the words of the others, and these."""
    lexicon = build_lexicon(zip(texts, languages, strict=True))
    return list(map(OwnLetters(lexicon).read, texts, languages)), lexicon
