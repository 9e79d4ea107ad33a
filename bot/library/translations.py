"""What must survive a translation: numbers to call, paragraphs of law, links, e-mail addresses, office words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

_LINK = re.compile(r"\]\(\s*<?([^\s)>]+)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# One separator at a time, so that "0800 111 0 111 / 0800 111 0 222" stays two numbers.
LONG_NUMBER = re.compile(r"(?<![\w.,])(?:\+[1-9]|0)(?:[ \u00a0\u202f/–-]?\(?[0-9]\)?){5,}")
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
    # Most texts have few of these: looking for one sign is a hundred times as quick as for a pattern.
    return Fixed(
        numbers=numbers_to_call(text),
        laws=frozenset(_LAW.findall(text) if "§" in text else ()),
        links=frozenset(_LINK.findall(text) if "](" in text else ()),
        addresses=frozenset(_EMAIL.findall(_LINK.sub("](", text)) if "@" in text else ()),
    )


def numbers_to_call(text: str) -> frozenset[str]:
    """Return the telephone numbers of a text, without spaces; not those in addresses of links."""
    without_links = _LINK.sub("](", text) if "](" in text else text
    long_numbers = LONG_NUMBER.findall(without_links)
    short_numbers = _SHORT_NUMBER.findall(_LAW.sub(" ", LONG_NUMBER.sub(" ", without_links)))
    return frozenset(re.sub(r"[^0-9+]", "", number) for number in (*long_numbers, *short_numbers))


@dataclass(frozen=True, slots=True)
class Original:
    """The German text that translations are compared with: what may not change in them, and the office words it has."""

    parts: Fixed
    office_words: tuple[str, ...]

    @classmethod
    def of(cls, german: str, notranslate: Iterable[str]) -> Original:
        """Return what is to be kept of a text."""
        comparable = _comparable(german)
        return cls(fixed_parts(german), tuple(word for word in notranslate if _comparable(word) in comparable))


def differences(original: Original, translation: str) -> Iterator[str]:
    """Yield what a translation lost, changed or added."""
    found = fixed_parts(translation)
    for part in fields(Fixed):
        before, after = getattr(original.parts, part.name), getattr(found, part.name)
        for value in sorted(before - after):
            yield f"{_NAMES[part.name]} {value} of the German text is missing or changed"
        for value in sorted(after - before):
            yield f"{_NAMES[part.name]} {value} is not in the German text"
    translation = _comparable(translation)
    for word in original.office_words:
        if _comparable(word) not in translation:
            yield f"the office word {word} must stay in German beside its explanation"


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
