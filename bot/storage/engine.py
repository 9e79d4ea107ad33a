"""Making the engine for SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import ConfigurationError, Fault
from bot.storage import quick_sqlite

_BUSY_SECONDS = 30
# A cut network gives no error by itself: after this long a statement counts as failed.
_STATEMENT_SECONDS = 60
_CONNECT_SECONDS = 10

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def make_engine(url: str) -> AsyncEngine:
    """Return an engine for `sqlite:///path` or `postgresql://user@host/name`; raise ConfigurationError."""
    parsed = _with_driver(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(
            parsed, pool_size=6, max_overflow=4, pool_timeout=_BUSY_SECONDS, hide_parameters=True,
            pool_reset_on_return=None,  # every transaction is ended by us: one trip to the thread less
            connect_args={"timeout": _BUSY_SECONDS, "async_creator_fn": quick_sqlite.connect},
        )  # fmt: skip
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "invalidate", _roll_back_sqlite)
        return engine
    return create_async_engine(
        parsed, pool_size=10, max_overflow=10, pool_recycle=1_800, hide_parameters=True,
        connect_args={
            "timeout": _CONNECT_SECONDS, "command_timeout": _STATEMENT_SECONDS,
            "server_settings": {"application_name": "lotse", "jit": "off"},
        },
    )  # fmt: skip


def _with_driver(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("nothing")
    backend = parsed.drivername.split("+", 1)[0]
    if backend not in _DRIVERS:
        raise ConfigurationError([Fault("LOTSE_DATABASE_URL", 0, "must start with sqlite:/// or postgresql://")])
    return parsed.set(drivername=_DRIVERS[backend])


def _prepare_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    cursor = connection.cursor()
    for pragma in (
        "synchronous=FULL",  # NORMAL loses commits when the power fails
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten
        "cache_size=-8000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    options = connection.get_execution_options()
    if not options.get("lotse_no_transaction", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("lotse_writes", False) else "BEGIN DEFERRED")


def _roll_back_sqlite(connection: Any, _record: Any, _why: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    """End the transaction of a task that was cancelled in the midst of a statement.

    SQLAlchemy closes the connection, but SQLite keeps it open, writers locked out, for as long as the cancelled
    task's traceback holds on to the unfinished statement.
    """
    with contextlib.suppress(MissingGreenlet, ValueError):  # while collecting garbage; when closed already
        connection.run_async(lambda driver: asyncio.shield(driver.rollback()))
