"""Transactions that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.core.clock import Clock, utc_now
from bot.errors import StorageError
from bot.storage.crypto import KeyRing
from bot.storage.engine import make_engine
from bot.storage.transactions import begin, told_plainly, unhurried
from bot.storage.types import give_keys


class Database:
    """One engine with its keys and clock. `write()` is a transaction that may change data, `read()` is not."""

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

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction of its own; it commits at the end of the block or rolls back."""
        self._refuse_within_unit()
        async with self._turnstile():
            with told_plainly():
                connection = await begin(self.engine)
                try:
                    yield connection
                    await unhurried(connection.commit())
                finally:
                    await unhurried(connection.close())  # rolls back what was not committed

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a snapshot; within a unit of work that has begun, the unit's own transaction."""
        unit = self._unit.get()
        if unit and (unit.connection or unit.first):
            yield await self.in_unit()
            return
        with told_plainly():
            connection = self.engine.connect()
            try:
                await connection.start()
            except OSError as exc:
                raise StorageError(f"the database cannot be reached: {type(exc).__name__}") from exc
            try:
                if not self.is_sqlite:
                    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                yield connection
            finally:
                await unhurried(connection.close())

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[None]:
        """Gather all writing of a turn in one transaction, begun at the first `in_unit`.

        Nothing locks the database while an action is still thinking.
        """
        self._refuse_within_unit()
        unit = _Unit()
        before = self._unit.set(unit)
        try:
            with told_plainly():
                yield
                await self._finish(unit)
        finally:
            self._unit.reset(before)
            await self._end(unit)

    async def in_unit(self) -> AsyncConnection:
        """Return the connection of the open unit of work, beginning its transaction if need be."""
        unit = self._open_unit()
        async with unit.opening:
            if unit.connection is None:
                await self._enter()
                try:
                    with told_plainly():
                        unit.connection = await begin(self.engine)
                except BaseException:
                    self._leave()
                    raise
            with told_plainly():
                while unit.first:
                    await unit.first.pop(0)(unit.connection)
        return unit.connection

    def at_first_write(self, step: Callable[[AsyncConnection], Awaitable[object]]) -> None:
        """Take a step into the open unit of work that locks nothing yet: it is done when something else is needed."""
        self._open_unit().first.append(step)

    def at_last(
        self, step: Callable[[AsyncConnection], Awaitable[None]], *, apart: Callable[[], Awaitable[None]]
    ) -> None:
        """Take a step just before the open unit of work commits.

        Where it is all that the unit has to write, `apart` is done instead: it commits in a transaction of its own.
        """
        self._open_unit().last.append((step, apart))

    def after_commit(self, step: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run a step once the open unit of work has been committed; it is forgotten when the unit rolls back."""
        self._open_unit().afterwards.append(step)

    async def alone(self, connection: AsyncConnection, section: str) -> None:
        """Let no other process into the same section until this transaction ends. SQLite has one writer anyway."""
        if not self.is_sqlite:
            number = int.from_bytes(hashlib.sha256(section.encode()).digest()[:8], "big", signed=True)
            await connection.execute(_ADVISORY_LOCK, {"number": number})

    async def forget_traces(self) -> bool:
        """Empty SQLite's write-ahead log, which still holds deleted rows; False if readers were in the way."""
        if not self.is_sqlite:
            return True
        with told_plainly():
            async with self._turnstile(), self.engine.connect() as connection:
                await connection.execution_options(lotse_no_transaction=True)
                await connection.exec_driver_sql("PRAGMA busy_timeout=2000")
                try:
                    busy = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
                finally:
                    await connection.exec_driver_sql("PRAGMA busy_timeout=30000")
        return not busy

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()

    def _open_unit(self) -> _Unit:
        unit = self._unit.get()
        if unit is None:
            raise StorageError("this must happen within a unit of work")
        return unit

    def _refuse_within_unit(self) -> None:
        unit = self._unit.get()
        if unit and unit.connection and unit.task is asyncio.current_task():
            raise StorageError("a transaction of its own within a unit of work that has begun would wait for itself")

    async def _finish(self, unit: _Unit) -> None:
        if unit.first:
            await self.in_unit()
        if len(unit.last) == 1 and unit.connection is None:
            ((_, apart),) = unit.last
            await apart()
            unit.committed = True
            return
        for step, _ in unit.last:
            await step(await self.in_unit())
        await unhurried(unit.commit())

    async def _end(self, unit: _Unit) -> None:
        if unit.connection:
            try:
                await unhurried(unit.connection.close())
            finally:
                self._leave()
        if unit.committed:
            for step in unit.afterwards:
                await unhurried(step())

    @asynccontextmanager
    async def _turnstile(self) -> AsyncIterator[None]:
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    async def _enter(self) -> None:
        if self.is_sqlite:
            await self._one_writer.acquire()

    def _leave(self) -> None:
        if self.is_sqlite:
            self._one_writer.release()


_ADVISORY_LOCK = text("SELECT pg_advisory_xact_lock(:number)")


class _Unit:
    def __init__(self) -> None:
        self.connection: AsyncConnection | None = None
        self.committed = False
        self.first: list[Callable[[AsyncConnection], Awaitable[object]]] = []
        self.last: list[tuple[Callable[[AsyncConnection], Awaitable[None]], Callable[[], Awaitable[None]]]] = []
        self.afterwards: list[Callable[[], Coroutine[object, object, None]]] = []
        self.opening = asyncio.Lock()  # two branches of one turn may arrive here at once
        self.task = asyncio.current_task()

    async def commit(self) -> None:
        if self.connection:
            await self.connection.commit()
            self.committed = True


def connect(url: str, ring: KeyRing, clock: Clock = utc_now) -> Database:
    """Return the database at an SQLAlchemy URL: `sqlite:///var/lotse.db` or `postgresql://user@host/name`."""
    return Database(make_engine(url), ring, clock)
