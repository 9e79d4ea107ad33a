"""Questions kept to learn from: sealed, aged, exported and erased like everything else of a person."""

from __future__ import annotations

from datetime import timedelta

from bot.core.people import Purpose
from bot.core.questions import Question
from bot.storage.purge import RetentionRules, purge
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House

ASKED = Question("may … register a dog", "en", "arrival.registration", "housing.find_flat")


async def keep(house: House, person: str, *questions: Question) -> None:
    async with house.database.unit_of_work():
        for question in questions:
            await house.questions.keep(person, question)


async def test_a_question_waits_until_it_is_settled(house: House, clock: SettableClock) -> None:
    other = Question("…", "so", "greet", None)
    await keep(house, "p1", ASKED, other)
    first, second = await house.questions.proposals(9)
    assert (first.question, second.question, first.asked_at) == (ASKED, other, clock())
    assert [one.id for one in await house.questions.proposals(1)] == [first.id]
    assert await house.questions.settle(first.id)
    assert not await house.questions.settle(first.id)
    assert [one.id for one in await house.questions.proposals(9)] == [second.id]


async def test_a_question_is_sealed(house: House) -> None:
    await keep(house, "p1", ASKED)
    ((stored,),) = await house.rows("SELECT text FROM question")
    assert b"dog" not in bytes(stored)


async def test_questions_go_with_their_person_and_their_age(house: House, clock: SettableClock) -> None:
    for person, address in (("p1", "42"), ("p2", "43"), ("p3", "44")):
        await house.add_person(person, address)
        await keep(house, person, ASKED)
    assert [row["text"] for row in (await house.people.data("p1")).records["question"]] == [ASKED.text]
    async with house.database.unit_of_work():
        await house.people.erase("p1")
    async with house.database.unit_of_work():
        assert await house.questions.forget("p2") == 1
    assert len(await house.questions.proposals(9)) == 1
    clock.now += timedelta(days=31)
    await purge(house.database, RetentionRules(30, 365), ledger=house.ledger, dry_run=False)
    assert not await house.questions.proposals(9)


async def test_one_agreement_ends_without_the_other(house: House) -> None:
    await house.add_person("p1", "42")
    async with house.database.unit_of_work():
        await house.people.consent("p1", version="1", language="en")
        await house.people.consent("p1", version="9", language="en", purpose=Purpose.LEARNING)
    found = await house.people.get("p1")
    assert found
    assert found.notice_version == "1"
    async with house.database.unit_of_work():
        await house.people.withdraw("p1", Purpose.LEARNING)
    found = await house.people.get("p1")
    assert found
    assert found.notice_version == "1"
    rows = await house.rows("SELECT purpose FROM consent WHERE withdrawn_at IS NULL")
    assert [row[0] for row in rows] == ["notice"]
