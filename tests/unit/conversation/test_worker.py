"""Workers: what cannot be answered is tried again, then set aside; nobody waits for a chat that hangs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from bot.bootstrap.lotse import apology
from bot.conversation import worker as worker_module
from bot.conversation.worker import Pace, Worker
from bot.core.message import Incoming, Understood
from bot.errors import LeaseLost, MessageRefused, StorageError
from tests.conftest import SettableClock
from tests.fakes import until
from tests.house import Talk, TestHouse

QUICK = Pace(at_once=4, seconds=5.0, attempts=3, idle=0.01)
HELLO = Incoming(text="Hello")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


class Counting:
    """A meter that remembers."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def turn(self, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.outcomes.append(outcome)


class Understanding:
    """Understands as told, text by text."""

    def __init__(self, home: TestHouse) -> None:
        self._scripted = home.understanding
        self.instead: dict[str, Callable[[], Awaitable[None]]] = {}

    async def understand(self, text: str, *, chosen_language: str | None) -> Understood:
        if text in self.instead:
            await self.instead[text]()
        return await self._scripted.understand(text, chosen_language=chosen_language)


@pytest.fixture
def house(clock: SettableClock) -> TestHouse:
    home = TestHouse(clock)
    home.house = replace(home.house, understands=Understanding(home))
    return home


@pytest.fixture
def meter() -> Counting:
    return Counting()


def instead(house: TestHouse, text: str, what: Callable[[], Awaitable[None]]) -> None:
    """Do this when the text is to be understood."""
    understands = house.house.understands
    assert isinstance(understands, Understanding)
    understands.instead[text] = what


async def broken() -> None:
    raise ValueError("broken")


@asynccontextmanager
async def working(house: TestHouse, meter: Counting, pace: Pace = QUICK) -> AsyncIterator[Worker]:
    worker = Worker(house.house, house.memory.signals, pace, partial(apology, words=house.words), meter)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await asyncio.wait_for(running, 5)


def states(house: TestHouse) -> list[str]:
    return [row.state for row in house.memory.rows.inbox.values()]


def replies(house: TestHouse) -> list[str]:
    return [row.reply.text for row in house.memory.rows.outbox]


async def test_messages_are_answered_in_order(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    before = len(replies(house))
    for text in ("thanks", "bye", "tell me a joke"):
        await talk.arrive(Incoming(text=text))
    async with working(house, meter):
        await until(lambda: len(replies(house)) == before + 3)
    assert [text.split()[0] for text in replies(house)[before:]] == ["You", "Goodbye", "I"]
    assert meter.outcomes == ["done"] * 3
    assert {"outbox", talk.chat.key} <= set(house.memory.signals.nudged)


async def test_work_that_comes_later_wakes_the_worker(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    async with working(house, meter, replace(QUICK, idle=60)):
        await asyncio.sleep(0.02)
        await talk.arrive(HELLO)
        # Again and again: on a busy machine the worker may not be listening yet, and it would only look in a minute.
        await until(lambda: house.memory.signals.nudge("inbox") or meter.outcomes == ["done"])


async def test_what_fails_is_tried_again_and_then_set_aside_with_an_apology(
    house: TestHouse, meter: Counting, clock: SettableClock
) -> None:
    talk = await house.settled(language="fr")
    instead(house, "poison", broken)
    await talk.arrive(Incoming(text="poison"))
    await talk.arrive(Incoming(text="thanks"))
    async with working(house, meter):
        for attempt, pause in enumerate((1, 2), 1):
            await until(lambda: meter.outcomes == ["retry"] * attempt)  # noqa: B023
            assert talk.chat.due_at == clock() + timedelta(seconds=pause)
            clock.tick(pause)
        await until(lambda: meter.outcomes == ["retry", "retry", "quarantined", "done"])
    assert states(house)[-2:] == ["quarantined", "done"]
    (sorry,) = (row.reply for row in house.memory.rows.outbox if row.reply.text.startswith("Il y a eu un problème"))
    assert sorry.language == "fr"
    assert sorry.buttons[0][0].payload == "/talk_to_human"


async def test_the_reason_of_the_quarantine_is_a_code_without_content(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    instead(house, "poison", broken)
    await talk.arrive(Incoming(text="poison"))
    async with working(house, meter, replace(QUICK, attempts=1)):
        await until(lambda: "quarantined" in meter.outcomes)
    assert [row.reason for row in house.memory.rows.inbox.values()][-1] == "ValueError"


async def test_a_turn_that_takes_too_long_counts_as_failed(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    instead(house, "slow", asyncio.Event().wait)  # type: ignore[arg-type]
    await talk.arrive(Incoming(text="slow"))
    async with working(house, meter, replace(QUICK, seconds=0.02, attempts=1)):
        await until(lambda: "quarantined" in meter.outcomes)
    assert [row.reason for row in house.memory.rows.inbox.values()][-1] == "TimeoutError"


async def test_a_failed_turn_leaves_nothing_behind(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    before = dict(talk.tracker)
    house.remove_pages("housing.find_flat")
    await talk.arrive(Incoming(payload='/set_place{"place":"stuttgart"}'))
    finish = house.memory.inbox.finish

    async def fail(*_: object) -> None:
        raise StorageError("the database is away")

    house.memory.inbox.finish = fail  # type: ignore[method-assign]
    async with working(house, meter, replace(QUICK, attempts=2)):
        await until(lambda: meter.outcomes == ["retry"])
        assert talk.person.place == "musterstadt"
        assert talk.tracker == before
        house.memory.inbox.finish = finish  # type: ignore[method-assign]
        house.clock.tick(1)
        await until(lambda: meter.outcomes[-1] == "done")
    assert talk.person.place == "stuttgart"


async def test_what_cannot_be_read_is_set_aside_at_once_and_in_silence(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    before = len(replies(house))
    await talk.arrive(MessageRefused("bad_json"))
    async with working(house, meter):
        await until(lambda: meter.outcomes == ["quarantined"])
    assert [row.reason for row in house.memory.rows.inbox.values()][-1] == "bad_json"
    assert len(replies(house)) == before


async def test_a_message_that_killed_its_workers_is_not_tried_again(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    await talk.arrive(HELLO)
    list(house.memory.rows.inbox.values())[-1].attempts = 3
    async with working(house, meter):
        await until(lambda: states(house)[-1] == "quarantined")
    assert [row.reason for row in house.memory.rows.inbox.values()][-1] == "worker_died"
    assert replies(house)[-1].startswith("Something went wrong here.")


async def test_a_lost_lease_is_forgotten(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    before = len(replies(house))

    async def taken_over() -> None:
        talk.chat.lease = "another worker's"
        talk.chat.lease_until = house.clock() + timedelta(days=1)

    instead(house, "Hello", taken_over)
    await talk.arrive(HELLO)
    async with working(house, meter):
        await until(lambda: talk.chat.lease == "another worker's")
        await asyncio.sleep(0.05)
    assert states(house)[-1] == "pending"
    assert (len(replies(house)), meter.outcomes) == (before, [])


@pytest.mark.parametrize("fault", [StorageError("away"), LeaseLost("taken over")])
async def test_where_even_setting_aside_fails_the_worker_goes_on(
    house: TestHouse, meter: Counting, fault: Exception
) -> None:
    one, other = await house.settled("1"), await house.settled("2")
    await one.arrive(MessageRefused("bad_json"))

    async def fail(*_: object) -> None:
        raise fault

    house.memory.inbox.quarantine = fail  # type: ignore[method-assign, assignment]
    async with working(house, meter):
        await until(lambda: "quarantined" in meter.outcomes)
        await other.arrive(HELLO)
        await until(lambda: "done" in meter.outcomes)
    assert states(house)[-2:] == ["pending", "done"]


async def test_a_database_that_is_away_is_asked_again(house: TestHouse, meter: Counting) -> None:
    talk = await house.settled()
    await talk.arrive(HELLO)
    house.memory.fails = 3
    async with working(house, meter):
        await until(lambda: meter.outcomes[-1:] == ["done"])
    assert house.memory.fails == 0


async def test_a_hung_chat_holds_up_no_other(house: TestHouse, meter: Counting) -> None:
    hung, other = await house.settled("1"), await house.settled("2")
    release = asyncio.Event()
    instead(house, "hang", release.wait)  # type: ignore[arg-type]
    await hung.arrive(Incoming(text="hang"))
    await hung.arrive(Incoming(text="thanks"))
    for _ in range(10):
        await other.arrive(Incoming(text="bye"))
    before = len(replies(house))
    async with working(house, meter):
        await until(lambda: len(replies(house)) == before + 10)
        assert {text.split()[0] for text in replies(house)[before:]} == {"Goodbye"}
        release.set()
        await until(lambda: len(meter.outcomes) == 12)


async def test_no_more_turns_at_once_than_allowed(house: TestHouse, meter: Counting) -> None:
    release, under_way = asyncio.Event(), []

    async def wait() -> None:
        under_way.append(1)
        await release.wait()

    instead(house, "hang", wait)
    for number in range(5):
        await house.meet(f"{number}").arrive(Incoming(text="hang"))
    async with working(house, meter, replace(QUICK, at_once=2)):
        await until(lambda: len(under_way) == 2)
        await asyncio.sleep(0.05)
        assert len(under_way) == 2
        release.set()
        await until(lambda: len(meter.outcomes) == 5)


async def test_the_lease_of_a_long_turn_is_prolonged(
    house: TestHouse, meter: Counting, monkeypatch: pytest.MonkeyPatch, clock: SettableClock
) -> None:
    monkeypatch.setattr(worker_module, "_HEARTBEAT", 0.01)
    talk = await house.settled()
    release = asyncio.Event()
    instead(house, "hang", release.wait)  # type: ignore[arg-type]
    await talk.arrive(Incoming(text="hang"))
    async with working(house, meter):
        await until(lambda: talk.chat.lease is not None)
        clock.tick(25)
        house.memory.fails = 1  # one heartbeat may fail
        await until(lambda: talk.chat.lease_until == clock() + timedelta(seconds=30))
        release.set()
        await until(lambda: meter.outcomes == ["done"])


async def test_stop_lets_turns_under_way_end_and_takes_no_new_ones(house: TestHouse, meter: Counting) -> None:
    one, other = await house.settled("1"), await house.settled("2")
    begun, release = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await release.wait()

    instead(house, "hang", wait)
    await one.arrive(Incoming(text="hang"))
    worker = Worker(house.house, house.memory.signals, QUICK, partial(apology, words=house.words), meter)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(begun.wait(), 5)
    worker.stop()
    await other.arrive(HELLO)
    await asyncio.sleep(0.05)
    assert not running.done()
    release.set()
    await asyncio.wait_for(running, 5)
    assert states(house)[-2:] == ["done", "pending"]


@pytest.mark.parametrize("welcomed", [True, False])
async def test_the_apology_is_in_the_persons_language_else_in_german(house: TestHouse, *, welcomed: bool) -> None:
    talk: Talk = await house.settled(language="ti") if welcomed else house.meet()
    await talk.arrive(HELLO)
    (claim,) = await house.memory.inbox.claim(1)
    assert apology(claim, house.words).reply.language == ("ti" if welcomed else "de")
