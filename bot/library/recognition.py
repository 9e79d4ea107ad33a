"""The recognition finder: profession -> regulated or not -> who decides in Baden-Württemberg -> the first step.

Regulated means that nobody may work in the profession, or bear its title, without permission (Directive 2005/36/EC,
Art. 3; BQFG § 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from rapidfuzz import fuzz, process

from bot.library.model import Method, Names, name_in
from bot.library.spelling import fold

Regulated = Literal["yes", "title", "partly", "no"]
_LONGEST = 200
_POSSIBLE = 78.0


@dataclass(frozen=True, slots=True)
class Body:
    """Who decides about recognition; `website` is official."""

    id: str
    name: str
    website: str | None


@dataclass(frozen=True, slots=True)
class Profession:
    """A profession that people bring along. `also` are German words for it."""

    id: str
    field: str
    names: Names
    also: tuple[str, ...]
    regulated: Regulated
    body: Body
    first_step: Names
    finder: str | None

    def name(self, language: str) -> str:
        """Return the name in that language, else the German one."""
        return name_in(self.names, language)


@dataclass(frozen=True)
class Recognition:
    """All professions by id, and the fields of work that they belong to, each with its names.

    `methods` say how the texts of each language were written.
    """

    fields: Mapping[str, Names]
    professions: Mapping[str, Profession]
    methods: Mapping[str, Method] = field(default_factory=dict)

    def in_field(self, field: str) -> tuple[Profession, ...]:
        """Return the professions of a field of work."""
        return tuple(one for one in self.professions.values() if one.field == field)

    def find(self, text: str, limit: int = 3) -> list[Profession]:
        """Return the professions that somebody may mean, best first; in any language, roughly spelt."""
        wanted = fold(text[:_LONGEST])
        if not wanted:
            return []
        if wanted in self._spellings:
            return [self.professions[self._spellings[wanted]]]
        said = f" {wanted} "
        within = sorted((name for name in self._spellings if f" {name} " in said), key=len, reverse=True)
        roughly = process.extract(
            wanted, self._spellings.keys(), scorer=fuzz.ratio, score_cutoff=_POSSIBLE, limit=limit
        )
        ids = dict.fromkeys(self._spellings[name] for name in (*within, *(name for name, *_ in roughly)))
        return [self.professions[one] for one in list(ids)[:limit]]

    def spellings(self) -> Iterator[tuple[str, str]]:
        """Yield (name, id) of every form in every language."""
        for one in self.professions.values():
            for name in (*one.names.values(), *one.also):
                yield from ((part, one.id) for part in _forms(name))

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name, profession in self.spellings():
            found.setdefault(fold(name), profession)
        return found


def _forms(name: str) -> Iterator[str]:
    """Yield the forms in "Krankenschwester, Krankenpfleger" and "Nurse (Pflegefachfrau)"."""
    outside, _, inside = name.replace(")", "").partition("(")
    for part in (*_split(outside), *_split(inside)):
        if part:
            yield part


def _split(text: str) -> list[str]:
    for sign in ("/", ";", "،", "፣", "、"):
        text = text.replace(sign, ",")
    return [part.strip() for part in text.split(",")]
