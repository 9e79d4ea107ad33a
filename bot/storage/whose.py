"""Which rows belong to a person: by `person_id`, or by way of the chat. New tables are found by their columns."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Table, or_, select

from bot.storage.tables import Base, ChatRow


def tables_of_chats() -> list[Table]:
    """Return the tables whose rows belong to a chat."""
    return [table for table in Base.metadata.sorted_tables if "chat_key" in table.c]


def tables_of_persons() -> list[Table]:
    """Return every table that holds something of a person, the person and the chat themselves among them."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name == "person" or "person_id" in table.c or "chat_key" in table.c
    ]


def rows_of(table: Table, person_id: str) -> ColumnElement[bool]:
    """Return the condition for the rows of a person in one of these tables."""
    if table.name == "person":
        return table.c.id == person_id
    conditions = []
    if "person_id" in table.c:
        conditions.append(table.c.person_id == person_id)
    if "chat_key" in table.c:
        conditions.append(table.c.chat_key.in_(chats_of(person_id)))
    return or_(*conditions)


def chats_of(person_id: str) -> Select[str]:
    """Return the chats of a person."""
    return select(ChatRow.key).where(ChatRow.person_id == person_id)
