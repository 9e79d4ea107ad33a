"""How hard a German text is to read.

The score is LIX (Björnsson, Läsbarhet, 1968): words a sentence, and words of more than six letters in a hundred.
Below 25 reads like a children's book, 30 to 40 like a story, above 50 like the letters of an office. Office words that
have to stand there (`notranslate`) are not counted as long.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bot.library.model import PageText


@dataclass(frozen=True, slots=True)
class Measure:
    """The highest score and the longest sentence in words that a text should have."""

    score: float
    words: int


MEASURES: Mapping[str, Measure] = {"de": Measure(45.0, 20), "de-simple": Measure(35.0, 12)}
"""Einfache Sprache: one idea a sentence, at most twelve words."""

_LONG = 6
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*#]")
_BETWEEN = re.compile(r"(?<=[.!?:])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[-/][^\W\d_]+)*")


def sentences(markdown: str) -> list[str]:
    """Return the sentences of a text; a heading and a line of a list end one, and so does a colon."""
    plain = _MARKS.sub("", _LINK.sub(r"\1", markdown))
    return [part.strip(" -") for part in _BETWEEN.split(plain) if _WORD.search(part)]


def score(markdown: str, given: Collection[str] = ()) -> float:
    """Return the LIX of a text; `given` are words that do not count as long.

    >>> score("Der Hund schläft. Er träumt von Katzen.")
    3.5
    """
    found = sentences(markdown)
    words = [word for sentence in found for word in _WORD.findall(sentence)]
    if not words:
        return 0.0
    free = {part.casefold() for word in given for part in _WORD.findall(word)}
    long = sum(len(word) > _LONG and word.casefold() not in free for word in words)
    return round(len(words) / len(found) + 100 * long / len(words), 1)


def hard_to_read(text: PageText, given: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (passage, what) for a German text and each sentence in it that asks too much."""
    measure = MEASURES.get(text.language)
    if measure is None:
        return
    whole = f"{text.short}\n{text.body}"
    if (reached := score(whole, given)) > measure.score:
        yield (
            text.title,
            (f"hard to read: LIX {reached}, at most {measure.score:.0f} is wanted; use shorter words and sentences"),
        )
    for sentence in sentences(whole):
        if (number := len(_WORD.findall(sentence))) > measure.words:
            yield sentence, f"a sentence of {number} words, at most {measure.words} are wanted; make two of it"
