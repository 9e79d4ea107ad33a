"""Turns that end at the same time share a transaction, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.core.people import Person
from bot.core.ports import Claim, Outcome, Queued
from bot.errors import LeaseLost
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, Statements, arrival, queued


async def claims(house: House, many: int) -> list[Claim]:
    await house.accept(*(arrival(str(number), str(number)) for number in range(many)))
    return await house.inbox.claim(many)


async def end_all(house: House, ending: list[Claim], *, tracker: Any = None) -> list[Any]:
    turns = [house.finish(claim, queued(f"to {claim.address}"), tracker=tracker or {}) for claim in ending]
    return await asyncio.gather(*turns, return_exceptions=True)


async def heard(house: House) -> set[str]:
    found = set()
    while due := await house.outbox.claim("telegram", 50):
        found |= {delivery.reply.text for delivery in due}
        await house.outbox.sent([(delivery, "m") for delivery in due])
    return found


async def test_twenty_turns_take_few_transactions(house: House, statements: Statements) -> None:
    ending = await claims(house, 20)
    statements.said.clear()
    assert await end_all(house, ending) == [None] * 20
    assert len(statements.said) <= 12, "four statements a transaction, at most three transactions"
    assert await heard(house) == {f"to {number}" for number in range(20)}


async def test_who_lost_the_lease_is_left_out_and_the_others_are_in(house: House, clock: SettableClock) -> None:
    ending = await claims(house, 5)
    clock.tick(31)
    taken = (await house.inbox.claim(1))[0]
    found = await end_all(house, ending)
    late = [claim.chat_key for claim, got in zip(ending, found, strict=True) if isinstance(got, LeaseLost)]
    assert late == [taken.chat_key]
    assert [got for got in found if not isinstance(got, LeaseLost)] == [None] * 4
    await house.finish(taken, queued("by the other"))
    assert len(await heard(house)) == 5


async def test_a_turn_that_cannot_be_stored_harms_nobody_else(house: House) -> None:
    ending = await claims(house, 5)
    turns = [
        house.finish(claim, queued("x"), tracker={"n": object()} if n == 2 else {}) for n, claim in enumerate(ending)
    ]
    found = await asyncio.gather(*turns, return_exceptions=True)
    assert [got is None for got in found] == [True, True, False, True, True]
    await house.finish(ending[2], queued("again"))  # its lease still holds


async def test_a_turn_that_wrote_more_commits_it_all_in_one(house: House, clock: SettableClock) -> None:
    ending = await claims(house, 2)

    async def meets(claim: Claim) -> None:
        async with house.database.unit_of_work():
            await house.people.add(Person("p1", "en", None, clock(), clock()))
            await house.inbox.finish(claim, Outcome({}, [queued("hello")], person_id="p1"))

    await asyncio.gather(meets(ending[0]), house.finish(ending[1], queued("other")))
    assert [row.id for row in await house.rows("SELECT id FROM person")] == ["p1"]
    assert await heard(house) == {"hello", "other"}


async def test_several_turns_in_one_unit_of_work_all_end(house: House) -> None:
    ending = await claims(house, 3)
    async with house.database.unit_of_work():
        for claim in ending:
            await house.inbox.finish(claim, Outcome({}, [queued(f"to {claim.address}")]))
    assert await heard(house) == {"to 0", "to 1", "to 2"}


async def test_replies_stay_in_order_where_some_are_queued_once_only(house: House) -> None:
    (claim,) = await claims(house, 1)
    once: list[Queued] = [queued("one"), queued("two", dedup_key="k"), queued("three"), queued("twice", dedup_key="k")]
    await house.finish(claim, *once)
    said = []
    while due := await house.outbox.claim("telegram", 5):
        said += [delivery.reply.text for delivery in due]
        await house.outbox.sent([(delivery, "m") for delivery in due])
    assert said == ["one", "two", "three"]
