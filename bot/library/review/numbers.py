"""Numbers that a translation has changed. Sums and deadlines are what people act on.

A German number word may have become a figure ("drei Monate", "3 months") and a small figure a word: what may be meant
by words is only compared where a figure stands in the translation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.library.model import PageText

_SPELT_OUT = (
    "null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
)  # fmt: skip
_ORDINALS = {"1": "erst", "3": "dritt", "7": "siebt"}  # the others begin like their number
_FULL_HOUR = re.compile(r"\b([0-9]{1,2}):00\b")
_NUMBER = re.compile(r"[0-9]+(?:[.,:][0-9]+)*")
_LINK = re.compile(r"\]\([^)]*\)")
_ITEM = re.compile(r"^[0-9]+\. ", re.MULTILINE)


def numbers(text: str) -> set[str]:
    """Return the numbers of a text without separators, in whatever digits; not those that number a list.

    >>> sorted(numbers("1. Bis zum 31.12. sind es ۱٬۵۰۰ Euro"))
    ['1500', '3112']
    """
    plain = _FULL_HOUR.sub(r"\1", _ITEM.sub("", _LINK.sub("]", _in_our_digits(text))))
    return {re.sub(r"[.,:]", "", found).lstrip("0") or "0" for found in _NUMBER.findall(plain)}


def changed(german: PageText, translation: PageText) -> Iterator[str]:
    """Yield what is different about the numbers of a translation."""
    before, after = (numbers(text.whole) for text in (german, translation))
    words = f"{german.title} {german.short} {german.body}".casefold()
    in_words = {str(number) for number, word in enumerate(_SPELT_OUT) if word in words}
    in_words |= {number for number, word in _ORDINALS.items() if word in words}
    for number in sorted(before - after, key=_size):
        if _size(number) >= len(_SPELT_OUT):
            yield f"the number {number} of the German text is missing or changed"
    for number in sorted(after - before - in_words, key=_size):
        yield f"the number {number} is not in the German text"


def _size(number: str) -> int:
    return int(number)


def _in_our_digits(text: str) -> str:
    plain = text.replace("\u066b", ",").replace("\u066c", ".")  # Arabic separators
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in plain)
