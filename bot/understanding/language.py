"""In which of our languages a text is written: scripts and letters first, then a trained head, None when unsure.

The head knows parts of words of the training examples, so that Arabic, Persian, Pashto, Russian, Ukrainian and Tigrinya
in Latin letters are told apart too. py3langid is asked whether a text in Latin letters is in a language that is none of
ours. Plain German (de-simple) cannot be told from German and is never answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.understanding.features import buckets
from bot.understanding.heads import LanguageHead
from bot.understanding.normalise import tidy

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SURE = 0.35
"""How likely the best language must be."""
SURE_OF_A_WORD = 0.9
"""How likely it must be for one or two words, and only where no language was chosen yet."""
FEWEST_WORDS = 3

_SCRIPTS = {
    "ethiopic": re.compile(r"[\u1200-\u139f\u2d80-\u2ddf]"),
    "arabic": re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "latin": re.compile(r"[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]"),
}
# Every one of our languages is also typed in Latin letters.
_OF_SCRIPT: Mapping[str, frozenset[str]] = {
    "ethiopic": frozenset({"ti"}),
    "arabic": frozenset({"ar", "fa", "ps", "kmr"}),
    "cyrillic": frozenset({"uk", "ru"}),
    "latin": frozenset({"de", "en", "fr", "tr", "kmr", "so", "ar", "fa", "ps", "ru", "uk", "ti"}),
}
# Letters that no other of our languages in the same script has.
_OWN_LETTERS = {
    "ps": re.compile("[ټډړږښڼځڅېۍګ]"),
    "kmr": re.compile("[ێۆڤڵ]"),
    "uk": re.compile("[іїєґІЇЄҐ]"),
    "ru": re.compile("[ыэъёЫЭЪЁ]"),
}
_NEIGHBOURS = frozenset({"es", "it", "pl", "pt", "ro", "nl", "sq", "hr", "hu", "cs", "bs", "sr"})
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\d+")
_PRIOR = 3.0
_FOREIGN_SHARE = 0.2
_CERTAINLY_FOREIGN = 0.9


class Languages:
    """Tells languages apart. Loading takes half a second, a text 0.2 ms."""

    def __init__(self, head: LanguageHead) -> None:
        """Load py3langid's model beside the trained head."""
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - 0.1 s, not needed by training

        self._head = head
        self._langid: LanguageIdentifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._langid.set_languages([*sorted(_NEIGHBOURS), "de", "en", "fr", "tr", "ku", "so"])
        self._langid._full_model = ()  # noqa: SLF001 - 28 MB for going back to 142 languages, which we never do
        self._guess = lru_cache(maxsize=2_048)(self._guess_tidy)

    def guess(self, text: str, chosen: str | None = None) -> str | None:
        """Return the language of a text, None when unsure. `chosen` is the person's language, if known."""
        return self._guess(_LINK.sub(" ", tidy(text)).strip(), _plain(chosen))

    def _guess_tidy(self, text: str, chosen: str | None) -> str | None:
        script = script_of(text)
        if script is None:
            return None
        possible = _OF_SCRIPT[script]
        if len(possible) == 1:
            return next(iter(possible))
        if by_letters := _by_letters(text, possible):
            return by_letters
        words = len(text.split())
        if words < FEWEST_WORDS and chosen is not None:
            return None
        best, chance = self._by_head(text, possible, chosen)
        if chance < (SURE if words >= FEWEST_WORDS else SURE_OF_A_WORD):
            return None
        if script == "latin" and best != chosen and self._is_foreign(text):
            return None
        return best

    def _by_head(self, text: str, possible: frozenset[str], chosen: str | None) -> tuple[str, float]:
        chances = {
            language: chance * (_PRIOR if language == chosen else 1.0)
            for language, chance in self._head.chances(buckets(text)).items()
            if language in possible
        }
        best = max(chances, key=lambda language: chances[language])
        return best, chances[best] / max(sum(chances.values()), 1e-9)

    def _is_foreign(self, text: str) -> bool:
        """Return whether a text is in a European language that is none of ours."""
        name, chance = self._langid.classify(text)
        return name in _NEIGHBOURS and chance >= _CERTAINLY_FOREIGN


def _plain(chosen: str | None) -> str | None:
    return "de" if chosen == "de-simple" else chosen


def scripts_in(text: str) -> int:
    """Return of how many of our scripts a text has letters. People write in one, with German words in a second."""
    return sum(letters.search(text) is not None for letters in _SCRIPTS.values())


def script_of(text: str) -> str | None:
    """Return the script of the text, None without letters.

    Latin only if it has nearly all letters: German office words stand in sentences of every script.
    """
    counts = {script: len(letters.findall(text)) for script, letters in _SCRIPTS.items()}
    latin = counts.pop("latin")
    best = max(counts, key=lambda script: counts[script])
    if counts[best] and counts[best] >= _FOREIGN_SHARE * latin:
        return best
    return "latin" if latin else None


def _by_letters(text: str, possible: frozenset[str]) -> str | None:
    """Return the one language of which the text has letters of its own."""
    found = [language for language, letters in _OWN_LETTERS.items() if language in possible and letters.search(text)]
    return found[0] if len(found) == 1 else None
