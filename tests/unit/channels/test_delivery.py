import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import structlog

from bot.channels.delivery import Pace, Publisher, Sender, _backoff
from bot.channels.limits import Limits, Rates
from bot.core.message import Incoming, Reply
from bot.core.ports import Claim, Delivery, Lane, Queued
from bot.errors import ChatMoved, DeliveryRefused, DeliveryUnknown, TryLater, Unreachable
from tests.conftest import SettableClock
from tests.fakes import Memory, until

QUICK = Pace(idle=0.01, seconds=0.5, heartbeat=0.02, drain=0.3)


class Scripted:
    """A channel that answers as told, then well."""

    name = "telegram"

    def __init__(self, *answers: Exception | str) -> None:
        self.answers = deque(answers)
        self.tried: list[str] = []
        self.arrived: list[str] = []
        self.partly: set[int] = set()
        self.hold = asyncio.Event()
        self.hold.set()

    async def read(self, claim: Claim) -> Incoming | None:
        raise NotImplementedError

    async def deliver(self, delivery: Delivery) -> str | None:
        self.tried.append(delivery.reply.text)
        await self.hold.wait()
        answer = self.answers.popleft() if self.answers else "ok"
        if isinstance(answer, Exception):
            raise answer
        self.arrived.append(delivery.reply.text)
        return f"m{len(self.arrived)}"

    def partly_sent(self, delivery: Delivery) -> bool:
        return delivery.id in self.partly


@asynccontextmanager
async def sending(memory: Memory, channel: Scripted, pace: Pace = QUICK) -> AsyncIterator[Sender]:
    sender = Sender(channel, memory.outbox, memory.signals, Limits(Rates(total=1000)), pace)
    running = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        sender.stop()
        await running


def say(text: str) -> Reply:
    return Reply(text, "en")


@pytest.fixture(autouse=True)
def _unwritten_logs() -> Iterator[None]:
    """Structlog's own tracebacks take longer than the tests."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def memory(clock: SettableClock) -> Memory:
    return Memory(clock)


async def test_what_is_due_is_sent_and_noted(memory: Memory) -> None:
    channel = Scripted()
    async with sending(memory, channel) as sender:
        memory.queue("5", say("hello"))
        await until(lambda: memory.states() == ["sent"])
    assert memory.rows.outbox[0].external_id == "m1"
    assert sender.outcomes == {"sent": 1}


async def test_a_nudge_wakes_the_sender_at_once(memory: Memory) -> None:
    channel = Scripted()
    async with sending(memory, channel, Pace(idle=60)):
        await asyncio.sleep(0.05)
        memory.queue("5", say("hello"))
        await until(lambda: channel.arrived == ["hello"])


async def test_a_nudge_while_it_looks_is_not_missed(memory: Memory) -> None:
    scripted = Scripted()
    looked = memory.outbox.claim

    async def slow(channel: str, limit: int) -> list[Delivery]:
        found = await looked(channel, limit)
        if not memory.rows.outbox:
            memory.queue("5", say("hello"))
        return found

    memory.outbox.claim = slow  # type: ignore[method-assign]
    async with sending(memory, scripted, Pace(idle=60)):
        await until(lambda: scripted.arrived == ["hello"])


async def test_try_later_waits_as_long_as_it_was_told(memory: Memory, clock: SettableClock) -> None:
    channel = Scripted(TryLater("flood", 30))
    async with sending(memory, channel):
        memory.queue("5", say("hello"))
        await until(lambda: memory.rows.outbox[0].error == "flood")
        wait = memory.rows.outbox[0].retry_at - clock()
        assert timedelta(seconds=30) <= wait <= timedelta(seconds=31)
        clock.tick(31)
        await until(lambda: memory.states() == ["sent"])
    assert not memory.rows.outbox[0].doubtful


async def test_only_a_few_wait_for_the_limits(memory: Memory) -> None:
    limits = Limits(Rates(total=10, reserve=5, window=60))

    class Limited(Scripted):
        async def deliver(self, delivery: Delivery) -> str | None:
            async with limits.turn(delivery.address):
                return await super().deliver(delivery)

    for chat in range(100):
        memory.queue(str(chat), say("bulk"))
    channel = Limited()
    sender = Sender(channel, memory.outbox, memory.signals, limits, Pace(idle=0.01, drain=0))
    running = asyncio.create_task(sender.run())
    await until(lambda: len(channel.arrived) == 5)
    await asyncio.sleep(0.1)
    assert memory.states().count("sending") <= 3
    sender.stop()
    await running


async def test_a_pause_of_the_whole_bot_holds_everybody(memory: Memory) -> None:
    channel = Scripted(TryLater("flood", 60, whole_bot=True))
    async with sending(memory, channel):
        memory.queue("5", say("hello"))
        await until(lambda: memory.rows.outbox[0].error == "flood")
        memory.queue("6", say("other"))
        await asyncio.sleep(0.1)
        assert channel.tried == ["hello"]
    assert memory.states() == ["queued", "queued"]


async def test_order_in_a_chat_is_kept_while_others_go_on(memory: Memory, clock: SettableClock) -> None:
    channel = Scripted(TryLater("server_error"), TryLater("server_error"))
    async with sending(memory, channel):
        memory.queue("5", say("one"), say("two"), say("three"))
        await until(lambda: memory.rows.outbox[0].attempts == 1 and memory.states()[0] == "queued")
        clock.tick(5)
        await until(lambda: memory.rows.outbox[0].attempts == 2 and memory.states()[0] == "queued")
        memory.queue("6", say("other"))
        await until(lambda: channel.arrived == ["other"])
        clock.tick(5)
        await until(lambda: len(channel.arrived) == 4)
    assert channel.arrived == ["other", "one", "two", "three"]


async def test_an_urgent_reply_overtakes(memory: Memory) -> None:
    channel = Scripted()
    memory.queue("5", Queued(say("bulk"), Lane.BULK), Queued(say("danger"), Lane.URGENT))
    async with sending(memory, channel):
        await until(lambda: len(channel.arrived) == 2)
    assert channel.arrived == ["danger", "bulk"]


async def test_what_may_have_arrived_is_repeated_twice_then_left_uncertain(
    memory: Memory, clock: SettableClock
) -> None:
    channel = Scripted(*[DeliveryUnknown("no_answer")] * 9)
    async with sending(memory, channel):
        memory.queue("5", say("hello"), say("next"))
        for attempt in (1, 2):
            await until(lambda n=attempt: memory.rows.outbox[0].attempts == n and memory.states()[0] == "queued")  # type: ignore[misc]
            assert memory.rows.outbox[0].doubtful
            clock.tick(10)
        await until(lambda: memory.states()[0] == "uncertain")
    assert channel.tried.count("hello") == 3


async def test_a_repetition_that_arrives_stays_marked_uncertain(memory: Memory, clock: SettableClock) -> None:
    channel = Scripted(DeliveryUnknown("no_answer"))
    async with sending(memory, channel):
        memory.queue("5", say("hello"))
        await until(lambda: memory.rows.outbox[0].error == "no_answer")
        clock.tick(5)
        await until(lambda: memory.states() == ["uncertain"])


async def test_whoever_blocked_the_bot_is_unreachable(memory: Memory) -> None:
    channel = Scripted(Unreachable("forbidden"))
    async with sending(memory, channel):
        memory.queue("5", say("one"), say("two"))
        await until(lambda: memory.states() == ["cancelled", "cancelled"])
    assert memory.chat("5").unreachable_at
    assert channel.tried == ["one"]


async def test_a_chat_that_moved_is_followed(memory: Memory) -> None:
    channel = Scripted(ChatMoved("-1005"))
    async with sending(memory, channel):
        memory.queue("-5", say("hello"))
        await until(lambda: memory.states() == ["sent"])
    assert [chat.address for chat in memory.rows.chats.values()] == ["-1005"]


async def test_a_refused_reply_lets_the_next_pass(memory: Memory) -> None:
    channel = Scripted(DeliveryRefused("too_long"))
    async with sending(memory, channel):
        memory.queue("5", say("bad"), say("good"))
        await until(lambda: memory.states() == ["failed", "sent"])
    assert memory.rows.outbox[0].error == "too_long"


async def test_a_fault_of_ours_is_tried_some_times_then_given_up(memory: Memory, clock: SettableClock) -> None:
    channel = Scripted(*[RuntimeError("secret text")] * 50)
    async with sending(memory, channel):
        memory.queue("5", say("hello"))
        for attempt in range(1, 10):
            await until(lambda n=attempt: memory.rows.outbox[0].attempts == n and memory.states() == ["queued"])  # type: ignore[misc]
            clock.tick(400)
        await until(lambda: memory.states() == ["failed"])
    assert (memory.states(), memory.rows.outbox[0].error) == (["failed"], "RuntimeError")
    assert len(channel.tried) == 10


async def test_a_hanging_delivery_ends_as_uncertain_and_frees_its_place(memory: Memory) -> None:
    channel = Scripted()
    channel.hold.clear()
    async with sending(memory, channel, Pace(idle=0.01, seconds=0.05)):
        memory.queue("5", say("hello"))
        await until(lambda: memory.rows.outbox[0].error == "timeout")
    assert memory.rows.outbox[0].doubtful


async def test_a_partly_sent_reply_is_doubtful_to_everybody_else(memory: Memory) -> None:
    channel = Scripted(TryLater("server_error"))
    channel.partly.add(1)
    async with sending(memory, channel):
        memory.queue("5", say("long"))
        await until(lambda: memory.rows.outbox[0].error == "server_error")
    assert memory.rows.outbox[0].doubtful


async def test_a_database_that_is_away_does_not_make_two_messages_of_one(memory: Memory) -> None:
    channel = Scripted()
    async with sending(memory, channel):
        channel.hold.clear()
        memory.queue("5", say("hello"))
        await until(lambda: channel.tried == ["hello"])
        memory.fails = 3
        channel.hold.set()
        await until(lambda: memory.states() == ["sent"], 5)
    assert channel.arrived == ["hello"]


async def test_leases_are_kept_while_a_delivery_takes_long(memory: Memory, clock: SettableClock) -> None:
    channel = Scripted()
    channel.hold.clear()
    async with sending(memory, channel):
        memory.queue("5", say("hello"))
        await until(lambda: channel.tried == ["hello"])
        for _ in range(4):
            clock.tick(30)
            await asyncio.sleep(0.05)
        channel.hold.set()
        await until(lambda: memory.states() == ["sent"])
    assert channel.tried == ["hello"]


async def test_a_stop_drains_what_is_due(memory: Memory) -> None:
    channel = Scripted()
    memory.queue("5", *(say(str(number)) for number in range(20)))
    async with sending(memory, channel):
        await until(lambda: bool(channel.tried))
    assert memory.states() == ["sent"] * 20


async def test_a_stop_does_not_wait_for_what_hangs(memory: Memory) -> None:
    channel = Scripted()
    channel.hold.clear()
    async with sending(memory, channel, Pace(idle=0.01, drain=0.05)):
        memory.queue("5", say("hello"))
        await until(lambda: channel.tried == ["hello"])
    assert memory.states() == ["sending"]  # its lease runs out, and another sender marks it doubtful


async def test_the_publisher_shows_reminders_when_they_are_due(memory: Memory, clock: SettableClock) -> None:
    memory.queue("w", Queued(say("reminder"), due_at=clock() + timedelta(hours=1)), channel="webchat")
    publisher = Publisher(memory.outbox, every=0.01)
    running = asyncio.create_task(publisher.run())
    await asyncio.sleep(0.05)
    assert memory.states() == ["queued"]
    memory.fails = 1
    clock.tick(hours=1)
    await until(lambda: memory.states() == ["sent"])
    publisher.stop()
    await running
    assert memory.rows.outbox[0].position == 1


def test_pauses_grow_up_to_five_minutes() -> None:
    assert 0.75 <= _backoff(1) <= 1.25
    assert 6 <= _backoff(4) <= 10
    assert 225 <= _backoff(299) <= 375
