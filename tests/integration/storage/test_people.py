"""Persons, consent, export and erasure."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.core.people import Person
from bot.core.ports import Outcome
from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.privacy import Privacy
from bot.storage.tables import Base
from bot.storage.whose import tables_of_persons
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, arrival, queued


async def test_a_person_is_found_with_choices_and_consent(house: House, clock: SettableClock) -> None:
    added = Person("p1", None, None, clock(), clock())
    async with house.database.unit_of_work():
        await house.people.add(added)
        assert await house.people.get("p1") == added  # within the unit its own writing is seen
    seen = clock.tick(60)
    async with house.database.unit_of_work():
        await house.people.choose("p1", language="ti", place="musterstadt")
        await house.people.consent("p1", version="1", language="ti")
        await house.people.consent("p1", version="2", language="ti")
    expected = Person("p1", "ti", "musterstadt", added.created_at, seen, "2", seen)
    assert await house.people.get("p1") == expected
    async with house.database.unit_of_work():
        await house.people.choose("p1", place="")
        await house.people.withdraw("p1")
    assert await house.people.get("p1") == Person("p1", "ti", None, added.created_at, seen)
    assert await house.people.get("nobody") is None


async def test_writing_needs_a_unit_of_work(house: House) -> None:
    with pytest.raises(StorageError):
        await house.people.choose("p1", language="de")


async def test_helped_is_counted_by_day(house: House) -> None:
    async with house.database.unit_of_work():
        await house.people.helped("housing.find_flat", "ar", helpful=True)
    rows = await house.rows("SELECT page, language, helpful, day FROM feedback")
    assert [tuple(row) for row in rows] == [("housing.find_flat", "ar", True, "2026-11-23")]


async def test_data_holds_both_sides_and_every_table(house: House, clock: SettableClock) -> None:
    await house.add_person("p1", "42")
    await house.add_person("p2", "43")
    await house.outbox.sent([(one, "ext") for one in await house.outbox.claim("telegram", 9)])
    await house.buttons.keep(house.inbox.chat_key("telegram", "lotse_bot", "42"), ["/long"])
    async with house.database.unit_of_work():
        await house.people.consent("p1", version="1", language="en")
    data = await house.people.data("p1")
    assert data.person.id == "p1"
    assert [(line.sender, line.text) for line in data.transcript] == [("you", "hello there"), ("bot", "hello")]
    assert set(data.records) == {"person", "consent", "chat", "inbox", "outbox", "button"}
    assert [chat["address"] for chat in data.records["chat"]] == ["42"]
    assert data.records["chat"][0]["tracker"] == {"slots": {}}
    assert "lease" not in data.records["chat"][0]
    assert '"p2"' not in json.dumps(data.records)
    with pytest.raises(LookupError):
        await house.people.data("nobody")


async def erase(house: House, person_id: str, address: str) -> None:
    """Let the person's own turn erase them, as a turn does."""
    await house.accept(arrival(address, f"erase-{person_id}"))
    claim = await house.claim_one()
    async with house.database.unit_of_work():
        await house.people.erase(person_id)
        await house.inbox.finish(claim, Outcome(None, [queued("all gone")], text="delete my data"))


async def plant(database: Database, person_id: str, chat_key: str) -> list[str]:
    """Put a row of this person into every table that can hold one; return the tables."""
    planted = []
    async with database.write() as connection:
        for table in tables_of_persons():
            if table.name in ("person", "chat"):
                continue
            values = {
                column.name: value_for(column, database)
                for column in table.columns
                if not (column.primary_key and column.type.python_type is int)
            }
            values |= {name: value for name, value in (("person_id", person_id), ("chat_key", chat_key))
                       if name in table.c}  # fmt: skip
            values |= {"state": "done"} if table.name == "inbox" else {}
            await connection.execute(insert(table).values(values))
            planted.append(table.name)
    return planted


def value_for(column, database: Database):  # noqa: ANN001, ANN201 - any column, any value
    kind = type(column.type).__name__
    known = {
        "Moment": database.clock(), "SealedJson": {"canary": 1}, "SealedText": "canary", "SealedBytes": b"canary",
        "Boolean": False, "Integer": 1, "BigInteger": 1,
    }  # fmt: skip
    return known.get(kind, "x")


async def test_erasure_reaches_every_table(house: House, clock: SettableClock) -> None:
    await house.add_person("p1", "42")
    await house.add_person("p2", "43")
    key = house.inbox.chat_key("telegram", "lotse_bot", "42")
    planted = await plant(house.database, "p1", key)
    assert set(planted) >= {"consent", "inbox", "outbox", "button", "web_session"}
    before = await of_person(house, "p1", key)
    assert all(before[name] for name in [*planted, "person", "chat"])
    others = await of_person(house, "p2", house.inbox.chat_key("telegram", "lotse_bot", "43"))
    await erase(house, "p1", "42")

    after = await of_person(house, "p1", key)
    # What lasts for the confirmation: the chat, its browser, the confirmation itself and the message asking for it.
    assert {name: number for name, number in after.items() if number} == {
        "chat": 1, "web_session": 1, "outbox": 1, "inbox": 1
    }  # fmt: skip
    chat = (await house.rows("SELECT person_id, tracker, erased_at FROM chat WHERE key = :key", key=key))[0]
    assert (chat.person_id, chat.tracker) == (None, None)
    assert (await house.rows("SELECT text, raw FROM inbox WHERE chat_key = :key", key=key)) == [(None, None)]
    waiting = await house.outbox.claim("telegram", 9)
    assert "all gone" in {delivery.reply.text for delivery in waiting}
    clock.tick(hours=2)
    assert await house.people.purge_erased(clock()) == 0  # the confirmation is still under way
    waiting = await house.outbox.claim("telegram", 9)
    await house.outbox.sent([(delivery, "ext") for delivery in waiting])
    assert await house.people.purge_erased(clock()) == 1
    assert set((await of_person(house, "p1", key)).values()) == {0}
    assert await of_person(house, "p2", house.inbox.chat_key("telegram", "lotse_bot", "43")) == others
    assert await house.people.get("p1") is None


async def of_person(house: House, person_id: str, chat_key: str) -> dict[str, int]:
    """Count rows by table, by person and by chat, whatever links them."""
    count = {}
    async with house.database.read() as connection:
        for table in tables_of_persons():
            mine = [table.c[name] == value for name, value in (("person_id", person_id), ("chat_key", chat_key))
                    if name in table.c]  # fmt: skip
            if table.name == "person":
                mine = [table.c.id == person_id]
            if table.name == "chat":
                mine = [table.c.key == chat_key]
            for condition in mine:
                rows = (await connection.execute(select(table).where(condition))).all()
                count[table.name] = max(count.get(table.name, 0), len(rows))
    return count


async def test_an_erased_chat_waits_an_hour_for_the_browser(house: House, clock: SettableClock) -> None:
    await house.sessions.open("hash", [arrival("w1", "u1", channel="webchat")], session="s1", address="w1")
    claim = await house.claim_one()
    async with house.database.unit_of_work():
        await house.people.add(Person("p1", "en", None, clock(), clock()))
        await house.inbox.finish(claim, Outcome({}, (), person_id="p1"))
    await house.accept(arrival("w1", "u2", channel="webchat"))
    claim = await house.claim_one()
    async with house.database.unit_of_work():
        await house.people.erase("p1")
        await house.inbox.finish(claim, Outcome(None, [queued("all gone")]))
    clock.tick(minutes=59)
    assert await house.people.purge_erased(clock()) == 0
    session = await house.sessions.find("hash")
    assert session
    events = await house.sessions.events(session.chat_key, after=0, limit=9)
    assert [event.reply.text for event in events] == ["all gone"]
    clock.tick(minutes=2)
    assert await house.people.purge_erased(clock()) == 1
    assert await house.sessions.find("hash") is None
    assert await house.rows("SELECT * FROM chat") == []


async def test_who_writes_again_after_the_erasure_begins_anew(house: House, clock: SettableClock) -> None:
    await house.add_person("p1", "42")
    await erase(house, "p1", "42")
    await house.accept(arrival("42", "again"))
    claim = await house.claim_one()
    assert (claim.person_id, claim.tracker) == (None, None)
    await house.finish(claim, tracker={"slots": {"language": "ar"}}, text="again")
    clock.tick(days=1)
    await house.outbox.sent([(one, None) for one in await house.outbox.claim("telegram", 9)])
    assert await house.people.purge_erased(clock()) == 0
    await house.accept(arrival("42", "more"))
    assert (await house.claim_one()).tracker == {"slots": {"language": "ar"}}


async def test_a_turn_in_another_chat_brings_nobody_back(house: House) -> None:
    """The same person on two channels, both writing at once, one of them: delete everything."""
    await house.add_person("p1", "42")
    await house.accept(arrival("w1", "w", channel="webchat"))
    await house.finish(await house.claim_one(), person_id="p1")
    await house.accept(arrival("w1", "w2", channel="webchat"))
    elsewhere = await house.claim_one()
    await erase(house, "p1", "42")
    await house.finish(elsewhere, queued("answer"), person_id="p1", tracker={"slots": {"name": "x"}}, text="said")
    assert await house.rows("SELECT person_id FROM chat WHERE person_id IS NOT NULL OR tracker IS NOT NULL") == []
    assert await house.rows("SELECT text FROM inbox WHERE text IS NOT NULL") == []


async def test_erasing_writes_the_ledger_when_it_commits_and_only_then(house: House) -> None:
    await house.add_person("p1", "42")
    with pytest.raises(RuntimeError):
        await roll_back(house)
    assert house.ledger.read() == set()
    assert await house.people.get("p1")
    await erase(house, "p1", "42")
    (proof,) = await house.rows("SELECT person_hash FROM erasure")
    assert house.ledger.read() == {proof.person_hash}
    async with house.database.unit_of_work():
        await house.people.erase("p1")  # once more harms nothing
    assert len(await house.rows("SELECT * FROM erasure")) == 1


async def roll_back(house: House) -> None:
    async with house.database.unit_of_work():
        await house.people.erase("p1")
        raise RuntimeError


def test_every_column_is_classified() -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    assert len(columns) > 50
    missing = [str(column) for column in columns if not isinstance(column.info.get("privacy"), Privacy)]
    assert missing == []


def test_every_table_with_conversation_says_when_its_rows_go() -> None:
    kept = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(column.info["privacy"].retention == "conversation" for column in table.columns)
        and "ageing" not in table.info
    }
    assert kept == {"chat"}  # its tracker is emptied, the row belongs to the person


def test_whatever_people_say_is_sealed() -> None:
    from bot.storage.keys import sealed_columns  # noqa: PLC0415 - beside its only use

    sealed = {column for _, column in sealed_columns()}
    said = {
        column for table in Base.metadata.sorted_tables for column in table.columns
        if column.info["privacy"].category == "conversation"
    }  # fmt: skip
    assert said
    assert said <= sealed


async def test_ageing_names_columns_that_exist(clock: SettableClock) -> None:
    aged = [(table, table.info["ageing"]) for table in Base.metadata.sorted_tables if "ageing" in table.info]
    assert aged
    assert all(ageing.since in table.c for table, ageing in aged)
    assert clock() + timedelta(0) == clock()
