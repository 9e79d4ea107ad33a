"""The inbox: committed before acknowledged, one worker a chat, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ids import new_id
from bot.core.ports import Arrival, Claim, Outcome, Queued
from bot.storage.conditions import is_pending
from bot.storage.database import Database
from bot.storage.ending import HAS_MORE, Ending, end_turn, end_turns, hold
from bot.storage.grouping import Group
from bot.storage.queueing import enqueue
from bot.storage.tables import ChatRow, InboxRow
from bot.storage.types import Moment

LEASE = timedelta(seconds=30)
_LONGEST_KEY = 64

# Statements of every turn are built once: building takes SQLAlchemy longer than the database needs to run them.
_CHAT, _INBOX = cast("Table", ChatRow.__table__), cast("Table", InboxRow.__table__)
_DUE = (
    select(
        _CHAT.c.key, _CHAT.c.channel, _CHAT.c.bot, _CHAT.c.address, _CHAT.c.person_id, _CHAT.c.tracker, _CHAT.c.lease,
    )
    .where(
        _CHAT.c.pending,
        _CHAT.c.due_at <= bindparam("now", type_=Moment),
        or_(_CHAT.c.lease_until.is_(None), _CHAT.c.lease_until < bindparam("now", type_=Moment)),
    )
    .order_by(_CHAT.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)  # fmt: skip
_OLDEST = select(_INBOX.c.id, _INBOX.c.chat_key, _INBOX.c.raw, _INBOX.c.attempts, _INBOX.c.received_at).where(
    _INBOX.c.id.in_(
        select(func.min(_INBOX.c.id))
        .where(_INBOX.c.chat_key.in_(bindparam("keys", expanding=True)), is_pending(_INBOX.c.state))
        .group_by(_INBOX.c.chat_key)
    )
)
_TAKE = (
    _CHAT.update()
    .where(_CHAT.c.key == bindparam("chat"))
    .values(lease=bindparam("token"), lease_until=bindparam("until"), pending=bindparam("more"))
)


class SqlInbox:
    """Inbox on SQLite or PostgreSQL. See bot.core.ports.Inbox."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._db = database
        insert = insert_sqlite if database.is_sqlite else insert_postgresql
        chat = insert(_CHAT)
        self._wake = chat.on_conflict_do_update(
            index_elements=["key"],
            # A chat that waits for its next try goes on waiting, whatever else is written to it.
            set_={
                "pending": True, "unreachable_at": None,
                "due_at": case((_CHAT.c.pending, _CHAT.c.due_at), else_=chat.excluded.due_at),
            },
        )  # fmt: skip
        self._endings = Group(self._commit_endings)
        self._once = insert(_INBOX).on_conflict_do_nothing(index_elements=["bot", "update_key"]).returning(_INBOX.c.id)

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
        chats = [
            {
                "key": key, "channel": arrival.channel, "bot": arrival.bot, "address": arrival.address,
                "pending": True, "due_at": now, "last_position": 0, "created_at": now,
            }
            # Rows are locked in one order, so that two processes cannot wait for each other.
            for key, arrival in sorted(dict(keyed).items(), key=itemgetter(0))
        ]  # fmt: skip
        await connection.execute(self._wake, chats)
        messages = [
            {
                "bot": arrival.bot, "update_key": self._update_key(arrival), "chat_key": key, "received_at": now,
                "state": "pending", "attempts": 0, "raw": arrival.raw,
            }
            for key, arrival in keyed
        ]  # fmt: skip
        return len((await connection.execute(self._once, messages)).all())

    def _update_key(self, arrival: Arrival) -> str:
        key = arrival.update_key
        # Browsers choose their own; PostgreSQL refuses what is too long or holds a NUL.
        fits = len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()
        return key if fits else self._db.ring.name("update", key)

    async def claim(self, limit: int) -> list[Claim]:
        """Lease up to `limit` chats that have work, each with its oldest message.

        A chat taken over from a worker that vanished counts as an attempt: a message that kills its worker must
        not come back for ever.
        """
        now = self._db.clock()
        async with self._db.write() as connection:
            chats = (await connection.execute(_DUE, {"now": now, "most": limit})).all()
            if not chats:
                return []
            leases = {chat.key: new_id() for chat in chats}
            oldest = await self._oldest(connection, list(leases))
            await self._lease(connection, leases, oldest, now + LEASE)
            abandoned = {oldest[chat.key].id for chat in chats if chat.lease and chat.key in oldest}
            if abandoned:
                await connection.execute(
                    update(InboxRow).where(InboxRow.id.in_(abandoned)).values(attempts=InboxRow.attempts + 1)
                )
        return [
            _claim(chat, message, leases[chat.key], again=message.id in abandoned)
            for chat in chats
            if (message := oldest.get(chat.key))
        ]

    async def _lease(
        self, connection: AsyncConnection, leases: dict[str, str], oldest: dict[str, Any], until: datetime
    ) -> None:
        taken = [
            {"chat": key, "token": token, "until": until, "more": True}
            if key in oldest
            else {"chat": key, "token": None, "until": None, "more": False}
            for key, token in leases.items()
        ]
        await connection.execute(_TAKE, taken)

    async def _oldest(self, connection: AsyncConnection, keys: list[str]) -> dict[str, Any]:
        found = await connection.execute(_OLDEST, {"keys": keys})
        return {row.chat_key: row for row in found}

    async def heartbeat(self, leases: Sequence[str]) -> None:
        """Prolong leases of work still going on."""
        if not leases:
            return
        async with self._db.write() as connection:
            until = self._db.clock() + LEASE
            # `pending` is true of every leased chat and makes the index usable.
            found = select(ChatRow.key, ChatRow.lease).where(ChatRow.pending, ChatRow.lease.in_(leases))
            mine = sorted((row.key, row.lease) for row in await connection.execute(found))
            if mine:  # locked in the order of `accept_in`
                await connection.execute(
                    update(ChatRow)
                    .where(ChatRow.key == bindparam("chat"), ChatRow.lease == bindparam("token"))
                    .values(lease_until=until),
                    [{"chat": key, "token": lease} for key, lease in mine],
                )

    async def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Store the outcome of a turn when the open unit of work commits; LeaseLost is raised then.

        A turn that wrote nothing else is committed together with others that end at the same time.
        """
        ending = Ending(claim, outcome)
        self._db.at_last(
            lambda connection: end_turn(self._db, connection, ending), apart=lambda: self._endings.join(ending)
        )

    async def _commit_endings(self, endings: Sequence[Ending]) -> Sequence[Exception | None]:
        async with self._db.write() as connection:
            return await end_turns(self._db, connection, endings)

    async def retry(self, claim: Claim, *, after: float) -> None:
        """Free the chat; its message is due again in `after` seconds."""
        async with self._db.write() as connection:
            await hold(connection, claim)
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
            chat = await hold(connection, claim)
            await connection.execute(
                update(InboxRow).where(InboxRow.id == claim.inbox_id)
                .values(state="quarantined", reason=reason[:64], done_at=now)
            )  # fmt: skip
            position = await enqueue(
                self._db, connection,
                chat_key=claim.chat_key, channel=claim.channel, position=chat.last_position, queued=apology,
            )  # fmt: skip
            await connection.execute(
                update(ChatRow).where(ChatRow.key == claim.chat_key).values(
                    lease=None, lease_until=None, due_at=now, last_position=position,
                    pending=HAS_MORE,
                )
            )  # fmt: skip


def _claim(chat: Any, message: Any, lease: str, *, again: bool) -> Claim:  # noqa: ANN401 - result rows
    return Claim(
        inbox_id=message.id, chat_key=chat.key, lease=lease, channel=chat.channel, bot=chat.bot,
        address=chat.address, raw=message.raw or b"", attempts=message.attempts + again,
        received_at=message.received_at, person_id=chat.person_id, tracker=chat.tracker,
    )  # fmt: skip
