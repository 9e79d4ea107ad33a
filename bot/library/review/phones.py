"""Phone numbers that nobody would reach (numbering plan: libphonenumber)."""

from __future__ import annotations

from collections.abc import Iterator

import phonenumbers

from bot.library.model import Office, PageText
from bot.library.translations import numbers_to_call

_LAND = "DE"
_SHORTEST = 7  # 110, 116117 and the like are not in the numbering plan of subscribers


def unreachable(text: PageText) -> Iterator[str]:
    """Yield the numbers of a text that do not exist."""
    for number in sorted(numbers_to_call(text.whole)):
        if not exists(number):
            yield number


def wrong_phone(office: Office) -> str | None:
    """Return the number of an office if it does not exist; fictional offices have numbers that are kept for fiction."""
    return office.phone if office.phone and not office.fictional and not exists(office.phone) else None


def exists(number: str) -> bool:
    """Return whether a number can be dialled in Germany.

    >>> exists("0711 2163377"), exists("116117"), exists("0711 1")
    (True, True, False)
    """
    if len(number.replace(" ", "")) < _SHORTEST:
        return number.replace(" ", "") in {"110", "112", "115"} or number.startswith("116")
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, _LAND))
    except phonenumbers.NumberParseException:
        return False
