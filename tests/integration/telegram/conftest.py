"""A Bot API over real HTTP, and the parts that speak with it."""

from __future__ import annotations

import asyncio
import gettext
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import structlog

from bot.channels.delivery import Pace, Sender
from bot.channels.limits import Limits, Rates
from bot.channels.telegram.api import TelegramApi
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.poll import Poller
from bot.channels.telegram.updates import Updates
from bot.core.i18n import Catalogues
from bot.core.language import LANGUAGES
from bot.core.ports import Inbox, Outbox, Signals
from tests.fake_bot_api import BOT, TOKEN, FakeBotApi
from tests.fakes import Memory

# Ten times as fast as Telegram, so that tests are.
FAST = {"window": 0.1, "private_window": 0.1, "group_window": 0.3}


@pytest.fixture(autouse=True)
def _unwritten_logs() -> Iterator[None]:
    """Structlog's own tracebacks take longer than the tests."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def telegram() -> Iterator[FakeBotApi]:
    with FakeBotApi(**FAST) as running:
        yield running


@pytest.fixture
async def api(telegram: FakeBotApi) -> AsyncIterator[TelegramApi]:
    made = TelegramApi(TOKEN, telegram.url, seconds=0.5)
    yield made
    await made.close()


@pytest.fixture
def words() -> Catalogues:
    return Catalogues(dict.fromkeys(LANGUAGES, gettext.NullTranslations()))


@pytest.fixture
def limits() -> Limits:
    return Limits(Rates(window=0.1, private_window=0.1, group_window=0.3))


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def channel(
    api: TelegramApi, memory: Memory, words: Catalogues, limits: Limits
) -> AsyncIterator[TelegramChannel]:
    made = TelegramChannel(api, memory.buttons, words, limits)
    yield made
    await made.close()


@asynccontextmanager
async def polling(telegram: FakeBotApi, inbox: Inbox, signals: Signals, wait: int = 1) -> AsyncIterator[Poller]:
    poller = Poller(Updates(TOKEN, telegram.url, wait), inbox, signals, BOT)
    running = asyncio.create_task(poller.run())
    try:
        yield poller
    finally:
        poller.stop()
        await running


@asynccontextmanager
async def sending(channel: TelegramChannel, outbox: Outbox, signals: Signals, limits: Limits) -> AsyncIterator[Sender]:
    sender = Sender(channel, outbox, signals, limits, Pace(idle=0.05, drain=0.5))
    running = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        sender.stop()
        await running
