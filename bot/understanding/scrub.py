"""Taking names and numbers out of a question, so that it can be kept to learn from.

There is no list of all names. So it is the other way round: a word stays only if it is one of those that Lotse has
learned from, in any language (`vocabulary`), and not a name that is common among them (`intents/names.txt`). What is
taken out leaves `MASK`. An unusual word is lost with the names; the sentence around it still says what was asked.
"""

from __future__ import annotations

import re
import string
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigurationError, Fault
from bot.understanding.normalise import fold, tidy

MASK = "…"
_SEEN = 2
"""In so many sentences a word must stand to be kept: a name may stand in one."""
_EDGES = string.punctuation + "«»„“”‚‘’¿¡…–—،؛؟።፣፤፥"
_FEW_DIGITS = 2
"""A number is masked, but B1, A2 or "3andi" (Arabic in Latin letters) are words."""
_ADDRESS = re.compile(r"@|://|www\.|\.(?:com|de|org|net|info|eu)\b", re.IGNORECASE)
_MASKS = re.compile(rf"{MASK}(?:\s*{MASK})+")

Vocabulary = NDArray[np.uint32]


def vocabulary(texts: Iterable[str], names: Iterable[str] = ()) -> Vocabulary:
    """Return the hashes, sorted, of the words that stand in several of the texts and are no names."""
    seen = Counter(word for text in texts for word in set(_words(text)))
    for name in names:
        for word in _words(name):
            seen.pop(word, None)
    return np.array(sorted({_hash(word) for word, times in seen.items() if times >= _SEEN}), dtype=np.uint32)


def read_names(path: Path) -> list[str]:
    """Return the names of a file, one a line, `#` begins a comment; raise ConfigurationError if it cannot be read."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError([Fault(str(path), 0, f"cannot be read ({exc})")]) from exc
    return [name for line in lines if (name := line.partition("#")[0].strip())]


class Scrubber:
    """Knows which words may stay."""

    def __init__(self, known: Vocabulary) -> None:
        """Let these words stay: a `vocabulary`."""
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
        hashes = [_hash(part) for part in _words(word)]
        return bool(np.isin(hashes, self._known).all())


def _words(text: str) -> list[str]:
    return fold(text).split()


def _hash(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))
