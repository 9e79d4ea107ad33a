"""What must survive a translation: numbers to call, paragraphs of law, links, e-mail addresses, office words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

_LINK = re.compile(r"\]\(\s*<?([^\s)>]+)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# One separator at a time, so that "0800 111 0 111 / 0800 111 0 222" stays two numbers.
_LONG_NUMBER = re.compile(r"(?<![\w.,])(?:\+[1-9]|0)(?:[ \u00a0\u202f/–-]?\(?[0-9]\)?){5,}")
_SHORT_NUMBER = re.compile(r"(?<![\w.,§])(?:116[ \u00a0\u202f]?[0-9]{3}|11[0-9])(?![0-9]|[.,][0-9])")
_LAW = re.compile(r"§\s*([0-9]+[a-z]?)\b")


@dataclass(frozen=True, slots=True)
class Fixed:
    """The parts of a text that are the same in every language."""

    numbers: frozenset[str]
    laws: frozenset[str]
    links: frozenset[str]
    addresses: frozenset[str]


_NAMES = {"numbers": "phone number", "laws": "§", "links": "link", "addresses": "e-mail address"}


def fixed_parts(text: str) -> Fixed:
    """Return what a translation may not change.

    >>> sorted(fixed_parts("§ 24, Tel. 0711 123-45 oder 116 117").numbers)
    ['071112345', '116117']
    """
    without_links = _LINK.sub("](", text)
    long_numbers = _LONG_NUMBER.findall(without_links)
    short_numbers = _SHORT_NUMBER.findall(_LAW.sub(" ", _LONG_NUMBER.sub(" ", without_links)))
    return Fixed(
        numbers=frozenset(re.sub(r"[^0-9+]", "", number) for number in (*long_numbers, *short_numbers)),
        laws=frozenset(_LAW.findall(text)),
        links=frozenset(_LINK.findall(text)),
        addresses=frozenset(_EMAIL.findall(without_links)),
    )


def differences(german: str, translation: str, notranslate: Iterable[str]) -> Iterator[str]:
    """Yield what a translation lost, changed or added."""
    expected, found = fixed_parts(german), fixed_parts(translation)
    for part in fields(Fixed):
        before, after = getattr(expected, part.name), getattr(found, part.name)
        for value in sorted(before - after):
            yield f"{_NAMES[part.name]} {value} of the German text is missing or changed"
        for value in sorted(after - before):
            yield f"{_NAMES[part.name]} {value} is not in the German text"
    german, translation = _comparable(german), _comparable(translation)
    for word in notranslate:
        if _comparable(word) in german and _comparable(word) not in translation:
            yield f"the office word {word} must stay in German beside its explanation"


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
