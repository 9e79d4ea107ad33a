"""The outbox: what is to be said, in order, until it is said or cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, case, delete, exists, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.core.ids import new_id
from bot.core.ports import PULL_CHANNELS, Delivery, Lane
from bot.storage import replies
from bot.storage.conditions import is_waiting
from bot.storage.database import Database
from bot.storage.tables import ChatRow, OutboxRow

LEASE = timedelta(seconds=60)
_PUBLISHED_AT_ONCE = 200


class SqlOutbox:
    """Outbox on SQLite or PostgreSQL. See bot.core.ports.Outbox."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._db = database

    async def claim(self, channel: str, limit: int) -> list[Delivery]:
        """Lease due replies, at most one a chat, urgent lanes first."""
        now = self._db.clock()
        async with self._db.write() as connection:
            # Two senders at once could each take a row of one chat, since neither sees what the other has claimed.
            await self._db.alone(connection, f"outbox.{channel}")
            rows = (await connection.execute(_claimable(channel, now, limit))).all()
            if not rows:
                return []
            leases = {row.id: new_id() for row in rows}
            await connection.execute(
                update(OutboxRow).where(OutboxRow.id == bindparam("row")).values(
                    state="sending", lease=bindparam("token"), retry_at=now + LEASE,
                    attempts=OutboxRow.attempts + 1, doubtful=bindparam("doubt"),
                ),
                [{"row": row.id, "token": leases[row.id], "doubt": _doubtful(row)} for row in rows],
            )  # fmt: skip
        return [
            Delivery(
                id=row.id, lease=leases[row.id], chat_key=row.chat_key, bot=row.bot, address=row.address,
                lane=Lane(row.lane), reply=replies.from_json(row.body), attempts=row.attempts + 1,
                doubtful=_doubtful(row), queued_at=row.created_at,
            )
            for row in rows
        ]  # fmt: skip

    async def heartbeat(self, leases: Sequence[str]) -> None:
        """Prolong leases of deliveries still going on."""
        if leases:
            async with self._db.write() as connection:
                until = self._db.clock() + LEASE
                await connection.execute(
                    update(OutboxRow)
                    .where(is_waiting(OutboxRow.state), OutboxRow.lease.in_(leases))
                    .values(retry_at=until)
                )

    async def sent(self, deliveries: Sequence[tuple[Delivery, str | None]]) -> None:
        """Mark as delivered, with the channel's own message ids."""
        if not deliveries:
            return
        async with self._db.write() as connection:
            await connection.execute(
                update(OutboxRow).where(OutboxRow.id == bindparam("row"), OutboxRow.lease == bindparam("token"))
                .values(
                    state=case((OutboxRow.doubtful, "uncertain"), else_="sent"), external_id=bindparam("message"),
                    done_at=self._db.clock(), lease=None, error=None,
                ),
                [{"row": d.id, "token": d.lease, "message": message} for d, message in deliveries],
            )  # fmt: skip

    async def later(self, delivery: Delivery, *, after: float, code: str, doubtful: bool = False) -> None:
        """Try again in `after` seconds."""
        again = self._db.clock() + timedelta(seconds=after)
        async with self._db.write() as connection:
            await connection.execute(_again(delivery, again, code, doubtful=doubtful))

    async def failed(self, delivery: Delivery, code: str) -> None:
        """Give this reply up."""
        async with self._db.write() as connection:
            gone = {"state": "failed", "error": code[:64], "done_at": self._db.clock(), "lease": None}
            await connection.execute(_mine(delivery).values(gone))

    async def unreachable(self, delivery: Delivery) -> None:
        """Mark the chat unreachable and cancel what waits for it."""
        async with self._db.write() as connection:
            now = self._db.clock()
            await connection.execute(
                update(OutboxRow)
                .where(OutboxRow.chat_key == delivery.chat_key, is_waiting(OutboxRow.state))
                .values(state="cancelled", error="unreachable", done_at=now, lease=None)
            )
            await connection.execute(update(ChatRow).where(ChatRow.key == delivery.chat_key).values(unreachable_at=now))

    async def moved(self, delivery: Delivery, new_address: str) -> None:
        """Follow a chat to its new address and try again."""
        async with self._db.write() as connection:
            await connection.execute(_again(delivery, self._db.clock(), "chat_moved", doubtful=False))
            await connection.execute(
                update(ChatRow).where(ChatRow.key == delivery.chat_key).values(address=new_address)
            )

    async def forget(self, key: str) -> bool:
        """Take back what waits under this key, within the open unit of work; it may be queued anew afterwards."""
        connection = await self._db.in_unit()
        waiting = delete(OutboxRow).where(OutboxRow.dedup_key == key, OutboxRow.state == "queued")
        return bool((await connection.execute(waiting)).rowcount)

    async def publish(self) -> int:
        """Give due replies of pull channels their positions, so that clients see them."""
        now = self._db.clock()
        waiting = (
            select(OutboxRow.id, OutboxRow.chat_key)
            .where(OutboxRow.channel.in_(PULL_CHANNELS), is_waiting(OutboxRow.state), OutboxRow.retry_at <= now)
            .order_by(OutboxRow.id)
            .limit(_PUBLISHED_AT_ONCE)
            .with_for_update()
        )
        async with self._db.write() as connection:
            await self._db.alone(connection, "outbox.publish")
            rows = (await connection.execute(waiting)).all()
            # Chats are locked in one order, as the inbox does.
            for row in sorted(rows, key=attrgetter("chat_key", "id")):
                position = await _next_position(connection, row.chat_key)
                await connection.execute(
                    update(OutboxRow).where(OutboxRow.id == row.id)
                    .values(state="sent", position=position, done_at=now)
                )  # fmt: skip
        return len(rows)

    async def next_due(self, channel: str) -> datetime | None:
        """Return when the next reply of this channel becomes due, leaving out what waits behind another."""
        first = (
            select(OutboxRow.retry_at)
            .where(OutboxRow.channel == channel, is_waiting(OutboxRow.state), ~_blocked(self._db.clock()))
            .order_by(OutboxRow.retry_at)
            .limit(1)
        )
        async with self._db.read() as connection:
            return (await connection.execute(first)).scalar()


def _mine(delivery: Delivery) -> Update:
    return update(OutboxRow).where(OutboxRow.id == delivery.id, OutboxRow.lease == delivery.lease)


def _again(delivery: Delivery, at: datetime, code: str, *, doubtful: bool) -> Update:
    return _mine(delivery).values(
        state="queued", retry_at=at, error=code[:64], doubtful=delivery.doubtful or doubtful, lease=None
    )


def _blocked(now: datetime) -> ColumnElement[bool]:
    """Whether an earlier due row of the same chat still waits, or another one is under way."""
    ahead = aliased(OutboxRow)
    return exists().where(
        ahead.chat_key == OutboxRow.chat_key,
        is_waiting(ahead.state),
        or_(
            and_(ahead.due_at <= now, tuple_(ahead.lane, ahead.id) < tuple_(OutboxRow.lane, OutboxRow.id)),
            and_(ahead.state == "sending", ahead.id != OutboxRow.id, ahead.retry_at > now),
        ),
    )


def _claimable(channel: str, now: datetime, limit: int) -> Any:  # noqa: ANN401 - a select
    """Due rows, orphans of a vanished sender among them, that no other of the same chat goes before."""
    return (
        select(OutboxRow, ChatRow.bot, ChatRow.address)
        .join(ChatRow, ChatRow.key == OutboxRow.chat_key)
        .where(OutboxRow.channel == channel, is_waiting(OutboxRow.state), OutboxRow.retry_at <= now, ~_blocked(now))
        .order_by(OutboxRow.lane, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )


def _doubtful(row: Any) -> bool:  # noqa: ANN401 - a result row
    """Tell whether the reply may have arrived already: its sender vanished while sending."""
    return bool(row.doubtful or row.state == "sending")


async def _next_position(connection: AsyncConnection, chat_key: str) -> int:
    await connection.execute(
        update(ChatRow).where(ChatRow.key == chat_key).values(last_position=ChatRow.last_position + 1)
    )
    found = await connection.execute(select(ChatRow.last_position).where(ChatRow.key == chat_key))
    return int(found.scalar_one())
