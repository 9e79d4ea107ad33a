"""Office words: what stands on letters and doors, and what it means in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from bot.library.model import Method, Names, readable
from bot.library.spelling import fold

SURE, POSSIBLE = 90.0, 72.0
"""Similarity in percent: from `POSSIBLE` a word is offered, from `SURE` it may be taken without asking."""
_SHORTEST_PART = 5
_LONGEST = 200
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word means, in one language. `current` says that it belongs to the German meaning as it is now."""

    language: str
    text: str
    method: Method
    current: bool


@dataclass(frozen=True, slots=True)
class OfficeWord:
    """A German word of offices. `names` are what one would call it in other languages, `page` tells more."""

    id: str
    word: str
    also: tuple[str, ...]
    page: str | None
    names: Names
    meanings: Mapping[str, Meaning]

    def meaning(self, language: str) -> Meaning:
        """Return the meaning in that language, else in plain or standard German, else in English, else in any."""
        return self.meanings[readable(language, self.meanings)]

    def spellings(self) -> Iterator[str]:
        """Yield the word and its other forms."""
        yield self.word
        yield from self.also


@dataclass(frozen=True)
class Glossary:
    """All office words by id."""

    words: Mapping[str, OfficeWord]

    def find(self, text: str, limit: int = 3) -> list[OfficeWord]:
        """Return the words that somebody may mean who has copied one from a letter, best first.

        One word alone: that is it. Several: ask. None: it is not known.
        """
        wanted = fold(text[:_LONGEST])
        if not wanted:
            return []
        if wanted in self._spellings:
            return [self.words[self._spellings[wanted]]]
        if within := list(self.within(text)):
            return within[:limit]
        # Longer words are built from shorter ones ("Wohnungsgeberbescheinigung"): the longest part wins.
        parts = [name for name in self._spellings if len(name) >= _SHORTEST_PART and name in wanted]
        likely = sorted(parts, key=len, reverse=True)
        roughly = process.extract(wanted, self._spellings.keys(), scorer=fuzz.ratio, score_cutoff=POSSIBLE, limit=limit)
        if roughly and roughly[0][1] >= SURE:
            likely, roughly = [roughly[0][0]], []
        ids = dict.fromkeys(self._spellings[name] for name in (*likely, *(name for name, *_ in roughly)))
        return [self.words[one] for one in list(ids)[:limit]]

    def within(self, text: str) -> Iterator[OfficeWord]:
        """Yield the words that occur in a text, in their order, each once."""
        seen: set[str] = set()
        tokens = [fold(token) for token in _TOKEN.findall(text)]
        for place, token in enumerate(tokens):
            for length in self._lengths.get(token.split(" ")[0], ()):
                found = self._spellings.get(" ".join(tokens[place : place + length]))
                if found and found not in seen:
                    seen.add(found)
                    yield self.words[found]

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield (spelling, id) of every German form, as people copy it."""
        yield from ((spelling, word.id) for word in self.words.values() for spelling in word.spellings())

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        """The id by each folded spelling; the word itself counts before another word's other form."""
        words = self.words.values()
        also = {fold(form): word.id for word in words for form in (*word.also, *word.names.values())}
        return {**also, **{fold(word.word): word.id for word in words}}

    @cached_property
    def _lengths(self) -> Mapping[str, tuple[int, ...]]:
        """How many words the spellings have that begin with a word, longest first."""
        lengths: dict[str, set[int]] = {}
        for word in self.words.values():
            for form in word.spellings():
                tokens = _TOKEN.findall(form)
                if tokens:
                    lengths.setdefault(fold(tokens[0]).split(" ")[0], set()).add(len(tokens))
        return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
