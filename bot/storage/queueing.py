"""Putting replies into the outbox, within a transaction that already holds the chat's row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ports import PULL_CHANNELS, Queued
from bot.storage import replies
from bot.storage.database import Database
from bot.storage.tables import OutboxRow

_INSERT = cast("Table", OutboxRow.__table__).insert()  # built once: it is part of every turn


async def enqueue(
    database: Database,
    connection: AsyncConnection,
    *,
    chat_key: str,
    channel: str,
    position: int,
    queued: Sequence[Queued],
) -> int:
    """Insert outbox rows; return the chat's last position. Due replies of pull channels are delivered hereby."""
    (position,) = await enqueue_all(database, connection, [(chat_key, channel, position, queued)])
    return position


async def enqueue_all(
    database: Database, connection: AsyncConnection, chats: Sequence[tuple[str, str, int, Sequence[Queued]]]
) -> list[int]:
    """As `enqueue`, for several chats at once: (key, channel, position, replies) each."""
    now = database.clock()
    rows: list[dict[str, Any]] = []
    positions = []
    for chat_key, channel, before, queued in chats:
        position = before
        for item in queued:
            row = {"chat_key": chat_key, "channel": channel} | _row(item, now, channel, position + 1)
            if item.dedup_key:
                # Known only once it is in: one that was queued before takes no position. Ids keep the order.
                await _insert(connection, rows)
                if not await _is_new(database, connection, row):
                    continue
            else:
                rows.append(row)
            position += row["position"] is not None
        positions.append(position)
    await _insert(connection, rows)
    return positions


async def _insert(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(_INSERT, rows)
        rows.clear()


async def _is_new(database: Database, connection: AsyncConnection, row: dict[str, Any]) -> bool:
    once = (insert_sqlite if database.is_sqlite else insert_postgresql)(OutboxRow).values(row)
    added = await connection.execute(once.on_conflict_do_nothing(index_elements=["dedup_key"]))
    return bool(added.rowcount)


def _row(item: Queued, now: datetime, channel: str, position: int) -> dict[str, Any]:
    due = item.due_at or now
    delivered = channel in PULL_CHANNELS and due <= now
    return {
        "lane": int(item.lane), "attempts": 0, "doubtful": False, "due_at": due, "retry_at": due,
        "dedup_key": item.dedup_key, "body": replies.to_json(item.reply), "created_at": now,
        "state": "sent" if delivered else "queued", "position": position if delivered else None,
        "done_at": now if delivered else None,
    }  # fmt: skip
