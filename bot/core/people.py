"""Persons, what they have chosen and agreed to, and the store that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Purpose(StrEnum):
    """What somebody agrees to: the privacy notice, or that questions are kept to learn from."""

    NOTICE = "notice"
    LEARNING = "learning"


@dataclass(frozen=True, slots=True)
class Person:
    """What is known about somebody."""

    id: str
    language: str | None
    place: str | None
    created_at: datetime
    last_seen_at: datetime
    notice_version: str | None = None
    notice_accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a transcript."""

    at: datetime
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Everything stored about a person, for Art. 15 and 20 GDPR; `records` is keyed by table name."""

    person: Person
    transcript: Sequence[Said]
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class People(Protocol):
    """Persons, their choices and consents. Writing happens within the open unit of work."""

    async def add(self, person: Person) -> None:
        """Store a new person."""
        ...

    async def get(self, person_id: str) -> Person | None:
        """Return a person with the latest valid consent."""
        ...

    async def choose(self, person_id: str, *, language: str | None = None, place: str | None = None) -> None:
        """Store a chosen language or place; an empty place means: none."""
        ...

    async def consent(self, person_id: str, *, version: str, language: str, purpose: Purpose = Purpose.NOTICE) -> None:
        """Store the acceptance of a version of what was asked."""
        ...

    async def withdraw(self, person_id: str, purpose: Purpose | None = None) -> None:
        """Store the withdrawal of the consents to a purpose, or of all."""
        ...

    async def data(self, person_id: str) -> PersonalData:
        """Return everything stored about the person, walking every classified table."""
        ...

    async def erase(self, person_id: str) -> None:
        """Delete the person from every table and keep proof.

        The chats stay reachable, without person and tracker, until their last reply has arrived: see
        `purge_erased`. The outcome of the turn has neither person nor tracker.
        """
        ...

    async def purge_erased(self, now: datetime) -> int:
        """Delete chats erased an hour ago or longer in which nothing waits; return how many."""
        ...

    async def helped(self, page: str, language: str, *, helpful: bool) -> None:
        """Count one answer to "did this help?"."""
        ...
