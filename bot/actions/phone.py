"""Phone numbers as one can dial them from a phone of any country."""

from __future__ import annotations

import phonenumbers

_COUNTRY = "DE"
_LONGEST_SHORT = 6


def dialled(number: str) -> str:
    """Return a number as Markdown: international, a tap calls it; short ones such as 116117 as they are.

    >>> dialled("030 23125 001"), dialled("116 117")
    ('[+49 30 23125001](tel:+493023125001)', '[116 117](tel:116117)')
    """
    digits = "".join(sign for sign in number if sign.isdigit())
    if len(digits) <= _LONGEST_SHORT:
        return f"[{number}](tel:{digits})"
    try:
        parsed = phonenumbers.parse(number, _COUNTRY)
    except phonenumbers.NumberParseException:
        return number
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"[{shown}](tel:{phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)})"
