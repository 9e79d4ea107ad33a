"""The key check, rotation, and what a stolen disk tells."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.core.people import Person
from bot.core.ports import Outcome
from bot.errors import KeyRefused
from bot.storage import crypto, keys
from bot.storage.backup import backup
from bot.storage.database import connect
from bot.storage.keys import sealed_columns
from bot.storage.privacy import Category
from bot.storage.tables import Base
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, arrival, queued
from tests.integration.storage.test_people import erase, value_for

quietly = lambda *_: None  # noqa: E731 - nobody watches the progress


async def content(house: House) -> dict[str, list[tuple[object, ...]]]:
    async with house.database.read() as connection:
        return {
            table.name: [tuple(row) for row in await connection.execute(table.select().order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


async def fill(house: House) -> None:
    await house.add_person("p1", "42")
    await house.add_person("p2", "43", channel="webchat")
    await house.buttons.keep("chat", [f"/long{number}" for number in range(1_100)])
    await house.accept(arrival("42", "waits", b"raw words"))


async def test_a_wrong_key_is_refused_and_nothing_written(house: House, database_url: str) -> None:
    await fill(house)
    before = await content(house)
    for wrong in (crypto.new_ring(), crypto.KeyRing(crypto.new_ring().index, 1, house.database.ring.keys)):
        other = connect(database_url, wrong)
        with pytest.raises(KeyRefused, match="LOTSE_KEY_FILE"):
            await keys.check(other)
        await other.close()
    assert await content(house) == before
    await keys.check(house.database)


async def test_processes_that_start_together_agree_on_the_key(database_url: str, ring: crypto.KeyRing) -> None:
    started = [connect(database_url, ring) for _ in range(4)]
    await asyncio.gather(*(keys.check(one) for one in started))
    for one in started:
        await one.close()


async def test_rotation_seals_everything_anew(house: House) -> None:
    await fill(house)
    before, old = await content(house), house.database.ring
    told: dict[str, int] = {}
    rotated = await keys.rotate(house.database, house.key_file, told.__setitem__)
    assert told["button.payload"] == 1_100
    assert rotated.values == sum(told.values()) > 1_105
    assert await content(house) == before
    now = crypto.load(house.key_file)
    assert (list(now.keys), now.index) == ([now.active], old.index)
    assert now.keys[now.active] != old.keys[old.active]
    assert await sealed_under(house) == {now.active}


async def sealed_under(house: House) -> set[int]:
    """Return the numbers of all keys in use."""
    used = set()
    async with house.database.read() as connection:
        for table, column in sealed_columns():
            found = await connection.execute(text(
                f'SELECT {column.name} AS v FROM "{table.name}" WHERE {column.name} IS NOT NULL'  # noqa: S608
            ))  # fmt: skip
            used |= {row.v[0] for row in found}
    return used


async def test_an_interrupted_rotation_is_continued(house: House, database_url: str, clock: SettableClock) -> None:
    await fill(house)
    before, old = await content(house), house.database.ring

    class Killed(Exception):
        pass

    def die(what: str, done: int) -> None:
        if (what, done) == ("button.payload", 500):
            raise Killed

    with pytest.raises(Killed):
        await keys.rotate(house.database, house.key_file, die)
    half = crypto.load(house.key_file)
    assert set(half.keys) == {old.active, half.active}
    assert await sealed_under(house) == {old.active, half.active}
    again = connect(database_url, half, clock)  # the next start reads both
    await keys.check(again)
    house.database.use_keys(half)
    assert await content(house) == before
    await keys.rotate(again, house.key_file, quietly)
    await again.close()
    now = crypto.load(house.key_file)
    assert now.keys == {half.active: half.keys[half.active]}
    house.database.use_keys(now)
    assert await content(house) == before
    assert await sealed_under(house) == {half.active}


CANARIES = ("canary-said", "canary-raw", "canary-reply", "canary-slot", "canary-address", "canary-button")


async def test_no_plaintext_in_database_log_or_backup(house: House, tmp_path: Path) -> None:
    """Canaries in every sealed column, looked for in every file there is."""
    now = house.database.clock()
    await house.accept(arrival("canary-address", "1"), arrival("canary-address", "2", b'"canary-raw"'))
    claim = await house.claim_one()
    async with house.database.unit_of_work():
        await house.people.add(Person("known-plain-id", "en", None, now, now))
        outcome = Outcome({"slot": "canary-slot"}, [queued("canary-reply")], "known-plain-id", "canary-said")
        await house.inbox.finish(claim, outcome)
    await house.buttons.keep(claim.chat_key, ["canary-button"])
    planted = await plant_everywhere(house)
    assert planted == {f"{table.name}.{column.name}" for table, column in sealed_columns()}
    whole = str(await content(house))
    assert all(canary in whole for canary in CANARIES)  # they are there for those who hold the key

    await backup(house.database, tmp_path / "b.lotse", quietly)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    stored = {path.name: path.read_bytes() for path in files}
    if house.database.is_sqlite:
        assert {"lotse.db", "lotse.db-wal"} <= set(stored)
        assert any(b"known-plain-id" in data for data in stored.values())  # what is not sealed can be seen
        dump = b"".join(stored.values())
    else:
        dump = stored["b.lotse"] + str(await raw_content(house)).encode()
        assert b"known-plain-id" in dump
    assert not [canary for canary in (*CANARIES, "canary") if canary.encode() in dump]
    assert b"known-plain-id" not in stored["b.lotse"]


async def plant_everywhere(house: House) -> set[str]:
    """Add a row to each table with sealed columns, whatever tables there will be."""
    planted = set()
    async with house.database.write() as connection:
        for table in {table for table, _ in sealed_columns()}:
            values = {
                column.name: value_for(column, house.database) for column in table.columns
                if not (column.primary_key and column.type.python_type is int)
            }  # fmt: skip
            values |= {"id": 2} if table.name == "key_check" else {}
            await connection.execute(insert(table).values(values))
            planted |= {f"{table.name}.{column.name}" for table_, column in sealed_columns() if table_ is table}
    return planted


async def raw_content(house: House) -> list[object]:
    rows: list[object] = []
    for table in Base.metadata.sorted_tables:
        rows += [[bytes(value) if isinstance(value, memoryview) else value for value in row]
                 for row in await house.rows(f'SELECT * FROM "{table.name}"')]  # noqa: S608  # fmt: skip
    return rows


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_deleted_rows_are_gone_from_the_disk(house: House, clock: SettableClock, tmp_path: Path) -> None:
    await house.add_person("p1", "42")
    await house.buttons.keep(house.inbox.chat_key("telegram", "lotse_bot", "42"), ["/" + "x" * 9_000])
    raw = [value for row in await raw_content(house) for value in row if isinstance(value, bytes)]  # type: ignore[attr-defined]
    key_check = (await house.rows("SELECT value FROM key_check"))[0].value
    mine = [value for value in raw if value != key_check]
    assert len(mine) >= 4
    assert max(map(len, mine)) > 9_000  # one is on overflow pages
    assert all(on_disk(tmp_path, value) for value in mine)
    await house.outbox.sent([(one, None) for one in await house.outbox.claim("telegram", 9)])
    await erase(house, "p1", "42")
    await house.outbox.sent([(one, None) for one in await house.outbox.claim("telegram", 9)])
    clock.tick(hours=2)
    assert await house.people.purge_erased(clock()) == 1
    assert not [value for value in mine if on_disk(tmp_path, value)]
    assert not on_disk(tmp_path, b"known") and (tmp_path / "lotse.db-wal").stat().st_size == 0  # noqa: PT018


def on_disk(folder: Path, value: bytes) -> bool:
    # A value longer than a page is cut into pieces: its beginning stands for it.
    data = b"".join(path.read_bytes() for path in folder.glob("lotse.db*"))
    return value[:60] in data or value[-60:] in data


async def test_traces_are_left_while_somebody_reads(sqlite_upgraded_url: str, ring: crypto.KeyRing) -> None:
    database = connect(sqlite_upgraded_url, ring)
    reader = sqlite3.connect(sqlite_upgraded_url.removeprefix("sqlite:///"), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM chat").fetchall()
    async with database.write() as connection:
        await connection.execute(text("DELETE FROM chat"))
        await connection.execute(
            text("INSERT INTO feedback (page, language, helpful, day) VALUES ('p', 'en', 1, '2026-11-23')")
        )
    assert not await database.forget_traces()
    reader.execute("ROLLBACK")
    reader.close()
    assert await database.forget_traces()
    await database.close()


def test_the_conversation_is_a_category() -> None:
    assert Category.CONVERSATION in {column.info["privacy"].category for _, column in sealed_columns()}
