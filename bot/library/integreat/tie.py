"""Which answers are one page in several languages, and what the page is called here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.language import DEFAULT, LANGUAGES
from bot.library.integreat.answer import Answer

PREFIX = "integreat-"

Key = tuple[str, int]
"""Integreat's code of a language and the id of a page in it."""


@dataclass(frozen=True, slots=True)
class Tied:
    """A page in all its languages; `answers` by our tag."""

    id: str
    answers: Mapping[str, Answer]

    @property
    def main(self) -> Answer:
        """Return the German answer, else that of the first language there is."""
        return self.answers[next(tag for tag in LANGUAGES if tag in self.answers)]


def tie(answers: Iterable[Answer]) -> list[Tied]:
    """Return the pages in Integreat's order. A page is named after the id of its German text, which stays."""
    found = {(answer.code, answer.id): answer for answer in answers}
    groups = _Groups()
    for key, answer in found.items():
        groups.join(key, key)
        for code, other in answer.available_languages.items():
            groups.join(key, (code, other.id))
    together: dict[Key, list[Answer]] = {}
    for key, answer in found.items():
        together.setdefault(groups.first_of(key), []).append(answer)
    pages = [_tied(members, groups.german(first)) for first, members in together.items()]
    return sorted(pages, key=lambda page: (page.main.order, page.id))


def _tied(members: list[Answer], german: int | None) -> Tied:
    by_tag: dict[str, Answer] = {}
    for answer in sorted(members, key=lambda one: (one.code != one.language, one.code)):
        if tag := answer.language:  # of two codes with one tag, the one called like it comes first
            by_tag.setdefault(tag, answer)
    number = german if german is not None else min(answer.id for answer in by_tag.values())
    return Tied(f"{PREFIX}{number}", by_tag)


class _Groups:
    """Keys that belong together (union and find)."""

    def __init__(self) -> None:
        self._above: dict[Key, Key] = {}

    def first_of(self, key: Key) -> Key:
        self._above.setdefault(key, key)
        while self._above[key] != key:
            self._above[key] = self._above[self._above[key]]
            key = self._above[key]
        return key

    def join(self, one: Key, other: Key) -> None:
        first, second = sorted((self.first_of(one), self.first_of(other)), key=lambda key: (key[0] != DEFAULT, key))
        self._above[second] = first  # a German key stays at the head of its group

    def german(self, first: Key) -> int | None:
        """Return the id of the German text of the group that `first` heads."""
        return first[1] if first[0] == DEFAULT else None
