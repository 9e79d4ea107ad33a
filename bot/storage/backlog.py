"""How far behind the service is."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.core.ports import Backlog
from bot.storage.conditions import is_pending, is_quarantined, is_waiting
from bot.storage.database import Database
from bot.storage.tables import InboxRow, OutboxRow


async def backlog(database: Database) -> Backlog:
    """Return the messages that wait, by box and state; each number comes from a partial index."""
    pending = select(func.count(), func.min(InboxRow.received_at)).where(is_pending(InboxRow.state))
    quarantined = select(func.count()).select_from(InboxRow).where(is_quarantined(InboxRow.state))
    waiting = select(OutboxRow.state, func.count()).where(is_waiting(OutboxRow.state)).group_by(OutboxRow.state)
    async with database.read() as connection:
        number, since = (await connection.execute(pending)).one()
        messages = {("outbox", "queued"): 0, ("outbox", "sending"): 0}
        messages |= {("outbox", row[0]): int(row[1]) for row in await connection.execute(waiting)}
        messages["inbox", "pending"] = int(number)
        messages["inbox", "quarantined"] = int((await connection.execute(quarantined)).scalar_one())
    return Backlog(messages, (database.clock() - since).total_seconds() if since else 0.0)
