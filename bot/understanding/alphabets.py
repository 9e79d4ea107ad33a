"""How people type the letters of six languages on a keyboard that has only Latin ones.

Each line is a letter and its spellings, likeliest first; "-" stands for a letter that is often left out. There is no
standard: these are the habits seen in chats (Arabizi with its digits, Finglish, Latin Pashto, volapuk), so a letter has
many spellings and a spelling many letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

Spellings = tuple[str, ...]

_ARABIC = """
ا a e aa i o u
أ a e 2 i o u
إ i e a 2
آ a aa
ٱ a e
ب b
ت t
ث th t s
ج j g dj
ح 7 h
خ 5 kh x
د d
ذ th z d dh
ر r
ز z
س s
ش sh ch $
ص 9 s
ض d 9 dh z
ط 6 t
ظ z th dh
ع 3 a e i ' o u
غ gh 8 g
ف f
ق q 2 k g 9 8
ك k c
ک k c
گ g
ل l
م m
ن n
ه h e a eh
ة a e eh ah h
و w o u ou oo aw
ؤ o w 2 u '
ي y i e ee ei ai ay
ی y i e ee ei ai ay
ى a e i
ئ y 2 ' i -
ء 2 ' a -
پ p b
چ ch tch
ڤ v
"""
_PERSIAN = """
ا a aa e o i u
آ a aa
أ a
ث s
ج j
ح h 7
خ kh x
ذ z
ژ zh j
پ p
ش sh
ص s
ض z
ط t
ظ z
ع a e ' o 3
غ gh q
ق gh q
و v u o w oo ou
ه h e eh a
ی y i e ee ey ei
ي y i e ee ey ei
چ ch c
"""
_PASHTO = """
ټ t tt
ډ d dd
ړ r rr
ږ g zh gh
ښ sh x kh
څ ts s c
ځ z dz
ڼ n nr
ې e i
ۍ ai ay ey y
ګ g
و w o u v oo
"""
_CYRILLIC = """
а a
б b
в v w
г g h
д d
е e ye je ie
ж zh j z g
з z
и i y
й y j i
к k c
л l
м m
н n
о o a
п p
р r
с s c
т t
у u oo
ф f
х h kh x ch
ц ts c tz z
ч ch 4 tsch tch
ш sh 6 sch w
щ shch sch sh w sc
ъ - '
ы y i
ь - ' j
э e
ю yu ju u iu
я ya ja ia a 9
"""
_RUSSIAN = """
г g
е e ye je
и i
ё yo e o jo
"""
_UKRAINIAN = """
г h g
ґ g
і i
ї yi i ji
є ye je ie e
и y i
' - '
"""
# The rows of the syllabary as Unicode names them.
_ETHIOPIC_ROWS: Mapping[str, str] = {
    "H": "h", "L": "l", "HH": "h", "M": "m", "SZ": "s", "R": "r", "S": "s", "SH": "sh", "Q": "q k", "QH": "q kh",
    "B": "b", "V": "v", "T": "t", "C": "ch", "X": "h", "N": "n", "NY": "ny gn", "GLOTTAL ": "-", "K": "k", "KX": "k kh",
    "W": "w", "PHARYNGEAL ": "-", "Z": "z", "ZH": "zh", "Y": "y", "D": "d", "J": "j", "G": "g", "TH": "t", "CH": "ch",
    "PH": "p", "TS": "ts s", "TZ": "ts", "F": "f", "P": "p",
}  # fmt: skip
_ETHIOPIC_VOWELS: Mapping[str, str] = {
    "A": "e a", "U": "u", "I": "i", "AA": "a", "EE": "e ie ee", "E": "- i e", "O": "o",
}  # fmt: skip
_SYLLABLE = re.compile(r"ETHIOPIC SYLLABLE ((?:GLOTTAL |PHARYNGEAL )|[A-Z]*?)(W?)(AA|EE|A|U|I|E|O)$")


def _rows(*tables: str) -> Mapping[str, Spellings]:
    found: dict[str, Spellings] = {}
    for table in tables:
        for line in table.strip().splitlines():
            letter, *spellings = line.split()
            found[letter] = tuple("" if one == "-" else one for one in spellings)
    return found


def _ethiopic() -> Mapping[str, Spellings]:
    found: dict[str, Spellings] = {}
    for code in range(0x1200, 0x1380):
        name = _SYLLABLE.match(unicodedata.name(chr(code), ""))
        if name is None:
            continue
        row, rounded, vowel = name.groups()
        if rounded and not row:  # the row of W itself
            row, rounded = "W", ""
        if row in _ETHIOPIC_ROWS:
            found[chr(code)] = tuple(
                (consonant + rounded.lower() + sound).replace("-", "")
                for consonant in _ETHIOPIC_ROWS[row].split()
                for sound in ("a e" if row.endswith(" ") and vowel == "A" else _ETHIOPIC_VOWELS[vowel]).split()
            )
    return found


ALPHABETS: Mapping[str, Mapping[str, Spellings]] = {
    "ar": _rows(_ARABIC),
    "fa": _rows(_ARABIC, _PERSIAN),
    "ps": _rows(_ARABIC, _PERSIAN, _PASHTO),
    "ru": _rows(_CYRILLIC, _RUSSIAN),
    "uk": _rows(_CYRILLIC, _UKRAINIAN),
    "ti": _ethiopic(),
}
"""Language -> letter -> its spellings."""

ABJADS = frozenset({"ar", "fa", "ps"})
"""Languages that do not write short vowels."""
CYRILLIC = frozenset({"ru", "uk"})
WITH_SIGNS = frozenset({"kmr", "tr"})
"""Languages in Latin letters with signs that many leave out and on which meaning hangs."""
