"""Taking names and numbers out of a question, so that it can be kept to learn from.

There is no list of all names. So it is the other way round: a word stays only if it is one of those that Lotse has
learned from, in any language, and not a name that is common among them (`intents/names.txt`). What is
taken out leaves `MASK`. An unusual word is lost with the names; the sentence around it still says what was asked.
"""

from __future__ import annotations

import re
import string
from pathlib import Path

from bot.errors import ConfigurationError, Fault
from bot.understanding.known_words import KnownWords
from bot.understanding.normalise import tidy

MASK = "…"
_EDGES = string.punctuation + "«»„“”‚‘’¿¡…–—،؛؟።፣፤፥"
_FEW_DIGITS = 2
"""A number is masked, but B1, A2 or "3andi" (Arabic in Latin letters) are words."""
_ADDRESS = re.compile(r"@|://|www\.|\.(?:com|de|org|net|info|eu)\b", re.IGNORECASE)
_MASKS = re.compile(rf"{MASK}(?:\s*{MASK})+")


def read_names(path: Path) -> list[str]:
    """Return the names of a file, if there is one: one a line, `#` begins a comment. Raises ConfigurationError."""
    if not path.exists():
        return []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError([Fault(str(path), 0, f"cannot be read ({exc})")]) from exc
    return [name for line in lines if (name := line.partition("#")[0].strip())]


class Scrubber:
    """Knows which words may stay."""

    def __init__(self, known: KnownWords) -> None:
        """Let these words stay."""
        self._known = known

    def __call__(self, text: str) -> str:
        """Return the text with everything else masked; punctuation around words stays."""
        return _MASKS.sub(MASK, " ".join(self._token(token) for token in tidy(text).split()))

    def _token(self, token: str) -> str:
        if _ADDRESS.search(token):
            return MASK
        word = token.strip(_EDGES)
        return token if not word or self._stays(word) else token.replace(word, MASK, 1)

    def _stays(self, word: str) -> bool:
        digits = sum(letter.isnumeric() for letter in word)
        if digits > _FEW_DIGITS or (digits and not any(letter.isalpha() for letter in word)):
            return False
        return self._known.all_of(word)
