"""Backups: made while everything runs, restored on either database, refused when anything is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import BackupRefused, StorageError
from bot.storage import backup_file, crypto, keys, migrate, portable
from bot.storage.backup import backup, restore
from bot.storage.backup_file import Header, Writer, read_header, written_whole
from bot.storage.database import Database, connect
from bot.storage.restore import verify
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, arrival, queued
from tests.integration.storage.test_keys import content, fill, quietly
from tests.integration.storage.test_people import erase


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backup.lotse"


@pytest.fixture(params=["sqlite_upgraded_url", "postgres_upgraded_url"], ids=["into sqlite", "into postgresql"])
def second_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Another database, on each engine: four ways from one to the other."""
    url: str = request.getfixturevalue(request.param)
    if not url.startswith("sqlite"):
        return url
    other = tmp_path / "second.db"
    template = request.getfixturevalue("_sqlite_template")
    shutil.copy(template, other)
    return f"sqlite:///{other}"


@pytest.fixture
async def second(second_url: str, house: House, tmp_path: Path) -> AsyncIterator[House]:
    async with opened(second_url, house, tmp_path) as other:
        yield other


@asynccontextmanager
async def opened(url: str, like: House, folder: Path) -> AsyncIterator[House]:
    database = connect(url, like.database.ring, like.database.clock)
    try:
        yield House(database, folder / "other" / "lotse.key")
    finally:
        await database.close()


def without_what_differs(found: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows for name, rows in found.items() if name not in ("outbox", "erasure", "key_check")}


async def test_a_backup_restores_on_either_database(house: House, second: House, target: Path) -> None:
    await fill(house)
    told: dict[str, int] = {}
    made = await backup(house.database, target, told.__setitem__)
    assert (made.rows["person"], made.rows["button"], told["button"]) == (2, 1_100, 1_100)
    assert made.size == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.glob(".backup*")] == []
    (second.key_file.parent).mkdir()
    await second.accept(arrival("old", "x"))  # what was there before gives way
    done = await restore(second.database, target, quietly, ledger=second.ledger)
    assert (done.rows, done.erased) == ({name: rows for name, rows in made.rows.items() if rows}, 0)
    assert without_what_differs(await content(second)) == without_what_differs(await content(house))
    await keys.check(second.database)
    # Life goes on: new ids follow the restored ones, waiting work is done, waiting replies are doubtful.
    assert (await second.claim_one()).raw == b"raw words"
    assert [one.doubtful for one in await second.outbox.claim("telegram", 9)] == [True]
    await second.say("new", queued("hello"))
    ids = [row.id for row in await second.rows("SELECT id FROM inbox ORDER BY id")]
    assert len(ids) == len(set(ids)) == made.rows["inbox"] + 1


async def test_a_large_backup_spans_many_chunks(house: House, second: House, target: Path) -> None:
    await house.buttons.keep(
        "chat", ["/" + "x" * 400_000, "/b", *(f"/{number}" + "y" * 2_000 for number in range(300))]
    )
    made = await backup(house.database, target, quietly)
    assert made.size > 4 * 256 * 1024
    second.key_file.parent.mkdir()
    await restore(second.database, target, quietly, ledger=second.ledger)
    assert without_what_differs(await content(second)) == without_what_differs(await content(house))


@pytest.mark.parametrize("number", [3, pytest.param(50, marks=pytest.mark.soak)])
async def test_backups_under_load_are_consistent(house: House, target: Path, tmp_path: Path, number: int) -> None:
    """Each turn adds a message and a reply to a chat and counts in its tracker: a snapshot agrees with itself."""
    stop = asyncio.Event()
    turns = 0

    async def talk(chat: str) -> None:
        nonlocal turns
        while not stop.is_set():
            await house.accept(arrival(chat, f"{chat}.{turns}"))
            for claim in await house.inbox.claim(1):
                count = (claim.tracker or {"count": 0})["count"] + 1
                await house.finish(claim, queued(str(count)), tracker={"count": count})
            turns += 1
            await asyncio.sleep(0.01)

    talking = [asyncio.create_task(talk(f"chat{one}")) for one in range(4)]
    for one in range(number):
        await asyncio.sleep(0.1)
        before = turns
        await backup(house.database, target, quietly)
        assert turns >= before
        await check_one(house, target, tmp_path / f"restored{one}")
    stop.set()
    await asyncio.gather(*talking)
    assert turns > number * 4


async def check_one(house: House, target: Path, folder: Path) -> None:
    folder.mkdir()
    database = connect(f"sqlite:///{folder / 'x.db'}", house.database.ring, house.database.clock)
    await migrate.upgrade(database)
    other = House(database, folder / "lotse.key")
    await restore(database, target, quietly, ledger=other.ledger)
    done = {row.chat_key: row.n for row in await other.rows(
        "SELECT chat_key, count(*) AS n FROM inbox WHERE state = 'done' GROUP BY chat_key")}  # fmt: skip
    said = {row.chat_key: row.n for row in await other.rows(
        "SELECT chat_key, count(*) AS n FROM outbox GROUP BY chat_key")}  # fmt: skip
    assert done == said
    while claims := await other.inbox.claim(9):
        for claim in claims:
            assert (claim.tracker or {"count": 0})["count"] == done.get(claim.chat_key, 0)
            done[claim.chat_key] = done.get(claim.chat_key, 0) + 1
            await other.finish(claim, tracker={"count": done[claim.chat_key]})
    await database.close()


async def refused(house: House, source: Path, match: str) -> None:
    """Restoring must be refused with this text, and change nothing."""
    before = await content(house)
    with pytest.raises(BackupRefused, match=match):
        await restore(house.database, source, quietly, ledger=house.ledger)
    assert await content(house) == before
    assert house.ledger.read() == set()


async def test_what_is_no_backup_is_refused(house: House, target: Path) -> None:
    await fill(house)
    await refused(house, target, "cannot be read")
    for data in (b"", b"LOTSE", b"SQLite format 3\x00" * 100):
        target.write_bytes(data)
        await refused(house, target, "not a backup of Lotse")


async def test_a_foreign_backup_is_refused(house: House, target: Path) -> None:
    await fill(house)
    await backup(house.database, target, quietly)
    mine = house.database.ring
    house.database.use_keys(crypto.new_ring())
    with pytest.raises(BackupRefused, match="another installation"):
        await restore(house.database, target, quietly, ledger=house.ledger)
    house.database.use_keys(mine)
    assert len(await house.rows("SELECT * FROM person")) == 2


async def test_a_backup_under_a_forgotten_key_is_refused(house: House, target: Path) -> None:
    await fill(house)
    await backup(house.database, target, quietly)
    await keys.rotate(house.database, house.key_file, quietly)
    await refused(house, target, "before the keys were changed")


async def test_the_right_fingerprint_with_another_key_is_refused(house: House, target: Path) -> None:
    await fill(house)
    ring = house.database.ring
    house.database.use_keys(replace(ring, keys={1: crypto.new_ring().keys[1]}))
    other = await written(house.database, target)
    house.database.use_keys(ring)
    await refused(house, other, "damaged")


async def written(database: Database, target: Path, *lines: object, **header: object) -> Path:
    """Write a backup by hand."""
    values = {
        "format": 1, "revision": migrate.head(), "fingerprint": database.ring.fingerprint,
        "keys": [database.ring.active], "created_at": "2026-11-23T09:00:00+00:00", "stream": "s",
    }  # fmt: skip
    with written_whole(target) as file:
        writer = Writer(file, Header(**{**values, **header}), database.ring)
        for line in lines or ({"rows": {}},):
            writer.write(json.dumps(line).encode() + b"\n")
        writer.finish()
    return target


@pytest.mark.parametrize("header", [{"format": 2}, {"format": 2, "more": 1}, {"revision": "9999"}])
async def test_a_newer_backup_is_refused(house: House, target: Path, header: dict[str, object]) -> None:
    await fill(house)
    with contextlib.suppress(TypeError):
        await written(house.database, target, **header)
        await refused(house, target, "newer Lotse: |newer Lotse ")
        return
    told = json.dumps(header).encode()
    target.write_bytes(backup_file.MAGIC + len(told).to_bytes(4, "big") + told)
    await refused(house, target, "newer Lotse")


@pytest.mark.parametrize("lines", [
    [{"table": "person", "columns": ["id"]}, ["p1"]],
    [{"table": "person", "columns": ["id"]}, ["p1"], {"rows": {"person": 2}}],
    [{"rows": {"person": 1}}],
])  # fmt: skip
async def test_an_incomplete_backup_is_refused(house: House, target: Path, lines: list[object]) -> None:
    await fill(house)
    await refused(house, await written(house.database, target, *lines), "incomplete")


async def test_an_error_while_filling_leaves_live_data(house: House, target: Path) -> None:
    """A backup that verifies but does not fit: the transaction rolls back."""
    await fill(house)
    before = await content(house)
    row = [{"table": "person", "columns": ["id"]}, ["p1"], {"rows": {"person": 1}}]  # other columns are required
    await written(house.database, target, *row)
    with pytest.raises(StorageError):
        await restore(house.database, target, quietly, ledger=house.ledger)
    assert await content(house) == before


async def test_a_backup_that_cannot_be_written_leaves_the_old_one(house: House, tmp_path: Path, target: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        await backup(house.database, tmp_path / "missing" / "b", quietly)
    target.write_bytes(b"the old one")

    def die(*_: object) -> None:
        raise RuntimeError

    await fill(house)
    with pytest.raises(RuntimeError):
        await backup(house.database, target, die)
    assert target.read_bytes() == b"the old one"
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


async def test_a_database_of_another_version_is_refused(empty_url: str, ring: crypto.KeyRing, target: Path) -> None:
    database = connect(empty_url, ring)
    for work in (backup(database, target, quietly),):
        with pytest.raises(StorageError, match="lotse db upgrade"):
            await work
    await written(database, target)
    with pytest.raises(StorageError, match="lotse db upgrade"):
        await restore(database, target, quietly, ledger=House(database, target).ledger)
    await database.close()


async def test_who_was_erased_stays_erased(house: House, target: Path, clock: SettableClock) -> None:
    for number in range(1, 5):
        await house.add_person(f"p{number}", f"{number}")
    await erase(house, "p4", "4")  # before the backup: the backup itself knows
    await house.accept(arrival("1", "waits", b"canary of p1"))
    await backup(house.database, target, quietly)
    await house.finish(await house.claim_one(), person_id="p1")
    await erase(house, "p1", "1")  # afterwards: the live database knows, and the ledger
    await erase(house, "p2", "2")
    ledger = house.ledger.path.read_text()
    house.ledger.path.write_text("\n".join(ledger.splitlines()[:-1]))  # as if only the database knew p2
    await house.run("DELETE FROM erasure")
    await house.run("DELETE FROM erasure")
    house.ledger.path.write_text(ledger)  # and now: only the ledger knows p1 and p2

    done = await restore(house.database, target, quietly, ledger=house.ledger)
    assert done.erased == 2
    assert [row.id for row in await house.rows("SELECT id FROM person ORDER BY id")] == ["p3"]
    left = {row.person_id for row in await house.rows("SELECT person_id FROM chat")}
    assert left == {"p3", None}  # None: the chat of p4, whose confirmation waits
    keys_left = {row.key for row in await house.rows("SELECT key FROM chat")}
    for table in ("inbox", "outbox"):
        assert {row.chat_key for row in await house.rows(f"SELECT chat_key FROM {table}")} <= keys_left  # noqa: S608
    hashes = {row.person_hash for row in await house.rows("SELECT person_hash FROM erasure")}
    assert len(hashes) == 3
    assert house.ledger.read() == hashes


async def test_erased_stays_erased_in_a_new_database(house: House, second: House, target: Path) -> None:
    """The live database is lost with its proofs; the ledger beside the key file is not."""
    await house.add_person("p1", "1")
    await house.add_person("p2", "2")
    await backup(house.database, target, quietly)
    await erase(house, "p1", "1")
    done = await restore(second.database, target, quietly, ledger=house.ledger)
    assert done.erased == 1
    assert [row.id for row in await second.rows("SELECT id FROM person")] == ["p2"]
    assert len(await second.rows("SELECT * FROM chat")) == 1


async def test_live_proofs_count_when_the_ledger_is_lost(house: House, target: Path) -> None:
    await house.add_person("p1", "1")
    await backup(house.database, target, quietly)
    await erase(house, "p1", "1")
    house.ledger.path.unlink()
    done = await restore(house.database, target, quietly, ledger=house.ledger)
    assert (done.erased, await house.rows("SELECT * FROM person")) == (1, [])
    assert len(house.ledger.read()) == 1


async def test_an_older_backup_is_brought_up(
    house: House, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A made-up revision before the first: without the column `person.place`, with a column that has gone since."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    first = (scripts / "versions" / "0001_first_tables.py").read_text()
    first = first.replace(f"revision: str = '{'0001'}'", "revision: str = '0000'")
    (scripts / "versions" / "0000_older.py").write_text(
        first + "\n    op.drop_column('person', 'place')\n"
        "    op.add_column('person', sa.Column('nickname', sa.String(10), nullable=True))\n"
    )
    head = migrate.head()
    (scripts / "versions" / "0001_first_tables.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        "revision, down_revision, branch_labels, depends_on = '0001', '0000', None, None\n"
        "def upgrade():\n"
        "    op.add_column('person', sa.Column('place', sa.String(64), nullable=True))\n"
        "    op.drop_column('person', 'nickname')\n"
        "    op.execute(\"UPDATE person SET place = 'musterstadt'\")\n"
    )
    now = {"t": "2026-11-23T09:00:00+00:00"}
    sealed = portable._to_json(house.database.ring.seal(b"42", bound_to="chat.address"))
    lines = [
        {"table": "person", "columns": ["id", "created_at", "last_seen_at", "language", "nickname"]},
        ["p1", now, now, "ti", "gone"],
        {"table": "chat", "columns": ["key", "channel", "bot", "address", "person_id", "pending", "due_at",
                                      "last_position", "created_at"]},
        ["k1", "telegram", "b", sealed, "p1", False, now, 3, now],
        {"rows": {"person": 1, "chat": 1}},
    ]  # fmt: skip
    await written(house.database, target, *lines, revision="0000")
    await refused(house, target, "newer Lotse")  # nobody knows this revision yet
    monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
    assert migrate.head() == head
    await fill(house)
    done = await restore(house.database, target, quietly, ledger=house.ledger)
    assert done.rows == {"person": 1, "chat": 1}
    person = await house.people.get("p1")
    assert person
    assert (person.language, person.place, person.created_at) == ("ti", "musterstadt", house.database.clock())
    assert (await house.people.data("p1")).records["chat"][0]["address"] == "42"


async def test_the_header_tells_when_and_for_whom(house: House, target: Path) -> None:
    await backup(house.database, target, quietly)
    header = verify(target, house.database.ring)
    assert header.created_at == "2026-11-23T09:00:00+00:00"
    with target.open("rb") as file:
        assert read_header(file)[0] == header
    async with house.database.read() as connection:
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar() == header.revision
