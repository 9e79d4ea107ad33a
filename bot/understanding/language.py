"""In which of our languages a text is written: scripts and letters first, then py3langid, None when unsure.

Plain German (de-simple) cannot be told from German and is never answered. Arabic, Persian, Pashto, Ukrainian, Russian
and Tigrinya in Latin letters are not recognised as such: they give the chosen language or None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.understanding.normalise import tidy

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SURE = 0.4
"""How likely the best language must be."""
SURE_OF_OTHER_SCRIPT = 0.97
"""How likely it must be when the chosen language has another script: Latin letters may be a phone without Arabic."""
FEWEST_WORDS = 3

_SCRIPTS = {
    "ethiopic": re.compile(r"[\u1200-\u139f\u2d80-\u2ddf]"),
    "arabic": re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "latin": re.compile(r"[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]"),
}
_OF_SCRIPT: Mapping[str, frozenset[str]] = {
    "ethiopic": frozenset({"ti"}),
    "arabic": frozenset({"ar", "fa", "ps"}),
    "cyrillic": frozenset({"uk", "ru"}),
    "latin": frozenset({"de", "en", "fr", "tr", "kmr", "so"}),
}
# Letters that no other of our languages in the same script has.
_OWN_LETTERS = {
    "ps": re.compile("[ټډړږښڼځڅېۍګ]"),
    "uk": re.compile("[іїєґІЇЄҐ]"),
    "ru": re.compile("[ыэъёЫЭЪЁ]"),
}
_OURS = {"arz": "ar", "ary": "ar", "ku": "kmr", "am": "ti", "az": "tr"}
# Neighbours that are not ours: told apart so that nobody is offered French for Spanish.
_NEIGHBOURS = ("es", "it", "pl", "pt", "ro", "nl", "sq")
_LANGID = ("de", "en", "fr", "tr", "az", "ku", "so", "ar", "arz", "ary", "fa", "ps", "uk", "ru", *_NEIGHBOURS)
_OFFICE_WORD = re.compile(r"(?<=\S )[A-ZÄÖÜ]\w{4,}")  # a German noun within the sentence
_LATIN_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f]+")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\d+")
_PRIOR = 3.0
_FOREIGN_SHARE = 0.2


class Languages:
    """Tells languages apart. Loading takes half a second, a text 0.1 ms."""

    def __init__(self) -> None:
        """Load py3langid's model, restricted to our languages and their neighbours."""
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - 0.1 s, not needed by training

        self._langid: LanguageIdentifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._langid.set_languages(_LANGID)
        self._guess = lru_cache(maxsize=2_048)(self._guess_tidy)

    def guess(self, text: str, chosen: str | None = None) -> str | None:
        """Return the language of a text, None when unsure. `chosen` is the person's language, if known."""
        return self._guess(_LINK.sub(" ", tidy(text)).strip(), _plain(chosen))

    def _guess_tidy(self, text: str, chosen: str | None) -> str | None:
        script = _script(text)
        if script is None:
            return None
        possible = _OF_SCRIPT[script]
        if len(possible) == 1:
            return next(iter(possible))
        if by_letters := _by_letters(text, possible):
            return by_letters
        if len(text.split()) < FEWEST_WORDS:
            return None
        return self._by_statistics(_without_office_words(text), possible, chosen)

    def _by_statistics(self, text: str, possible: frozenset[str], chosen: str | None) -> str | None:
        chances: dict[str, float] = {}
        for name, chance in self._langid.rank(text):
            language = _OURS.get(name, name)
            if language in possible or name in _NEIGHBOURS:
                weight = _PRIOR if language == chosen else 1.0
                chances[language] = chances.get(language, 0.0) + weight * chance
        whole = sum(chances.values())
        best = max(chances, key=lambda language: chances[language])
        other_script = chosen is not None and chosen not in possible
        needed = SURE_OF_OTHER_SCRIPT if other_script else SURE
        return best if best in possible and chances[best] >= needed * whole else None


def _plain(chosen: str | None) -> str | None:
    return "de" if chosen == "de-simple" else chosen


def _script(text: str) -> str | None:
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


def _without_office_words(text: str) -> str:
    """Return the text without long capitalised words: "what is Wohnungsgeberbestätigung" is English.

    A text in another script loses all its Latin words.
    """
    rest = (_OFFICE_WORD if _script(text) == "latin" else _LATIN_WORD).sub(" ", text)
    return rest if len(rest.split()) > 1 else text
