"""Numbers and addresses that stay readable inside right-to-left text."""

from __future__ import annotations

import re

from bot.core.language import direction
from bot.core.text import FSI, PDI, isolate

_NAME = r"[A-Za-zÄÖÜäöüß.'-]{0,40}"
_STREET = (
    rf"(?:[A-ZÄÖÜ]{_NAME} ){{0,3}}{_NAME}(?i:straße|strasse|str\.|platz|weg|allee|gasse|ring|markt|ufer|damm)"
    rf" \d+ ?[a-z]?\b(?:, ?\d{{5}} [A-ZÄÖÜ][A-Za-zÄÖÜäöüß-]{{0,40}}(?: \([a-z]+\))?)?"
)
# One separator at a time: "2025, 2026" are two numbers, which read from right to left.
_NUMBER = rf"(?<![\w{PDI}])[+(]?\d(?:(?:[ \u00a0/.:–-]|,(?=\d)| ?[()] ?| [/–-] )?\d)*"
_KEEP_TOGETHER = re.compile(
    rf"{FSI}[^{PDI}]*{PDI}"  # already isolated
    rf"|https?://[^\s<>(){FSI}{PDI}]+"
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|§§? ?\d+[a-z]?(?: Abs\. \d+)?(?: [A-ZÄÖÜ][A-Za-zÄÖÜäöü]+)?"
    rf"|{_STREET}"
    rf"|{_NUMBER}"
)


def isolate_numbers(text: str, language: str) -> str:
    """Return the text with phone numbers, times, sums, e-mail addresses, links and streets in bidi isolates.

    In left-to-right languages the text is returned as it is. Doing it twice changes nothing.
    """
    if direction(language) == "ltr":
        return text
    # A bare run of digits keeps its order anyway.
    return _KEEP_TOGETHER.sub(lambda found: found[0] if found[0].isdecimal() else isolate(found[0]), text)
