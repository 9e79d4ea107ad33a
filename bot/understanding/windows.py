"""Long texts in pieces: what a story is about stands at its beginning, danger may stand anywhere."""

from __future__ import annotations

LONGEST = 300
"""Characters that are read at once: as much as the encoder was tuned on."""
BEGINNING, PIECE = 200, 150
"""Characters of a longer text's beginning, and of each further piece. Two are read, for eight times a short text."""
_OVERLAP = 50


def windows(text: str) -> list[str]:
    """Return the beginning of a text and further pieces that overlap and begin at a word; a short text is one piece."""
    if len(text) <= LONGEST:
        return [text]
    pieces, start = [text[:BEGINNING]], BEGINNING - _OVERLAP
    while start + _OVERLAP < len(text):
        space = text.find(" ", start, start + _OVERLAP)
        begin = start if space < 0 else space + 1
        pieces.append(text[begin : begin + PIECE])
        start = begin + PIECE - _OVERLAP
    return pieces
