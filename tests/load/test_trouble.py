"""A database in trouble: nothing is acknowledged that is not stored, and soon after healing all is answered."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from bot.bootstrap.lotse import Lotse
from bot.storage import engine
from bot.storage.tables import InboxRow, OutboxRow
from tests import conftest
from tests.fake_bot_api import FakeBotApi
from tests.load.inside import browser, eventually, opened, rows, running

# 30 s are promised and printed; a machine that does other things at the same time must not decide the test.
_HEALED_WITHIN = 120.0
_SHORT, _LONG = 10.0, 600.0
Trouble = Callable[[Lotse], AbstractAsyncContextManager[None]]


@dataclass
class Found:
    """What happened to messages sent during the trouble, and how long after healing (seconds) they were answered.

    A browser that sends hundreds again is slowed down like any other, so `all_answered_after` grows with their number.
    """

    refused: int = 0
    accepted: int = 0
    polled: int = 0
    recovered_after: float = 0.0
    all_answered_after: float = 0.0


async def test_a_locked_database(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 1)
    await survived(sqlite_url, tmp_path, locked, 4.0)


async def test_a_read_only_database(sqlite_url: str, tmp_path: Path) -> None:
    await survived(sqlite_url, tmp_path, read_only, 4.0)


async def test_a_full_disk(tmp_path: Path, small_disk: Path) -> None:
    await survived(f"sqlite:///{small_disk / 'lotse.db'}", tmp_path, full_disk, 4.0)


async def test_a_stopped_postgresql(tmp_path: Path, own_postgres: Any) -> None:
    await survived(own_postgres.get_uri(), tmp_path, stopped(own_postgres), _SHORT)


@pytest.mark.soak
@pytest.mark.parametrize("trouble", ["locked", "read-only", "full"])
async def test_ten_minutes_of_trouble_on_sqlite(
    trouble: str, tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 1)
    kinds: dict[str, Trouble] = {"locked": locked, "read-only": read_only, "full": full_disk}
    await survived(f"sqlite:///{small_disk / 'lotse.db'}", tmp_path, kinds[trouble], _LONG)


@pytest.mark.soak
async def test_ten_minutes_without_postgresql(tmp_path: Path, own_postgres: Any) -> None:
    await survived(own_postgres.get_uri(), tmp_path, stopped(own_postgres), _LONG)


async def survived(url: str, folder: Path, trouble: Trouble, seconds: float) -> None:
    """Write by both channels before, during and after the trouble."""
    found = Found()
    with FakeBotApi(enforced=False) as telegram:
        async with opened(url, folder, telegram) as lotse, running(lotse, "worker", "telegram"), browser(lotse) as http:
            token = await _session(http)
            telegram.push(telegram.text(1, "/start"))
            assert await say(http, token, "before") == 202
            await eventually(lambda: answered(lotse, 3))

            during = [f"during{number}" for number in range(max(4, int(seconds / 2)))]
            kept: dict[str, int] = {}
            async with trouble(lotse):
                until = time.monotonic() + seconds
                for number, message in enumerate(during):
                    telegram.push(telegram.text(2 + number % 5, "/start"))
                    kept[message] = await say(http, token, message)
                    await asyncio.sleep(max(0.0, (until - time.monotonic()) / (len(during) - number)))
                found.polled = len(telegram.state.updates)
            healed = time.monotonic()
            found.accepted = sum(status == 202 for status in kept.values())
            found.refused = len(kept) - found.accepted
            assert set(kept.values()) <= {202, 503}, kept
            assert found.refused
            assert found.polled >= found.refused, "an update was confirmed that was not stored"
            await eventually(lambda: answered(lotse, 4), _HEALED_WITHIN)  # the first that had to wait
            found.recovered_after = time.monotonic() - healed
            for message in during:  # a browser sends again what was not accepted
                await eventually(lambda message=message: _accepted(http, token, message), _HEALED_WITHIN, 1.0)  # type: ignore[misc]
            everything = 3 + 2 * len(during)
            await eventually(lambda: answered(lotse, everything), _HEALED_WITHIN)
            found.all_answered_after = time.monotonic() - healed
            inbox = await rows(lotse, InboxRow)
            assert len(inbox) == everything  # each once
            await eventually(lambda: sent(lotse))
            states = {row.state for row in await rows(lotse, OutboxRow)}
            assert states <= {"sent", "uncertain"}
            assert len([m for m in telegram.state.sent if m.text]) >= len(during)
    print(f"{trouble.__name__} for {seconds:.0f} s: {found}", flush=True)


async def _session(http: httpx.AsyncClient) -> str:
    token: str = (await http.post("/api/chat/sessions", json={"language": "de"})).json()["token"]
    return token


async def say(http: httpx.AsyncClient, token: str, message: str) -> int:
    body = {"id": message, "payload": "/menu"}
    headers = {"Authorization": f"Bearer {token}"}
    return (await http.post("/api/chat/messages", json=body, headers=headers, timeout=60)).status_code


async def _accepted(http: httpx.AsyncClient, token: str, message: str) -> bool:
    return await say(http, token, message) == 202


async def answered(lotse: Lotse, number: int) -> bool:
    with contextlib.suppress(Exception):
        return len(await rows(lotse, InboxRow, InboxRow.state == "done")) >= number
    return False


async def sent(lotse: Lotse) -> bool:
    return not await rows(lotse, OutboxRow, OutboxRow.state.in_(("queued", "sending")))


@asynccontextmanager
async def locked(lotse: Lotse) -> AsyncIterator[None]:
    """Let somebody else hold the lock, as a stray `sqlite3` shell would."""
    path = lotse.settings.database_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@asynccontextmanager
async def read_only(lotse: Lotse) -> AsyncIterator[None]:
    """Let every write fail as on a file system mounted read-only: SQLITE_READONLY."""
    target = lotse.stores.database.engine.sync_engine

    def refuse(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA query_only={refusing}")

    refusing = "ON"
    event.listen(target, "begin", refuse)
    yield
    refusing = "OFF"


@asynccontextmanager
async def full_disk(lotse: Lotse) -> AsyncIterator[None]:
    """Fill the disk that the database is on."""
    filler = Path(lotse.settings.database_url.removeprefix("sqlite:///")).parent / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4_096)
    yield
    filler.unlink()


def stopped(server: Any) -> Trouble:
    """Stop PostgreSQL and start it again."""

    @asynccontextmanager
    async def stopped_server(_lotse: Lotse) -> AsyncIterator[None]:
        await asyncio.to_thread(_pg_ctl, server, "stop", "-m", "immediate")
        yield
        await asyncio.to_thread(server.ensure_postgres_running)

    return stopped_server


def _pg_ctl(server: Any, *arguments: str) -> None:
    command = [str(server.bin_path / "pg_ctl"), "-w", "-D", str(server.pgdata), *arguments]
    if server.system_user:
        command = ["su", server.system_user, "-s", "/bin/sh", "-c", " ".join(command)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


@pytest.fixture
def own_postgres() -> Iterator[Any]:
    """A PostgreSQL server of this test alone, to be stopped."""
    folder = Path(tempfile.mkdtemp(prefix="lotse-pg-"))
    try:
        server = conftest._start(folder / "data")
    except Exception as exc:  # as in the fixture _postgres
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL server: {type(exc).__name__}")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, large enough for what is said, small enough to be filled."""
    with _mounted(tmp_path / "disk") as folder:
        yield folder


@contextmanager
def _mounted(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
