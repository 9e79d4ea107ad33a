"""The key check at the start, and rotation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Table, bindparam, insert, select, update

from bot.errors import KeyRefused
from bot.storage import crypto
from bot.storage.database import Database
from bot.storage.tables import Base, KeyCheckRow
from bot.storage.types import SealedBytes, SealedJson, SealedText

_SEALED = (SealedBytes, SealedText, SealedJson)
_BATCH = 500


async def check(database: Database) -> None:
    """Refuse a key file that does not fit the database; a new database takes the present key."""
    expected = database.ring.fingerprint
    async with database.write() as connection:
        await database.alone(connection, "key_check")
        try:
            value = (await connection.execute(select(KeyCheckRow.value))).scalar()
        except KeyRefused as exc:
            raise KeyRefused(
                "the key file does not belong to this database: set LOTSE_KEY_FILE to the right one, "
                "or restore the key file from its copy. Nothing was changed."
            ) from exc
        if value is None:
            await connection.execute(insert(KeyCheckRow).values(id=1, value=expected))
        elif value != expected:
            raise KeyRefused("the key file belongs to another installation: set LOTSE_KEY_FILE. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many values were sealed anew."""

    values: int


def sealed_columns() -> list[tuple[Table, Column[object]]]:
    """Return every column that holds sealed values."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, _SEALED)
    ]


async def rotate(database: Database, key_file: Path, progress: Callable[[str, int], None]) -> Rotated:
    """Seal everything under a new key and forget the old ones.

    Safe to interrupt and to start again: the new key is on disk before it is used, the old ones stay until every
    value has been sealed anew; started again, it goes on with the key that it made. Stop other processes before,
    since they would seal under the old key. Backups made before open only with the old key file: keep a copy of it
    for as long as you keep them.
    """
    interrupted = len(database.ring.keys) > 1
    ring = database.ring if interrupted else database.ring.with_new_key()
    crypto.save(ring, key_file)
    database.use_keys(ring)
    done = 0
    for table, column in sealed_columns():
        done += await _reseal(database, table, column, progress)
    kept = ring.with_active_only()
    crypto.save(kept, key_file)
    database.use_keys(kept)
    return Rotated(done)


async def _reseal(
    database: Database, table: Table, column: Column[object], progress: Callable[[str, int], None]
) -> int:
    (primary,) = table.primary_key.columns
    last, done = None, 0
    while True:
        batch = select(primary, column).where(column.is_not(None)).order_by(primary).limit(_BATCH)
        if last is not None:
            batch = batch.where(primary > last)
        async with database.write() as connection:
            rows = (await connection.execute(batch.with_for_update())).all()
            if rows:
                await connection.execute(
                    update(table).where(primary == bindparam("row")).values({column: bindparam("value")}),
                    [{"row": key, "value": value} for key, value in rows],
                )
        if not rows:
            return done
        last, done = rows[-1][0], done + len(rows)
        progress(f"{table.name}.{column.name}", done)
