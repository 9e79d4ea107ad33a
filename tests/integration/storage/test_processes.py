"""Rivals that are real processes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bot.core.clock import utc_now
from tests.integration.storage.conftest import House, arrival, queued

WORKER = """
import asyncio, json, sys
from pathlib import Path
from bot.core.ports import Outcome
from bot.storage import crypto
from bot.storage.database import connect
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox

async def main(url, key_file):
    database = connect(url, crypto.load(Path(key_file)))
    inbox, outbox, turns, sent = SqlInbox(database), SqlOutbox(database), [], []
    print("ready", flush=True)
    sys.stdin.readline()
    idle = 0
    while idle < 3:
        claims = await inbox.claim(3)
        for claim in claims:
            turns.append(claim.raw.decode())
            async with database.unit_of_work():
                await inbox.finish(claim, Outcome(None, ()))
        deliveries = await outbox.claim("telegram", 3)
        sent += [delivery.reply.text for delivery in deliveries]
        await outbox.sent([(delivery, None) for delivery in deliveries])
        idle = 0 if claims or deliveries else idle + 1
        await asyncio.sleep(0.01 if not idle else 0.05)
    await database.close()
    print(json.dumps([turns, sent]))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_three_processes_do_everything_once(house: House, database_url: str) -> None:
    house.database.clock = utc_now
    chats = [f"chat{number}" for number in range(12)]
    for chat in chats:
        await house.say(chat, *(queued(f"{chat}.{number}") for number in range(4)))
    await house.accept(*(arrival(chat, f"{chat}.{number}", f"{chat}.{number}".encode())
                         for number in range(4) for chat in chats))  # fmt: skip
    done = await asyncio.to_thread(run_workers, database_url, house.key_file)
    turns = Counter(raw for one, _ in done for raw in one)
    sent = Counter(text for _, one in done for text in one)
    expected = Counter(f"{chat}.{number}" for chat in chats for number in range(4))
    assert turns == expected
    assert sent == expected
    assert {row.state for row in await house.rows("SELECT DISTINCT state FROM outbox")} == {"sent"}


def run_workers(url: str, key_file: Path) -> list[list[list[str]]]:
    command = [sys.executable, "-c", WORKER, url, str(key_file)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ})
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in processes]
    return [json.loads(answer) for answer in answers]
