import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from litestar import Litestar

from bot.channels.telegram.api import TelegramApi
from bot.channels.telegram.webhook import PATH, register, webhook
from tests.fake_bot_api import BOT, FakeBotApi, Server, deliver_by_webhook, private_message
from tests.fakes import Memory, until

SECRET = "made-up-secret"
UPDATE = {"update_id": 1, "message": private_message(5, text="hello")}
JSON = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}


@pytest.fixture
def address(memory: Memory) -> Iterator[str]:
    route = webhook(memory.inbox, memory.signals, BOT, SECRET)
    with Server(Litestar([route], openapi_config=None, logging_config=None)) as server:
        yield f"{server.url}{PATH}"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


async def test_an_update_is_stored_before_it_is_acknowledged(address: str, memory: Memory) -> None:
    assert await deliver_by_webhook(address, SECRET, [UPDATE, UPDATE]) == [200, 200]
    assert [row.update_key for row in memory.rows.inbox.values()] == ["1"]
    assert memory.signals.nudged == ["inbox"]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1]])
async def test_who_does_not_know_the_secret_is_turned_away(address: str, memory: Memory, secret: str) -> None:
    assert await deliver_by_webhook(address, secret, [UPDATE]) == [403]
    assert not memory.rows.inbox


async def test_a_strange_secret_is_turned_away(address: str, http: httpx.AsyncClient) -> None:
    strange = {b"Content-Type": b"application/json", b"X-Telegram-Bot-Api-Secret-Token": b"\xff\xfe"}
    assert (await http.post(address, content=b"{}", headers=list(strange.items()))).status_code == 403
    assert (await http.post(address, content=b"{}")).status_code == 403


async def test_without_a_database_telegram_is_asked_to_come_again(address: str, memory: Memory) -> None:
    memory.fails = 1
    assert await deliver_by_webhook(address, SECRET, [UPDATE, UPDATE]) == [503, 200]
    assert len(memory.rows.inbox) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"5", b"{}", b'{"update_id": "1"}', b"[" * 100_000, b"\xff\xfe"]
)
async def test_what_is_no_update_is_refused(address: str, memory: Memory, http: httpx.AsyncClient, body: bytes) -> None:
    assert (await http.post(address, content=body, headers=JSON)).status_code == 400
    assert not memory.rows.inbox


async def test_another_content_type_is_refused(address: str, http: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = await http.post(address, content=json.dumps(UPDATE), headers={**JSON, "Content-Type": kind})
        assert answer.status_code == 400


async def test_a_body_over_a_mebibyte_is_refused_also_in_chunks(
    address: str, memory: Memory, http: httpx.AsyncClient
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    whole = await http.post(address, content=b" " * (1 << 20) + b"{}", headers=JSON)
    chunked = await http.post(address, content=chunks(), headers=JSON)
    assert (whole.status_code, chunked.status_code) == (413, 413)
    assert not memory.rows.inbox


async def test_only_posting_is_possible(address: str, http: httpx.AsyncClient) -> None:
    assert (await http.get(address, headers=JSON)).status_code == 405


async def test_a_public_address_is_registered_with_the_secret(telegram: FakeBotApi, api: TelegramApi) -> None:
    await register(api, "https://lotse.example", SECRET)
    assert telegram.state.webhook
    assert telegram.state.webhook["url"] == "https://lotse.example/telegram/webhook"
    assert telegram.state.webhook["secret_token"] == SECRET
    assert telegram.state.webhook["allowed_updates"] == ["message", "edited_message", "callback_query"]
    await register(api, None, SECRET)
    assert telegram.state.webhook is None


async def test_registration_is_tried_until_it_succeeds(telegram: FakeBotApi, api: TelegramApi) -> None:
    telegram.state.lacks = {"setWebhook"}
    registering = asyncio.create_task(register(api, "https://lotse.example", SECRET))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.channels.telegram.faults.TOKEN_PAUSE", 0.05)
        patch.setattr("bot.channels.telegram.webhook._LONGEST_PAUSE", 0.05)
        await asyncio.sleep(0.2)
        telegram.state.lacks = set()
        await until(lambda: telegram.state.webhook is not None)
    await registering
