"""What every implementation of the stores keeps to: the one in memory, on SQLite and on PostgreSQL alike."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.core.message import Reply
from bot.core.ports import Arrival, Buttons, Claim, Delivery, Inbox, Lane, Outbox, Outcome, Queued, WebSessions
from bot.errors import LeaseLost
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox
from bot.storage.sessions import SqlButtons, SqlWebSessions
from tests.conftest import SettableClock
from tests.fakes import Memory


@dataclass
class Stores:
    inbox: Inbox
    outbox: Outbox
    buttons: Buttons
    sessions: WebSessions
    unit_of_work: Callable[[], AbstractAsyncContextManager[None]]

    async def hear(self, *keys: str, address: str = "5", channel: str = "telegram") -> int:
        return await self.inbox.accept([Arrival(channel, "telegram:1", address, key, b"{}") for key in keys])

    async def claim(self) -> Claim:
        (claim,) = await self.inbox.claim(1)
        return claim

    async def finish(self, claim: Claim, *replies: Queued) -> None:
        async with self.unit_of_work():
            await self.inbox.finish(claim, Outcome(tracker={"turns": 1}, replies=replies))

    async def say(self, *replies: Queued, address: str = "5", key: str = "1", channel: str = "telegram") -> None:
        await self.hear(key, address=address, channel=channel)
        await self.finish(await self.claim(), *replies)

    async def due(self, limit: int = 10) -> list[Delivery]:
        return await self.outbox.claim("telegram", limit)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, clock: SettableClock) -> Stores:
    if request.param == "memory":
        memory = Memory(clock)
        return Stores(memory.inbox, memory.outbox, memory.buttons, memory.sessions, memory.unit_of_work)
    database: Database = request.getfixturevalue("database")
    inbox = SqlInbox(database)
    return Stores(
        inbox, SqlOutbox(database), SqlButtons(database), SqlWebSessions(database, inbox), database.unit_of_work
    )


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Narrow the fixture of the same name to the engine that `stores` asks for."""
    wanted = request.node.callspec.params["stores"].replace("postgresql", "postgres")
    url: str = request.getfixturevalue(f"{wanted}_upgraded_url")
    return url


def queued(text: str, lane: Lane = Lane.REPLY, **more: object) -> Queued:
    return Queued(Reply(text, "en"), lane, **more)  # type: ignore[arg-type]


def texts(deliveries: list[Delivery]) -> list[str]:
    return [delivery.reply.text for delivery in deliveries]


async def test_an_update_counts_once(stores: Stores) -> None:
    assert await stores.hear("1", "2", "1") == 2
    assert await stores.hear("2", "3") == 1


async def test_a_chat_has_one_worker_and_others_go_on(stores: Stores) -> None:
    await stores.hear("1", "2")
    await stores.hear("3", address="6")
    assert {claim.address for claim in await stores.inbox.claim(10)} == {"5", "6"}
    assert await stores.inbox.claim(10) == []


async def test_messages_of_a_chat_come_in_order_with_its_tracker(stores: Stores) -> None:
    await stores.hear("1", "2")
    first = await stores.claim()
    assert first.tracker is None
    await stores.finish(first)
    second = await stores.claim()
    assert second.inbox_id > first.inbox_id
    assert second.tracker == {"turns": 1}


async def test_whoever_lost_the_lease_commits_nothing(stores: Stores, clock: SettableClock) -> None:
    await stores.hear("1")
    late = await stores.claim()
    clock.tick(31)
    now = await stores.claim()
    with pytest.raises(LeaseLost):
        await stores.finish(late, queued("late"))
    await stores.finish(now, queued("in time"))
    assert texts(await stores.due()) == ["in time"]


async def test_a_heartbeat_keeps_the_lease(stores: Stores, clock: SettableClock) -> None:
    await stores.hear("1")
    claim = await stores.claim()
    clock.tick(25)
    await stores.inbox.heartbeat([claim.lease])
    clock.tick(25)
    assert await stores.inbox.claim(1) == []


async def test_a_retried_message_waits_and_counts(stores: Stores, clock: SettableClock) -> None:
    await stores.hear("1")
    await stores.inbox.retry(await stores.claim(), after=10)
    assert await stores.inbox.claim(1) == []
    clock.tick(10)
    assert (await stores.claim()).attempts == 1


async def test_a_message_set_aside_leaves_an_apology_and_lets_the_next_pass(stores: Stores) -> None:
    await stores.hear("1", "2")
    first = await stores.claim()
    await stores.inbox.quarantine(first, "malformed", [queued("sorry")])
    assert texts(await stores.due()) == ["sorry"]
    assert (await stores.claim()).inbox_id > first.inbox_id


async def test_a_turn_that_fails_leaves_nothing(stores: Stores) -> None:
    await stores.hear("1")
    claim = await stores.claim()
    with pytest.raises(RuntimeError):
        await _fail_after_finishing(stores, claim)
    assert await stores.due() == []
    await stores.finish(claim, queued("again"))
    assert texts(await stores.due()) == ["again"]


async def _fail_after_finishing(stores: Stores, claim: Claim) -> None:
    async with stores.unit_of_work():
        await stores.inbox.finish(claim, Outcome(tracker=None, replies=[queued("half")]))
        raise RuntimeError


async def test_replies_of_a_chat_go_one_by_one_urgent_ones_first(stores: Stores) -> None:
    await stores.say(queued("one"), queued("two"), queued("danger", Lane.URGENT))
    sent = []
    while due := await stores.due():
        assert len(due) == 1
        sent += texts(due)
        await stores.outbox.sent([(due[0], "m1")])
    assert sent == ["danger", "one", "two"]


async def test_a_reply_that_waits_holds_back_the_next_of_its_chat_alone(stores: Stores, clock: SettableClock) -> None:
    await stores.say(queued("one"), queued("two"))
    await stores.say(queued("other"), address="6", key="2")
    first, other = sorted(await stores.due(), key=lambda delivery: delivery.id)
    await stores.outbox.later(first, after=10, code="flood")
    await stores.outbox.sent([(other, None)])
    assert await stores.due() == []
    clock.tick(10)
    (again,) = await stores.due()
    assert (again.reply.text, again.attempts, again.doubtful) == ("one", 2, False)


async def test_a_vanished_sender_leaves_doubt(stores: Stores, clock: SettableClock) -> None:
    await stores.say(queued("one"))
    await stores.due()
    clock.tick(61)
    (again,) = await stores.due()
    assert again.doubtful


async def test_a_doubtful_attempt_stays_doubtful(stores: Stores) -> None:
    await stores.say(queued("one"))
    (first,) = await stores.due()
    await stores.outbox.later(first, after=0, code="no_answer", doubtful=True)
    (again,) = await stores.due()
    assert again.doubtful


async def test_what_is_said_once_is_never_said_again(stores: Stores) -> None:
    await stores.say(queued("reminder", dedup_key="r1"))
    await stores.say(queued("reminder", dedup_key="r1"), key="2")
    (first,) = await stores.due()
    await stores.outbox.sent([(first, None)])
    assert await stores.due() == []


async def test_a_reminder_waits_for_its_time(stores: Stores, clock: SettableClock) -> None:
    due_at = clock() + timedelta(hours=1)
    await stores.say(queued("reminder", Lane.REMINDER, due_at=due_at))
    assert await stores.due() == []
    assert await stores.outbox.next_due("telegram") == due_at
    clock.tick(hours=1)
    assert texts(await stores.due()) == ["reminder"]


async def test_an_unreachable_chat_gets_nothing_more(stores: Stores) -> None:
    await stores.say(queued("one"), queued("two"))
    (first,) = await stores.due()
    await stores.outbox.unreachable(first)
    assert await stores.due() == []


async def test_a_chat_that_moved_is_written_to_at_its_new_address(stores: Stores) -> None:
    await stores.say(queued("one"), address="-5")
    (first,) = await stores.due()
    await stores.outbox.moved(first, "-1005")
    (again,) = await stores.due()
    assert again.address == "-1005"


async def test_a_failed_reply_lets_the_next_pass(stores: Stores) -> None:
    await stores.say(queued("bad"), queued("good"))
    (first,) = await stores.due()
    await stores.outbox.failed(first, "too_long")
    assert texts(await stores.due()) == ["good"]


async def test_pull_channels_see_what_is_due_in_order(stores: Stores, clock: SettableClock) -> None:
    later = queued("reminder", due_at=clock() + timedelta(hours=1))
    opening = [Arrival("webchat", "web", "w", "1", b"{}")]
    session = await stores.sessions.open("hash", opening, session="s", address="w")
    await stores.finish(await stores.claim(), queued("one"), later, queued("two"))
    clock.tick(hours=1)
    assert await stores.outbox.publish() == 1
    events = await stores.sessions.events(session.chat_key, after=0, limit=10)
    assert [(event.position, event.reply.text) for event in events] == [(1, "one"), (2, "two"), (3, "reminder")]
    assert await stores.sessions.events(session.chat_key, after=2, limit=10) == events[2:]
    assert await stores.sessions.find("hash") == session
    await stores.sessions.close("hash")
    assert await stores.sessions.find("hash") is None


async def test_a_button_opens_in_its_own_chat_alone(stores: Stores) -> None:
    await stores.hear("1")
    chat = (await stores.claim()).chat_key
    (button,) = await stores.buttons.keep(chat, ["/help"])
    assert await stores.buttons.keep(chat, ["/help"]) == [button]
    assert len(button) <= 40
    assert button.isascii()
    assert await stores.buttons.open(chat, button) == "/help"
    assert await stores.buttons.open("another", button) is None
