"""What can be found: passages of pages in many languages, and the German office words of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LONGEST_PASSAGE = 600
"""Characters of a passage, about 100 words: what the encoder reads in a tenth of a second."""

_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*_`>#|]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page in one language."""

    page: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Findable:
    """Everything that search looks through; `keywords` are the office words of each page."""

    passages: Sequence[Passage] = ()
    keywords: Mapping[str, Sequence[str]] = field(default_factory=dict)


def heads(passages: Sequence[Passage]) -> dict[str, list[str]]:
    """Return for each page the passages that say what it is about, one a language: title and short text."""
    found: dict[str, dict[str, str]] = {}
    for passage in passages:
        found.setdefault(passage.page, {}).setdefault(passage.language, passage.text)
    return {page: list(texts.values()) for page, texts in found.items()}


def split(page: str, language: str, *, title: str, short: str, body: str) -> list[Passage]:
    """Return a page's text as passages: title with the short text, then each section under the title."""
    passages = [Passage(page, language, _plain(f"{title}. {short}"))]
    for section in _HEADING.split(body):
        text = _plain(section)
        passages += [
            Passage(page, language, f"{title}. {text[start : start + LONGEST_PASSAGE]}")
            for start in range(0, len(text), LONGEST_PASSAGE)
        ]
    return passages


def _plain(markdown: str) -> str:
    return " ".join(_MARKS.sub(" ", _LINK.sub(r"\1", markdown)).split())
