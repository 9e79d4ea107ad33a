"""Flood limits are kept and nothing is lost, whatever Telegram answers to due reminders."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.bootstrap.lotse import Lotse
from bot.channels.limits import Rates
from bot.channels.telegram.api import TelegramApi
from bot.core.message import Reply
from bot.core.ports import Arrival, Lane, Outcome, Queued
from bot.storage.tables import ChatRow, OutboxRow
from tests.fake_bot_api import BOT, FakeBotApi, Limits
from tests.load.inside import eventually, opened, rows, running

# What a chat answers before it takes the message, and what becomes of the reminder.
TROUBLES = (
    ("blocked*", "cancelled"), ("deactivated*", "cancelled"), ("chat_not_found*", "cancelled"),
    ("bad_request*", "failed"), ("server_error", "sent"), ("bad_gateway", "sent"), ("proxy", "sent"),
    ("flood:1", "sent"), ("hangs", "uncertain"), ("arrives", "uncertain"), ("unreadable", "uncertain"),
    ("migrated", "sent"),
)  # fmt: skip
_BOT_TOO_SLOW = 0.5  # seconds without an answer


@dataclass(frozen=True)
class Pace:
    """Telegram's limits with windows made shorter; one chat in `trouble_in` makes trouble."""

    window: float = 1.0
    private_window: float = 1.0
    group_window: float = 60.0
    trouble_in: int = 20


class Calls(list[tuple[str, dict[str, Any]]]):
    """When each message came, whatever was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[tuple[str, float]] = []

    def append(self, call: tuple[str, dict[str, Any]]) -> None:
        if call[0] == "sendMessage":
            self.at.append((str(call[1]["chat_id"]), time.time()))


async def test_due_reminders_keep_the_limits(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await reminders_arrive(sqlite_url, tmp_path, monkeypatch, 600, Pace(0.1, 0.1, 2.0, 30))


@pytest.mark.soak
async def test_10_000_due_reminders_keep_the_limits(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reminders_arrive(empty_url, tmp_path, monkeypatch, 10_000, Pace())


async def reminders_arrive(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, pace: Pace) -> None:
    """Let reminders become due at once and watch them on their way."""
    monkeypatch.setattr(TelegramApi.__init__, "__kwdefaults__", {"seconds": _BOT_TOO_SLOW})
    windows = {"window": pace.window, "private_window": pace.private_window, "group_window": pace.group_window}
    began = time.monotonic()
    with FakeBotApi(**windows) as telegram:
        calls = Calls()
        telegram.state.calls = calls
        async with opened(url, folder, telegram, rates=Rates(**windows)) as lotse:
            expected = await remember(lotse, telegram, number, pace)
            flooded = [
                chat for chat, script in telegram.state.scripts.items() if "flood:1" in script and chat[0] != "-"
            ]
            async with running(lotse, "worker"):
                await eventually(lambda: _settled(lotse), seconds=120 + number / 10)
            found = {row.body["text"]: row for row in await rows(lotse, OutboxRow)}
            blocked = {row.address for row in await rows_of_chats(lotse) if row.unreachable_at}
        states = Counter(row.state for row in found.values())
        print(
            f"reminders on {url.partition(':')[0]}: {number} in {time.monotonic() - began:.0f} s, {dict(states)}, "
            f"{len(blocked)} chats unreachable, {telegram.state.refused} refused by the server's own limits, "
            f"busiest window {busiest(telegram, pace.window * (1 - Limits().tolerance))} of 30", flush=True,
        )  # fmt: skip
        wrong = {
            text: (state, found[text].state, found[text].error)
            for text, state in expected.items()
            if found[text].state != state
        }
        assert not wrong
        check_arrivals(telegram, expected)
        check_limits(telegram, pace)
        check_pauses(calls, flooded)
        assert blocked == {text.split()[1] for text, state in expected.items() if state == "cancelled"}


async def remember(lotse: Lotse, telegram: FakeBotApi, number: int, pace: Pace) -> dict[str, str]:
    """Store reminders as turns do, one for most chats and two for some; return the state each should end in."""
    dice, expected = random.Random(9), {}
    inbox, database = lotse.stores.inbox, lotse.stores.database
    chats: list[tuple[int, int]] = []
    while (left := number - sum(count for _, count in chats)) > 0:
        group = dice.random() < 0.02
        chats.append(
            (-(1_000 + len(chats)) if group else 1_000 + len(chats), min(left, 2 if dice.random() < 0.2 else 1))
        )
    for start in range(0, len(chats), 200):
        part = chats[start : start + 200]
        await inbox.accept([Arrival("telegram", BOT, str(chat), f"r{chat}", b"{}") for chat, _ in part])
        while claims := await inbox.claim(200):
            async with database.unit_of_work():
                for claim in claims:
                    count = dict(part)[int(claim.address)]
                    said = [f"Termin {claim.address} {n}" for n in range(count)]
                    due = [Queued(Reply(text, "de"), Lane.REMINDER, database.clock()) for text in said]
                    await inbox.finish(claim, Outcome(tracker={}, replies=due))
    for place, (chat, count) in enumerate(chats):
        state = "sent"
        if place % pace.trouble_in == 0:
            trouble, state = TROUBLES[(place // pace.trouble_in) % len(TROUBLES)]
            telegram.script(chat, f"migrated:{-(10**9) - place}" if trouble == "migrated" else trouble)
        for n in range(count):
            # Only the first message of a chat is in doubt; who is gone gets none of them.
            expected[f"Termin {chat} {n}"] = "sent" if n and state == "uncertain" else state
    return expected


def check_arrivals(telegram: FakeBotApi, expected: dict[str, str]) -> None:
    arrived = Counter(message.text for message in telegram.state.sent)
    for text, state in expected.items():
        low, high = {"sent": (1, 1), "uncertain": (1, 2)}.get(state, (0, 0))
        assert low <= arrived[text] <= high, (text, state, arrived[text])
    assert set(arrived) <= set(expected)


def busiest(telegram: FakeBotApi, window: float) -> int:
    return most([message.at for message in telegram.state.sent], window)


def most(times: Sequence[float], window: float) -> int:
    """Return how many of these moments fall into the fullest window."""
    best, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - window:
            first += 1
        best = max(best, last - first + 1)
    return best


def check_limits(telegram: FakeBotApi, pace: Pace) -> None:
    """Look at what arrived with our own eyes, as strictly as Telegram's windows allow."""
    tolerance = 1 - Limits().tolerance
    assert busiest(telegram, pace.window * tolerance) <= 30
    by_chat: defaultdict[str, list[float]] = defaultdict(list)
    for message in telegram.state.sent:
        by_chat[message.chat].append(message.at)
    for chat, times in by_chat.items():
        if chat.startswith("-"):
            assert most(times, pace.group_window * tolerance) <= 20
        else:
            assert most(times, pace.private_window * tolerance) <= 1


def check_pauses(calls: Calls, flooded: Sequence[str]) -> None:
    """After `retry after 1` to a person the whole bot is silent, but for what was on its way."""
    for chat in flooded:
        first, second = [at for to, at in calls.at if to == chat][:2]
        assert second - first >= 1.0
        assert not [at for _, at in calls.at if first + 0.35 < at < first + 1.0]


async def rows_of_chats(lotse: Lotse) -> list[Any]:
    async with lotse.stores.database.read() as connection:
        return list((await connection.execute(select(ChatRow.address, ChatRow.unreachable_at))).all())


async def _settled(lotse: Lotse) -> bool:
    async with lotse.stores.database.read() as connection:
        waiting = select(func.count()).where(OutboxRow.state.in_(("queued", "sending")))
        return not (await connection.execute(waiting)).scalar_one()
