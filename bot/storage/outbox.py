"""The outbox: what is to be said, in order, until it is said or cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.core.ids import new_id
from bot.core.ports import PULL_CHANNELS, Delivery, Lane
from bot.storage import replies
from bot.storage.database import Database
from bot.storage.tables import ChatRow, OutboxRow

LEASE = timedelta(seconds=60)
_WAITING = ("queued", "sending")


class SqlOutbox:
    """Outbox on SQLite or PostgreSQL. See bot.core.ports.Outbox."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._db = database

    async def claim(self, channel: str, limit: int) -> list[Delivery]:
        """Lease due replies, at most one a chat, urgent lanes first."""
        now = self._db.clock()
        async with self._db.write() as connection:
            rows = (await connection.execute(_claimable(channel, now, limit))).all()
            if not rows:
                return []
            leases = {row.id: new_id() for row in rows}
            await connection.execute(
                update(OutboxRow).where(OutboxRow.id == bindparam("row")).values(
                    state="sending", lease=bindparam("token"), lease_until=now + LEASE,
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
                    update(OutboxRow).where(OutboxRow.lease.in_(leases)).values(lease_until=until)
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
                    done_at=self._db.clock(), lease=None, lease_until=None, error=None,
                ),
                [{"row": d.id, "token": d.lease, "message": message} for d, message in deliveries],
            )  # fmt: skip

    async def later(self, delivery: Delivery, *, after: float, code: str, doubtful: bool = False) -> None:
        """Try again in `after` seconds."""
        again = self._db.clock() + timedelta(seconds=after)
        await self._settle(
            delivery, state="queued", retry_at=again, error=code, doubtful=delivery.doubtful or doubtful
        )

    async def failed(self, delivery: Delivery, code: str) -> None:
        """Give this reply up."""
        await self._settle(delivery, state="failed", error=code, done_at=self._db.clock())

    async def unreachable(self, delivery: Delivery) -> None:
        """Mark the chat unreachable and cancel what waits for it."""
        async with self._db.write() as connection:
            now = self._db.clock()
            await connection.execute(
                update(ChatRow).where(ChatRow.key == delivery.chat_key).values(unreachable_at=now)
            )
            await connection.execute(
                update(OutboxRow)
                .where(OutboxRow.chat_key == delivery.chat_key, OutboxRow.state.in_(_WAITING))
                .values(state="cancelled", error="unreachable", done_at=now, lease=None, lease_until=None)
            )

    async def moved(self, delivery: Delivery, new_address: str) -> None:
        """Follow a chat to its new address and try again."""
        async with self._db.write() as connection:
            await connection.execute(
                update(ChatRow).where(ChatRow.key == delivery.chat_key).values(address=new_address)
            )
        await self.later(delivery, after=0, code="chat_moved")

    async def publish(self) -> int:
        """Number due replies of pull channels so that their clients see them."""
        now = self._db.clock()
        due = (OutboxRow.channel.in_(PULL_CHANNELS), OutboxRow.state == "queued", OutboxRow.due_at <= now)
        async with self._db.write() as connection:
            waiting = select(OutboxRow.id, OutboxRow.chat_key).where(*due).order_by(OutboxRow.id).limit(200)
            rows = (await connection.execute(waiting.with_for_update(skip_locked=True))).all()
            for row in rows:
                position = await _next_position(connection, row.chat_key)
                await connection.execute(
                    update(OutboxRow).where(OutboxRow.id == row.id)
                    .values(state="sent", position=position, done_at=now)
                )  # fmt: skip
        return len(rows)

    async def next_due(self, channel: str) -> datetime | None:
        """Return when the next reply of this channel becomes due."""
        waiting = select(func.min(OutboxRow.retry_at)).where(
            OutboxRow.channel == channel, OutboxRow.state == "queued"
        )
        async with self._db.read() as connection:
            return (await connection.execute(waiting)).scalar()

    async def _settle(self, delivery: Delivery, **values: Any) -> None:  # noqa: ANN401 - column values
        async with self._db.write() as connection:
            await connection.execute(
                update(OutboxRow)
                .where(OutboxRow.id == delivery.id, OutboxRow.lease == delivery.lease)
                .values(lease=None, lease_until=None, **values)
            )


def _claimable(channel: str, now: datetime, limit: int) -> Any:  # noqa: ANN401 - a select
    """Due rows without an earlier one of the same chat that is still waiting or under way."""
    ahead = aliased(OutboxRow)
    blocked = exists().where(
        ahead.chat_key == OutboxRow.chat_key,
        ahead.state.in_(_WAITING),
        or_(
            and_(
                ahead.due_at <= now,
                tuple_(ahead.lane, ahead.id) < tuple_(OutboxRow.lane, OutboxRow.id),
            ),
            and_(ahead.state == "sending", ahead.id != OutboxRow.id, ahead.lease_until >= now),
        ),
    )
    orphaned = and_(OutboxRow.state == "sending", OutboxRow.lease_until < now)
    due = and_(OutboxRow.state == "queued", OutboxRow.retry_at <= now)
    return (
        select(OutboxRow, ChatRow.bot, ChatRow.address)
        .join(ChatRow, ChatRow.key == OutboxRow.chat_key)
        .where(OutboxRow.channel == channel, OutboxRow.state.in_(_WAITING), or_(due, orphaned), ~blocked)
        .order_by(OutboxRow.lane, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )


def _doubtful(row: Any) -> bool:  # noqa: ANN401 - a result row
    """A row whose sender vanished while sending may have arrived already."""
    return bool(row.doubtful or row.state == "sending")


async def _next_position(connection: AsyncConnection, chat_key: str) -> int:
    await connection.execute(
        update(ChatRow).where(ChatRow.key == chat_key).values(last_position=ChatRow.last_position + 1)
    )
    found = await connection.execute(select(ChatRow.last_position).where(ChatRow.key == chat_key))
    return int(found.scalar_one())
