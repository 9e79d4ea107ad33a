"""Beginning and ending transactions so that a cancelled task leaves none open."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageError

T = TypeVar("T")


async def begin(engine: AsyncEngine) -> AsyncConnection:
    """Return a connection with an open transaction that may write; the caller closes it."""
    # A cancelled BEGIN IMMEDIATE still opens the transaction and would block every writer: let it end, then undo it.
    opening = asyncio.ensure_future(_open(engine))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await unhurried(_close_when_open(opening))
        raise


async def unhurried(work: Coroutine[object, object, T]) -> T:
    """Finish a commit or a closing even when the task is cancelled meanwhile; the cancellation follows afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as exc:
            cancelled = exc
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not complain
        raise cancelled
    return task.result()


@contextmanager
def told_plainly() -> Iterator[None]:
    """Raise StorageError for what the driver says; the text holds no values."""
    try:
        yield
    except DBAPIError as exc:
        # SQLite's own words name tables and columns at most, PostgreSQL's may quote a value.
        sqlite = type(exc.orig).__module__.startswith("sqlite3")
        why = str(exc.orig) if sqlite else type(exc.orig.__cause__ or exc.orig).__name__ if exc.orig else "unknown"
        raise StorageError(f"the database could not do what was asked: {why}") from exc
    except SQLAlchemyError as exc:
        raise StorageError(f"the database could not do what was asked: {type(exc).__name__}") from exc


async def _open(engine: AsyncEngine) -> AsyncConnection:
    connection = engine.connect()
    try:
        await connection.start()
    except OSError as exc:  # asyncpg's own when there is no server; a time-out is an OSError too
        raise StorageError(f"the database cannot be reached: {type(exc).__name__}") from exc
    try:
        await connection.execution_options(lotse_writes=True)
        await connection.begin()
    except BaseException:
        await connection.close()
        raise
    return connection


async def _close_when_open(opening: asyncio.Future[AsyncConnection]) -> None:
    await asyncio.wait([opening])
    if not opening.cancelled() and not opening.exception():
        await opening.result().close()
