"""One spelling for the many in which people write the name of a town."""

from __future__ import annotations

import re
import unicodedata

_ALIKE = str.maketrans(
    {
        # Arabic, Persian, Pashto: forms of one letter, and g and p, which Arabic has to write otherwise
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىیېۍئي", "ي"),
        "ک": "ك",
        **dict.fromkeys("گګ", "غ"),
        "ۀ": "ه",
        "ة": "ه",
        "ؤ": "و",
        "ټ": "ت",
        "ډ": "د",
        "ړ": "ر",
        "ڼ": "ن",
        "پ": "ب",
        "ڤ": "ف",
        "ـ": None,
        "\u200c": None,
        # Cyrillic: Ukrainian and Russian spellings of the same sound
        **dict.fromkeys("іїы", "и"),
        **dict.fromkeys("єэё", "е"),
        "ґ": "г",
        "ь": None,
        "ъ": None,
        "ß": "ss",
        "ı": "i",
        "ø": "o",
        "ł": "l",
    }
)
_ETHIOPIC_ALIKE = ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0), (0x1340, 0x1338))
_ETHIOPIC = {
    first + vowel: target + vowel for first, target in _ETHIOPIC_ALIKE for vowel in range(7)
}  # rows of Ethiopic letters that are spoken alike; 7 vowels each
_UMLAUT = re.compile(r"([aou])e")
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Return the words of a name in lower case, without accents, marks, hyphens and spelling variants.

    >>> fold("Tübingen") == fold("TUEBINGEN") == fold("Tubingen")
    True
    >>> fold("Rhein-Neckar-Kreis"), fold("٧٠١٧٣")
    ('rhein neckar kreis', '70173')
    """
    # Letters whose dots matter less than their sound are put together before the marks are taken away.
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE).translate(_ETHIOPIC)
    plain = "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))
    digits = "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in plain)
    return " ".join(_UMLAUT.sub(r"\1", word) for word in _WORD.findall(digits))
