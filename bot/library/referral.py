"""Referral data: which regular service (Regeldienst) serves which topic, all over Baden-Württemberg."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.library.model import Method, Names, name_in


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of service that exists everywhere in the Land. `topics` are the pages it helps with, best first.

    `office` is the kind under which a place has its own in offices.yml; `finder` is the official page on which one
    finds the local one. `audience` says for whom, as pages do. `confidential` services are no authority and keep
    what they hear to themselves.
    """

    id: str
    office: str | None
    word: str
    names: Names
    does: Names
    topics: tuple[str, ...]
    audience: tuple[str, ...]
    free: bool
    confidential: bool
    finder: str | None
    phone: str | None

    def name(self, language: str) -> str:
        """Return the name in that language, else the German one."""
        return name_in(self.names, language)


@dataclass(frozen=True)
class Services:
    """All services by id; `methods` say how the texts of each language were written."""

    by_id: Mapping[str, Service]
    methods: Mapping[str, Method] = field(default_factory=dict)

    def for_topic(self, topic: str, limit: int = 4) -> tuple[Service, ...]:
        """Return who helps with a topic: those for whom it matters most, and confidential ones first."""
        found = [service for service in self.by_id.values() if topic in service.topics]
        found.sort(key=lambda service: (service.topics.index(topic), not service.confidential))
        return tuple(found[:limit])
