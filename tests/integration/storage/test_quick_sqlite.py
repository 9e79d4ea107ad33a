"""Opening an SQLite file that another process has just begun to write."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.storage import quick_sqlite


def _writing(path: Path) -> sqlite3.Connection:
    """Return a connection in the midst of a write, in a file that is not in WAL mode yet."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE one (id INTEGER)")
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_a_new_file_is_waited_for(tmp_path: Path) -> None:
    other = _writing(tmp_path / "new.db")
    opening = asyncio.create_task(quick_sqlite.connect(str(tmp_path / "new.db"), timeout=30))
    done, _ = await asyncio.wait({opening}, timeout=0.3)
    assert not done
    other.execute("COMMIT")
    connection = await opening
    rows = (await connection.run(sqlite3.Cursor.execute, "PRAGMA journal_mode", ()))[1]
    assert rows == [("wal",)]
    await connection.close()
    other.close()


async def test_it_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    other = _writing(tmp_path / "new.db")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await quick_sqlite.connect(str(tmp_path / "new.db"), timeout=0.1)
    other.close()
