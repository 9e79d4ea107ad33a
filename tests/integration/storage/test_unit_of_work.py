"""Transactions: lazy, whole or not at all, and never left open."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time

import asyncpg
import pytest

from bot.core.people import Person
from bot.core.ports import Outcome
from bot.errors import ConfigurationError, StorageError
from bot.storage import crypto
from bot.storage.database import Database, connect
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, Statements, arrival, queued


async def open_transactions(database: Database, url: str) -> int:
    """Count what would block others: on SQLite a writer elsewhere, on PostgreSQL sessions within a transaction."""
    if database.is_sqlite:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0.2, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return 1
        finally:
            other.close()
        return 0
    other = await asyncpg.connect(url)
    try:
        return await other.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        )
    finally:
        await other.close()


async def test_nothing_is_begun_before_the_first_use(house: House, database_url: str, statements: Statements) -> None:
    statements.said.clear()
    async with house.database.unit_of_work():
        assert await open_transactions(house.database, database_url) == 0
        assert not statements.said
        await house.people.helped("p", "en", helpful=True)
        assert await open_transactions(house.database, database_url) == 1
    assert await open_transactions(house.database, database_url) == 0
    assert len(await house.rows("SELECT * FROM feedback")) == 1


async def test_an_error_rolls_everything_back(house: House, database_url: str, clock: SettableClock) -> None:
    await house.accept(arrival("42", "7"))
    claim = await house.claim_one()

    async def fail() -> None:
        async with house.database.unit_of_work():
            await house.people.add(Person("p1", "en", None, clock(), clock()))
            await house.inbox.finish(claim, Outcome({}, [queued("x")], person_id="p1"))
            raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        await fail()
    assert await open_transactions(house.database, database_url) == 0
    assert await house.rows("SELECT * FROM person") == []
    assert await house.rows("SELECT * FROM outbox") == []
    await house.finish(claim)  # the lease still holds


async def test_a_transaction_of_its_own_within_a_unit_is_refused_rather_than_hanging(house: House) -> None:
    async def nested() -> None:
        async with house.database.unit_of_work():
            await house.people.helped("p", "en", helpful=True)
            await house.buttons.keep("chat", ["/a"])

    with pytest.raises(StorageError, match="wait for itself"):
        await asyncio.wait_for(nested(), 5)
    assert await house.rows("SELECT * FROM feedback") == []


async def test_branches_of_one_turn_share_its_transaction(house: House) -> None:
    async with house.database.unit_of_work():
        connections = await asyncio.gather(*(house.database.in_unit() for _ in range(5)))
    assert len(set(map(id, connections))) == 1


async def test_steps_after_the_commit_run_after_it(house: House) -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.append(len(await house.rows("SELECT * FROM feedback")))

    async with house.database.unit_of_work():
        await house.people.helped("p", "en", helpful=True)
        house.database.after_commit(look)
    assert seen == [1]


async def test_two_units_at_once_both_commit(house: House) -> None:
    async def one(page: str) -> None:
        async with house.database.unit_of_work():
            await house.people.helped(page, "en", helpful=True)
            await asyncio.sleep(0.01)
            await house.people.helped(page, "en", helpful=False)

    await asyncio.gather(*(one(f"p{number}") for number in range(8)))
    assert len(await house.rows("SELECT * FROM feedback")) == 16


async def test_cancelled_tasks_leave_no_transaction_open(house: House, database_url: str) -> None:
    """A cancelled BEGIN IMMEDIATE still opens the transaction: at any moment of a turn somebody may give up."""
    chance = random.Random(7)

    async def turn(number: int) -> None:
        async with house.database.unit_of_work():
            await house.people.helped(f"p{number}", "en", helpful=True)
            await house.people.helped(f"p{number}", "en", helpful=False)

    async def accept(number: int) -> None:
        await house.accept(arrival(f"chat{number}", str(number)))

    await turn(997)
    began = time.monotonic()
    await turn(998)
    await accept(999)
    lasts = time.monotonic() - began  # on a busy machine everything takes longer
    done = 0
    kept = []  # as a log record or an error report may keep a traceback, and with it an unfinished statement
    for number in range(80):
        task = asyncio.create_task(chance.choice((turn, accept))(number))
        await asyncio.sleep(chance.random() * lasts)
        task.cancel()
        if chance.random() < 0.3:
            await asyncio.sleep(0)
            task.cancel()
        kept += await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 5)
        done += not isinstance(kept[-1], asyncio.CancelledError)
    assert 0 < done < 80, "some have to be cancelled and some not"
    await asyncio.sleep(0.05)
    assert await open_transactions(house.database, database_url) == 0
    assert {row.number for row in await house.rows("SELECT count(*) AS number FROM feedback GROUP BY page")} <= {2}
    await asyncio.wait_for(turn(1_000), 5)


async def test_begin_cancelled_behind_a_foreign_writer_is_undone(
    sqlite_upgraded_url: str, ring: crypto.KeyRing
) -> None:
    database = connect(sqlite_upgraded_url, ring)
    other = sqlite3.connect(sqlite_upgraded_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.write():
            raise AssertionError("never gets here")

    task = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.sleep(0.1)
    other.execute("ROLLBACK")
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await open_transactions(database, sqlite_upgraded_url) == 0
    other.close()
    await database.close()


async def test_no_server_is_a_storage_error(ring: crypto.KeyRing, tmp_path: object) -> None:
    database = connect(f"postgresql://nobody@/none?host={tmp_path}", ring)
    with pytest.raises(StorageError, match="cannot be reached"):
        async with database.write():
            pass
    with pytest.raises(StorageError, match="cannot be reached"):
        async with database.read():
            pass
    await database.close()


@pytest.mark.parametrize("url", ["mysql://host/db", "nonsense", ""])
async def test_other_addresses_are_refused(url: str, ring: crypto.KeyRing) -> None:
    with pytest.raises(ConfigurationError, match="LOTSE_DATABASE_URL"):
        connect(url, ring)


async def test_sqlite_is_safe_against_power_failure(sqlite_upgraded_url: str, ring: crypto.KeyRing) -> None:
    database = connect(sqlite_upgraded_url, ring)
    async with database.read() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "secure_delete")
        }
    await database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
