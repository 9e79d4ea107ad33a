"""A handler that hangs in one chat holds up no other."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap.lotse import Lotse
from bot.conversation.state import State
from bot.core.message import Reply
from bot.core.ports import Arrival
from bot.storage.signals import LocalSignals
from bot.storage.tables import InboxRow
from tests.load.inside import eventually, opened, rows, running

_BOT = "proof"
_CHATS = 40


class Hanging:
    """Skills whose call in one chat never ends, and does not listen when it is told to stop."""

    def __init__(self, lotse: Lotse, chat: str) -> None:
        self._original = lotse.house.skills.run
        self._key = lotse.stores.inbox.chat_key("terminal", _BOT, chat)
        self.released = asyncio.Event()
        self.hangs = False

    async def run(self, name: str, state: State) -> list[Reply]:
        if state.chat_key == self._key:
            self.hangs = True
            while not self.released.is_set():
                try:
                    await self.released.wait()
                except asyncio.CancelledError:
                    continue
        return await self._original(name, state)


async def test_a_stuck_chat_holds_up_no_other(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await others_go_on(sqlite_url, tmp_path, monkeypatch, messages=200, seconds=0)


@pytest.mark.soak
async def test_a_chat_stuck_for_ten_minutes_holds_up_no_other(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await others_go_on(database_url, tmp_path, monkeypatch, messages=12_000, seconds=600)


async def others_go_on(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, messages: int, seconds: float
) -> None:
    """Send messages of other chats before and while one hangs, spread over so many seconds."""
    async with opened(url, folder, turn_seconds=0.5) as lotse:
        hanging = Hanging(lotse, "stuck")
        monkeypatch.setattr(lotse.house.skills, "run", hanging.run)
        committed = watch(lotse.stores.signals)
        async with running(lotse, "worker"):
            before = await p95(lotse, committed, 200, 0.0)
            try:
                await send(lotse, "stuck")
                await eventually(lambda: _is(hanging.hangs), every=0.01)
                during = await p95(lotse, committed, messages, seconds)
                stuck = await rows(lotse, InboxRow, InboxRow.state == "pending")
                assert len(stuck) == 1  # it still hangs, and everything else is answered
            finally:
                hanging.released.set()
            await eventually(lambda: _answered(lotse), every=0.05)
        print(
            f"p95 of a turn: {before * 1e3:.0f} ms, while one chat hangs {during * 1e3:.0f} ms ({during / before:.2f}x)"
        )


async def p95(lotse: Lotse, committed: dict[str, float], messages: int, seconds: float) -> float:
    """Send messages a few at a time and return how long the slowest twentieth took, in seconds."""
    took: list[float] = []
    for start in range(0, messages, 4):
        sent = await asyncio.gather(*(send(lotse, str(number % _CHATS)) for number in range(start, start + 4)))
        for key, at in sent:
            async with asyncio.timeout(10):
                while committed.get(key, 0.0) < at:
                    await asyncio.sleep(0.001)
            took.append(committed[key] - at)
        await asyncio.sleep(seconds * 4 / messages)
    return statistics.quantiles(took, n=20)[-1]


_numbers = iter(range(10**9))


async def send(lotse: Lotse, chat: str) -> tuple[str, float]:
    """Accept a message; return its chat's key and when."""
    at = time.perf_counter()
    raw = json.dumps({"payload": "/menu"}).encode()
    await lotse.stores.inbox.accept([Arrival("terminal", _BOT, chat, str(next(_numbers)), raw)])
    lotse.stores.signals.nudge("inbox")
    return lotse.stores.inbox.chat_key("terminal", _BOT, chat), at


def watch(signals: LocalSignals) -> dict[str, float]:
    """Note when a chat's turn was committed: the worker nudges its key then."""
    committed: dict[str, float] = {}
    nudge = signals.nudge

    def noting(topic: str) -> None:
        committed[topic] = time.perf_counter()
        nudge(topic)

    signals.nudge = noting  # type: ignore[method-assign]
    return committed


async def _is(value: Any) -> bool:
    return bool(value)


async def _answered(lotse: Lotse) -> bool:
    return not await rows(lotse, InboxRow, InboxRow.state == "pending")
