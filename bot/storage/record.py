"""The record of processing (Art. 30 GDPR), generated from the tables: what is kept, of whom, how long, how sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bot.storage.keys import sealed_columns
from bot.storage.privacy import Privacy
from bot.storage.tables import Base


@dataclass(frozen=True, slots=True)
class Entry:
    """One column: `personal` relates to an identifiable person (Art. 4 GDPR), `sealed` is encrypted at rest."""

    table: str
    purpose: str
    column: str
    category: str
    personal: bool
    retention: str
    sealed: bool


def entries() -> list[Entry]:
    """Return every column of every table, in the order of the tables."""
    return list(_entries())


def as_json() -> str:
    """Return the record for programs."""
    return json.dumps([asdict(entry) for entry in _entries()], indent=2, ensure_ascii=False) + "\n"


def as_markdown() -> str:
    """Return the record for people, a table of columns for each table of the database."""
    lines = ["# Record of processing (Art. 30 GDPR)", "", "Generated from the database's tables."]
    table = None
    for entry in _entries():
        if entry.table != table:
            table = entry.table
            lines += ["", f"## {table}", "", entry.purpose, "", _HEAD, _RULE]
        yes = {True: "yes", False: "no"}
        lines.append(
            f"| {entry.column} | {entry.category} | {yes[entry.personal]} | {entry.retention} | {yes[entry.sealed]} |"
        )
    return "\n".join([*lines, ""])


_HEAD = "| column | category | personal | kept | encrypted |"
_RULE = "|---|---|---|---|---|"


def _entries() -> Iterator[Entry]:
    sealed = {(table.name, column.name) for table, column in sealed_columns()}
    purposes = {
        mapper.class_.__tablename__: (mapper.class_.__doc__ or "").split("\n", 1)[0] for mapper in Base.registry.mappers
    }
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            kept: Privacy = column.info["privacy"]
            yield Entry(
                table.name, purposes[table.name], column.name, kept.category.value, kept.personal, kept.retention.value,
                (table.name, column.name) in sealed,
            )  # fmt: skip
