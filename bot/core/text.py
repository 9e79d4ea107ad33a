"""Direction marks and other small matters of text."""

from __future__ import annotations

import unicodedata

FSI, PDI = "\u2068", "\u2069"
JOINED = "\u2060"
"""Word joiner: no line ends here."""
_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, ord(JOINED)])


def isolate(value: str) -> str:
    """Wrap a phone number, address or name so that it keeps its own direction inside any sentence.

    First-strong isolate, Unicode Standard Annex 9. An already isolated value is returned as it is.
    """
    if value.startswith(FSI) and value.endswith(PDI):
        return value
    return f"{FSI}{value}{PDI}"


def without_direction_marks(text: str) -> str:
    """Return the text without bidi controls, as needed for comparing and copying."""
    return text.translate(_CONTROLS)


def is_rtl(text: str) -> bool:
    """Return whether the first strong character is right-to-left."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"R", "AL"}:
            return True
        if kind == "L":
            return False
    return False
