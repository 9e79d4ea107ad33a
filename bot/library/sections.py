"""Long texts in pieces that a phone's screen takes."""

from __future__ import annotations

import re

LONGEST = 2_600
"""Characters of a piece: a curated page is shown whole."""
_HEADING = re.compile(r"^(?=##? )", re.MULTILINE)
_BLOCK = re.compile(r"\n{2,}")


def sections(body: str, longest: int = LONGEST) -> list[str]:
    r"""Return a text in pieces, cut before headings where possible, else between paragraphs or lines, else anywhere.

    >>> sections("Eins.\n\n## Zwei\n\nDrei.", longest=14)
    ['Eins.', '## Zwei\n\nDrei.']
    >>> sections("kurz")
    ['kurz']
    """
    if len(body) <= longest:
        return [body]
    pieces: list[str] = []
    for part in _HEADING.split(body):
        pieces += _cut(part.strip("\n"), longest) if part.strip() else []
    return _joined(pieces, longest)


def _cut(part: str, longest: int) -> list[str]:
    if len(part) <= longest:
        return [part]
    for splitter, glue in ((_BLOCK, "\n\n"), (re.compile(r"\n"), "\n"), (re.compile(r"(?<=\. )"), "")):
        units = splitter.split(part)
        if len(units) > 1:
            return [cut for piece in _joined(units, longest, glue) for cut in _cut(piece, longest)]
    return [part[start : start + longest] for start in range(0, len(part), longest)]


def _joined(pieces: list[str], longest: int, glue: str = "\n\n") -> list[str]:
    """Return the pieces put together as far as they fit."""
    found: list[str] = []
    for piece in pieces:
        if found and len(found[-1]) + len(glue) + len(piece) <= longest:
            found[-1] += glue + piece
        else:
            found.append(piece)
    return found
