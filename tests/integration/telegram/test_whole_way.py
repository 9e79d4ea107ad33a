"""Telegram, the real stores on SQLite, and back; and what the logs say about it."""

import asyncio
import gettext
import logging
from collections.abc import AsyncIterator

import pytest
import structlog

from bot.channels.limits import Limits, Rates
from bot.channels.telegram.api import TelegramApi
from bot.channels.telegram.channel import TelegramChannel
from bot.core.i18n import Catalogues
from bot.core.language import LANGUAGES
from bot.core.message import Button, Incoming, Reply
from bot.core.ports import Outcome, Queued
from bot.storage import crypto, keys
from bot.storage.database import Database, connect
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox
from bot.storage.sessions import SqlButtons
from bot.storage.signals import LocalSignals
from tests.fake_bot_api import TOKEN, FakeBotApi
from tests.fakes import Memory, until
from tests.integration.telegram.conftest import polling, sending


@pytest.fixture
async def running_database(sqlite_upgraded_url: str, ring: crypto.KeyRing) -> AsyncIterator[Database]:
    opened = connect(sqlite_upgraded_url, ring)
    await keys.check(opened)
    yield opened
    await opened.close()


async def echo(inbox: SqlInbox, database: Database, channel: TelegramChannel, signals: LocalSignals) -> None:
    """Answer every message with itself and a button whose payload is too long for Telegram."""
    while True:
        for claim in await inbox.claim(8):
            incoming = await channel.read(claim)
            replies = [Queued(answer(incoming))] if incoming else []
            async with database.unit_of_work():
                await inbox.finish(claim, Outcome(tracker={}, replies=replies))
            signals.nudge("outbox")
        await signals.wait("inbox", 0.05)


def answer(incoming: Incoming) -> Reply:
    text = incoming.text or f"pressed {incoming.payload} {incoming.stale_button}"
    payload = '/open_page{"page":"' + "x" * 70 + '"}'
    return Reply(text, "en", buttons=((Button("More", payload),),))


async def test_many_people_are_answered_each_in_order(telegram: FakeBotApi, running_database: Database) -> None:
    inbox, outbox, signals = SqlInbox(running_database), SqlOutbox(running_database), LocalSignals()
    limits = Limits(Rates(window=0.1, private_window=0.1))
    api = TelegramApi(TOKEN, telegram.url)
    words = Catalogues(dict.fromkeys(LANGUAGES, gettext.NullTranslations()))
    channel = TelegramChannel(api, SqlButtons(running_database), words, limits)
    for number in range(3):
        telegram.push(*(telegram.text(chat, f"{chat}-{number}") for chat in range(1, 21)))
    telegram.script(3, "server_error", "hangs*")
    answering = asyncio.create_task(echo(inbox, running_database, channel, signals))
    async with polling(telegram, inbox, signals), sending(channel, outbox, signals, limits):
        others = [chat for chat in range(1, 21) if chat != 3]
        await until(lambda: all(len(telegram.sent_to(chat)) == 3 for chat in others), 20)
        data = telegram.state.sent[-1].fields["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        last = int(telegram.state.sent[-1].chat)
        telegram.push(telegram.press(last, data), telegram.press(20 if last != 20 else 19, data))
        await until(lambda: len(telegram.state.sent) == 59, 10)
    answering.cancel()
    await channel.close()
    assert all(telegram.sent_to(chat)[:3] == [f"{chat}-{number}" for number in range(3)] for chat in others)
    assert telegram.sent_to(last)[3].startswith('pressed /open_page{"page":"xxx')
    assert telegram.sent_to(20 if last != 20 else 19)[3] == "pressed None True"
    assert telegram.state.refused <= 5


async def test_neither_token_nor_text_is_ever_logged(
    telegram: FakeBotApi,
    channel: TelegramChannel,
    memory: Memory,
    limits: Limits,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as structured:
        telegram.script(5, "server_error", "proxy", "unreadable", "bad_entities", "flood:1", "bad_request")
        telegram.script(6, "blocked")
        telegram.script(7, "arrives", "bad_gateway")
        telegram.state.polls.extend(["500", "401", "409", "flood:1"])
        telegram.push(telegram.text(5, "CANARY"), {"update_id": 9, "message": {"text": "CANARY", "chat": {"id": 5}}})
        async with (
            polling(telegram, memory.inbox, memory.signals),
            sending(channel, memory.outbox, memory.signals, limits),
        ):
            for chat in ("5", "6", "7"):
                memory.queue(chat, Reply("**CANARY** text", "en", markup=True))
            await until(lambda: "cancelled" in memory.states() and len(structured) > 5, 10)
            await asyncio.sleep(2)
        nowhere = TelegramApi(TOKEN, "http://127.0.0.1:9")
        assert await nowhere.username() is None
        await nowhere.close()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]  # the fake's
    logged = repr(ours) + repr(structured)
    assert "delivery.later" in logged
    assert TOKEN.partition(":")[2] not in logged
    assert "CANARY" not in logged


def test_the_library_is_silenced_whoever_configures_logging(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    TelegramApi(TOKEN, "http://127.0.0.1:9")
    logging.getLogger("httpx").info("HTTP Request: POST http://127.0.0.1/bot%s/sendMessage", TOKEN)
    logging.getLogger("telegram.Bot").debug("Set Bot API URL: %s", TOKEN)
    logging.getLogger("httpcore.http11").debug("%s", TOKEN)
    assert TOKEN not in caplog.text
