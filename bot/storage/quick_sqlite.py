"""aiosqlite with one trip to its thread a statement.

SQLAlchemy makes four of an aiosqlite cursor's steps (open, execute, fetch all, close), and each waits for the other
thread to wake: 30 a turn, 60 % of its time. Here execute does all of them at once. Rows are always fetched whole, as
SQLAlchemy does anyway unless it streams, which Lotse does not do on SQLite.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import aiosqlite

_Found = tuple[Any, list[Any], int, int | None]

_PATIENCE = 30.0
"""Seconds to wait for another process's first steps in a new file, where the caller gives no `timeout`."""
_ONCE_MORE = 0.02


class QuickCursor:
    """What SQLAlchemy's adapter needs of a cursor."""

    arraysize = 1

    def __init__(self, connection: QuickConnection) -> None:
        """Work on this connection; nothing is opened yet."""
        self._on = connection
        self._rows: list[Any] = []
        self.description: Sequence[Any] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Return the cursor."""
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Forget the rows."""
        await self.close()

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        """Run one statement and fetch its rows."""
        return await self._take(sqlite3.Cursor.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Run one statement with many values."""
        return await self._take(sqlite3.Cursor.executemany, sql, parameters)

    async def fetchall(self) -> list[Any]:
        """Return the rows, which are there already."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget the rows; SQLite's cursor is closed already."""
        self._rows = []

    async def _take(self, step: Any, sql: str, parameters: Any) -> Self:  # noqa: ANN401 - a method of sqlite3.Cursor
        self.description, self._rows, self.rowcount, self.lastrowid = await self._on.run(step, sql, parameters)
        return self


class QuickConnection(aiosqlite.Connection):
    """A connection whose cursors are quick."""

    def cursor(self) -> QuickCursor:  # type: ignore[override]  # SQLAlchemy enters it, as aiosqlite's own
        """Return a cursor without a trip."""
        return QuickCursor(self)

    async def run(self, step: Any, sql: str, parameters: Any) -> _Found:  # noqa: ANN401 - as above
        """Do all of a cursor's steps in the thread; return description, rows, row count and last id."""
        work = partial(_all_steps, self._conn, step, sql, parameters)
        found: _Found = await self._execute(work)  # type: ignore[no-untyped-call]
        return found


def _all_steps(connection: sqlite3.Connection, step: Any, sql: str, parameters: Any) -> Any:  # noqa: ANN401 - as above
    cursor = connection.cursor()
    try:
        step(cursor, sql, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return cursor.description, rows, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()


async def connect(database: str, **options: Any) -> QuickConnection:  # noqa: ANN401 - options of sqlite3.connect
    """Open a connection in WAL mode; what SQLAlchemy calls `async_creator_fn`."""
    connection = QuickConnection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does: a forgotten connection must not keep us alive
    await connection
    try:
        await _turn_wal_on(connection, options.get("timeout", _PATIENCE))
    except BaseException:
        await connection.close()
        raise
    return connection


async def _turn_wal_on(connection: QuickConnection, seconds: float) -> None:
    """Wait for whoever makes the file new at this moment: SQLite itself does not wait here, whatever its timeout."""
    until = time.monotonic() + seconds
    while True:
        try:
            await connection.run(sqlite3.Cursor.execute, "PRAGMA journal_mode=WAL", ())
        except sqlite3.OperationalError as exc:
            # The low byte is the code itself, what is above it says more about it.
            if (exc.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            await asyncio.sleep(_ONCE_MORE)
        else:
            return
