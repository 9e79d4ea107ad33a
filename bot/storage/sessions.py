"""Browsers of the web chat and what they have to fetch; opaque buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from bot.core.ports import Arrival, Event, WebSession
from bot.storage import replies
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from bot.storage.tables import ButtonRow, ChatRow, OutboxRow, WebSessionRow

SESSION_DAYS = 30


class SqlWebSessions:
    """Web sessions on SQLite or PostgreSQL. See bot.core.ports.WebSessions."""

    def __init__(self, database: Database, inbox: SqlInbox) -> None:
        """Use this database; first updates go through the inbox."""
        self._db = database
        self._inbox = inbox

    async def open(self, token_hash: str, arrivals: Sequence[Arrival], *, session: str, address: str) -> WebSession:
        """Store a new session and its first updates in one transaction."""
        first = arrivals[0]
        key = self._inbox.chat_key(first.channel, first.bot, address)
        now = self._db.clock()
        async with self._db.write() as connection:
            await connection.execute(
                insert(WebSessionRow).values(
                    token_hash=token_hash, session=session, chat_key=key, created_at=now,
                    expires_at=now + timedelta(days=SESSION_DAYS),
                )
            )  # fmt: skip
            await self._inbox.accept_in(connection, arrivals)
        return WebSession(session, key, address)

    async def find(self, token_hash: str) -> WebSession | None:
        """Return the session of a token, None if unknown or expired."""
        wanted = (
            select(WebSessionRow.session, WebSessionRow.chat_key, ChatRow.address)
            .join(ChatRow, ChatRow.key == WebSessionRow.chat_key)
            .where(WebSessionRow.token_hash == token_hash, WebSessionRow.expires_at > self._db.clock())
        )
        async with self._db.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return WebSession(row.session, row.chat_key, row.address) if row else None

    async def close(self, token_hash: str) -> None:
        """Forget a token."""
        async with self._db.write() as connection:
            await connection.execute(delete(WebSessionRow).where(WebSessionRow.token_hash == token_hash))

    async def events(self, chat_key: str, *, after: int, limit: int) -> list[Event]:
        """Return delivered messages with a position above `after`, in order."""
        wanted = (
            select(OutboxRow.position, OutboxRow.body, OutboxRow.done_at)
            .where(OutboxRow.chat_key == chat_key, OutboxRow.position > after)
            .order_by(OutboxRow.position)
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [Event(row.position, replies.from_json(row.body), row.done_at) for row in rows]


class SqlButtons:
    """Opaque buttons on SQLite or PostgreSQL. See bot.core.ports.Buttons."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._db = database
        self._insert = insert_sqlite if database.is_sqlite else insert_postgresql

    async def keep(self, chat_key: str, payloads: Sequence[str]) -> list[str]:
        """Return an opaque id for each payload; the same payload keeps its id."""
        ids = [self._db.ring.name("button", chat_key, payload) for payload in payloads]
        rows = [
            {"id": button, "chat_key": chat_key, "payload": payload, "created_at": self._db.clock()}
            for button, payload in dict(zip(ids, payloads, strict=True)).items()
        ]
        if rows:
            async with self._db.write() as connection:
                await connection.execute(self._insert(ButtonRow).on_conflict_do_nothing(index_elements=["id"]), rows)
        return ids

    async def open(self, chat_key: str, button_id: str) -> str | None:
        """Return the payload, None if unknown, purged or another chat's."""
        wanted = select(ButtonRow.payload).where(ButtonRow.id == button_id, ButtonRow.chat_key == chat_key)
        async with self._db.read() as connection:
            return (await connection.execute(wanted)).scalar()
