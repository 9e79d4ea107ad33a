"""Cutting long texts where a reader would pause, never inside a link, bold words, a number or one visible character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from bot.channels.markup import Styled
from bot.core.text import FSI, PDI

LONGEST = 4_096  # UTF-16 units, https://core.telegram.org/bots/api#sendmessage

# Where to cut, best first: paragraph, line, sentence, word. A cut in the first third would leave a stump.
_PAUSES = (
    (re.compile(r"\n\s*\n"), 3),
    (re.compile(r"\n"), 3),
    (re.compile(r"(?<=[.!?…؟۔።])\s"), 3),
    (re.compile(r"\s"), 20),
)
_ISOLATED = re.compile(f"{FSI}[^{PDI}]*{PDI}")
_JOINER = "\u200d"
# Variation selectors, skin tones, flags of regions: they belong to the character before.
_CLINGING = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u200c\u200d]")
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")


def units(text: str) -> int:
    """Return the length in UTF-16 units, as Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def split(whole: Styled, longest: int = LONGEST) -> list[Styled]:
    """Return the text in parts of at most `longest` UTF-16 units; white space where it was cut is gone."""
    parts = []
    rest = _piece(whole, 0, len(whole.text))
    while units(rest.text) > longest:
        cut = _cut(rest, longest)
        parts.append(_piece(rest, 0, cut))
        rest = _piece(rest, cut, len(rest.text))
    parts.append(rest)
    return [part for part in parts if part.text]


def _piece(whole: Styled, start: int, end: int) -> Styled:
    """Return a part without white space at its ends, with the marks that lie in it."""
    text = whole.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    end = start + len(text)
    marks = (
        replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start)
        for mark in whole.marks
        if mark.start < end and mark.end > start
    )
    return Styled(text, tuple(mark for mark in marks if text[mark.start : mark.end].strip()))


def _cut(whole: Styled, longest: int) -> int:
    """Return the best position for a cut, so that what is before it fits."""
    end = _reach(whole.text, longest)
    spans = _unbroken(whole, longest)
    possible = (
        position
        for position in _positions(whole.text, end)
        if not any(start < position < stop for start, stop in spans)
    )
    return next(possible, end)


def _positions(text: str, end: int) -> Iterator[int]:
    """Yield where one could cut, best first: at pauses, else between visible characters, else anywhere."""
    for pause, stump in _PAUSES:
        yield from reversed([found.start() for found in pause.finditer(text, max(1, end // stump), end + 1)])
    yield from (position for position in range(end, 0, -1) if _is_seam(text, position))
    yield from range(end, 0, -1)


def _reach(text: str, longest: int) -> int:
    """Return how many characters fit into so many units."""
    used = 0
    for position, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > longest:
            return position
    return len(text)


def _unbroken(whole: Styled, longest: int) -> list[tuple[int, int]]:
    """Return what must stay in one piece, as far as it fits into one message."""
    return [(start, end) for start, end in _merged(whole) if units(whole.text[start:end]) <= longest]


def _merged(whole: Styled) -> Iterator[tuple[int, int]]:
    spans = [(mark.start, mark.end) for mark in whole.marks]
    spans += [found.span() for found in _ISOLATED.finditer(whole.text)]
    current: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if current and start < current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


def _is_seam(text: str, position: int) -> bool:
    """Return whether a visible character ends here, as far as the standard library can tell (cf. UAX 29)."""
    before, after = text[position - 1], text[position : position + 1]
    if not after:
        return True
    clings = unicodedata.category(after).startswith("M") or _CLINGING.match(after) or before == _JOINER
    return not clings and not (_FLAG_LETTER.match(before) and _FLAG_LETTER.match(after) and _odd_flags(text, position))


def _odd_flags(text: str, position: int) -> bool:
    """Return whether a flag, which is two letters, would be halved."""
    count = 0
    while position - count > 0 and _FLAG_LETTER.match(text[position - count - 1]):
        count += 1
    return count % 2 == 1
