"""The record of processing lists what the tables hold."""

from __future__ import annotations

import json

from bot.storage import record
from bot.storage.tables import Base


def test_every_column_is_in_the_record() -> None:
    columns = [(table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns]
    assert [(entry.table, entry.column) for entry in record.entries()] == columns
    assert all(entry.purpose.endswith((".", ":")) for entry in record.entries())


def test_json_and_markdown_say_the_same() -> None:
    listed = json.loads(record.as_json())
    raw = next(entry for entry in listed if (entry["table"], entry["column"]) == ("inbox", "raw"))
    assert raw == {
        "table": "inbox", "column": "raw", "purpose": raw["purpose"], "category": "conversation", "personal": True,
        "retention": "conversation", "sealed": True,
    }  # fmt: skip
    text = record.as_markdown()
    assert "| raw | conversation | yes | conversation | yes |" in text
    assert "| page | figure | no | unlimited | no |" in text
    assert text.count("\n## ") == len(Base.metadata.tables)
    assert sum(line.startswith("| ") for line in text.splitlines()) == len(listed) + len(Base.metadata.tables)
