"""The kill proof: real processes, real `kill -9`, a real database, and a Bot API server that counts.

Chats get a full conversation (language, notice, place) and then press "this helped" again and again: each press must
be counted exactly once in the database, and its thanks must arrive. What may have arrived twice must be marked
`uncertain`, and that can be at most the messages in flight at a kill.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.storage import crypto
from bot.storage.database import connect
from bot.storage.replies import from_json
from bot.storage.tables import FeedbackRow, InboxRow, OutboxRow
from tests.fake_bot_api import TOKEN, FakeBotApi, Sent, callback_query
from tests.load.killable import POINTS

ROOT = Path(__file__).parents[2]
PAGE = "housing.find_flat"
WELCOME = ('/set_language{"language":"de"}', "/accept_notice", '/set_place{"place":"bw"}')
PRESS = f'/feedback_good{{"page":"{PAGE}"}}'
# A kill that has not come by then comes anyway: at a point that was not reached, or when nothing was left to do.
_LONGEST_LIFE = 20.0


@dataclass
class Counts:
    """What the proof found."""

    kills: int = 0
    by_point: dict[str, int] = field(default_factory=dict)
    updates: int = 0
    answered: int = 0
    quarantined: int = 0
    presses: int = 0
    effects: int = 0
    replies: int = 0
    lost: int = 0
    doubled: int = 0
    doubled_unmarked: int = 0
    uncertain: int = 0
    out_of_order: int = 0

    def sound(self) -> bool:
        """Return whether every promise was kept."""
        return (
            self.answered == self.updates
            and self.effects == self.presses
            and self.lost == self.quarantined == self.doubled_unmarked == self.out_of_order == 0
            and self.doubled <= self.uncertain
        )


async def prove(url: str, folder: Path, *, kills: int, updates: int, chats: int, seed: int = 1) -> Counts:
    """Send `updates` updates of `chats` chats through a Lotse that is killed `kills` times, then count."""
    dice = random.Random(seed)
    counts = Counts(kills=kills, updates=updates)
    key_file = folder / "kill.key"
    ring = crypto.load_or_create(key_file)
    environment = {
        **os.environ, "LOTSE_DATABASE_URL": url, "LOTSE_KEY_FILE": str(key_file), "LOTSE_TELEGRAM_TOKEN": TOKEN,
        "LOTSE_LOG_LEVEL": "error", "LOTSE_TURN_ATTEMPTS": "20",
    }  # fmt: skip
    with FakeBotApi(enforced=False) as telegram:
        environment["LOTSE_TELEGRAM_API_URL"] = telegram.url
        script = list(_updates(updates, chats))
        counts.presses = sum(PRESS in json.dumps(update).replace("\\", "") for update in script)
        share = len(script) // (kills + 1) + 1
        ways: Counter[str] = Counter()
        for number in range(kills):
            telegram.push(*script[number * share : (number + 1) * share])
            point = dice.choice((*POINTS, "anywhere", "anywhere"))
            ways[point] += 1
            await _live_and_die(environment, point, dice)
        telegram.push(*script[kills * share :])
        counts.by_point = dict(ways)
        await _finish(environment, url, ring, updates)
        await _count(url, ring, telegram.state.sent, counts)
    return counts


def _updates(number: int, chats: int) -> Iterator[dict[str, Any]]:
    for index in range(number):
        chat, step = index % chats + 1, index // chats
        payload = WELCOME[step] if step < len(WELCOME) else PRESS
        yield {"update_id": index + 1, "callback_query": callback_query(chat, payload, index + 1)}


async def _live_and_die(environment: dict[str, str], point: str, dice: random.Random) -> None:
    if point == "anywhere":
        process = _start(environment, "bot")
        await asyncio.sleep(dice.uniform(0.5, 4.0))
    else:
        process = _start(environment, "tests.load.killable", point, str(dice.randint(1, 12)))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_LIFE):
                await asyncio.to_thread(process.wait)
    process.send_signal(signal.SIGKILL)
    await asyncio.to_thread(process.wait)


def _start(environment: dict[str, str], module: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module, *arguments, "serve", "--only", "worker,telegram"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


async def _finish(environment: dict[str, str], url: str, ring: crypto.KeyRing, updates: int) -> None:
    """Let a last process end all work in peace: everything answered, everything sent."""
    process = _start(environment, "bot")
    database = connect(url, ring)
    try:
        async with asyncio.timeout(180 + updates / 20):
            while True:
                await asyncio.sleep(1)
                async with database.read() as connection:
                    done = select(func.count()).select_from(InboxRow).where(InboxRow.state != "pending")
                    waiting = select(func.count()).select_from(OutboxRow)
                    waiting = waiting.where(OutboxRow.state.in_(("queued", "sending")))
                    answered = (await connection.execute(done)).scalar_one()
                    if answered >= updates and not (await connection.execute(waiting)).scalar_one():
                        break
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)
        await database.close()


async def _count(url: str, ring: crypto.KeyRing, sent: Sequence[Sent], counts: Counts) -> None:
    database = connect(url, ring)
    async with database.read() as connection:
        states = select(InboxRow.state, func.count()).group_by(InboxRow.state)
        by_state = {row[0]: row[1] for row in await connection.execute(states)}
        helped = select(func.count()).select_from(FeedbackRow)
        counts.effects = (await connection.execute(helped)).scalar_one()
        rows = (await connection.execute(select(OutboxRow).order_by(OutboxRow.id))).all()
    await database.close()
    counts.answered = by_state.get("done", 0)
    counts.quarantined = by_state.get("quarantined", 0)
    counts.replies = len(rows)
    counts.uncertain = sum(row.state == "uncertain" for row in rows)
    counts.lost = sum(row.state not in {"sent", "uncertain"} for row in rows)
    # The welcome's messages may have several parts; the thanks for a press are one message each.
    thanks = Counter(from_json(row.body).text for row in rows).most_common(1)[0][0]
    arrived = {str(message.message_id) for message in sent if message.text.strip() == thanks.strip()}
    known = [row.external_id for row in rows if from_json(row.body).text == thanks]
    counts.lost += len(known) - len(arrived.intersection(known))
    counts.doubled = len(arrived.difference(known))
    counts.doubled_unmarked = max(0, counts.doubled - counts.uncertain)
    counts.out_of_order = _out_of_order(rows)


def _out_of_order(rows: list[Any]) -> int:
    """Count replies that were sent before an earlier one of the same chat."""
    last: dict[str, int] = {}
    wrong = 0
    for row in sorted((row for row in rows if row.external_id), key=lambda row: int(row.external_id)):
        wrong += row.id < last.get(row.chat_key, 0)
        last[row.chat_key] = max(row.id, last.get(row.chat_key, 0))
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--updates", type=int, default=600)
    parser.add_argument("--chats", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = given.url or f"sqlite:///{folder}/kill.db"
        counts = asyncio.run(
            prove(url, folder, kills=given.kills, updates=given.updates, chats=given.chats, seed=given.seed)
        )
    print(json.dumps(asdict(counts), indent=1))
    sys.exit(not counts.sound())


if __name__ == "__main__":
    main()
