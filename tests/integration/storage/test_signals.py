"""Nudges, within the process and across PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from bot.storage import signals
from bot.storage.signals import LocalSignals, PostgresSignals


async def woken(waiting: LocalSignals, topic: str, seconds: float = 5) -> bool:
    began = time.monotonic()
    await waiting.wait(topic, seconds)
    return time.monotonic() - began < seconds * 0.9


@asynccontextmanager
async def running(url: str) -> AsyncIterator[PostgresSignals]:
    one = PostgresSignals(url.replace("postgresql://", "postgresql+asyncpg://"))
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def listening(url: str, number: int) -> set[int]:
    """Wait until that many listen; return their process ids at the server."""
    connection = await asyncpg.connect(url)
    try:
        for _ in range(200):
            rows = await connection.fetch(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                " AND state = 'idle'"
            )
            if len(rows) == number:
                return {row["pid"] for row in rows}
            await asyncio.sleep(0.02)
    finally:
        await connection.close()
    raise AssertionError("nobody listens")


async def test_a_nudge_wakes_everybody_who_waits_for_the_topic() -> None:
    local = LocalSignals()
    waiters = [asyncio.create_task(woken(local, "inbox")) for _ in range(3)]
    other = asyncio.create_task(woken(local, "outbox", 0.1))
    await asyncio.sleep(0)
    local.nudge("inbox")
    assert await asyncio.gather(*waiters) == [True] * 3
    assert not await other
    assert not local._waiting


async def test_waiting_ends_with_the_time_and_survives_cancelling() -> None:
    local = LocalSignals()
    assert not await woken(local, "inbox", 0.02)
    task = asyncio.create_task(local.wait("inbox", 5))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    local.nudge("inbox")
    assert not local._waiting


async def test_nudges_reach_the_other_process(postgres_url: str) -> None:
    async with running(postgres_url) as here, running(postgres_url) as there:
        await listening(postgres_url, 2)
        waiting = asyncio.create_task(woken(there, "inbox"))
        here_too = asyncio.create_task(woken(here, "inbox"))
        await asyncio.sleep(0.01)
        here.nudge("inbox")
        assert await asyncio.gather(waiting, here_too) == [True, True]


async def test_a_lost_connection_is_noticed_and_made_anew(postgres_url: str, monkeypatch) -> None:  # noqa: ANN001
    monkeypatch.setattr(signals, "_PAUSE", 0.02)
    async with running(postgres_url) as here, running(postgres_url) as there:
        before = await listening(postgres_url, 2)
        connection = await asyncpg.connect(postgres_url)
        await connection.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", list(before))
        await connection.close()
        for _ in range(100):  # nobody nudges: the listener itself has to notice
            after = await listening(postgres_url, 2)
            if not after & before:
                break
            await asyncio.sleep(0.02)
        assert not after & before
        waiting = asyncio.create_task(woken(there, "inbox"))
        await asyncio.sleep(0.01)
        here.nudge("inbox")
        assert await waiting


async def test_nudging_without_a_server_never_blocks() -> None:
    alone = PostgresSignals("postgresql://nobody@127.0.0.1:1/none")
    for number in range(10_500):
        alone.nudge(f"topic{number}")
    waiting = asyncio.create_task(woken(alone, "x"))
    await asyncio.sleep(0)
    alone.nudge("x")
    assert await waiting
