"""SIGTERM under load: Lotse ends what it has begun and leaves with 0; nothing is lost, nothing is in doubt."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.storage import crypto
from tests.fake_bot_api import TOKEN, FakeBotApi, callback_query
from tests.load.counting import Counts
from tests.load.kill import WELCOME, Size, _settled, count
from tests.load.killable import ROOT, Nursery

_LONGEST_STOP = 30.0


async def test_a_stop_under_load_loses_nothing(sqlite_url: str, tmp_path: Path, nursery: Nursery) -> None:
    await stops_well(sqlite_url, tmp_path, nursery, updates=450, times=2)


@pytest.mark.soak
@pytest.mark.parametrize("times", [1, 2, 5])
async def test_a_stop_under_heavy_load_loses_nothing(
    times: int, empty_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    await stops_well(empty_url, tmp_path, nursery, updates=2_000, times=times)


async def stops_well(url: str, folder: Path, nursery: Nursery, *, updates: int, times: int) -> None:
    """Stop the real program in the middle of its work, let another one finish, and count."""
    ring = crypto.load_or_create(folder / "kill.key")
    chats = updates // len(WELCOME)
    with FakeBotApi(enforced=False) as telegram:
        environment = {
            "LOTSE_DATABASE_URL": url, "LOTSE_KEY_FILE": str(folder / "kill.key"), "LOTSE_TELEGRAM_TOKEN": TOKEN,
            "LOTSE_TELEGRAM_API_URL": telegram.url, "LOTSE_LOG_LEVEL": "warning",
        }  # fmt: skip
        for number in range(updates):
            press = callback_query(number % chats + 1, WELCOME[number // chats], number + 1)
            telegram.push({"update_id": number + 1, "callback_query": press})
        command = [sys.executable, "-m", "bot", "serve", "--only", "worker,telegram"]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
        while len(telegram.state.sent) < 20:
            assert process.poll() is None
            await asyncio.sleep(0.02)
        began = time.monotonic()
        for _ in range(times):
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.1)
        code = await asyncio.to_thread(process.wait, _LONGEST_STOP)
        took, said = time.monotonic() - began, len(telegram.state.sent)
        assert code == 0
        with nursery.in_peace(environment):
            await _settled(url, ring, Size(0, updates, chats))
        counts = Counts(updates=updates)
        await count(url, ring, telegram.state.sent, counts)
        assert said < len(telegram.state.sent)  # it was stopped in the middle of its work
    print(f"stopped after {said} messages in {took:.1f} s, then {counts}", flush=True)
    assert counts.answered == updates
    assert counts.lost == counts.doubled == counts.uncertain == counts.quarantined == counts.out_of_order == 0
