"""A nudge that work has arrived: within the process by events, across PostgreSQL processes by LISTEN/NOTIFY."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from typing import Any

import asyncpg
import structlog
from sqlalchemy import make_url

_log = structlog.get_logger(__name__)
_CHANNEL = "lotse"
_PAUSE = 1
_DEADLINE = 10
_ALIVE = 30


class LocalSignals:
    """Signals within one process. See bot.core.ports.Signals."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._waiting: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)

    def nudge(self, topic: str) -> None:
        """Wake everybody who waits for the topic."""
        for waiter in self._waiting.pop(topic, ()):
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, topic: str, seconds: float) -> None:
        """Return at the next nudge or after the time."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[topic].add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            pass
        finally:
            self._waiting[topic].discard(waiter)
            if not self._waiting[topic]:
                del self._waiting[topic]


class PostgresSignals(LocalSignals):
    """Signals that also reach the other processes on the same PostgreSQL. A topic is at most 60 characters."""

    def __init__(self, dsn: str) -> None:
        """Listen at this server once `run` is started."""
        super().__init__()
        self._dsn = make_url(dsn).set(drivername="postgresql").render_as_string(hide_password=False)
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue(maxsize=10_000)

    def nudge(self, topic: str) -> None:
        """Wake everybody who waits for the topic, here and elsewhere."""
        super().nudge(topic)
        with contextlib.suppress(asyncio.QueueFull):  # a lost nudge costs a second, never a message
            self._outgoing.put_nowait(topic)

    async def run(self) -> None:
        """Listen and notify until cancelled, connecting again whenever the server was away."""
        while True:
            try:
                await self._talk()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as exc:
                _log.warning("signals.disconnected", error=type(exc).__name__)
            await asyncio.sleep(_PAUSE)

    async def _talk(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=_DEADLINE, command_timeout=_DEADLINE)
        # A lost connection must not go unnoticed until the next nudge of our own: wake the loop below.
        connection.add_termination_listener(lambda _: self._wake())
        try:
            await connection.add_listener(_CHANNEL, self._heard)
            while not connection.is_closed():
                topics = await self._next_topics()
                await connection.execute(
                    "SELECT pg_notify($1, topic) FROM unnest($2::text[]) AS topic", _CHANNEL, sorted(topics)
                )
        finally:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=2)

    def _wake(self) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._outgoing.put_nowait(None)

    async def _next_topics(self) -> set[str]:
        """Return what is to be told to the others; nothing after a while, which only tests the connection."""
        topics: set[str | None] = set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ALIVE):
                topics.add(await self._outgoing.get())
        while not self._outgoing.empty():
            topics.add(self._outgoing.get_nowait())
        return {topic for topic in topics if topic is not None}

    def _heard(self, _connection: Any, _pid: int, _channel: str, topic: Any) -> None:  # noqa: ANN401 - asyncpg's signature
        super().nudge(str(topic))
