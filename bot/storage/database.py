"""The engine, and transactions that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.core.clock import Clock, utc_now
from bot.errors import ConfigurationError, Fault, StorageError
from bot.storage.crypto import KeyRing
from bot.storage.types import give_keys

_BUSY_SECONDS = 30


class Database:
    """One engine with its keys and clock. `write()` is a transaction that may change data, `read()` one that may not."""

    def __init__(self, engine: AsyncEngine, ring: KeyRing, clock: Clock = utc_now) -> None:
        """Join engine, keys and clock."""
        self.engine = engine
        self.clock = clock
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._one_writer = asyncio.Lock()
        self._unit: ContextVar[_Unit | None] = ContextVar("unit", default=None)
        self.use_keys(ring)

    def use_keys(self, ring: KeyRing) -> None:
        """Seal and open with this ring from now on."""
        self.ring = ring
        give_keys(self.engine.dialect, ring)
        give_keys(self.engine.sync_engine.dialect, ring)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction of its own; it commits at the end of the block or rolls back."""
        async with self._turnstile():
            connection = await self._begin()
            try:
                yield connection
                await _unhurried(connection.commit())
            finally:
                await _unhurried(connection.close())  # rolls back what was not committed

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a snapshot; within a unit of work that has begun, the unit's own transaction."""
        unit = self._unit.get()
        if unit and unit.connection:
            yield unit.connection
            return
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[None]:
        """Gather all writing of a turn in one transaction, begun at the first `in_unit`.

        Nothing locks the database while an action is still thinking.
        """
        unit = _Unit()
        before = self._unit.set(unit)
        try:
            yield
            if unit.connection:
                await _unhurried(unit.connection.commit())
        finally:
            self._unit.reset(before)
            if unit.connection:
                try:
                    await _unhurried(unit.connection.close())
                finally:
                    if self.is_sqlite:
                        self._one_writer.release()

    async def in_unit(self) -> AsyncConnection:
        """Return the connection of the open unit of work, beginning its transaction if need be."""
        unit = self._unit.get()
        if unit is None:
            raise StorageError("this must happen within a unit of work")
        if unit.connection is None:
            if self.is_sqlite:
                await self._one_writer.acquire()
            try:
                unit.connection = await self._begin()
            except BaseException:
                if self.is_sqlite:
                    self._one_writer.release()
                raise
        return unit.connection

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()

    @asynccontextmanager
    async def _turnstile(self) -> AsyncIterator[None]:
        if not self.is_sqlite:
            yield
            return
        async with self._one_writer:
            yield

    async def _begin(self) -> AsyncConnection:
        connection = self.engine.connect()
        # A cancelled BEGIN IMMEDIATE still opens the transaction and blocks every writer.
        opening = asyncio.ensure_future(_open(connection))
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            await asyncio.wait([opening])
            if not opening.exception():
                await _unhurried(connection.close())
            raise
        return connection


class _Unit:
    def __init__(self) -> None:
        self.connection: AsyncConnection | None = None


async def _open(connection: AsyncConnection) -> None:
    await connection.start()
    await connection.execution_options(lotse_writes=True)
    await connection.begin()


async def _unhurried(work: Any) -> None:  # noqa: ANN401 - any coroutine
    """Finish commits and closings even when the task is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def connect(url: str, ring: KeyRing, clock: Clock = utc_now) -> Database:
    """Return the database at an SQLAlchemy URL: `sqlite:///var/lotse.db` or `postgresql://user@host/name`."""
    parsed = _with_driver(make_url(url))
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(
            parsed, pool_size=6, max_overflow=4, pool_timeout=_BUSY_SECONDS, connect_args={"timeout": _BUSY_SECONDS}
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        engine = create_async_engine(parsed, pool_size=10, max_overflow=10, pool_pre_ping=False, pool_recycle=1_800)
    return Database(engine, ring, clock)


def _with_driver(url: URL) -> URL:
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    backend = url.drivername.split("+", 1)[0]
    if backend not in drivers:
        raise ConfigurationError([Fault("LOTSE_DATABASE_URL", 0, "must start with sqlite:/// or postgresql://")])
    return url.set(drivername=drivers[backend])


def _prepare_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL loses commits when the power fails
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "cache_size=-8000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    writes = connection.get_execution_options().get("lotse_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")
