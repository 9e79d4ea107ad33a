"""A web chat in memory, served by a real uvicorn."""

from __future__ import annotations

import asyncio
import gettext
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar
from litestar.openapi import OpenAPIConfig

from bot import catalogues
from bot.channels.webchat.app import SECURITY, routes
from bot.channels.webchat.events import Rhythm
from bot.channels.webchat.limits import Limits
from bot.core.i18n import Catalogues
from bot.core.language import LANGUAGES
from bot.core.message import Reply
from bot.core.ports import Arrival, Event, WebSession
from bot.errors import StorageError

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Assistant = Callable[[dict[str, Any]], Sequence[Reply]]


@cache
def all_words() -> Catalogues:
    """Return all catalogues, also while translators are at work on one of them."""
    found: dict[str, gettext.NullTranslations] = {}
    for tag, about in LANGUAGES.items():
        read = catalogues._read(Path("locales") / f"{tag}.po", about.cldr, [])
        found[tag] = catalogues._compile(read) if read else gettext.NullTranslations()
    return Catalogues(found)


class FakeSignals:
    def __init__(self) -> None:
        self.nudged: list[str] = []
        self._waiting: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def nudge(self, topic: str) -> None:
        self.nudged.append(topic)
        self._waiting.pop(topic, asyncio.Event()).set()

    async def wait(self, topic: str, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._waiting[topic].wait()
        except TimeoutError:
            pass


class Chats:
    """Inbox and web sessions in one; `assistant` answers whatever is accepted, after `thinks` seconds."""

    def __init__(self, signals: FakeSignals, assistant: Assistant, thinks: float = 0.0) -> None:
        self.arrivals: list[Arrival] = []
        self.token_hashes: dict[str, WebSession] = {}
        self.looked_up: list[str] = []
        self.delivered: defaultdict[str, list[Event]] = defaultdict(list)
        self.broken = False
        self.thinks = thinks
        self._signals = signals
        self._assistant = assistant
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, arrivals: Sequence[Arrival]) -> int:
        if self.broken:
            raise StorageError("disk full")
        known = {arrival.update_key for arrival in self.arrivals}
        new = [arrival for arrival in arrivals if arrival.update_key not in known]
        self.arrivals += new
        for arrival in new:
            task = asyncio.create_task(self._answer(arrival))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(new)

    async def open(self, token_hash: str, arrivals: Sequence[Arrival], *, session: str, address: str) -> WebSession:
        opened = WebSession(session, f"chat-{session}", address)
        self.token_hashes[token_hash] = opened
        await self.accept(arrivals)
        return opened

    async def find(self, token_hash: str) -> WebSession | None:
        self.looked_up.append(token_hash)
        return self.token_hashes.get(token_hash)

    async def close(self, token_hash: str) -> None:
        self.token_hashes.pop(token_hash, None)

    async def events(self, chat_key: str, *, after: int, limit: int) -> list[Event]:
        return [event for event in self.delivered[chat_key] if event.position > after][:limit]

    def deliver(self, reply: Reply, session: str | None = None) -> None:
        """Deliver a reply to a chat, the only one if none is named."""
        session = session or next(iter(self.token_hashes.values())).session
        events = self.delivered[f"chat-{session}"]
        events.append(Event(len(events) + 1, reply, START))
        self._signals.nudge(f"chat-{session}")

    def said(self) -> list[dict[str, Any]]:
        """Return what was accepted, without the starts."""
        raw = [json.loads(arrival.raw) for arrival in self.arrivals]
        return [one for one in raw if not one.get("start")]

    async def _answer(self, arrival: Arrival) -> None:
        await asyncio.sleep(self.thinks)
        for reply in self._assistant(json.loads(arrival.raw)):
            self.deliver(reply, arrival.address)


class Served:
    """A running web chat and its parts."""

    def __init__(self, url: str, chats: Chats, signals: FakeSignals, stopping: asyncio.Event) -> None:
        self.url = url
        self.chats = chats
        self.signals = signals
        self.stopping = stopping


def silent(_: dict[str, Any]) -> Sequence[Reply]:
    return ()


@asynccontextmanager
async def serve(
    assistant: Assistant = silent,
    *,
    thinks: float = 0.0,
    limits: Limits | None = None,
    rhythm: Rhythm | None = None,
    embed_origins: str = "",
    trusted_proxies: str = "",
) -> AsyncIterator[Served]:
    """Serve a web chat on a free port."""
    signals, stopping = FakeSignals(), asyncio.Event()
    chats = Chats(signals, assistant, thinks)
    app = Litestar(
        routes(
            inbox=chats, sessions=chats, signals=signals, words=all_words(), stopping=stopping, limits=limits,
            rhythm=rhythm or Rhythm(poll=0.2, idle_poll=0.5), embed_origins=embed_origins,
            trusted_proxies=trusted_proxies,
        ),
        openapi_config=OpenAPIConfig(title="Lotse", version="1", path="/api", components=SECURITY),
        logging_config=None,
    )  # fmt: skip
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off", proxy_headers=False, ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()  # not serve(): its clock ticks ten times a second, and tests would wait for it
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{port}", chats, signals, stopping)
    finally:
        stopping.set()
        await server.shutdown()
