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
    now = database.clock()
    chat = {"chat_key": chat_key, "channel": channel}
    if not any(item.dedup_key for item in queued):
        rows = []
        for item in queued:
            rows.append(chat | _row(item, now, channel, position + 1))
            position += rows[-1]["position"] is not None
        if rows:
            await connection.execute(_INSERT, rows)
        return position
    # One at a time: a reply that was queued before takes no position.
    once = (insert_sqlite if database.is_sqlite else insert_postgresql)(OutboxRow)
    once = once.on_conflict_do_nothing(index_elements=["dedup_key"])
    for item in queued:
        row = chat | _row(item, now, channel, position + 1)
        new = (await connection.execute(once.values(row))).rowcount
        position += new * (row["position"] is not None)
    return position


def _row(item: Queued, now: datetime, channel: str, position: int) -> dict[str, Any]:
    due = item.due_at or now
    delivered = channel in PULL_CHANNELS and due <= now
    return {
        "lane": int(item.lane), "attempts": 0, "doubtful": False, "due_at": due, "retry_at": due,
        "dedup_key": item.dedup_key, "body": replies.to_json(item.reply), "created_at": now,
        "state": "sent" if delivered else "queued", "position": position if delivered else None,
        "done_at": now if delivered else None,
    }  # fmt: skip
