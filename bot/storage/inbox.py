"""The inbox: committed before acknowledged, one worker a chat, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ids import new_id
from bot.core.ports import PULL_CHANNELS, Arrival, Claim, Outcome, Queued
from bot.errors import LeaseLost
from bot.storage import replies
from bot.storage.database import Database
from bot.storage.tables import ChatRow, InboxRow, OutboxRow

LEASE = timedelta(seconds=30)


class SqlInbox:
    """Inbox on SQLite or PostgreSQL. See bot.core.ports.Inbox."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._db = database
        self._insert = insert_sqlite if database.is_sqlite else insert_postgresql

    def chat_key(self, channel: str, bot: str, address: str) -> str:
        """Return the name under which a chat is stored."""
        return self._db.ring.name("chat", channel, bot, address)

    async def accept(self, arrivals: Sequence[Arrival]) -> int:
        """Commit updates; return how many were new."""
        if not arrivals:
            return 0
        async with self._db.write() as connection:
            return await self.accept_in(connection, arrivals)

    async def accept_in(self, connection: AsyncConnection, arrivals: Sequence[Arrival]) -> int:
        """As `accept`, within a transaction that is already open."""
        now = self._db.clock()
        keyed = [(self.chat_key(a.channel, a.bot, a.address), a) for a in arrivals]
        # Rows are locked in one order, so that two processes cannot wait for each other.
        for key, arrival in sorted({key: arrival for key, arrival in keyed}.items()):
            row = self._insert(ChatRow).values(
                key=key, channel=arrival.channel, bot=arrival.bot, address=arrival.address,
                pending=True, due_at=now, last_position=0, created_at=now,
            )  # fmt: skip
            await connection.execute(
                row.on_conflict_do_update(
                    index_elements=["key"], set_={"pending": True, "due_at": now, "unreachable_at": None}
                )
            )
        new = 0
        for key, arrival in keyed:
            row = self._insert(InboxRow).values(
                bot=arrival.bot, update_key=arrival.update_key, chat_key=key, received_at=now,
                state="pending", attempts=0, raw=arrival.raw,
            )  # fmt: skip
            result = await connection.execute(row.on_conflict_do_nothing(index_elements=["bot", "update_key"]))
            new += result.rowcount
        return new

    async def claim(self, limit: int) -> list[Claim]:
        """Lease up to `limit` chats that have work, each with its oldest message."""
        now = self._db.clock()
        free = or_(ChatRow.lease_until.is_(None), ChatRow.lease_until < now)
        due = (
            select(ChatRow.key, ChatRow.channel, ChatRow.bot, ChatRow.address, ChatRow.person_id, ChatRow.tracker)
            .where(ChatRow.pending, ChatRow.due_at <= now, free)
            .order_by(ChatRow.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._db.write() as connection:
            chats = (await connection.execute(due)).all()
            if not chats:
                return []
            leases = {chat.key: new_id() for chat in chats}
            oldest = await self._oldest(connection, list(leases))
            await connection.execute(
                update(ChatRow).where(ChatRow.key == bindparam("chat")).values(
                    lease=bindparam("token"), lease_until=bindparam("until"), pending=bindparam("more")
                ),
                [
                    {"chat": key, "token": token if key in oldest else None, "more": key in oldest,
                     "until": now + LEASE if key in oldest else None}
                    for key, token in leases.items()
                ],
            )  # fmt: skip
        return [_claim(chat, oldest[chat.key], leases[chat.key]) for chat in chats if chat.key in oldest]

    async def _oldest(self, connection: AsyncConnection, keys: list[str]) -> dict[str, Any]:
        waiting = (InboxRow.chat_key.in_(keys), InboxRow.state == "pending")
        first = select(func.min(InboxRow.id)).where(*waiting).group_by(InboxRow.chat_key)
        found = await connection.execute(
            select(InboxRow.id, InboxRow.chat_key, InboxRow.raw, InboxRow.attempts, InboxRow.received_at)
            .where(InboxRow.id.in_(first))
        )  # fmt: skip
        return {row.chat_key: row for row in found}

    async def heartbeat(self, leases: Sequence[str]) -> None:
        """Prolong leases of work still going on."""
        if leases:
            async with self._db.write() as connection:
                until = self._db.clock() + LEASE
                await connection.execute(update(ChatRow).where(ChatRow.lease.in_(leases)).values(lease_until=until))

    async def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Store the outcome of a turn within the open unit of work."""
        connection = await self._db.in_unit()
        now = self._db.clock()
        chat = await self._hold(connection, claim)
        await connection.execute(
            update(InboxRow).where(InboxRow.id == claim.inbox_id)
            .values(state="done", raw=None, text=outcome.text, done_at=now)
        )  # fmt: skip
        position = await self.queue(connection, claim.chat_key, claim.channel, chat.last_position, outcome.replies)
        await connection.execute(
            update(ChatRow).where(ChatRow.key == claim.chat_key).values(
                tracker=outcome.tracker, person_id=outcome.person_id, last_position=position, due_at=now,
                lease=None, lease_until=None, pending=await self._has_more(connection, claim.chat_key),
            )
        )  # fmt: skip

    async def retry(self, claim: Claim, *, after: float) -> None:
        """Free the chat; its message is due again in `after` seconds."""
        async with self._db.write() as connection:
            await self._hold(connection, claim)
            again = self._db.clock() + timedelta(seconds=after)
            await connection.execute(
                update(InboxRow).where(InboxRow.id == claim.inbox_id).values(attempts=InboxRow.attempts + 1)
            )
            await connection.execute(
                update(ChatRow).where(ChatRow.key == claim.chat_key)
                .values(lease=None, lease_until=None, pending=True, due_at=again)
            )  # fmt: skip

    async def quarantine(self, claim: Claim, reason: str, apology: Sequence[Queued] = ()) -> None:
        """Set the message aside with a reason code, tell the person, go on with the chat."""
        async with self._db.write() as connection:
            now = self._db.clock()
            chat = await self._hold(connection, claim)
            await connection.execute(
                update(InboxRow).where(InboxRow.id == claim.inbox_id)
                .values(state="quarantined", reason=reason[:64], done_at=now)
            )  # fmt: skip
            position = await self.queue(connection, claim.chat_key, claim.channel, chat.last_position, apology)
            await connection.execute(
                update(ChatRow).where(ChatRow.key == claim.chat_key).values(
                    lease=None, lease_until=None, due_at=now, last_position=position,
                    pending=await self._has_more(connection, claim.chat_key),
                )
            )  # fmt: skip

    async def queue(
        self, connection: AsyncConnection, chat_key: str, channel: str, position: int, queued: Sequence[Queued]
    ) -> int:
        """Insert outbox rows; return the chat's last position. Due replies of pull channels are delivered hereby."""
        now = self._db.clock()
        rows = []
        for item in queued:
            delivered = channel in PULL_CHANNELS and (item.due_at is None or item.due_at <= now)
            position += delivered
            rows.append(
                {
                    "chat_key": chat_key, "channel": channel, "lane": int(item.lane), "attempts": 0,
                    "state": "sent" if delivered else "queued", "position": position if delivered else None,
                    "due_at": item.due_at or now, "retry_at": item.due_at or now, "dedup_key": item.dedup_key,
                    "body": replies.to_json(item.reply), "doubtful": False, "created_at": now,
                    "done_at": now if delivered else None,
                }
            )  # fmt: skip
        if any(row["dedup_key"] for row in rows):
            once = self._insert(OutboxRow).on_conflict_do_nothing(index_elements=["dedup_key"])
            await connection.execute(once, rows)
        elif rows:
            await connection.execute(insert(OutboxRow), rows)
        return position

    async def _hold(self, connection: AsyncConnection, claim: Claim) -> Any:  # noqa: ANN401 - a result row
        """Lock the chat's row and make sure that it is still ours."""
        found = await connection.execute(
            select(ChatRow.lease, ChatRow.last_position).where(ChatRow.key == claim.chat_key).with_for_update()
        )
        chat = found.one_or_none()
        if chat is None or chat.lease != claim.lease:
            raise LeaseLost("another worker has taken this chat over")
        return chat

    async def _has_more(self, connection: AsyncConnection, chat_key: str) -> bool:
        # A statement of its own, after the lock: whoever adds a message waits for the same row.
        more = select(InboxRow.id).where(InboxRow.chat_key == chat_key, InboxRow.state == "pending").limit(1)
        return (await connection.execute(more)).first() is not None


def _claim(chat: Any, message: Any, lease: str) -> Claim:  # noqa: ANN401 - result rows
    received: datetime = message.received_at
    return Claim(
        inbox_id=message.id, chat_key=chat.key, lease=lease, channel=chat.channel, bot=chat.bot,
        address=chat.address, raw=message.raw or b"", attempts=message.attempts, received_at=received,
        person_id=chat.person_id, tracker=chat.tracker,
    )  # fmt: skip
