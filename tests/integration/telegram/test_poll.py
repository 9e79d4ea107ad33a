import asyncio
import json
import time
from typing import Any

import pytest

from bot.channels.telegram import poll as poll_module
from bot.channels.telegram.channel import TelegramChannel
from bot.core.ports import Arrival
from bot.errors import MessageRefused
from tests.fake_bot_api import FakeBotApi
from tests.fakes import Memory, until
from tests.integration.telegram.conftest import polling


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll_module, "_LONGEST_PAUSE", 0.2)


def stored(memory: Memory) -> list[str]:
    return [key for _, key in memory.rows.inbox]


async def test_updates_are_stored_in_order_and_workers_woken(telegram: FakeBotApi, memory: Memory) -> None:
    telegram.push(*(telegram.text(5, str(number)) for number in range(250)))
    async with polling(telegram, memory.inbox, memory.signals):
        await until(lambda: len(stored(memory)) == 250)
    assert stored(memory) == [str(number) for number in range(1, 251)]
    assert "inbox" in memory.signals.nudged


async def test_nothing_is_lost_when_the_database_fails(telegram: FakeBotApi, memory: Memory) -> None:
    memory.fails = 2
    telegram.push(*(telegram.text(5, str(number)) for number in range(150)))
    async with polling(telegram, memory.inbox, memory.signals):
        await until(lambda: memory.fails == 0)
        memory.fails = 1
        await until(lambda: len(stored(memory)) == 150)
        await until(lambda: not telegram.state.updates)  # confirmed, after all was committed
    assert stored(memory) == [str(number) for number in range(1, 151)]


async def test_what_is_not_committed_is_not_confirmed(telegram: FakeBotApi, memory: Memory) -> None:
    memory.fails = 1_000_000
    telegram.push(telegram.text(5, "hello"))
    async with polling(telegram, memory.inbox, memory.signals):
        await until(lambda: memory.fails < 999_998)
    assert len(telegram.state.updates) == 1


async def test_a_restarted_poller_stores_nothing_twice(telegram: FakeBotApi, memory: Memory) -> None:
    telegram.push(telegram.text(5, "one"), telegram.text(5, "two"))
    telegram.state.forgets = False
    for _ in range(2):
        async with polling(telegram, memory.inbox, memory.signals):
            await until(lambda: len(stored(memory)) == 2)
            await asyncio.sleep(0.05)
    assert stored(memory) == ["1", "2"]


async def test_a_poison_update_blocks_nobody(telegram: FakeBotApi, memory: Memory, channel: TelegramChannel) -> None:
    batch: list[Any] = [
        telegram.text(5, "before", 1),
        {"update_id": 2, "message": {"chat": {"id": 7}, "text": {"not": "text"}}},
        {"update_id": 3, "message": "?"},
        {"update_id": 4, "callback_query": {"id": 1}},
        "not even an object",
        {"message": "no id"},
        telegram.text(5, "after", 9),
    ]
    telegram.state.raw_batches.append(json.dumps({"ok": True, "result": batch}).encode())
    async with polling(telegram, memory.inbox, memory.signals):
        await until(lambda: stored(memory) == ["1", "2", "3", "4", "9"])
    read, reasons = [], []
    while claims := await memory.inbox.claim(10):
        for claim in claims:
            try:
                read.append(await channel.read(claim))
                await memory.inbox.quarantine(claim, "read")
            except MessageRefused as exc:
                reasons.append(exc.reason)
                await memory.inbox.quarantine(claim, exc.reason)
    assert [incoming.text for incoming in read if incoming] == ["before", "after"]
    assert read.count(None) == 1  # a press below an inline message
    assert reasons == ["malformed_KeyError", "not_an_object"]


async def test_a_batch_that_is_no_json_is_passed_over_one_by_one(telegram: FakeBotApi, memory: Memory) -> None:
    broken = b'{"ok":true,"result":[{"update_id":1,"message":' + b"[" * 50_000
    telegram.state.raw_batches.extend([broken, broken])
    telegram.push(telegram.text(5, "after", 2))
    async with polling(telegram, memory.inbox, memory.signals):
        await until(lambda: stored(memory) == ["1", "2"])


async def test_ids_may_restart_lower(telegram: FakeBotApi, memory: Memory) -> None:
    async with polling(telegram, memory.inbox, memory.signals):
        telegram.push(telegram.text(5, "old", 900_000))
        await until(lambda: stored(memory) == ["900000"])
        await asyncio.sleep(1.2)  # one empty answer
        telegram.state.updates.append(telegram.text(5, "new", 3))
        await until(lambda: stored(memory) == ["900000", "3"])


async def test_an_update_known_already_is_not_taken_for_new(telegram: FakeBotApi, memory: Memory) -> None:
    known = Arrival("telegram", "telegram:1", "5", "1", b"{}")
    await memory.inbox.accept([known])
    telegram.push(telegram.text(5, "again", 1))
    async with polling(telegram, memory.inbox, memory.signals):
        await until(lambda: not telegram.state.updates)
    assert memory.rows.inbox["telegram:1", "1"].raw == b"{}"


async def count_polls(telegram: FakeBotApi, memory: Memory, seconds: float) -> int:
    polls = 0
    accept = memory.inbox.accept

    async def counting(arrivals: Any) -> int:
        nonlocal polls
        polls += 1
        return await accept(arrivals)

    memory.inbox.accept = counting  # type: ignore[method-assign]
    async with polling(telegram, memory.inbox, memory.signals, wait=25):
        await asyncio.sleep(seconds)
    return polls


async def test_a_server_that_answers_at_once_is_not_hammered(telegram: FakeBotApi, memory: Memory) -> None:
    telegram.state.empty_at_once = True
    assert await count_polls(telegram, memory, 1.3) <= 2


async def test_a_server_that_forgets_no_update_is_not_hammered(telegram: FakeBotApi, memory: Memory) -> None:
    telegram.state.empty_at_once = True
    telegram.state.forgets = False
    telegram.push(telegram.text(5, "hello"))
    assert await count_polls(telegram, memory, 2.2) <= 6


async def test_a_stop_does_not_wait_for_the_poll(telegram: FakeBotApi, memory: Memory) -> None:
    async with polling(telegram, memory.inbox, memory.signals, wait=30):
        await asyncio.sleep(0.1)
        before = time.monotonic()
    assert time.monotonic() - before < 10


@pytest.mark.parametrize("trouble", ["500", "502", "409", "conflict", "401", "404", "flood:0"])
async def test_polling_goes_on_after_trouble(
    telegram: FakeBotApi, memory: Memory, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.faults.TOKEN_PAUSE", 0.1)
    telegram.state.polls.append(trouble)
    telegram.push(telegram.text(5, "hello"))
    async with polling(telegram, memory.inbox, memory.signals):
        await until(lambda: stored(memory) == ["1"])


async def test_a_poll_that_hangs_is_dropped_and_done_again(
    telegram: FakeBotApi, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_module, "_HANGING", -0.5)
    telegram.state.polls.append("hangs:30")
    telegram.push(telegram.text(5, "hello"))
    async with polling(telegram, memory.inbox, memory.signals) as poller:
        await until(lambda: stored(memory) == ["1"])
        assert poller.silent_for() < 1


async def test_polling_goes_on_when_the_server_was_away(memory: Memory) -> None:
    with FakeBotApi() as first:
        async with polling(first, memory.inbox, memory.signals) as poller:
            first._server.__exit__()
            await until(lambda: poller._failures >= 2)
            assert stored(memory) == []
