"""The stores on both databases, and short ways to say what tests need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.core.message import Reply
from bot.core.people import Person
from bot.core.ports import Arrival, Claim, Delivery, Outcome, Queued
from bot.storage import crypto
from bot.storage.database import Database
from bot.storage.erasures import Ledger, beside
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox
from bot.storage.people import SqlPeople
from bot.storage.questions import SqlQuestions
from bot.storage.sessions import SqlButtons, SqlWebSessions

BOT = "lotse_bot"


def arrival(address: str, update_key: str, raw: bytes = b"{}", channel: str = "telegram") -> Arrival:
    return Arrival(channel, BOT, address, update_key, raw)


def reply(words: str, **more: Any) -> Reply:
    return Reply(words, "en", **more)


def queued(words: str, **more: Any) -> Queued:
    return Queued(reply(words), **more)


@dataclass
class House:
    """The stores on one database."""

    database: Database
    key_file: Path

    def __post_init__(self) -> None:
        self.inbox = SqlInbox(self.database)
        self.outbox = SqlOutbox(self.database)
        self.sessions = SqlWebSessions(self.database, self.inbox)
        self.buttons = SqlButtons(self.database)
        self.people = SqlPeople(self.database, self.ledger)
        self.questions = SqlQuestions(self.database)

    @property
    def ledger(self) -> Ledger:
        return beside(self.key_file)

    async def accept(self, *updates: Arrival) -> int:
        return await self.inbox.accept(updates)

    async def claim_one(self) -> Claim:
        (claim,) = await self.inbox.claim(1)
        return claim

    async def finish(self, claim: Claim, *replies: Queued, **outcome: Any) -> None:
        outcome = {"tracker": None, "person_id": claim.person_id, "replies": replies} | outcome
        async with self.database.unit_of_work():
            await self.inbox.finish(claim, Outcome(**outcome))

    async def say(self, address: str, *replies: Queued, channel: str = "telegram") -> None:
        """Let a turn of this chat leave replies behind."""
        seen = await self.rows("SELECT count(*) FROM inbox")
        await self.accept(arrival(address, f"say-{seen[0][0]}", channel=channel))
        await self.finish(await self.claim_one(), *replies)

    async def deliver_one(self, channel: str = "telegram") -> Delivery:
        (delivery,) = await self.outbox.claim(channel, 1)
        return delivery

    async def add_person(self, person_id: str, address: str, channel: str = "telegram") -> None:
        """Store a person and let their first turn pass."""
        now = self.database.clock()
        seen = await self.rows("SELECT count(*) FROM inbox")
        await self.accept(arrival(address, f"hello-{seen[0][0]}", channel=channel))
        claim = await self.claim_one()
        async with self.database.unit_of_work():
            await self.people.add(Person(person_id, "en", None, now, now))
            outcome = Outcome({"slots": {}}, [queued("hello")], person_id=person_id, text="hello there")
            await self.inbox.finish(claim, outcome)

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.read() as connection:
            return list((await connection.execute(text(statement), values)).all())

    async def run(self, statement: str, **values: Any) -> None:
        async with self.database.write() as connection:
            await connection.execute(text(statement), values)


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    key_file = tmp_path / "keys" / "lotse.key"
    crypto.save(database.ring, key_file)
    return House(database, key_file)


class Statements:
    """Counts what is sent to the database."""

    def __init__(self, database: Database) -> None:
        self.said: list[str] = []
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SELECT pg_advisory")):
            self.said.append(statement)


@pytest.fixture
def statements(database: Database) -> Statements:
    return Statements(database)
