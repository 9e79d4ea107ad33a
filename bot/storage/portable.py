"""Rows as they are stored, in one form for SQLite and PostgreSQL: sealed values stay sealed."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, Row, Table, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import Base
from bot.storage.types import SealedBytes, SealedJson, SealedText

_SEALED = (SealedBytes, SealedText, SealedJson)
_BATCH = 500


def plain_tables() -> list[Table]:
    """Return every table with its sealed columns as plain bytes."""
    bare = MetaData()
    return [
        Table(table.name, bare, *(_bare(column) for column in table.columns)) for table in Base.metadata.sorted_tables
    ]


async def batches(connection: AsyncConnection, table: Table) -> AsyncIterator[list[Row[Any]]]:
    """Read a table in batches, in the order of its primary key."""
    primary = list(table.primary_key.columns)
    last: list[Any] | None = None
    while True:
        batch = select(table).order_by(*primary).limit(_BATCH)
        further = batch if last is None else batch.where(tuple_(*primary) > tuple_(*last))
        rows = (await connection.execute(further)).all()
        if not rows:
            return
        yield list(rows)
        last = [getattr(rows[-1], column.name) for column in primary]


async def fill(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows as they are."""
    if rows:
        await connection.execute(insert(table), rows)


def to_line(row: Sequence[Any]) -> bytes:
    """Return a row as one line of JSON: bytes as {"b": base64}, moments as {"t": ISO 8601}."""
    return json.dumps([_to_json(value) for value in row], separators=(",", ":")).encode() + b"\n"


def from_json(values: Sequence[Any]) -> list[Any]:
    """Return the values of a line."""
    return [_from_json(value) for value in values]


def _bare(column: Column[Any]) -> Column[Any]:
    kind = LargeBinary() if isinstance(column.type, _SEALED) else column.type
    return Column(column.name, kind, primary_key=column.primary_key, autoincrement=False)


def _to_json(value: Any) -> Any:  # noqa: ANN401 - any value of a column
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"t": value.astimezone(UTC).isoformat()}
    return value


def _from_json(value: Any) -> Any:  # noqa: ANN401 - any value of a column
    if isinstance(value, dict):
        return base64.b64decode(value["b"]) if "b" in value else datetime.fromisoformat(value["t"])
    return value
