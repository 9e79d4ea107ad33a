"""Persons and everything that is stored about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, delete, insert, select, update

from bot.core.ports import Person, PersonalData, Said
from bot.storage import replies
from bot.storage.database import Database
from bot.storage.tables import (
    Base,
    ButtonRow,
    ChatRow,
    ConsentRow,
    ErasureRow,
    FeedbackRow,
    InboxRow,
    OutboxRow,
    PersonRow,
    WebSessionRow,
)

# Tables whose rows belong to a person by way of the chat.
BY_CHAT = (WebSessionRow, InboxRow, OutboxRow, ButtonRow)


class SqlPeople:
    """People on SQLite or PostgreSQL. See bot.core.ports.People."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._db = database

    async def add(self, person: Person) -> None:
        """Store a new person."""
        connection = await self._db.in_unit()
        await connection.execute(
            insert(PersonRow).values(
                id=person.id, created_at=person.created_at, last_seen_at=person.last_seen_at,
                language=person.language, place=person.place,
            )
        )  # fmt: skip

    async def get(self, person_id: str) -> Person | None:
        """Return a person with the latest valid consent."""
        consent = (
            select(ConsentRow)
            .where(ConsentRow.person_id == person_id, ConsentRow.withdrawn_at.is_(None))
            .order_by(ConsentRow.id.desc())
            .limit(1)
        )
        async with self._db.read() as connection:
            row = (await connection.execute(select(PersonRow).where(PersonRow.id == person_id))).one_or_none()
            if row is None:
                return None
            agreed = (await connection.execute(consent)).one_or_none()
        return Person(
            id=row.id, language=row.language, place=row.place, created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            notice_version=agreed.version if agreed else None,
            notice_accepted_at=agreed.accepted_at if agreed else None,
        )  # fmt: skip

    async def choose(self, person_id: str, *, language: str | None = None, place: str | None = None) -> None:
        """Store a chosen language or place; an empty place means: none."""
        chosen: dict[str, Any] = {"last_seen_at": self._db.clock()}
        if language is not None:
            chosen["language"] = language
        if place is not None:
            chosen["place"] = place or None
        connection = await self._db.in_unit()
        await connection.execute(update(PersonRow).where(PersonRow.id == person_id).values(**chosen))

    async def consent(self, person_id: str, *, version: str, language: str) -> None:
        """Store the acceptance of a notice version."""
        connection = await self._db.in_unit()
        await connection.execute(
            insert(ConsentRow).values(
                person_id=person_id, version=version, language=language, accepted_at=self._db.clock()
            )
        )

    async def withdraw(self, person_id: str) -> None:
        """Store the withdrawal of all consents."""
        connection = await self._db.in_unit()
        await connection.execute(
            update(ConsentRow)
            .where(ConsentRow.person_id == person_id, ConsentRow.withdrawn_at.is_(None))
            .values(withdrawn_at=self._db.clock())
        )

    async def data(self, person_id: str) -> PersonalData:
        """Return everything stored about the person, walking every classified table."""
        person = await self.get(person_id)
        if person is None:
            raise LookupError("no such person")
        async with self._db.read() as connection:
            said = (await connection.execute(_said_by(person_id))).all()
            answered = (await connection.execute(_said_to(person_id))).all()
            records = {
                table.name: [_readable(row._mapping) for row in await connection.execute(_of(table, person_id))]  # noqa: SLF001 - SQLAlchemy's documented name
                for table in Base.metadata.sorted_tables
                if _belongs(table)
            }
        transcript = [Said(row.received_at, "you", row.text) for row in said]
        for row in answered:
            reply = replies.from_json(row.body)
            transcript.append(Said(row.done_at, reply.sender, reply.text))
        transcript.sort(key=lambda line: line.at)
        return PersonalData(person, transcript, {name: rows for name, rows in records.items() if rows})

    async def erase(self, person_id: str) -> None:
        """Delete the person from every table and keep proof.

        The chat row stays for as long as the turn lasts, without tracker: its last reply has to arrive.
        """
        connection = await self._db.in_unit()
        for table in BY_CHAT:
            await connection.execute(delete(table).where(table.chat_key.in_(_chats(person_id)), _not_open(table)))
        await connection.execute(update(ChatRow).where(ChatRow.person_id == person_id).values(tracker=None))
        await connection.execute(delete(ConsentRow).where(ConsentRow.person_id == person_id))
        await connection.execute(delete(PersonRow).where(PersonRow.id == person_id))
        await connection.execute(
            insert(ErasureRow).values(
                person_hash=self._db.ring.name("erased", person_id), erased_at=self._db.clock()
            )
        )

    async def helped(self, page: str, language: str, *, helpful: bool) -> None:
        """Count one answer to "did this help?"."""
        connection = await self._db.in_unit()
        day = self._db.clock().date().isoformat()
        await connection.execute(
            insert(FeedbackRow).values(page=page, language=language, helpful=helpful, day=day)
        )


def _chats(person_id: str) -> Select[tuple[str]]:
    return select(ChatRow.key).where(ChatRow.person_id == person_id)


def _not_open(table: Any) -> Any:  # noqa: ANN401 - a table class, a condition
    """Keep messages that wait for their turn, and the browser's way back to the confirmation."""
    if table is InboxRow:
        return InboxRow.state != "pending"
    return table is not WebSessionRow


def _said_by(person_id: str) -> Any:  # noqa: ANN401 - a select
    return (
        select(InboxRow.received_at, InboxRow.text)
        .where(InboxRow.chat_key.in_(_chats(person_id)), InboxRow.text.is_not(None))
        .order_by(InboxRow.id)
    )


def _said_to(person_id: str) -> Any:  # noqa: ANN401 - a select
    return (
        select(OutboxRow.done_at, OutboxRow.body)
        .where(OutboxRow.chat_key.in_(_chats(person_id)), OutboxRow.state.in_(("sent", "uncertain")))
        .order_by(OutboxRow.id)
    )


def _belongs(table: Table) -> bool:
    return table.name == "person" or "person_id" in table.c or "chat_key" in table.c


def _of(table: Table, person_id: str) -> Any:  # noqa: ANN401 - a select
    if table.name == "person":
        return select(table).where(table.c.id == person_id)
    if "person_id" in table.c:
        return select(table).where(table.c.person_id == person_id)
    return select(table).where(table.c.chat_key.in_(_chats(person_id)))


_NOT_FOR_READING = {"lease", "lease_until", "token_hash", "raw", "tracker"}


def _readable(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row mapping
    """Return a row as JSON values, without leases and hashes, which say nothing about the person."""
    kept = {name: value for name, value in row.items() if name not in _NOT_FOR_READING}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in kept.items()}
