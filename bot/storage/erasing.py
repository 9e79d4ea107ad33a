"""Deleting a person from every table, and the chat once its last reply has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, true, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.conditions import is_pending, is_waiting
from bot.storage.database import Database
from bot.storage.tables import ChatRow, ErasureRow, OutboxRow
from bot.storage.whose import chats_of, rows_of, tables_of_chats, tables_of_persons

# How long a browser may take to fetch the confirmation that everything was deleted.
LAST_REPLY = timedelta(hours=1)
_CHATS_AT_ONCE = 100


def hash_of(database: Database, person_id: str) -> str:
    """Return the name under which an erasure is proved."""
    return database.ring.name("erased", person_id)


async def erase_person(database: Database, connection: AsyncConnection, person_id: str) -> None:
    """Delete the person from every table and keep proof.

    Chats stay without person and tracker, as do browsers and messages that wait for their turn: the confirmation
    has to arrive. `left_behind_since` finds them afterwards.
    """
    for table in reversed(tables_of_persons()):
        if table.name != "chat":
            await connection.execute(delete(table).where(rows_of(table, person_id), _may_go(table)))
    now = database.clock()
    await connection.execute(
        update(ChatRow).where(ChatRow.person_id == person_id).values(person_id=None, tracker=None, erased_at=now)
    )
    await prove(database, connection, {hash_of(database, person_id)})


async def erase_with_chats(database: Database, connection: AsyncConnection, person_id: str) -> None:
    """Delete the person and their chats at once, where nobody waits for a reply."""
    keys = (await connection.execute(chats_of(person_id))).scalars().all()
    await _delete_chats(connection, keys)
    await erase_person(database, connection, person_id)


async def prove(database: Database, connection: AsyncConnection, hashes: set[str]) -> None:
    """Store proofs of erasures; known ones change nothing."""
    if not hashes:
        return
    now = database.clock()
    proof = (insert_sqlite if database.is_sqlite else insert_postgresql)(ErasureRow)
    await connection.execute(
        proof.on_conflict_do_nothing(index_elements=["person_hash"]),
        [{"person_hash": person_hash, "erased_at": now} for person_hash in sorted(hashes)],
    )


async def delete_chats(database: Database, chosen: Select[str]) -> int:
    """Delete chats with everything in them, some at a time so that writers are not held up; return how many."""
    gone = 0
    while True:
        async with database.write() as connection:
            batch = chosen.limit(_CHATS_AT_ONCE).with_for_update(skip_locked=True)
            keys = (await connection.execute(batch)).scalars().all()
            await _delete_chats(connection, keys)
        gone += len(keys)
        if len(keys) < _CHATS_AT_ONCE:
            return gone


def left_behind_since(now: datetime) -> ColumnElement[bool]:
    """Whether the person of a chat was erased an hour ago or longer and nothing waits in it."""
    return and_(ChatRow.erased_at < now - LAST_REPLY, nothing_waits())


def nothing_waits() -> ColumnElement[bool]:
    """Whether a chat has neither a message to be answered nor a reply to be delivered."""
    waiting = exists().where(OutboxRow.chat_key == ChatRow.key, is_waiting(OutboxRow.state))
    return and_(~ChatRow.pending, ~waiting)


async def _delete_chats(connection: AsyncConnection, keys: Sequence[str]) -> None:
    if not keys:
        return
    for table in tables_of_chats():
        await connection.execute(delete(table).where(table.c.chat_key.in_(keys)))
    await connection.execute(delete(ChatRow).where(ChatRow.key.in_(keys)))


def _may_go(table: Table) -> ColumnElement[bool]:
    if table.name == "inbox":
        return ~is_pending(table.c.state)
    return true() if table.name != "web_session" else ~true()
