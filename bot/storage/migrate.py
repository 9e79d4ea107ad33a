"""Bringing the database to this version, and telling where it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.errors import StorageError
from bot.storage.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def config() -> Config:
    """Return Alembic's configuration, without an ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS))
    return settings


def head() -> str:
    """Return the revision this program works with."""
    return ScriptDirectory.from_config(config()).get_heads()[0]


def known_revisions() -> set[str]:
    """Return all revisions this program knows."""
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


async def current(database: Database) -> str | None:
    """Return the revision of the database, None if it is empty."""
    async with database.read() as connection:
        return await connection.run_sync(_revision)


async def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to the head, or up to a revision; raise StorageError if it is newer than this program."""
    if await current(database) == _target(to):
        return
    async with database.write() as connection:
        await database.alone(connection, "upgrade")  # of several processes that start together one upgrades
        present = await connection.run_sync(_revision)
        if present is not None and present not in known_revisions():
            raise StorageError(
                f"the database is at revision {present}, which this version does not know: install the newer Lotse"
            )
        if present != _target(to):
            await connection.run_sync(_upgrade, to)


def _target(to: str) -> str:
    return head() if to == "head" else to


def _revision(connection: Connection) -> str | None:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None and inspect(connection).get_table_names():
        raise StorageError("the database holds tables of something else: set LOTSE_DATABASE_URL to an empty one")
    return revision


def _upgrade(connection: Connection, to: str) -> None:
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, to)
