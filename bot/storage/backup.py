"""Making a backup while everything runs, in one format for SQLite and PostgreSQL. See restore.py for the way back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import StorageError
from bot.storage import migrate, portable
from bot.storage.backup_file import FORMAT, Header, Writer, written_whole
from bot.storage.database import Database
from bot.storage.restore import Restored, restore

__all__ = ["BackedUp", "Restored", "backup", "restore"]

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """Rows written, by table, and the size of the file in bytes."""

    rows: dict[str, int]
    size: int


async def backup(database: Database, target: Path, progress: Progress) -> BackedUp:
    """Write a consistent snapshot to `target`; `progress` is told the table and the rows done so far.

    Raises StorageError if the database is not at this version or the file cannot be written.
    """
    if await migrate.current(database) != migrate.head():
        raise StorageError("the database is not at this version: run `lotse db upgrade` first")
    header = Header(
        format=FORMAT, revision=migrate.head(), fingerprint=database.ring.fingerprint, keys=sorted(database.ring.keys),
        created_at=database.clock().isoformat(), stream=secrets.token_hex(16),
    )  # fmt: skip
    try:
        with written_whole(target) as file:
            rows = await _write(database, Writer(file, header, database.ring), progress)
            size = file.tell()
    except OSError as exc:
        raise StorageError(f"{target}: the backup cannot be written ({exc.strerror})") from exc
    return BackedUp(rows, size)


async def _write(database: Database, writer: Writer, progress: Progress) -> dict[str, int]:
    count: dict[str, int] = {}
    async with database.read() as connection:
        for table in portable.plain_tables():
            writer.write(json.dumps({"table": table.name, "columns": table.columns.keys()}).encode() + b"\n")
            count[table.name] = 0
            async for rows in portable.batches(connection, table):
                for row in rows:
                    writer.write(portable.to_line(row))
                count[table.name] += len(rows)
                progress(table.name, count[table.name])
    writer.write(json.dumps({"rows": count}).encode() + b"\n")
    writer.finish()
    return count
