import asyncio
import time

import pytest

from bot.channels.limits import Limits, Rates
from bot.errors import TryLater


class Ticks:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def pass_once(limits: Limits, chat: str, *, group: bool = False, urgent: bool = False) -> None:
    async with limits.turn(chat, group=group, urgent=urgent):
        pass


async def refusal(limits: Limits, chat: str, **how: bool) -> float:
    with pytest.raises(TryLater) as refused:
        await pass_once(limits, chat, **how)
    assert refused.value.retry_after is not None
    return refused.value.retry_after


async def test_no_window_of_a_second_holds_more_than_the_total() -> None:
    limits = Limits(Rates(total=10, reserve=0, window=0.1))
    passed: list[float] = []

    async def one(chat: int) -> None:
        await pass_once(limits, str(chat))
        passed.append(time.monotonic())

    await asyncio.gather(*(one(chat) for chat in range(45)))
    passed.sort()
    assert len(passed) == 45
    assert all(later - earlier > 0.095 for earlier, later in zip(passed, passed[10:], strict=False))


async def test_a_person_gets_one_message_a_second() -> None:
    ticks = Ticks()
    limits = Limits(Rates(patience=0), ticks)
    await pass_once(limits, "5")
    assert await refusal(limits, "5") == pytest.approx(1.0)
    await pass_once(limits, "6")
    ticks.now += 1.0
    await pass_once(limits, "5")


async def test_a_second_counts_from_the_answer_not_from_the_request() -> None:
    ticks = Ticks()
    limits = Limits(Rates(patience=0), ticks)
    async with limits.turn("5"):
        ticks.now += 3.0
        await pass_once(limits, "6")  # sweeps the windows
    assert await refusal(limits, "5") == pytest.approx(1.0)


async def test_a_group_gets_twenty_messages_a_minute() -> None:
    ticks = Ticks()
    limits = Limits(Rates(patience=0), ticks)
    for _ in range(20):
        await pass_once(limits, "-5", group=True)
        ticks.now += 0.1
    assert await refusal(limits, "-5", group=True) == pytest.approx(58.0)


async def test_urgent_messages_have_a_reserve() -> None:
    ticks = Ticks()
    limits = Limits(Rates(total=4, reserve=1, patience=0), ticks)
    for chat in range(3):
        await pass_once(limits, str(chat))
    await refusal(limits, "3")
    await pass_once(limits, "3", urgent=True)
    await refusal(limits, "4", urgent=True)


async def test_a_pause_stops_everything_until_it_is_over() -> None:
    ticks = Ticks()
    limits = Limits(Rates(), ticks)
    limits.pause(30)
    limits.pause(1)  # a shorter one takes nothing back
    assert await refusal(limits, "5", urgent=True) == pytest.approx(30)
    assert (limits.paused(), limits.room()) == (30, 0)
    ticks.now += 30
    await pass_once(limits, "5")


async def test_room_counts_those_that_wait_already() -> None:
    limits = Limits(Rates(total=10, reserve=2, private_window=0.05))
    assert limits.room() == 8
    await pass_once(limits, "5")
    waiting = asyncio.create_task(pass_once(limits, "5"))
    await asyncio.sleep(0)
    assert limits.room() == 6
    await waiting


async def test_memory_does_not_grow_with_the_number_of_chats() -> None:
    ticks = Ticks()
    limits = Limits(Rates(), ticks)
    for chat in range(100_000):
        await pass_once(limits, str(chat))
        ticks.now += 0.05
    assert len(limits._chats) < 100
