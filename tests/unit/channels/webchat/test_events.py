from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from bot.channels.webchat.events import Rhythm
from bot.channels.webchat.limits import Limits
from bot.core.message import Button, Document, Reply
from tests.unit.channels.webchat.fakes import Served, serve

QUICK = Rhythm(poll=0.05, idle_poll=0.1, heartbeat=0.1)


class Stream:
    """Reads one event stream block by block."""

    def __init__(self, response: httpx.Response) -> None:
        self.headers = response.headers
        self._lines = response.aiter_lines()

    async def block(self) -> list[str]:
        lines: list[str] = []
        async with asyncio.timeout(5):
            async for line in self._lines:
                if not line:
                    return lines
                lines.append(line)
        raise EOFError

    async def until(self, start: str) -> list[list[str]]:
        """Return the blocks up to the one that starts so."""
        blocks = [await self.block()]
        while not blocks[-1][0].startswith(start):
            blocks.append(await self.block())
        return blocks

    async def end(self) -> None:
        """Read until the server ends the stream; fails if it goes on."""
        async with asyncio.timeout(2):
            async for _ in self._lines:
                pass

    async def reply(self) -> dict[str, Any]:
        lines = (await self.until("id: "))[-1]
        shown: dict[str, Any] = json.loads(lines[1].removeprefix("data: "))
        assert lines[0] == f"id: {shown['id']}"
        return shown


@pytest.fixture
async def chat() -> AsyncIterator[Served]:
    async with serve(rhythm=QUICK) as served:
        yield served


async def opened(chat: Served) -> dict[str, str]:
    async with httpx.AsyncClient(base_url=chat.url) as http:
        answer = await http.post("/api/chat/sessions", json={})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@asynccontextmanager
async def listening(chat: Served, token: dict[str, str], after: int | str | None = None) -> AsyncIterator[Stream]:
    headers = token if after is None else {**token, "Last-Event-ID": str(after)}
    async with (
        httpx.AsyncClient(base_url=chat.url, timeout=5) as http,
        http.stream("GET", "/api/chat/events", headers=headers) as response,
    ):
        assert response.status_code == 200
        yield Stream(response)


async def test_a_reply_arrives_as_browsers_need_it(chat: Served) -> None:
    token = await opened(chat)
    row = (Button("نعم", payload="/affirm"), Button("112", url="tel:112"))
    document = Document("a.json", "application/json", b"{}")
    chat.chats.deliver(
        Reply("**سلام** <b>", "ar", markup=True, buttons=(row, row[:1]), page="p", urgent=True, document=document)
    )
    async with listening(chat, token) as stream:
        assert await stream.reply() == {
            "id": 1,
            "from": "bot",
            "text": "سلام <b>",
            "html": "<p><strong>سلام</strong> &lt;b&gt;</p>\n",
            "language": "ar",
            "dir": "rtl",
            "buttons": [
                {"title": "نعم", "payload": "/affirm"}, {"title": "112", "url": "tel:112"},
                {"title": "نعم", "payload": "/affirm"},
            ],
            "rows": [2, 1],
            "urgent": True,
            "at": "2026-11-23T09:00:00Z",
            "ask_location": False,
        "page": "p",
            "document": {"name": "a.json", "media_type": "application/json", "url": "/api/chat/documents/1"},
        }  # fmt: skip
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "no-store"
        assert stream.headers["X-Accel-Buffering"] == "no"


async def test_a_number_on_a_button_keeps_its_order_from_right_to_left(chat: Served) -> None:
    token = await opened(chat)
    row = (Button("📞 116 016", url="tel:116016"),)
    for language in ("ar", "de"):
        chat.chats.deliver(Reply("a", language, buttons=(row,)))
    async with listening(chat, token) as stream:
        titles = [(await stream.reply())["buttons"][0]["title"] for _ in range(2)]
        assert titles == ["📞 \u2068116 016\u2069", "📞 116 016"]


async def test_plain_text_is_not_taken_for_html(chat: Served) -> None:
    token = await opened(chat)
    chat.chats.deliver(Reply("<script>1</script>\n**2**\n\n3", "de"))
    async with listening(chat, token) as stream:
        html = (await stream.reply())["html"]
        assert html == "<p>&lt;script&gt;1&lt;/script&gt;<br>**2**</p><p>3</p>"


@pytest.mark.parametrize(("after", "expected"), [(None, [1, 2, 3]), (0, [1, 2, 3]), (2, [3])])
async def test_what_was_missed_comes_again(chat: Served, after: int | None, expected: list[int]) -> None:
    token = await opened(chat)
    for text in "abc":
        chat.chats.deliver(Reply(text, "de"))
    async with listening(chat, token, after) as stream:
        assert [(await stream.reply())["id"] for _ in expected] == expected
        assert (await stream.block())[0] == "event: ready"


async def test_a_long_history_comes_whole(chat: Served) -> None:
    token = await opened(chat)
    for number in range(120):
        chat.chats.deliver(Reply(str(number), "de"))
    async with listening(chat, token) as stream:
        assert [(await stream.reply())["id"] for _ in range(120)] == list(range(1, 121))


async def test_a_new_reply_comes_at_once() -> None:
    async with serve(rhythm=Rhythm(poll=30, idle_poll=30)) as chat:
        token = await opened(chat)
        async with listening(chat, token) as stream:
            await stream.until("event: ready")
            chat.chats.deliver(Reply("da", "de"))
            assert (await stream.reply())["text"] == "da"


async def test_a_reply_without_a_nudge_comes_with_the_next_look(chat: Served) -> None:
    token = await opened(chat)
    async with listening(chat, token) as stream:
        await stream.until("event: ready")
        chat.signals.nudge = lambda _: None  # type: ignore[method-assign]
        chat.chats.deliver(Reply("da", "de"))
        assert (await stream.reply())["text"] == "da"


async def test_typing_is_shown_from_the_message_to_the_reply(chat: Served) -> None:
    token = await opened(chat)
    async with listening(chat, token) as stream:
        await stream.until("event: typing")  # the greeting is under way
        chat.chats.deliver(Reply("Hallo", "de"))
        await stream.reply()
        async with httpx.AsyncClient(base_url=chat.url) as http:
            await http.post("/api/chat/messages", json={"id": "m1", "text": "a"}, headers=token)
        await stream.until("event: typing")
        chat.chats.deliver(Reply("b", "de"))
        await stream.reply()
        quiet = [await stream.block() for _ in range(2)]
        assert quiet == [[": still here"], [": still here"]]


async def test_silence_is_filled_with_signs_of_life(chat: Served) -> None:
    token = await opened(chat)
    async with listening(chat, token) as stream:
        await stream.until(": still here")


async def test_the_stream_ends_at_shutdown(chat: Served) -> None:
    token = await opened(chat)
    async with listening(chat, token) as stream:
        await stream.until("event: ready")
        chat.stopping.set()
        await stream.end()


async def test_the_stream_ends_with_the_session(chat: Served) -> None:
    token = await opened(chat)
    async with listening(chat, token) as stream:
        await stream.until("event: ready")
        async with httpx.AsyncClient(base_url=chat.url) as http:
            await http.delete("/api/chat/sessions/current", headers=token)
        await stream.end()


async def test_too_many_streams_of_a_chat_end_the_oldest() -> None:
    async with serve(rhythm=QUICK, limits=Limits(streams=1)) as chat:
        token = await opened(chat)
        async with listening(chat, token) as first, listening(chat, token) as second:
            await first.end()
            await second.until(": still here")


async def test_who_goes_away_is_forgotten(chat: Served) -> None:
    token = await opened(chat)
    async with listening(chat, token) as stream:
        await stream.until("event: ready")
    looks = len(chat.chats.looked_up)
    await asyncio.sleep(0.5)  # several signs of life
    assert len(chat.chats.looked_up) <= looks + 1


async def test_a_strange_last_event_id_is_refused(chat: Served) -> None:
    token = await opened(chat)
    async with httpx.AsyncClient(base_url=chat.url) as http:
        for after in ("-1", "x", "1.5", str(2**60)):
            answer = await http.get("/api/chat/events", headers={**token, "Last-Event-ID": after})
            assert answer.status_code == 400
            assert "last_event_id" in answer.text


async def test_each_chat_hears_its_own_replies(chat: Served) -> None:
    mine, others = await opened(chat), await opened(chat)
    chat.chats.deliver(Reply("geheim", "de"))
    async with listening(chat, others) as stream:
        assert all(block[0].startswith(("retry", "event")) for block in await stream.until("event: ready"))
    async with listening(chat, mine) as stream:
        assert (await stream.reply())["text"] == "geheim"
