"""The kill proof: real processes, real `kill -9`, a real database, and a Bot API server that counts.

Chats get a full conversation (language, notice, place) and then press "this helped" below one page after the other:
each press must be counted exactly once in the database, and thanked for exactly once, and all thanks must arrive. What
may have arrived twice must be marked `uncertain`, and that can be at most the messages in flight at a kill.

    python -m tests.load.kill --kills 1000 --updates 20000 --chats 200
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.core.text import without_direction_marks
from bot.storage import crypto
from bot.storage.database import Database, connect
from bot.storage.inbox import SqlInbox
from bot.storage.replies import from_json
from bot.storage.tables import FeedbackRow, InboxRow, OutboxRow
from tests.fake_bot_api import BOT, TOKEN, FakeBotApi, Sent, callback_query
from tests.load.counting import Arrived, Counts, Row
from tests.load.killable import NOWHERE, POINTS, ROOT, Life, Nursery

WELCOME = ('/set_language{"language":"de"}', "/accept_notice", '/set_place{"place":"bw"}')
PAGES = tuple(sorted(page.name for page in (ROOT / "content" / "common").iterdir()))
# A kill that has not come by then comes anyway: at a point that was not reached, or when nothing was left to do.
LONGEST_LIFE = 4.0
MOST_PASSED = 8
IN_FLIGHT = 24  # deliveries at once: what may be in doubt after a kill


@dataclass(frozen=True)
class Size:
    """How large a proof is. One life in `cold` is the untouched program, started from nothing."""

    kills: int
    updates: int
    chats: int
    cold: int = 0
    seed: int = 1
    points: Sequence[str] = (*POINTS, NOWHERE, NOWHERE)
    sabotage: str = ""
    settle: float = 60.0


async def prove(url: str, folder: Path, nursery: Nursery, size: Size) -> Counts:
    """Send updates through a Lotse that is killed again and again, then count."""
    began, dice = time.monotonic(), random.Random(size.seed)
    counts = Counts(kills=size.kills, updates=size.updates)
    key_file = folder / "kill.key"
    ring = crypto.load_or_create(key_file)
    script = list(_updates(size.updates, size.chats))
    presses = [
        (press["from"]["id"], press["data"])
        for update in script
        if (press := update["callback_query"])["data"] not in WELCOME
    ]
    counts.presses, counts.effects_due = len(presses), len(set(presses))
    share = len(script) / (size.kills + 1)
    ways: Counter[str] = Counter()
    deck = _deck(size, dice)
    with FakeBotApi(enforced=False) as telegram:
        environment = {
            "LOTSE_DATABASE_URL": url, "LOTSE_KEY_FILE": str(key_file), "LOTSE_TELEGRAM_TOKEN": TOKEN,
            "LOTSE_TELEGRAM_API_URL": telegram.url, "LOTSE_LOG_LEVEL": "error",
            "LOTSE_TURN_ATTEMPTS": "1000",  # so many kills hit the same innocent message again and again
        }  # fmt: skip
        for number in range(size.kills):
            telegram.push(*script[round(number * share) : round((number + 1) * share)])
            if size.cold and number % size.cold == size.cold - 1:
                ways["cold"] += 1
                await _live_untouched(environment, dice)
                continue
            point = next(deck)
            # A life that is not to die at a point dies at any time, also before it is awake.
            seconds = dice.uniform(0.15, 1.5) if point == NOWHERE else LONGEST_LIFE
            # Updates come in batches: that point is seldom passed twice.
            passed = 1 if point == "after-inbox" else dice.randint(1, MOST_PASSED)
            life = Life(point, passed, seconds, size.sabotage)
            died = time.monotonic()
            ended = await asyncio.to_thread(nursery.live, life, environment)
            assert ended == -signal.SIGKILL, f"a life ended by itself with {ended}"
            ways[point] += 1
            counts.points_not_reached += point != NOWHERE and time.monotonic() - died >= LONGEST_LIFE
        telegram.push(*script[round(size.kills * share) :])
        counts.by_point = dict(sorted(ways.items()))
        with nursery.in_peace(environment, size.sabotage):
            await _settled(url, ring, size)
        await count(url, ring, telegram.state.sent, counts)
    counts.seconds = round(time.monotonic() - began, 1)
    return counts


def _deck(size: Size, dice: random.Random) -> Iterator[str]:
    """Deal the points so that each has its turn."""
    while True:
        yield from dice.sample(size.points, len(size.points))


def _updates(number: int, chats: int) -> Iterator[dict[str, Any]]:
    for index in range(number):
        chat, step = index % chats + 1, index // chats
        page = PAGES[step % len(PAGES)]
        payload = WELCOME[step] if step < len(WELCOME) else f'/feedback_good{{"page":"{page}"}}'
        yield {"update_id": index + 1, "callback_query": callback_query(chat, payload, index + 1)}


async def _live_untouched(environment: dict[str, str], dice: random.Random) -> None:
    """Kill the program itself, as an operator starts it, somewhere between its start and its work."""
    command = [sys.executable, "-m", "bot", "serve", "--only", "worker,telegram"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    await asyncio.sleep(dice.uniform(1.5, 6.0))
    process.send_signal(signal.SIGKILL)
    await asyncio.to_thread(process.wait)


async def _settled(url: str, ring: crypto.KeyRing, size: Size) -> None:
    """Wait until everything is answered and sent; whoever has lost something waits in vain, so not for ever."""
    database = connect(url, ring)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(size.settle + (0 if size.sabotage else size.updates / 20)):
                while await _open_ends(database) or await _answered(database) < size.updates:
                    await asyncio.sleep(0.2)
    finally:
        await database.close()


async def _answered(database: Database) -> int:
    async with database.read() as connection:
        done = select(func.count()).select_from(InboxRow).where(InboxRow.state != "pending")
        return int((await connection.execute(done)).scalar_one())


async def _open_ends(database: Database) -> int:
    async with database.read() as connection:
        waiting = select(func.count()).select_from(OutboxRow).where(OutboxRow.state.in_(("queued", "sending")))
        return int((await connection.execute(waiting)).scalar_one())


async def count(url: str, ring: crypto.KeyRing, sent: Sequence[Sent], counts: Counts) -> None:
    """Count what is in the database and at the Bot API server."""
    database = connect(url, ring)
    inbox = SqlInbox(database)
    async with database.read() as connection:
        counts.count_inbox((await connection.execute(select(InboxRow.state))).scalars())
        helped = select(func.count()).select_from(FeedbackRow)
        counts.effects = (await connection.execute(helped)).scalar_one()
        rows = (await connection.execute(select(OutboxRow).order_by(OutboxRow.id))).all()
    said = [
        Row(row.id, row.chat_key, row.state, _plain(from_json(row.body).text), row.external_id, row.attempts)
        for row in rows
    ]
    thanks = Counter(row.text for row in said).most_common(1)
    counts.thanks = thanks[0][1] if thanks else 0
    counts.count_replies(
        said,
        [Arrived(m.message_id, inbox.chat_key("telegram", BOT, m.chat), _plain(m.text)) for m in sent],
    )
    await database.close()


def _plain(text: str) -> str:
    return without_direction_marks(text).strip()


def report(name: str, counts: Counts) -> None:
    """Print the counts on one line."""
    print(f"{name}: {json.dumps(asdict(counts))}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--updates", type=int, default=600)
    parser.add_argument("--chats", type=int, default=20)
    parser.add_argument("--cold", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    size = Size(given.kills, given.updates, given.chats, given.cold, given.seed)
    with tempfile.TemporaryDirectory() as name, Nursery() as nursery:
        folder = Path(name)
        counts = asyncio.run(prove(given.url or f"sqlite:///{folder}/kill.db", folder, nursery, size))
    report("kill", counts)
    sys.exit(not counts.sound())


if __name__ == "__main__":
    main()
