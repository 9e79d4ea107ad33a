"""Whole turns on the real stores: one transaction each, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.bootstrap.terminal import TerminalChannel
from bot.conversation.house import House
from bot.conversation.turn import take_turn
from bot.core.ids import new_id
from bot.core.ports import Arrival, Claim, Outcome
from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.erasures import beside
from bot.storage.inbox import SqlInbox
from bot.storage.people import SqlPeople
from bot.storage.sessions import SqlWebSessions
from tests.conftest import SettableClock
from tests.house import Replies, TestHouse

ADDRESS = "somebody"


@dataclass
class Terminal:
    """A conversation on a real database."""

    house: House
    inbox: SqlInbox
    people: SqlPeople
    sessions: SqlWebSessions
    database: Database

    async def say(self, text: str) -> Replies:
        return await self._send(text=text)

    async def press(self, payload: str) -> Replies:
        return await self._send(payload=payload)

    async def arrive(self, **said: Any) -> Claim:
        raw = json.dumps(said).encode()
        await self.inbox.accept([Arrival("terminal", "terminal", ADDRESS, new_id(), raw)])
        (claim,) = await self.inbox.claim(1)
        return claim

    async def _send(self, **said: Any) -> Replies:
        before = len(await self.events())
        await take_turn(await self.arrive(**said), self.house)
        return Replies([event.reply for event in (await self.events())[before:]])

    async def events(self) -> list[Any]:
        key = self.inbox.chat_key("terminal", "terminal", ADDRESS)
        return await self.sessions.events(key, after=0, limit=1_000)

    async def count(self, table: str) -> int:
        async with self.database.engine.connect() as connection:
            found = await connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - our own names
            return int(found.scalar_one())


@pytest.fixture
def terminal(database: Database, clock: SettableClock, tmp_path: Path) -> Terminal:
    inbox, people = SqlInbox(database), SqlPeople(database, beside(tmp_path / "key"))
    house = replace(
        TestHouse(clock, people).house, channels={"terminal": TerminalChannel()}, inbox=inbox,
        unit_of_work=database.unit_of_work,
    )  # fmt: skip
    return Terminal(house, inbox, people, SqlWebSessions(database, inbox), database)


async def welcome(terminal: Terminal) -> None:
    await terminal.press('/begin{"language":"en","place":"musterstadt"}')
    await terminal.press("/accept_notice")


async def test_from_the_welcome_to_being_forgotten(terminal: Terminal) -> None:
    assert "I am looking" not in (await terminal.say("I am looking for a flat")).text
    await welcome(terminal)
    assert (await terminal.say("how do I register")).pages == ["arrival.registration"]
    await terminal.press('/feedback_good{"page":"arrival.registration"}')
    data = await terminal.press('/my_data{"copy":true}')
    assert "how do I register" in data.documents[0].content.decode()
    assert json.loads(data.documents[1].content)["person"]["place"] == "musterstadt"
    assert (await terminal.count("person"), await terminal.count("consent")) == (1, 1)
    await terminal.press("/delete_data")
    await terminal.say("yes")
    assert (await terminal.count("person"), await terminal.count("consent")) == (0, 0)
    again = await terminal.say("how do I register")
    assert again.pages == []
    assert "English" in again.buttons


async def test_a_turn_that_fails_at_its_end_leaves_nothing_behind(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await welcome(terminal)
    said = len(await terminal.events())
    claim = await terminal.arrive(payload='/set_place{"place":"stuttgart"}')

    async def away(_claim: Claim, _outcome: Outcome) -> None:
        raise StorageError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(terminal.inbox, "finish", away)
        with pytest.raises(StorageError):
            await take_turn(claim, terminal.house)
    assert claim.person_id
    person = await terminal.people.get(claim.person_id)
    assert person
    assert (person.place, len(await terminal.events())) == ("musterstadt", said)
    await take_turn(claim, terminal.house)
    person = await terminal.people.get(claim.person_id)
    assert person
    assert (person.place, len(await terminal.events())) == ("stuttgart", said + 1)
