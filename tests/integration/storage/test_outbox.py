"""The outbox: in order within a chat, each reply once, what may have arrived twice is marked."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.core.message import Button, Document, Reply
from bot.core.ports import Lane
from bot.storage.database import Database, connect
from bot.storage.outbox import LEASE, SqlOutbox
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, Statements, arrival, queued, reply

PAST_LEASE = LEASE.total_seconds() + 1


async def texts(house: House, limit: int = 100) -> list[str]:
    """Claim and send what is due; return it in order."""
    deliveries = await house.outbox.claim("telegram", limit)
    await house.outbox.sent([(delivery, "ext") for delivery in deliveries])
    return [delivery.reply.text for delivery in deliveries]


async def all_texts(house: House) -> list[str]:
    said: list[str] = []
    while now := await texts(house):
        said += now
    return said


async def states(house: House) -> dict[str, int]:
    return dict(Counter(row.state for row in await house.rows("SELECT state FROM outbox")))


async def test_a_reply_comes_out_as_it_went_in(house: House, clock: SettableClock) -> None:
    whole = Reply(
        "مرحبا \ud800", "ar", markup=True, page="housing.find_flat", sender="human", ask_location=True, urgent=True,
        buttons=((Button("A", payload="/a{}"), Button("B", url="tel:112")), (Button("C", payload="/c"),)),
        document=Document("data.json", "application/json", b"\x00\xff"),
    )  # fmt: skip
    item = queued("x", lane=Lane.URGENT)
    object.__setattr__(item, "reply", whole)
    await house.say("42", item)
    delivery = await house.deliver_one()
    assert delivery.reply == whole
    assert (delivery.bot, delivery.address, delivery.lane) == ("lotse_bot", "42", Lane.URGENT)
    assert (delivery.attempts, delivery.doubtful, delivery.queued_at) == (1, False, clock())


async def test_one_under_way_a_chat_and_in_order(house: House) -> None:
    await house.say("a", queued("a1"), queued("a2"), queued("a3"))
    await house.say("b", queued("b1"))
    first = await house.outbox.claim("telegram", 10)
    assert [delivery.reply.text for delivery in first] == ["a1", "b1"]
    assert await house.outbox.claim("telegram", 10) == []
    await house.outbox.sent([(delivery, None) for delivery in first])
    assert await all_texts(house) == ["a2", "a3"]


async def test_urgent_overtakes_everything(house: House) -> None:
    await house.say("a", queued("bulk", lane=Lane.BULK), queued("reply"), queued("reminder", lane=Lane.REMINDER))
    await house.say("b", queued("b reply"))
    await house.say("a", queued("emergency", lane=Lane.URGENT))
    assert await texts(house, 1) == ["emergency"]
    assert await all_texts(house) == ["reply", "b reply", "reminder", "bulk"]


async def test_urgent_waits_for_the_one_under_way(house: House) -> None:
    await house.say("a", queued("reply"))
    under_way = await house.deliver_one()
    await house.say("a", queued("emergency", lane=Lane.URGENT))
    assert await house.outbox.claim("telegram", 10) == []
    await house.outbox.sent([(under_way, None)])
    assert await texts(house) == ["emergency"]


async def test_a_retry_holds_up_later_ones_of_its_chat_only(house: House, clock: SettableClock) -> None:
    await house.say("a", queued("a1"), queued("a2"))
    await house.say("b", queued("b1"))
    delivery = await house.deliver_one()
    await house.outbox.later(delivery, after=30, code="flood" * 40)
    assert await all_texts(house) == ["b1"]
    assert await house.outbox.next_due("telegram") == clock() + timedelta(seconds=30)
    clock.tick(30)
    again = await house.deliver_one()
    assert (again.reply.text, again.attempts, again.doubtful) == ("a1", 2, False)
    await house.outbox.sent([(again, None)])
    assert await all_texts(house) == ["a2"]
    assert await states(house) == {"sent": 3}


async def test_tomorrows_reminder_blocks_nothing(house: House, clock: SettableClock) -> None:
    tomorrow = clock() + timedelta(days=1)
    await house.say("a", queued("reminder", lane=Lane.REMINDER, due_at=tomorrow))
    await house.say("a", queued("bulk", lane=Lane.BULK))
    assert await all_texts(house) == ["bulk"]
    assert await house.outbox.next_due("telegram") == tomorrow
    assert await house.outbox.next_due("webchat") is None
    clock.tick(days=1)
    assert await all_texts(house) == ["reminder"]
    assert await house.outbox.next_due("telegram") is None


async def test_other_channels_are_left_alone(house: House) -> None:
    await house.say("a", queued("hello"))
    assert await house.outbox.claim("signal", 10) == []


async def test_a_dedup_key_is_queued_once_ever(house: House) -> None:
    await house.say("a", queued("one", dedup_key="reminder.1"), queued("plain"))
    await house.say("b", queued("one again", dedup_key="reminder.1"))
    assert await all_texts(house) == ["one", "plain"]
    await house.say("a", queued("one, later", dedup_key="reminder.1"))
    assert await all_texts(house) == []


async def test_an_orphan_becomes_doubtful_and_uncertain_once_sent(house: House, clock: SettableClock) -> None:
    await house.say("a", queued("a1"), queued("a2"))
    lost = await house.deliver_one()
    clock.tick(PAST_LEASE)
    again = await house.deliver_one()
    assert (again.reply.text, again.doubtful, again.attempts) == ("a1", True, 2)
    await house.outbox.sent([(lost, "late")])  # the lost sender's word counts no more
    assert await states(house) == {"sending": 1, "queued": 1}
    await house.outbox.sent([(again, "ext")])
    assert await states(house) == {"uncertain": 1, "queued": 1}


async def test_an_attempt_that_may_have_arrived_stays_doubtful(house: House, clock: SettableClock) -> None:
    await house.say("a", queued("a1"))
    await house.outbox.later(await house.deliver_one(), after=1, code="timeout", doubtful=True)
    clock.tick(1)
    await house.outbox.later(await house.deliver_one(), after=1, code="flood")
    clock.tick(1)
    again = await house.deliver_one()
    assert again.doubtful
    await house.outbox.sent([(again, "ext")])
    assert await states(house) == {"uncertain": 1}


async def test_heartbeat_keeps_a_delivery(house: House, clock: SettableClock) -> None:
    await house.say("a", queued("a1"))
    delivery = await house.deliver_one()
    for _ in range(3):
        clock.tick(LEASE.total_seconds() * 0.7)
        await house.outbox.heartbeat([delivery.lease])
    await house.outbox.heartbeat([])
    assert await house.outbox.claim("telegram", 10) == []
    await house.outbox.sent([(delivery, "ext")])
    assert await states(house) == {"sent": 1}


async def test_a_refused_reply_is_given_up_and_the_next_one_goes(house: House) -> None:
    await house.say("a", queued("bad"), queued("good"))
    await house.outbox.failed(await house.deliver_one(), "too_long" * 20)
    assert await all_texts(house) == ["good"]
    assert await states(house) == {"failed": 1, "sent": 1}


async def test_unreachable_cancels_what_waits(house: House, clock: SettableClock) -> None:
    await house.say("a", queued("a1"), queued("a2"), queued("tomorrow", due_at=clock() + timedelta(days=1)))
    await house.say("b", queued("b1"))
    await house.outbox.unreachable(await house.deliver_one())
    assert await states(house) == {"cancelled": 3, "queued": 1}
    unreachable = "SELECT unreachable_at FROM chat WHERE unreachable_at IS NOT NULL"
    assert len(await house.rows(unreachable)) == 1
    await house.accept(arrival("a", "back"))  # the person writes again
    assert await house.rows(unreachable) == []


async def test_a_moved_chat_is_followed(house: House) -> None:
    await house.say("a", queued("a1"))
    await house.outbox.moved(await house.deliver_one(), "-100777")
    again = await house.deliver_one()
    assert (again.address, again.reply) == ("-100777", reply("a1"))


async def test_pull_channels_are_delivered_by_the_turn_itself(house: House, clock: SettableClock) -> None:
    later = clock() + timedelta(hours=1)
    await house.say("a", queued("one"), queued("later", due_at=later), queued("two"), channel="webchat")
    key = house.inbox.chat_key("webchat", "lotse_bot", "a")
    events = await house.sessions.events(key, after=0, limit=10)
    assert [(event.position, event.reply.text, event.at) for event in events] == [
        (1, "one", clock()),
        (2, "two", clock()),
    ]
    assert await house.outbox.claim("webchat", 10) == []


async def test_publish_numbers_without_gaps(house: House, clock: SettableClock) -> None:
    soon = clock() + timedelta(minutes=1)
    for chat in "ab":
        await house.say(
            chat, queued("now"), queued("soon", due_at=soon), queued("soon too", due_at=soon),
            queued("once", dedup_key="k"), queued("end", dedup_key=f"end.{chat}"), channel="webchat",
        )  # fmt: skip
    assert await house.outbox.publish() == 0
    clock.tick(minutes=1)
    assert sum(await asyncio.gather(*(house.outbox.publish() for _ in range(4)))) == 4
    await house.say("a", queued("last"), channel="webchat")
    seen = {}
    for chat in "ab":
        key = house.inbox.chat_key("webchat", "lotse_bot", chat)
        events = await house.sessions.events(key, after=0, limit=10)
        assert [event.position for event in events] == list(range(1, len(events) + 1))
        seen[chat] = [event.reply.text for event in events]
        tail = await house.sessions.events(key, after=2, limit=1)
        assert [event.position for event in tail] == [3]
    assert seen == {
        "a": ["now", "once", "end", "soon", "soon too", "last"],
        "b": ["now", "end", "soon", "soon too"],
    }


async def test_rival_senders_take_each_reply_once(house: House, database_url: str, clock: SettableClock) -> None:
    for chat in range(15):
        await house.say(f"chat{chat}", *(queued(f"{chat}.{number}") for number in range(4)))
    rivals = [connect(database_url, house.database.ring, clock) for _ in range(4)]
    under_way: Counter[str] = Counter()
    said: list[str] = []

    async def send_all(database: Database) -> None:
        outbox = SqlOutbox(database)
        while deliveries := await outbox.claim("telegram", 4):
            for delivery in deliveries:
                under_way[delivery.chat_key] += 1
                assert under_way[delivery.chat_key] == 1
                said.append(delivery.reply.text)
            await asyncio.sleep(0.002)
            for delivery in deliveries:
                under_way[delivery.chat_key] -= 1
            await outbox.sent([(delivery, None) for delivery in deliveries])

    while await house.outbox.next_due("telegram"):
        await asyncio.gather(*map(send_all, rivals))
    await asyncio.gather(*(rival.close() for rival in rivals))
    assert len(said) == 60
    # A chat's replies come in order, each once: sorting by chat alone changes nothing within it.
    assert sorted(said, key=lambda words: int(words.split(".")[0])) == [
        f"{chat}.{number}" for chat in range(15) for number in range(4)
    ]


@pytest.mark.parametrize("number", [5, 50])
async def test_sending_takes_two_statements_however_many(house: House, statements: Statements, number: int) -> None:
    for chat in range(number):
        await house.say(f"chat{chat}", queued("hello"))
    statements.said.clear()
    deliveries = await house.outbox.claim("telegram", 100)
    assert len(deliveries) == number
    assert len(statements.said) == 2
    statements.said.clear()
    await house.outbox.sent([(delivery, "ext") for delivery in deliveries])
    assert len(statements.said) == 1
