"""The database and everything that speaks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from bot.settings import Settings
from bot.storage import crypto, erasures, keys, migrate
from bot.storage.database import Database, connect
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox
from bot.storage.people import SqlPeople
from bot.storage.questions import SqlQuestions
from bot.storage.sessions import SqlButtons, SqlWebSessions
from bot.storage.signals import LocalSignals, PostgresSignals
from bot.storage.usage import SqlUsage


@dataclass
class Stores:
    """The database and everything that speaks to it."""

    database: Database
    inbox: SqlInbox
    outbox: SqlOutbox
    people: SqlPeople
    questions: SqlQuestions
    usage: SqlUsage
    sessions: SqlWebSessions
    buttons: SqlButtons
    signals: LocalSignals
    ledger: erasures.Ledger


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncIterator[Stores]:
    """Open the database with its key, bring it up to date and refuse a wrong key."""
    ring = crypto.load_or_create(settings.key_file)
    _make_folder(settings.database_url)
    database = connect(settings.database_url, ring)
    try:
        await migrate.upgrade(database)
        await keys.check(database)
        ledger = erasures.beside(settings.key_file)
        await erasures.reconcile(database, ledger)
        inbox = SqlInbox(database)
        yield Stores(
            database=database,
            inbox=inbox,
            outbox=SqlOutbox(database),
            people=SqlPeople(database, ledger),
            questions=SqlQuestions(database),
            usage=SqlUsage(database),
            sessions=SqlWebSessions(database, inbox),
            buttons=SqlButtons(database),
            signals=LocalSignals() if database.is_sqlite else PostgresSignals(settings.database_url),
            ledger=ledger,
        )
    finally:
        await database.close()


def _make_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
