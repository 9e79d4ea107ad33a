"""The daily purge: what has been kept long enough goes, in small batches so that writers are not held up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, update

from bot.storage import erasing
from bot.storage.database import Database
from bot.storage.erasures import Ledger
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


@dataclass(frozen=True, slots=True)
class _Step:
    table: str
    which: ColumnElement[bool]
    why: str
    remove: Callable[[Database, Table, ColumnElement[bool]], Awaitable[int]]


async def purge(database: Database, retention: RetentionRules, *, ledger: Ledger, dry_run: bool) -> list[Purged]:
    """Delete what has been kept long enough; with `dry_run` only count it. Tables without such rows are left out.

    What waits to be answered or delivered never goes for its age alone.
    """
    done = []
    for step in _steps(database.clock(), retention, ledger):
        table = Base.metadata.tables[step.table]
        rows = await (_count if dry_run else step.remove)(database, table, step.which)
        if rows:
            done.append(Purged(step.table, rows, step.why))
    if done and not dry_run:
        await database.forget_traces()
    return done


def _steps(now: datetime, retention: RetentionRules, ledger: Ledger) -> Iterator[_Step]:
    """Return what is to be done, in an order in which no row is counted twice."""
    days, silent_days = retention.conversation_days, retention.inactive_days
    kept_since, heard_since = now - timedelta(days=days), now - timedelta(days=silent_days)
    for table in Base.metadata.sorted_tables:
        if ageing := table.info.get("ageing"):
            old = table.c[ageing.since] < kept_since
            which = and_(old, table.c.state.in_(ageing.states)) if ageing.states else old
            yield _Step(table.name, which, f"older than {days} days", _delete_rows)
    yield _Step("web_session", WebSessionRow.expires_at < now, "expired", _delete_rows)
    yield _Step(
        "chat", erasing.left_behind_since(now), "of an erased person, whose last reply has arrived", _delete_chats
    )
    idle = and_(erasing.nothing_waits(), ChatRow.due_at < kept_since, ChatRow.erased_at.is_(None))
    nobodys = and_(idle, ChatRow.person_id.is_(None))
    yield _Step("chat", nobodys, f"without a person, not used for {days} days", _delete_chats)
    remembers = and_(idle, ChatRow.person_id.is_not(None), ChatRow.tracker.is_not(None))
    yield _Step("chat", remembers, f"state of a conversation not used for {days} days, emptied", _forget_trackers)
    why = f"silent for {silent_days} days; erased with everything of theirs"
    yield _Step("person", _silent_since(heard_since), why, partial(_forget_people, ledger=ledger))


def _silent_since(moment: datetime) -> ColumnElement[bool]:
    # `due_at` of a chat is when it was last used, or when its next message is due.
    heard = exists().where(ChatRow.person_id == PersonRow.id, or_(ChatRow.due_at >= moment, ~erasing.nothing_waits()))
    return and_(PersonRow.last_seen_at < moment, ~heard)


async def _count(database: Database, table: Table, which: ColumnElement[bool]) -> int:
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table).where(which))).scalar_one()


async def _delete_rows(database: Database, table: Table, which: ColumnElement[bool]) -> int:
    (primary,) = table.primary_key.columns
    batch = select(primary).where(which).limit(_BATCH)
    gone = 0
    while True:
        async with database.write() as connection:
            done = (await connection.execute(delete(table).where(primary.in_(batch)))).rowcount
        gone += done
        if done < _BATCH:
            return gone
        await asyncio.sleep(_PAUSE)


async def _delete_chats(database: Database, _table: Table, which: ColumnElement[bool]) -> int:
    return await erasing.delete_chats(database, select(ChatRow.key).where(which))


async def _forget_trackers(database: Database, table: Table, which: ColumnElement[bool]) -> int:
    batch = select(table.c.key).where(which).limit(_BATCH)
    emptied = 0
    while True:
        async with database.write() as connection:
            keys = (await connection.execute(batch.with_for_update(skip_locked=True))).scalars().all()
            await connection.execute(update(table).where(table.c.key.in_(keys)).values(tracker=None))
        emptied += len(keys)
        if len(keys) < _BATCH:
            return emptied
        await asyncio.sleep(_PAUSE)


async def _forget_people(database: Database, table: Table, which: ColumnElement[bool], *, ledger: Ledger) -> int:
    """Erase one person a transaction, unless they are heard again at the last moment."""
    async with database.read() as connection:
        silent = (await connection.execute(select(table.c.id).where(which))).scalars().all()
    gone = 0
    for person_id in silent:
        async with database.write() as connection:
            # Chats first: whoever writes now waits for these rows, and whoever has written is seen by `which`.
            chats = select(ChatRow.key).where(ChatRow.person_id == person_id).with_for_update()
            await connection.execute(chats)
            still = select(table.c.id).where(which, table.c.id == person_id).with_for_update()
            if (await connection.execute(still)).first() is None:
                continue
            await erasing.erase_with_chats(database, connection, person_id)
        await asyncio.to_thread(ledger.add, {erasing.hash_of(database, person_id)})
        gone += 1
    return gone
