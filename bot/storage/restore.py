"""Bringing a backup back: verified as a whole first, filled in within one transaction, the erased left out."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import MetaData, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BackupRefused, StorageError
from bot.storage import erasing, migrate, portable
from bot.storage.backup_file import Header, check_header, lines, read_header
from bot.storage.conditions import is_waiting
from bot.storage.crypto import KeyRing
from bot.storage.database import Database, connect
from bot.storage.erasures import Ledger
from bot.storage.tables import Base, ErasureRow, OutboxRow
from bot.storage.whose import tables_of_persons

Progress = Callable[[str, int], None]
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Restored:
    """Rows brought back, by table; `erased` persons were in the backup and are left out."""

    rows: dict[str, int]
    erased: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of one table of a backup."""

    table: str
    rows: list[dict[str, Any]]


def verify(source: Path, ring: KeyRing) -> Header:
    """Read a backup from beginning to end; raise BackupRefused unless every byte is as it was written."""
    header = _header(source, ring)
    for _ in _read(source, ring):
        pass
    return header


async def restore(database: Database, source: Path, progress: Progress, *, ledger: Ledger) -> Restored:
    """Replace everything in the database by the backup, without the persons erased since. Stop Lotse before.

    Erased are all that the database, the backup or the ledger names. Replies that waited when the backup was made are
    marked doubtful, since they may have been sent afterwards. Raises BackupRefused or StorageError; then nothing was
    changed.
    """
    header = await asyncio.to_thread(verify, source, database.ring)
    if await migrate.current(database) != migrate.head():
        raise StorageError("the database is not at this version: run `lotse db upgrade` first")
    rows: Counter[str] = Counter()
    async with database.write() as connection:
        hashes = ledger.read() | await _proofs(connection)
        await _empty(database, connection)
        tables = {table.name: table for table in portable.plain_tables()}
        async for batch in _batches(source, header, database.ring):
            await portable.fill(connection, tables[batch.table], batch.rows)
            rows[batch.table] += len(batch.rows)
            progress(batch.table, rows[batch.table])
        hashes |= await _proofs(connection)
        erased = await _erase_again(database, connection, hashes)
        await connection.execute(update(OutboxRow).where(is_waiting(OutboxRow.state)).values(doubtful=True))
        await _go_on_counting(database, connection)
    await asyncio.to_thread(ledger.add, hashes)
    await database.forget_traces()
    return Restored(dict(rows), erased)


def _header(source: Path, ring: KeyRing) -> Header:
    with _opened(source) as file:
        header, _ = read_header(file)
    check_header(header, ring, migrate.known_revisions())
    return header


def _read(source: Path, ring: KeyRing) -> Iterator[Batch]:
    """Return all rows of a backup, in batches; raise BackupRefused wherever it is damaged."""
    count: Counter[str] = Counter()
    told: Counter[str] | None = None
    batch = Batch("", [])
    columns: list[str] = []
    with _opened(source) as file:
        _, binding = read_header(file)
        for line in lines(file, binding, ring):
            value = json.loads(line)
            if isinstance(value, list):
                batch.rows.append(dict(zip(columns, portable.from_json(value), strict=True)))
                count[batch.table] += 1
            if batch.rows and (isinstance(value, dict) or len(batch.rows) == _BATCH):
                yield batch
                batch = Batch(batch.table, [])
            if isinstance(value, dict) and "table" in value:
                batch, columns = Batch(value["table"], []), value["columns"]
            elif isinstance(value, dict):
                told = Counter(value["rows"])
    if told != count:
        raise BackupRefused("this backup is incomplete: choose another one")


@contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
    try:
        with source.open("rb") as file:
            yield file
    except OSError as exc:
        raise BackupRefused(f"{source}: the backup cannot be read ({exc.strerror})") from exc


async def _batches(source: Path, header: Header, ring: KeyRing) -> AsyncIterator[Batch]:
    if header.revision == migrate.head():
        for batch in _read(source, ring):
            yield batch
        return
    with tempfile.TemporaryDirectory(prefix="lotse-restore-") as folder:
        scratch = connect(f"sqlite:///{folder}/scratch.db", ring)
        try:
            await _bring_up(scratch, source, header)
            async with scratch.read() as connection:
                for table in portable.plain_tables():
                    async for rows in portable.batches(connection, table):
                        yield Batch(table.name, [dict(row._mapping) for row in rows])  # noqa: SLF001 - documented name
        finally:
            await scratch.close()


async def _bring_up(scratch: Database, source: Path, header: Header) -> None:
    """Fill a database as it was at the time of the backup and upgrade it."""
    await migrate.upgrade(scratch, header.revision)
    async with scratch.write() as connection:
        then = MetaData()
        await connection.run_sync(then.reflect)
        for batch in _read(source, scratch.ring):
            await portable.fill(connection, then.tables[batch.table], batch.rows)
    await migrate.upgrade(scratch)


async def _proofs(connection: AsyncConnection) -> set[str]:
    return set((await connection.execute(select(ErasureRow.person_hash))).scalars())


async def _empty(database: Database, connection: AsyncConnection) -> None:
    tables = Base.metadata.sorted_tables
    if not database.is_sqlite:  # also keeps everybody else out until the end
        await connection.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)}"))
        return
    for table in reversed(tables):
        await connection.execute(delete(table))


async def _erase_again(database: Database, connection: AsyncConnection, hashes: set[str]) -> int:
    persons: set[str] = set()
    for table in tables_of_persons():
        column = table.c.id if table.name == "person" else table.c.get("person_id")
        if column is not None:
            persons |= set((await connection.execute(select(column).where(column.is_not(None)).distinct())).scalars())
    erased = [person_id for person_id in sorted(persons) if erasing.hash_of(database, person_id) in hashes]
    for person_id in erased:
        await erasing.erase_with_chats(database, connection, person_id)
    await erasing.prove(database, connection, hashes)
    return len(erased)


async def _go_on_counting(database: Database, connection: AsyncConnection) -> None:
    """Let PostgreSQL's sequences go on after the highest id; SQLite does so by itself."""
    if database.is_sqlite:
        return
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            highest = select(func.max(column)).scalar_subquery()
            await connection.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))
