"""The same update a thousand times, by webhook and by polling, to two processes at once: one effect."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx

from bot.bootstrap.lotse import Lotse
from bot.channels.telegram.poll import Poller
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.webhook import PATH
from bot.storage.tables import FeedbackRow, InboxRow, OutboxRow
from tests.fake_bot_api import BOT, TOKEN, FakeBotApi
from tests.load.inside import browser, eventually, opened, rows, running
from tests.load.kill import WELCOME

PRESS = '/feedback_good{"page":"housing.find_flat"}'
TIMES = 1_000


async def test_the_same_update_a_thousand_times_has_one_effect(empty_url: str, tmp_path: Path) -> None:
    with FakeBotApi(enforced=False) as telegram:
        async with AsyncExitStack() as stack:
            houses = [
                await stack.enter_async_context(
                    opened(empty_url, tmp_path, telegram, public_url="https://lotse.example", webhook_secret="secret")
                )
                for _ in range(2)
            ]
            doors = [await stack.enter_async_context(browser(house)) for house in houses]
            await welcomed(houses, doors[0], telegram)

            update = telegram.press(5, PRESS, update_id=1_000)
            batch = json.dumps({"ok": True, "result": [update] * 100}).encode()
            telegram.state.raw_batches.extend([batch] * (TIMES // 2 // 100))
            pollers = [
                Poller(Updates(TOKEN, telegram.url, 1), house.stores.inbox, house.stores.signals, BOT)
                for house in houses
            ]
            polling = [asyncio.create_task(poller.run()) for poller in pollers]
            answers = await asyncio.gather(*(post(doors[n % 2], update) for n in range(TIMES // 2)))
            await eventually(lambda: _truth(not telegram.state.raw_batches))
            for poller in pollers:
                poller.stop()
            await asyncio.gather(*polling)
            assert set(answers) == {200}

            # Telegram may give ids anew, lower than before.
            assert await post(doors[0], telegram.press(5, "/help", update_id=10)) == 200
            async with running(houses[0], "worker"), running(houses[1], "worker"):
                await eventually(lambda: settled(houses[0], 5))

            stored = await rows(houses[0], InboxRow)
            assert sorted(int(row.update_key) for row in stored) == [1, 2, 3, 10, 1_000]
            assert {row.state for row in stored} == {"done"}
            assert len(await rows(houses[0], FeedbackRow)) == 1
            replies = await rows(houses[0], OutboxRow)
            assert len(replies) == 5
            thanks = [text for text in telegram.sent_to(5) if text.startswith("Danke")]
            assert len(thanks) == 1


async def welcomed(houses: Sequence[Lotse], door: httpx.AsyncClient, telegram: FakeBotApi) -> None:
    for number, payload in enumerate(WELCOME, start=1):
        assert await post(door, telegram.press(5, payload, update_id=number)) == 200


async def settled(house: Lotse, updates: int) -> bool:
    done = await rows(house, InboxRow, InboxRow.state == "done")
    waiting = await rows(house, OutboxRow, OutboxRow.state.in_(("queued", "sending")))
    return len(done) == updates and not waiting


async def post(door: httpx.AsyncClient, update: dict[str, Any]) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": "secret"}
    return (await door.post(PATH, json=update, headers=headers, timeout=60)).status_code


async def _truth(value: object) -> bool:
    return bool(value)
