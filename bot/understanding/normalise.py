"""One spelling for what people write in many: `tidy` for reading, `fold` for comparing.

Both give a new text; the caller keeps the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 10_000
"""Characters that are read, more than any channel lets through; the rest of a longer text is ignored."""

_INVISIBLE = dict.fromkeys(
    [
        0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF,
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10),
    ]
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


def tidy(text: str) -> str:
    """Return the text in NFKC, without invisible and control characters, with single spaces."""
    text = unicodedata.normalize("NFKC", _CONTROL.sub(" ", text[:LONGEST]).translate(_INVISIBLE))
    return _SPACE.sub(" ", text.translate(_INVISIBLE)).strip()


def fold(text: str) -> str:
    """Return the words of a text, separated by single spaces, with what writers mix up made equal.

    Upper and lower case (Turkish and Kurdish i, ı, î alike), Latin accents, Arabic-script letters with several
    shapes and their vowel signs, Ethiopic letters of one sound, digits of every script, stretched letters (heeelp).

    >>> fold("HİLFEEE, ich   spreche كردي!")
    'hilfe ich spreche كردی'
    """
    folded = tidy(text).casefold().translate(_FOLDED)
    return " ".join(_STRETCHED.sub(r"\1", folded).split())


def _pairs(sources: str, target: str) -> Iterator[tuple[int, str]]:
    return ((ord(source), target) for source in sources)


def _ethiopic() -> Iterator[tuple[int, str]]:
    """Yield letters whose seven or eight vowel forms sound like those of another row."""
    for source, target in ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x1340, 0x1338), (0x12D0, 0x12A0)):
        yield from ((source + order, chr(target + order)) for order in range(7))
    yield from ((0x12A3, "\u12a0"), (0x12D3, "\u12a0"))  # at the start of a word both are written for one sound


def _latin() -> Iterator[tuple[int, str]]:
    """Yield Latin letters with their base letter."""
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base.isascii() and base.isalpha():
            yield code, base
    yield from _pairs("ı", "i")


def _signs() -> Iterator[tuple[int, str | None]]:
    """Yield combining marks and apostrophes (dropped), punctuation (a gap), symbols (a word each), digits."""
    for code in (*range(0x20, 0x3000), *range(0x1F000, 0x1FB00)):
        char = chr(code)
        kind = unicodedata.category(char)
        if kind in {"Mn", "Me", "Lm"}:
            yield code, None
        elif kind in {"So", "Sk"}:
            yield code, f" {char} "
        elif kind == "Nd":
            yield code, str(unicodedata.digit(char))
        elif kind[0] in "PSZC":
            yield code, " "
    yield from ((ord(char), None) for char in "'’ʼ‘`´ʹʻʾʿ＇")


_FOLDED: dict[int, str | None] = {
    **dict(_signs()),
    **dict(_latin()),
    **dict(_ethiopic()),
    **dict(_pairs("أإآٱ", "ا")),
    **dict(_pairs("يىئېۍےێ", "ی")),
    **dict(_pairs("كڪګ", "ک")),
    **dict(_pairs("ؤۆۇ", "و")),
    **dict(_pairs("ةۀہھە", "ه")),
    ord("گ"): "ک",
    ord("ё"): "е",
    ord("ґ"): "г",
    ord("ء"): None,
}
