"""The daily purge: what has been kept long enough goes, in small batches so that writers are not held up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, func, null, or_, select, true, update

from bot.storage import erasing
from bot.storage.database import Database
from bot.storage.erasures import Ledger
from bot.storage.privacy import Ageing
from bot.storage.tables import Base, ChatRow, PersonRow, WebSessionRow

_BATCH = 500
_PAUSE = 0.005


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Days that conversations are kept, and days of silence until a person is forgotten."""

    conversation_days: int
    inactive_days: int


@dataclass(frozen=True, slots=True)
class Purged:
    """Rows of a table that went, or would go, and why."""

    table: str
    rows: int
    why: str


async def purge(
    database: Database, retention: RetentionRules, *, ledger: Ledger, dry_run: bool
) -> list[Purged]:
    """Delete what has been kept long enough; with `dry_run` only count it. Tables with nothing to delete are left out.

    What waits to be answered or delivered is never deleted for its age.
    """
    work = _Purge(database, retention, ledger)
    done = [purged async for purged in work.steps(dry_run=dry_run)]
    if done and not dry_run:
        await database.forget_traces()
    return done


class _Purge:
    def __init__(self, database: Database, retention: RetentionRules, ledger: Ledger) -> None:
        self._db, self._ledger = database, ledger
        now = database.clock()
        self._now = now
        self._kept_since = now - timedelta(days=retention.conversation_days)
        self._heard_since = now - timedelta(days=retention.inactive_days)
        self._old = f"older than {retention.conversation_days} days"
        self._silent = f"silent for {retention.inactive_days} days; everything of theirs goes"

    async def steps(self, *, dry_run: bool) -> AsyncIterator[Purged]:
        """Go through everything, in an order in which no row is counted twice."""
        for table, condition, why in self._rows():
            yield Purged(table.name, await self._delete(table, condition, dry_run=dry_run), why)
        chat = Base.metadata.tables["chat"]
        idle = and_(ChatRow.tracker.is_not(None), ~ChatRow.pending, ChatRow.due_at < self._kept_since)
        yield Purged("chat", await self._forget_trackers(chat, idle, dry_run=dry_run), f"state of the conversation {self._old}")
