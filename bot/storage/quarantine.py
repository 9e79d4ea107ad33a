"""Messages that were set aside: look at them without reading them, try them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from bot.storage.conditions import is_quarantined
from bot.storage.database import Database
from bot.storage.tables import ChatRow, InboxRow


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that was set aside; nothing of its content."""

    id: int
    bot: str
    chat_key: str
    received_at: datetime
    reason: str
    attempts: int


async def entries(database: Database, limit: int = 1_000) -> list[Quarantined]:
    """Return what is set aside, oldest first."""
    found = (
        select(
            InboxRow.id, InboxRow.bot, InboxRow.chat_key, InboxRow.received_at, InboxRow.reason, InboxRow.attempts
        )
        .where(is_quarantined(InboxRow.state))
        .order_by(InboxRow.id)
        .limit(limit)
    )  # fmt: skip
    async with database.read() as connection:
        rows = (await connection.execute(found)).all()
    return [Quarantined(row.id, row.bot, row.chat_key, row.received_at, row.reason or "", row.attempts) for row in rows]


async def retry(database: Database, ids: Sequence[int]) -> int:
    """Put messages back into their chats, where they come before later ones; return how many were set aside."""
    chosen = (InboxRow.id.in_(ids), is_quarantined(InboxRow.state))
    async with database.write() as connection:
        keys = (await connection.execute(select(InboxRow.chat_key).where(*chosen).distinct())).scalars().all()
        waking = select(ChatRow.key).where(ChatRow.key.in_(keys)).order_by(ChatRow.key).with_for_update()
        awake = (await connection.execute(waking)).scalars().all()
        back = await connection.execute(
            update(InboxRow).where(*chosen, InboxRow.chat_key.in_(awake))
            .values(state="pending", reason=None, attempts=0, done_at=None)
        )  # fmt: skip
        await connection.execute(
            update(ChatRow).where(ChatRow.key.in_(awake)).values(pending=True, due_at=database.clock())
        )
    return back.rowcount


async def show(database: Database, inbox_id: int) -> bytes | None:
    """Return what was sent, word for word; None if no such message is set aside. For an operator who asks for it."""
    found = select(InboxRow.raw).where(InboxRow.id == inbox_id, is_quarantined(InboxRow.state))
    async with database.read() as connection:
        return (await connection.execute(found)).scalar()
