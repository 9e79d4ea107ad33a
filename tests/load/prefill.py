"""A database as it is after years: many people, many messages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from bot.core.ids import new_id
from bot.core.message import Reply
from bot.storage.database import Database
from bot.storage.replies import to_json
from bot.storage.tables import ChatRow, InboxRow, OutboxRow, PersonRow

_BATCH = 5_000


async def fill(database: Database, *, messages: int, people: int) -> None:
    """Add people with a chat each, and messages half in, half out, spread over them."""
    now = database.clock() - timedelta(days=1)
    body = to_json(Reply("Eine Antwort, wie sie im Durchschnitt lang ist. " * 8, "de"))
    prefix = new_id(6)
    for start in range(0, people, _BATCH):
        numbers = range(start, min(start + _BATCH, people))
        async with database.write() as connection:
            await connection.execute(
                insert(PersonRow),
                [{"id": f"{prefix}{n}", "created_at": now, "last_seen_at": now, "language": "ar"} for n in numbers],
            )
            await connection.execute(
                insert(ChatRow),
                [
                    {
                        "key": f"{prefix}{n}", "channel": "telegram", "bot": "telegram:1", "address": str(n),
                        "person_id": f"{prefix}{n}", "tracker": {"slots": {}}, "pending": False, "due_at": now,
                        "last_position": 0, "created_at": now,
                    }
                    for n in numbers
                ],
            )  # fmt: skip
    for start in range(0, messages // 2, _BATCH):
        numbers = range(start, min(start + _BATCH, messages // 2))
        async with database.write() as connection:
            await connection.execute(
                insert(InboxRow),
                [
                    {
                        "bot": "telegram:1", "update_key": f"{prefix}{n}", "chat_key": f"{prefix}{n % people}",
                        "received_at": now, "state": "done", "attempts": 0, "text": "eine Frage", "done_at": now,
                    }
                    for n in numbers
                ],
            )  # fmt: skip
            await connection.execute(
                insert(OutboxRow),
                [
                    {
                        "chat_key": f"{prefix}{n % people}", "channel": "telegram", "lane": 1, "state": "sent",
                        "due_at": now, "retry_at": now, "attempts": 1, "doubtful": False, "body": body,
                        "external_id": str(n), "created_at": now, "done_at": now,
                    }
                    for n in numbers
                ],
            )  # fmt: skip
