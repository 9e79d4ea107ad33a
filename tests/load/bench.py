"""`make bench`: how fast, how much memory, and what it costs when the database is full. Nothing here decides a test.

All figures come from one run on one machine; ratios compare things measured side by side in it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from bot.bootstrap.lotse import Lotse, open_lotse
from bot.bootstrap.terminal import TerminalChannel
from bot.conversation.worker import Pace, Worker
from bot.core.ports import Arrival
from bot.settings import Settings
from bot.storage.signals import LocalSignals
from tests.journeys.server import LotseProcess
from tests.load import echo, prefill, understanding

_BOT = "bench"


class Watch(LocalSignals):
    """Notes when a chat's turn was committed: the worker nudges its key then."""

    def __init__(self) -> None:
        super().__init__()
        self.committed: dict[str, float] = {}

    def nudge(self, topic: str) -> None:
        self.committed[topic] = time.perf_counter()
        super().nudge(topic)


class Bench:
    """A Lotse without network, and people who write to it."""

    def __init__(self, lotse: Lotse) -> None:
        self.lotse = lotse
        self.inbox = lotse.stores.inbox
        self._number = 0

    async def send(self, messages: list[tuple[str, dict[str, Any]]]) -> list[str]:
        """Accept messages of chats in one transaction; return the chats' keys."""
        arrivals = [Arrival("terminal", _BOT, chat, self._next(), json.dumps(said).encode()) for chat, said in messages]
        await self.inbox.accept(arrivals)
        return [self.inbox.chat_key("terminal", _BOT, chat) for chat, _ in messages]

    def _next(self) -> str:
        self._number += 1
        return str(self._number)

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[Watch]:
        """Let one worker answer, as `lotse serve` does."""
        watch = Watch()
        worker = Worker(self.lotse.house, watch, Pace(at_once=16, idle=0.05), self.lotse.apology, self.lotse.metrics)
        running = asyncio.create_task(worker.run())
        try:
            yield watch
        finally:
            worker.stop()
            await running

    async def welcome(self, chats: list[str]) -> None:
        """Bring people past language, notice and place."""
        for payload in ('/begin{"language":"de","place":"bw"}', "/accept_notice"):
            await self.rate([(chat, {"payload": payload}) for chat in chats])

    async def rate(self, messages: list[tuple[str, dict[str, Any]]]) -> float:
        """Return turns a second for messages that all wait already; each chat may have several."""
        async with self.working() as watch:
            began = time.perf_counter()
            for start in range(0, len(messages), 50):
                await self.send(messages[start : start + 50])
                watch.nudge("inbox")
            while (await self._pending()) > 0:
                await asyncio.sleep(0.02)
            return len(messages) / (time.perf_counter() - began)

    async def latency(self, messages: list[tuple[str, dict[str, Any]]], a_second: float) -> list[float]:
        """Return seconds from message in to reply queued, each message on its own at a steady pace."""
        took: list[float] = []
        async with self.working() as watch:

            async def one(chat: str, said: dict[str, Any]) -> None:
                began = time.perf_counter()
                (key,) = await self.send([(chat, said)])
                watch.nudge("inbox")
                while watch.committed.get(key, 0.0) < began:
                    await watch.wait(key, 1.0)
                took.append(watch.committed[key] - began)

            tasks = []
            for number, (chat, said) in enumerate(messages):
                tasks.append(asyncio.create_task(one(chat, said)))
                await asyncio.sleep(1 / a_second if number else 0)
            await asyncio.gather(*tasks)
        return took

    async def _pending(self) -> int:
        async with self.lotse.stores.database.read() as connection:
            found = await connection.exec_driver_sql("SELECT count(*) FROM inbox WHERE state = 'pending'")
            return int(found.scalar_one())


@contextlib.asynccontextmanager
async def opened(folder: Path, url: str = "") -> AsyncIterator[Bench]:
    settings = Settings(database_url=url or f"sqlite:///{folder / 'bench.db'}", key_file=folder / "bench.key")
    async with open_lotse(settings, {"terminal": TerminalChannel()}) as lotse:
        await lotse.knowledge.pipeline.warm()
        yield Bench(lotse)


def texts() -> list[str]:
    """Return sentences of all languages that nothing was learned from: texts as people send them."""
    return [case.text for case in understanding.cases()]


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1_000


def start_to_ready(folder: Path) -> tuple[float, float]:
    """Return seconds until /readyz answers and megabytes resident then, of a second start (the first one sets up)."""
    server = LotseProcess(folder)
    server.start()
    server.stop()
    began = time.perf_counter()
    server.start()
    seconds = time.perf_counter() - began
    assert server._process
    memory = psutil.Process(server._process.pid).memory_info().rss / 1e6
    server.stop()
    return seconds, memory


async def measure(rows: list[tuple[str, str, str]], scale: float, url: str) -> None:
    note = _noter(rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds, memory = await asyncio.to_thread(start_to_ready, folder)
        note("start to ready", f"{seconds:.1f} s", "<= 3 s")
        note("memory when ready", f"{memory:.0f} MB", "<= 350 MB")
        await understanding.measure(note, scale)
        async with opened(folder, url) as bench:
            people = [str(number) for number in range(200)]
            await bench.welcome(people)
            button = {"payload": '/open_page{"page":"housing.find_flat"}'}
            buttons = await bench.rate([(person, button) for person in people] * max(1, int(10 * scale)))
            bare = echo.rate(int(20_000 * scale))
            note("bare python-telegram-bot echo", f"{bare:.0f} /s", "")
            note("button turns", f"{buttons:.0f} /s = 1/{bare / buttons:.0f} of the echo", ">= 400 /s")
            pool = texts()
            fresh = pool[: int(600 * scale)]
            new = await bench.rate([(people[n % 200], {"text": text}) for n, text in enumerate(fresh)])
            note("free text, every text new", f"{new:.0f} /s", ">= 45 /s")
            mixed = [random.Random(n).choice(fresh[:60] if n % 3 else pool) for n in range(int(900 * scale))]
            as_sent = await bench.rate([(people[n % 200], {"text": text}) for n, text in enumerate(mixed)])
            note("free text as people send it (two thirds repeats)", f"{as_sent:.0f} /s", ">= 120 /s")
            unseen = [
                (people[n % 200], {"text": text}) for n, text in enumerate(pool[2_000 : 2_000 + int(400 * scale)])
            ]
            took = await bench.latency(unseen, a_second=20)
            note("free-text turn at 20/s, p50 / p99", f"{percentile(took, 0.5):.0f} / {percentile(took, 0.99):.0f} ms",
                 "<= 25 / <= 120 ms")  # fmt: skip
            pressed = await bench.latency([(people[n % 200], button) for n in range(int(400 * scale))], a_second=20)
            note("button turn at 20/s, p50", f"{percentile(pressed, 0.5):.1f} ms", "<= 8 ms")
            memory = psutil.Process(os.getpid()).memory_info().rss / 1e6
            note("memory after this load (with the bench itself)", f"{memory:.0f} MB", "<= 350 MB")
            await _full_database(bench, note, people, button, scale)


async def _full_database(
    bench: Bench, note: Callable[[str, str, str], None], people: list[str], button: dict[str, Any], scale: float
) -> None:
    messages, persons = int(1_000_000 * scale), int(100_000 * scale)
    presses = [(person, button) for person in people] * max(1, int(5 * scale))
    empty = statistics.median([await bench.rate(presses) for _ in range(3)])
    await prefill.fill(bench.lotse.stores.database, messages=messages, people=persons)
    full = statistics.median([await bench.rate(presses) for _ in range(3)])
    note(f"cost of a turn with {messages:,} messages, {persons:,} people", f"{empty / full:.2f}x of empty", "<= 1.3x")


def _noter(rows: list[tuple[str, str, str]]) -> Callable[[str, str, str], None]:
    def note(what: str, measured: str, target: str) -> None:
        rows.append((what, measured, target))
        print(f"{what}: {measured}", flush=True)

    return note


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full amount of work")
    parser.add_argument("--url", default="", help="database; default: SQLite in a temporary folder")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows: list[tuple[str, str, str]] = []
    sys.setswitchinterval(0.0005)  # as bot.serving does
    uvloop.run(measure(rows, given.scale, given.url))
    if given.json:
        print(json.dumps([{"what": a, "measured": b, "target": c} for a, b, c in rows]))
        return
    table = Table(title=f"Lotse on {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    for column in ("what", "measured", "target"):
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
