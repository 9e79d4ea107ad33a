"""`lotse db` and `lotse messages`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.bootstrap.stores import open_stores
from bot.core.ports import Arrival
from bot.settings import load
from bot.storage import tables
from tests.unit.cli.conftest import Lotse


async def _set_aside(*keys: str) -> None:
    async with open_stores(load()) as stores:
        for key in keys:
            await stores.inbox.accept([Arrival("telegram", "telegram:1", "canary-address", key, b"canary-text")])
            (claim,) = await stores.inbox.claim(1)
            await stores.inbox.quarantine(claim, "bad_json")


def set_aside(*keys: str) -> None:
    asyncio.run(_set_aside(*keys))


def listed(lotse: Lotse) -> list[dict[str, object]]:
    return [json.loads(line) for line in lotse("messages", "list", "--json").stdout.splitlines()]


def test_upgrade_makes_the_database_and_says_so_twice_the_same(lotse: Lotse, tmp_path: Path) -> None:
    first = lotse("db", "upgrade")
    assert first.stdout.startswith("The database is at revision ")
    assert (tmp_path / "var/lotse.db").exists()
    assert lotse("db", "upgrade").stdout == first.stdout


def test_backup_and_restore(lotse: Lotse, tmp_path: Path) -> None:
    set_aside("1", "2")
    backup = tmp_path / "backup.lotse"
    done = lotse("db", "backup", str(backup))
    assert f"rows are in {backup}." in done.stdout
    assert b"canary" not in backup.read_bytes()
    set_aside("3")
    assert len(listed(lotse)) == 3
    assert lotse("db", "restore", str(backup), "--yes").exit_code == 0
    assert len(listed(lotse)) == 2


def test_restore_asks_before_it_replaces_everything(lotse: Lotse, tmp_path: Path) -> None:
    set_aside("1")
    backup = tmp_path / "backup.lotse"
    lotse("db", "backup", str(backup))
    set_aside("2")
    assert lotse("db", "restore", str(backup), given="n\n").exit_code == 1
    assert len(listed(lotse)) == 2


@pytest.mark.parametrize("damage", ["truncated", "flipped", "foreign", "missing"])
def test_a_damaged_backup_is_refused_and_nothing_changes(lotse: Lotse, tmp_path: Path, damage: str) -> None:
    set_aside("1")
    backup = tmp_path / "backup.lotse"
    lotse("db", "backup", str(backup))
    content = backup.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    backup.write_bytes({"truncated": content[:-9], "flipped": flipped, "foreign": b"GIF89a"}.get(damage, b""))
    if damage == "missing":
        backup.unlink()
    result = lotse("db", "restore", str(backup), "--yes")
    assert result.exit_code == 1
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr
    assert len(listed(lotse)) == 1


def test_purge_shows_first_what_it_would_delete(lotse: Lotse) -> None:
    set_aside("1")
    assert lotse("db", "purge", "--dry-run").stdout == "Nothing is due.\n"
    assert lotse("db", "purge", "--json").stdout == ""
    assert len(listed(lotse)) == 1


def test_messages_set_aside_are_listed_without_content_and_tried_again(lotse: Lotse) -> None:
    assert lotse("messages", "list").stdout == "No message is set aside.\n"
    set_aside("1", "2")
    table = lotse("messages", "list").stdout
    assert "bad_json" in table
    assert "canary" not in table
    first, _ = listed(lotse)
    assert lotse("messages", "retry", str(first["id"]), "999").stdout == "1 of 2 messages are in the inbox again.\n"
    assert len(listed(lotse)) == 1


def test_the_record_of_processing_names_every_table(lotse: Lotse) -> None:
    printed = lotse("db", "record").stdout
    assert [table for table in tables.Base.metadata.tables if f"## {table}\n" not in printed] == []
    assert json.loads(lotse("db", "record", "--json").stdout)


def test_the_new_key_opens_what_the_old_one_sealed(lotse: Lotse, tmp_path: Path) -> None:
    set_aside("1")
    before = (tmp_path / "var/lotse.key").read_bytes()
    assert "values are sealed under the new key" in lotse("db", "rotate-key").stdout
    assert (tmp_path / "var/lotse.key").read_bytes() != before
    assert len(listed(lotse)) == 1
