"""The daily purge takes what is old and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.people import Person
from bot.core.ports import Outcome
from bot.storage import erasures, purge
from bot.storage.purge import Purged, RetentionRules
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, arrival, queued
from tests.integration.storage.test_keys import content
from tests.integration.storage.test_people import erase

RULES = RetentionRules(conversation_days=30, inactive_days=365)


async def run(house: House, *, dry_run: bool = False) -> list[Purged]:
    return await purge.purge(house.database, RULES, ledger=house.ledger, dry_run=dry_run)


async def sent(house: House) -> None:
    await house.outbox.sent([(one, None) for one in await house.outbox.claim("telegram", 100)])


async def count(house: House, table: str) -> int:
    return int((await house.rows(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608 - a test's own word


async def test_a_young_database_loses_nothing(house: House, clock: SettableClock) -> None:
    await house.add_person("p1", "1")
    await sent(house)
    before = await content(house)
    clock.tick(days=29)
    assert await run(house, dry_run=True) == await run(house) == []
    assert await content(house) == before


async def test_conversations_go_and_the_person_stays(house: House, clock: SettableClock) -> None:
    await house.add_person("p1", "1")
    await house.buttons.keep(house.inbox.chat_key("telegram", "lotse_bot", "1"), ["/a"])
    await sent(house)
    clock.tick(days=31)
    await house.add_person("p2", "2")  # talks today
    await sent(house)
    before = await content(house)
    expected = [
        Purged("button", 1, "older than 30 days"),
        Purged("chat", 1, "state of a conversation not used for 30 days, emptied"),
        Purged("inbox", 1, "older than 30 days"),
        Purged("outbox", 1, "older than 30 days"),
    ]
    assert sorted(await run(house, dry_run=True), key=str) == expected
    assert await content(house) == before
    assert sorted(await run(house), key=str) == expected
    assert await run(house) == []
    assert [row.id for row in await house.rows("SELECT id FROM person ORDER BY id")] == ["p1", "p2"]
    data = await house.people.data("p1")
    assert (data.transcript, set(data.records)) == ([], {"person", "chat"})
    assert data.records["chat"][0]["tracker"] is None
    assert len((await house.people.data("p2")).transcript) == 2
    await house.accept(arrival("1", "back"))
    assert (await house.claim_one()).person_id == "p1"


async def test_what_waits_never_goes(house: House, clock: SettableClock) -> None:
    await house.add_person("p1", "1")  # its reply is never sent
    await house.say("2", queued("in a year", due_at=clock() + timedelta(days=800)))
    await house.accept(arrival("3", "unanswered", b"waits"))
    clock.tick(days=500)
    assert {(purged.table, purged.rows) for purged in await run(house)} == {("inbox", 2)}
    assert await count(house, "outbox") == 2
    assert await count(house, "person") == 1
    assert (await house.claim_one()).raw == b"waits"


async def test_quarantined_messages_go_like_others(house: House, clock: SettableClock) -> None:
    await house.accept(arrival("1", "poison"))
    await house.inbox.quarantine(await house.claim_one(), "bad")
    clock.tick(days=31)
    await run(house)
    assert await count(house, "inbox") == 0


async def test_the_silent_are_erased_with_proof(house: House, clock: SettableClock) -> None:
    for number in (1, 2):
        await house.add_person(f"p{number}", f"{number}")
    async with house.database.unit_of_work():
        await house.people.consent("p1", version="1", language="en")
    await sent(house)
    clock.tick(days=200)
    await house.accept(arrival("2", "still here"))
    await house.finish(await house.claim_one())  # writing counts, without any choice
    clock.tick(days=200)
    why = "silent for 365 days; erased with everything of theirs"
    assert Purged("person", 1, why) in await run(house, dry_run=True)
    assert Purged("person", 1, why) in await run(house)
    assert [row.id for row in await house.rows("SELECT id FROM person")] == ["p2"]
    assert await count(house, "consent") == 0
    assert await count(house, "chat") == 1
    proofs = {row.person_hash for row in await house.rows("SELECT person_hash FROM erasure")}
    assert len(proofs) == 1
    assert house.ledger.read() == proofs


async def test_chats_of_the_erased_and_of_nobody_go(house: House, clock: SettableClock) -> None:
    await house.add_person("p1", "1")
    await erase(house, "p1", "1")
    await house.say("2", queued("never came further"))
    await sent(house)
    await sent(house)
    clock.tick(minutes=61)
    assert await run(house) == [Purged("chat", 1, "of an erased person, whose last reply has arrived")]
    clock.tick(days=31)
    assert Purged("chat", 1, "without a person, not used for 30 days") in await run(house)
    assert {await count(house, table) for table in ("chat", "inbox", "outbox")} == {0}


async def test_expired_browsers_go(house: House, clock: SettableClock) -> None:
    await house.sessions.open("hash", [arrival("w", "u", channel="webchat")], session="s", address="w")
    claim = await house.claim_one()
    async with house.database.unit_of_work():
        await house.people.add(Person("p1", "en", None, clock(), clock()))
        await house.inbox.finish(claim, Outcome(None, (), person_id="p1"))
    clock.tick(days=30, seconds=1)
    assert Purged("web_session", 1, "expired") in await run(house)


async def test_many_rows_go_in_batches(
    house: House, clock: SettableClock, monkeypatch: pytest.MonkeyPatch, statements: Any
) -> None:
    monkeypatch.setattr(purge, "_BATCH", 10)
    await house.buttons.keep("chat", [f"/{number}" for number in range(35)])
    clock.tick(days=31)
    statements.said.clear()
    assert await run(house) == [Purged("button", 35, "older than 30 days")]
    assert sum(said.startswith("DELETE FROM button") for said in statements.said) == 4


async def test_erasures_a_crash_kept_from_the_ledger_are_added_at_the_start(house: House) -> None:
    await house.add_person("p1", "1")
    await erase(house, "p1", "1")
    house.ledger.path.unlink()  # killed between the commit and the ledger
    assert await erasures.reconcile(house.database, house.ledger) == 1
    assert await erasures.reconcile(house.database, house.ledger) == 0
    assert house.ledger.read() == {row.person_hash for row in await house.rows("SELECT person_hash FROM erasure")}
