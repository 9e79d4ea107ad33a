"""Letters that look alike but are not: a Latin c in a Cyrillic word is never found again by search."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_CYRILLIC = "\u0400-\u052f"
_GREEK = "\u0370-\u03ff"
_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff"  # without the tatweel
_ETHIOPIC = "\u1200-\u135a\u1380-\u138f\u2d80-\u2dde"
_OTHER = f"{_ARABIC}{_ETHIOPIC}"

# Latin, Cyrillic and Greek look alike, so any two of them side by side are a slip. Arabic and Ethiopic do not:
# there a German office word may carry a prefix or a suffix, but not have another script in its middle.
_MIXED = re.compile(
    rf"[{_LATIN}][{_CYRILLIC}{_GREEK}]|[{_CYRILLIC}][{_LATIN}{_GREEK}]|[{_GREEK}][{_LATIN}{_CYRILLIC}]"
    rf"|[{_ARABIC}][{_ETHIOPIC}]|[{_ETHIOPIC}][{_ARABIC}]|[{_CYRILLIC}{_GREEK}][{_OTHER}]|[{_OTHER}][{_CYRILLIC}{_GREEK}]"
    rf"|[{_LATIN}][{_OTHER}]+[{_LATIN}]|[{_OTHER}][{_LATIN}]+[{_OTHER}]"
)
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WORD = re.compile(r"\w+")


def mixed_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield the position and the text of each word that mixes scripts.

    >>> [word for _, word in mixed_words("Анмельдунг, Пaспорт, Jobcenter")]
    ['Пaспорт']
    """
    for word in _WORD.finditer(text):
        if not word[0].isascii() and _MIXED.search(word[0]):
            yield word.start(), word[0]


def invisible_characters(text: str) -> Iterator[tuple[int, str]]:
    """Yield the position and the code point of direction marks and the like, which the program sets itself.

    The zero-width non-joiner is left alone: Persian is written with it.
    """
    for found in _INVISIBLE.finditer(text):
        yield found.start(), f"U+{ord(found[0]):04X}"
