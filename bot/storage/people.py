"""Persons and everything that is stored about them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select, update

from bot.core.people import Person, PersonalData, Purpose, Said
from bot.storage import erasing, replies
from bot.storage.database import Database
from bot.storage.erasures import Ledger
from bot.storage.tables import ChatRow, ConsentRow, FeedbackRow, InboxRow, OutboxRow, PersonRow
from bot.storage.whose import chats_of, rows_of, tables_of_persons


class SqlPeople:
    """People on SQLite or PostgreSQL. See bot.core.people.People."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        """Use this database; erasures are also written to the ledger."""
        self._db = database
        self._ledger = ledger

    async def add(self, person: Person) -> None:
        """Store a new person."""
        row = insert(PersonRow).values(
            id=person.id, created_at=person.created_at, last_seen_at=person.last_seen_at,
            language=person.language, place=person.place,
        )  # fmt: skip
        # The turn has only begun: while its actions think, nobody waits for this row.
        self._db.at_first_write(lambda connection: connection.execute(row))

    async def get(self, person_id: str) -> Person | None:
        """Return a person with the latest valid consent."""
        consent = (
            select(ConsentRow)
            .where(
                ConsentRow.person_id == person_id, ConsentRow.purpose == Purpose.NOTICE,
                ConsentRow.withdrawn_at.is_(None),
            )
            .order_by(ConsentRow.id.desc())
            .limit(1)
        )  # fmt: skip
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
        changed = update(PersonRow).where(PersonRow.id == person_id).values(**chosen)
        if language is None and place is None:  # a visit, noted as a turn begins: as in `add`
            self._db.at_first_write(lambda connection: connection.execute(changed))
            return
        await (await self._db.in_unit()).execute(changed)

    async def consent(self, person_id: str, *, version: str, language: str, purpose: Purpose = Purpose.NOTICE) -> None:
        """Store the acceptance of a version of what was asked."""
        connection = await self._db.in_unit()
        await connection.execute(
            insert(ConsentRow).values(
                person_id=person_id, purpose=purpose, version=version, language=language,
                accepted_at=self._db.clock(),
            )
        )  # fmt: skip

    async def withdraw(self, person_id: str, purpose: Purpose | None = None) -> None:
        """Store the withdrawal of the consents to a purpose, or of all."""
        connection = await self._db.in_unit()
        withdrawn = update(ConsentRow).where(ConsentRow.person_id == person_id, ConsentRow.withdrawn_at.is_(None))
        if purpose:
            withdrawn = withdrawn.where(ConsentRow.purpose == purpose)
        await connection.execute(withdrawn.values(withdrawn_at=self._db.clock()))

    async def data(self, person_id: str) -> PersonalData:
        """Return everything stored about the person, walking every classified table."""
        person = await self.get(person_id)
        if person is None:
            raise LookupError("no such person")
        async with self._db.read() as connection:
            said = (await connection.execute(_said_by(person_id))).all()
            answered = (await connection.execute(_said_to(person_id))).all()
            records = {
                table.name: [
                    _readable(table, row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
                    for row in await connection.execute(select(table).where(rows_of(table, person_id)))
                ]
                for table in tables_of_persons()
            }
        transcript = [Said(row.received_at, "you", row.text) for row in said]
        for row in answered:
            reply = replies.from_json(row.body)
            text = f"{reply.text}\n\n{reply.note}" if reply.note else reply.text
            transcript.append(Said(row.done_at, reply.sender, text))
        transcript.sort(key=lambda line: line.at)
        return PersonalData(person, transcript, {name: rows for name, rows in records.items() if rows})

    async def erase(self, person_id: str) -> None:
        """Delete the person from every table and keep proof, in the database and in the ledger.

        The chats stay, without person and tracker, until their last reply has arrived: see `purge_erased`. The
        outcome of the turn names no person any more.
        """
        connection = await self._db.in_unit()
        await erasing.erase_person(self._db, connection, person_id)
        proof = {erasing.hash_of(self._db, person_id)}

        async def write_down() -> None:
            await asyncio.to_thread(self._ledger.add, proof)

        self._db.after_commit(write_down)

    async def purge_erased(self, now: datetime) -> int:
        """Delete chats of erased persons whose last reply has arrived; return how many."""
        gone = await erasing.delete_chats(self._db, select(ChatRow.key).where(erasing.left_behind_since(now)))
        if gone:
            await self._db.forget_traces()
        return gone

    async def helped(self, page: str, language: str, *, helpful: bool) -> None:
        """Count one answer to "did this help?"."""
        connection = await self._db.in_unit()
        day = self._db.clock().date().isoformat()
        await connection.execute(insert(FeedbackRow).values(page=page, language=language, helpful=helpful, day=day))


def _said_by(person_id: str) -> Any:  # noqa: ANN401 - a select
    return (
        select(InboxRow.received_at, InboxRow.text)
        .where(InboxRow.chat_key.in_(chats_of(person_id)), InboxRow.text.is_not(None))
        .order_by(InboxRow.id)
    )


def _said_to(person_id: str) -> Any:  # noqa: ANN401 - a select
    return (
        select(OutboxRow.done_at, OutboxRow.body)
        .where(OutboxRow.chat_key.in_(chats_of(person_id)), OutboxRow.state.in_(("sent", "uncertain")))
        .order_by(OutboxRow.id)
    )


def _readable(table: Table, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row mapping
    """Return what is personal in a row as JSON values; a session's hash says nothing and opens a door."""
    personal = [
        column.name for column in table.columns if column.info["privacy"].personal and column.name != "token_hash"
    ]
    return {name: _json_value(row[name]) for name in personal}


def _json_value(value: Any) -> Any:  # noqa: ANN401 - any value of a column
    if isinstance(value, datetime):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
