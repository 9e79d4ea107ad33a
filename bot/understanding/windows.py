"""Long texts in pieces: what a story is about stands at its beginning, danger may stand anywhere."""

from __future__ import annotations

LONGEST = 300
"""Characters that are read at once: as much as the encoder was tuned on."""
_OVERLAP = 60


def windows(text: str) -> list[str]:
    """Return pieces of at most `LONGEST` characters that overlap and begin at a word; a short text is one piece."""
    pieces, start = [], 0
    while len(text) - start > LONGEST:
        pieces.append(text[start : start + LONGEST])
        start += LONGEST - _OVERLAP
        space = text.find(" ", start, start + _OVERLAP)
        start = start if space < 0 else space + 1
    return [*pieces, text[start:]]
