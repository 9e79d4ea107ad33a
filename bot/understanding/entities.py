"""Names in a text: offices and languages, by the lookup tables of intents/nlu, and places, however they are spelt.

Offices and places are looked for in the wordings of every language: a German word stands in sentences of all of
them. Languages are called by short words that mean something else next door ("dari" is "you have" in Persian), so
they count in the text's own language alone. Where two names begin at the same word the longer one counts, then the
own language's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.message import Entity
from bot.understanding.examples import Wording
from bot.understanding.normalise import LONGEST, fold

_TOKEN = re.compile(r"\w+(?:[-'’ʼ]\w+)*")
# "To the Jobcenter", "at the Jobcenter" are one word in Arabic script and in Ethiopic.
_ATTACHED = re.compile("^(?:وال|بال|عال|لل|فال|كال|ال|و|ب|ل|ع|ف|በ|ብ|ን|ናይ|ካብ)(?=.{3,})")
_LONGEST_ENDING = 5
_SHORTEST_STEM = 5


@dataclass(frozen=True, slots=True)
class _Name:
    words: tuple[str, ...]
    entity: str
    value: str
    language: str


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


class Names:
    """The wordings of all lookup tables."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        """Index by first word."""
        self._by_first: dict[str, list[_Name]] = defaultdict(list)
        for one in wordings:
            words = tuple(fold(one.wording).split())
            if words:
                self._by_first[words[0]].append(_Name(words, one.entity, one.value, one.language))

    def find(self, text: str, language: str | None = None) -> tuple[Entity, ...]:
        """Return the names in a text, in their order; places count characters of the text as it was written."""
        tokens = list(_tokens(text[:LONGEST]))
        found, place = [], 0
        while place < len(tokens):
            name = self._best(tokens, place, language)
            if name is None:
                place += 1
                continue
            last = tokens[place + len(name.words) - 1]
            found.append(Entity(name.entity, name.value, tokens[place].start, last.end))
            place += len(name.words)
        return tuple(found)

    def _best(self, tokens: Sequence[_Token], place: int, language: str | None) -> _Name | None:
        rest = [token.word for token in tokens[place:]]
        fitting = [name for name in self._beginning(rest[0]) if _fits(name.words, rest) and _is_meant(name, language)]
        return max(fitting, key=lambda name: (len(name.words), name.language == language), default=None)

    def _beginning(self, word: str) -> list[_Name]:
        """Return names that may begin with a word: as it is, without what is attached to it, without its ending."""
        found = list(self._by_first.get(word, ()))
        if not found and (bare := _ATTACHED.sub("", word)) != word:
            found += self._by_first.get(bare, ())
        for length in range(1, _LONGEST_ENDING + 1):
            if not found and len(word) - length >= _SHORTEST_STEM:
                found += (name for name in self._by_first.get(word[:-length], ()) if _takes_endings(name))
        return found


def _is_meant(name: _Name, language: str | None) -> bool:
    return name.entity != "language" or language is None or name.language == language.split("-")[0]


def _takes_endings(name: _Name) -> bool:
    """Offices and towns are inflected ("Jobcenterden"); a language with an ending is often a country or its people."""
    return name.entity != "language" and len(name.words) == 1


def _fits(words: Sequence[str], rest: Sequence[str]) -> bool:
    return len(words) <= len(rest) and all(word == other for word, other in zip(words[1:], rest[1:], strict=False))


def _tokens(text: str) -> Iterable[_Token]:
    for match in _TOKEN.finditer(text):
        for word in fold(match[0]).split():
            yield _Token(word, match.start(), match.end())
