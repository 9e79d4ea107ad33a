import asyncio
import json
import time
from datetime import UTC, datetime

import pytest

from bot.channels.limits import Limits
from bot.channels.telegram.api import TelegramApi
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.commands import register_commands
from bot.core.i18n import Catalogues
from bot.core.message import Button, Document, Incoming, Reply
from bot.core.ports import Claim, Delivery, Lane, Queued
from bot.errors import (
    ChannelError,
    ChatMoved,
    ConfigurationError,
    DeliveryRefused,
    DeliveryUnknown,
    TryLater,
    Unreachable,
)
from tests.fake_bot_api import BOT, FakeBotApi
from tests.fakes import Memory, until
from tests.integration.telegram.conftest import sending

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def delivery(reply: Reply, address: str = "5", number: int = 1) -> Delivery:
    return Delivery(number, "lease", "key", BOT, address, Lane.REPLY, reply, 1, False, NOW)


def claim(raw: bytes, chat_key: str = "key") -> Claim:
    return Claim(1, chat_key, "lease", "telegram", BOT, "5", raw, 0, NOW, None, None)


def say(text: str) -> Reply:
    return Reply(text, "en")


async def test_a_reply_goes_out_with_marks_and_buttons_and_no_preview(
    telegram: FakeBotApi, channel: TelegramChannel
) -> None:
    reply = Reply("**Hi** [site](https://a.de)", "en", markup=True, buttons=((Button("Help", "/help"),),))
    assert await channel.deliver(delivery(reply)) == "1"
    (sent,) = telegram.state.sent
    assert (sent.chat, sent.text) == ("5", "Hi site")
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in sent.fields["entities"]] == [
        ("bold", 0, 2), ("text_link", 3, 4),
    ]  # fmt: skip
    assert sent.fields["reply_markup"] == {"inline_keyboard": [[{"text": "Help", "callback_data": "/help"}]]}
    assert sent.fields["link_preview_options"] == {"is_disabled": True}
    assert "protect_content" not in sent.fields
    assert "parse_mode" not in sent.fields


async def test_a_file_arrives_whole(telegram: FakeBotApi, channel: TelegramChannel) -> None:
    file = Document("my-data.json", "application/json", b"x" * 3_000)
    await channel.deliver(delivery(Reply("Your data", "en", document=file)))
    text, document = telegram.state.sent
    assert (text.method, document.method) == ("sendMessage", "sendDocument")
    assert document.fields["document"]["bytes"] == 3_000


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ("blocked", Unreachable, "forbidden"),
        ("deactivated", Unreachable, "forbidden"),
        ("chat_not_found", Unreachable, "chat_gone"),
        ("server_error", TryLater, "server_error"),
        ("bad_gateway", TryLater, "server_error"),
        ("proxy", TryLater, "not_the_bot_api"),
        ("flood:7", TryLater, "flood"),
        ("bad_request", DeliveryRefused, "bad_request"),
        ("migrated:-1005", ChatMoved, "chat_moved"),
        ("arrives", DeliveryUnknown, "no_answer"),
        ("hangs", DeliveryUnknown, "no_answer"),
        ("unreadable", DeliveryUnknown, "bad_answer"),
    ],
)
async def test_what_goes_wrong_is_told_apart(
    telegram: FakeBotApi, channel: TelegramChannel, answer: str, error: type[ChannelError], code: str
) -> None:
    telegram.script(5, answer)
    with pytest.raises(error) as raised:
        await channel.deliver(delivery(say("hello")))
    assert raised.value.code == code
    assert raised.value.__cause__ is None


async def test_flood_of_a_person_pauses_the_bot_and_of_a_group_the_group(
    telegram: FakeBotApi, channel: TelegramChannel
) -> None:
    telegram.script(5, "flood:7")
    telegram.script(-5, "flood:9")
    with pytest.raises(TryLater) as person:
        await channel.deliver(delivery(say("hello")))
    with pytest.raises(TryLater) as group:
        await channel.deliver(delivery(say("hello"), "-5", 2))
    assert (person.value.retry_after, person.value.whole_bot) == (7, True)
    assert (group.value.retry_after, group.value.whole_bot) == (9, False)


async def test_no_connection_means_try_later(memory: Memory, words: Catalogues) -> None:
    channel = TelegramChannel(TelegramApi("1:x", "http://127.0.0.1:9"), memory.buttons, words, Limits())
    with pytest.raises(TryLater, match="no_connection"):
        await channel.deliver(delivery(say("hello")))
    await channel.close()


async def test_an_unknown_token_means_try_later_for_all(
    telegram: FakeBotApi, memory: Memory, words: Catalogues
) -> None:
    channel = TelegramChannel(TelegramApi("1:wrong", telegram.url), memory.buttons, words, Limits())
    with pytest.raises(TryLater, match="token_refused") as raised:
        await channel.deliver(delivery(say("hello")))
    assert (raised.value.retry_after, raised.value.whole_bot) == (60, True)
    await channel.close()


@pytest.mark.parametrize("token", ["", "abc", "1:", "1:a b", "x:abc", "1:a/../b"])
def test_what_is_no_token_is_refused_at_the_start(token: str) -> None:
    with pytest.raises(ConfigurationError, match="LOTSE_TELEGRAM_TOKEN"):
        TelegramApi(token, "http://127.0.0.1:9")


@pytest.mark.parametrize("answer", ["bad_entities", "bad_button"])
async def test_a_reply_with_refused_marks_arrives_plain(
    telegram: FakeBotApi, channel: TelegramChannel, answer: str
) -> None:
    telegram.script(5, answer)
    await channel.deliver(delivery(Reply("**Hi** [site](https://a.de)", "en", markup=True)))
    (sent,) = telegram.state.sent
    assert sent.text == "Hi site\nhttps://a.de"
    assert "entities" not in sent.fields


@pytest.mark.parametrize("address", ["none:7", "", "@somebody", "5; drop"])
async def test_nobody_can_be_written_to(channel: TelegramChannel, address: str) -> None:
    with pytest.raises(Unreachable):
        await channel.deliver(delivery(say("hello"), address))


async def test_an_empty_reply_is_refused(channel: TelegramChannel) -> None:
    with pytest.raises(DeliveryRefused, match="empty"):
        await channel.deliver(delivery(say(" \n ")))


async def test_parts_that_went_are_not_repeated(telegram: FakeBotApi, channel: TelegramChannel) -> None:
    long = delivery(say("\n\n".join(f"{number} " + "word " * 700 for number in range(3))))
    telegram.script(5, "ok", "server_error")
    with pytest.raises(TryLater):
        await channel.deliver(long)
    assert channel.partly_sent(long)
    await channel.deliver(long)
    assert [text[0] for text in telegram.sent_to(5)] == ["0", "1", "2"]
    assert not channel.partly_sent(long)


async def test_typing_is_shown_between_parts(telegram: FakeBotApi, channel: TelegramChannel) -> None:
    await channel.deliver(delivery(say("word " * 1_500)))
    await until(lambda: telegram.called("sendChatAction") == [{"chat_id": "5", "action": "typing"}])


async def test_a_press_is_answered_without_anybody_waiting(telegram: FakeBotApi, channel: TelegramChannel) -> None:
    incoming = await channel.read(claim(_json(telegram.press(5, "/help"))))
    assert incoming == Incoming(payload="/help", language_hint="ar")
    await until(lambda: telegram.called("answerCallbackQuery") == [{"callback_query_id": "1"}])


async def test_a_kept_payload_opens_in_its_own_chat_alone(
    telegram: FakeBotApi, channel: TelegramChannel, memory: Memory
) -> None:
    payload = '/set_place{"place":"' + "x" * 80 + '"}'
    await channel.deliver(delivery(Reply("?", "en", buttons=((Button("A", payload),),))))
    data = telegram.state.sent[0].fields["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    raw = _json(telegram.press(5, data))
    mine, other = await channel.read(claim(raw)), await channel.read(claim(raw, "another"))
    assert mine
    assert other
    assert (mine.payload, mine.stale_button) == (payload, False)
    assert (other.payload, other.stale_button) == (None, True)


async def test_a_server_without_courtesies_is_asked_once(
    telegram: FakeBotApi, api: TelegramApi, channel: TelegramChannel
) -> None:
    telegram.state.lacks = {"answerCallbackQuery", "setMyCommands", "sendChatAction"}
    for _ in range(3):
        await channel.read(claim(_json(telegram.press(5, "/help"))))
        await asyncio.sleep(0.05)
    assert api._missing == {"answerCallbackQuery"}
    await channel.deliver(delivery(say("still here")))
    assert telegram.sent_to(5) == ["still here"]


async def test_every_language_gets_its_menu(telegram: FakeBotApi, api: TelegramApi, words: Catalogues) -> None:
    await register_commands(api, words)
    calls = telegram.called("setMyCommands")
    assert [call.get("language_code") for call in calls] == [
        None, "de", "en", "ar", "uk", "ru", "tr", "fa", "ps", "ku", "ti", "so", "fr",
    ]  # fmt: skip
    assert calls[0]["commands"][0] == {"command": "start", "description": "Start again"}
    assert len(calls[0]["commands"]) == 10


async def test_the_name_of_the_bot_is_asked_for_in_groups_alone(telegram: FakeBotApi, channel: TelegramChannel) -> None:
    await channel.read(claim(_json(telegram.text(5, "hello"))))
    assert not telegram.called("getMe")
    update = telegram.text(5, "/help@LotseTestBot")
    update["message"]["chat"] = {"id": -9, "type": "group", "title": "Team"}
    for _ in range(2):
        incoming = await channel.read(claim(_json(update)))
        assert incoming
        assert incoming.in_group
    assert len(telegram.called("getMe")) == 1


async def test_messages_of_a_chat_keep_their_order_through_trouble(
    telegram: FakeBotApi, channel: TelegramChannel, memory: Memory, limits: Limits
) -> None:
    telegram.script(5, "bad_gateway", "ok", "server_error", "ok", "hangs")
    async with sending(channel, memory.outbox, memory.signals, limits):
        memory.queue("5", *(say(str(number)) for number in range(4)))
        memory.queue("6", say("other"))
        await until(lambda: telegram.sent_to(6) == ["other"])
        await until(lambda: len(telegram.sent_to(5)) == 4, 15)
    assert telegram.sent_to(5) == ["0", "1", "2", "3"]
    assert memory.states().count("uncertain") == 1


async def test_a_message_that_arrived_unanswered_is_marked_uncertain(
    telegram: FakeBotApi, channel: TelegramChannel, memory: Memory, limits: Limits
) -> None:
    telegram.script(5, "arrives")
    async with sending(channel, memory.outbox, memory.signals, limits):
        memory.queue("5", say("hello"), say("next"))
        await until(lambda: memory.states() == ["uncertain", "sent"], 10)
    assert telegram.sent_to(5) == ["hello", "hello", "next"]


async def test_a_thousand_reminders_keep_the_limits_through_all_trouble(
    telegram: FakeBotApi, channel: TelegramChannel, memory: Memory, limits: Limits
) -> None:
    for chat, answer in ((3, "blocked"), (103, "chat_not_found"), (203, "server_error"), (303, "migrated:-4303")):
        telegram.script(chat, answer)
    for chat in range(1_000):
        memory.queue(str(chat), Queued(say("reminder"), Lane.REMINDER))
    started = time.monotonic()
    async with sending(channel, memory.outbox, memory.signals, limits):
        await until(lambda: len(telegram.state.sent) >= 200, 20)
        memory.queue("7777", Queued(Reply("danger", "en", urgent=True), Lane.URGENT))
        ahead = len(telegram.state.sent)
        await until(lambda: not {"queued", "sending"} & set(memory.states()), 20)
    assert sorted(memory.states()) == ["cancelled"] * 2 + ["sent"] * 999
    assert [chat for chat in (3, 103) if memory.chat(str(chat)).unreachable_at] == [3, 103]
    assert sum(message.text == "reminder" for message in telegram.state.sent) == 998
    assert telegram.state.refused <= 10  # of a thousand: where machine and network jitter, some come too close
    assert time.monotonic() - started > 3.3  # 30 in each tenth of a second
    texts = [message.text for message in telegram.state.sent]
    assert texts.index("danger") - ahead < 100


async def test_an_honest_pause_is_kept(
    telegram: FakeBotApi, channel: TelegramChannel, memory: Memory, limits: Limits
) -> None:
    telegram.script(5, "flood:1")
    async with sending(channel, memory.outbox, memory.signals, limits):
        memory.queue("5", say("hello"))
        await until(lambda: memory.rows.outbox[0].error == "flood")
        refused_at = time.time()
        memory.queue("6", say("other"))
        await until(lambda: memory.states() == ["sent", "sent"])
    assert all(message.at - refused_at >= 0.9 for message in telegram.state.sent)


async def test_a_group_gets_no_more_than_it_may(
    telegram: FakeBotApi, channel: TelegramChannel, memory: Memory, limits: Limits
) -> None:
    async with sending(channel, memory.outbox, memory.signals, limits):
        memory.queue("-5", *(say(str(number)) for number in range(50)))
        await until(lambda: memory.states() == ["sent"] * 50, 15)
    assert telegram.sent_to(-5) == [str(number) for number in range(50)]
    assert telegram.state.refused <= 2


def _json(update: object) -> bytes:
    return json.dumps(update, separators=(",", ":")).encode()
