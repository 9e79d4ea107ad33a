"""The migrations and the tables say the same."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from bot.errors import StorageError
from bot.storage import crypto, migrate
from bot.storage.database import Database, connect
from bot.storage.tables import Base


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return compare_metadata(context, Base.metadata)


async def test_migrations_make_exactly_the_tables(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []
        names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert names == {*Base.metadata.tables, "alembic_version"}


async def test_the_same_indexes_with_the_same_conditions(database: Database) -> None:
    async with database.read() as connection:
        made = await connection.run_sync(_indexes)
    async with database.write() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(text(f'DROP TABLE "{table.name}"'))
        await connection.run_sync(Base.metadata.create_all)
        expected = await connection.run_sync(_indexes)
    assert made == expected


def _indexes(connection: Connection) -> set[tuple[str, str]]:
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''"))
    else:
        found = connection.execute(text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    return {(name, " ".join(definition.split())) for name, definition in found if "alembic" not in name}


async def test_upgrade_tells_the_revision(database: Database) -> None:
    assert await migrate.current(database) == migrate.head()
    await migrate.upgrade(database)
    assert await migrate.current(database) == migrate.head()


async def test_a_newer_database_is_refused(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="install the newer Lotse"):
        await migrate.upgrade(database)
    assert await migrate.current(database) == "9999"


async def test_a_foreign_database_is_refused(empty_url: str, ring: crypto.KeyRing) -> None:
    opened = connect(empty_url, ring)
    async with opened.write() as connection:
        await connection.execute(text("CREATE TABLE shop (id INTEGER)"))
    with pytest.raises(StorageError, match="something else"):
        await migrate.upgrade(opened)
    await opened.close()


async def test_processes_that_start_together_upgrade_once(empty_url: str, ring: crypto.KeyRing) -> None:
    opened = [connect(empty_url, ring) for _ in range(4)]
    await asyncio.gather(*(migrate.upgrade(one) for one in opened))
    assert {await migrate.current(one) for one in opened} == {migrate.head()}
    for one in opened:
        await one.close()
