"""What the operators' and editors' commands do, one function a command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot import catalogues
from bot.actions import NAMES
from bot.bootstrap import editing
from bot.bootstrap.lotse import retention
from bot.bootstrap.stores import open_stores
from bot.conversation import domain, rules
from bot.core.usage import PageFigures
from bot.errors import ConfigurationError, Fault, KeyRefused, LotseError
from bot.settings import Settings
from bot.storage import backup as backups
from bot.storage import crypto, keys, migrate, quarantine, record
from bot.storage import restore as restores
from bot.storage.database import Database, connect
from bot.storage.purge import Purged
from bot.storage.purge import purge as purge_now
from bot.storage.quarantine import Quarantined
from bot.storage.usage import SqlUsage
from bot.understanding import crisis_words, examples
from bot.understanding.model import load_model

Progress = Callable[[str, int], None]


async def check(settings: Settings) -> tuple[list[Fault], list[Fault]]:
    """Return faults and warnings of everything that is needed for a start."""
    faults: list[Fault] = []
    _collect(faults, lambda: catalogues.load(settings.locales_dir))
    _collect(faults, lambda: _check_intents(settings))
    _collect(faults, lambda: crisis_words.load(settings.intents_dir / "crisis.yml"))
    _collect(faults, lambda: examples.load(settings.intents_dir))
    _collect(faults, lambda: load_model(settings.model_file))
    content_faults, warnings = editing.check_content(settings)
    faults += content_faults
    try:
        await _check_database(settings)
    except LotseError as exc:
        faults.append(Fault("LOTSE_KEY_FILE" if isinstance(exc, KeyRefused) else "LOTSE_DATABASE_URL", 0, str(exc)))
    except OSError as exc:
        faults.append(Fault("LOTSE_DATABASE_URL", 0, f"the database cannot be reached ({type(exc).__name__})"))
    return sorted(set(faults)), warnings


async def upgrade(settings: Settings) -> str:
    """Bring the database to this version and return its revision."""
    async with open_stores(settings):
        return migrate.head()


async def backup(settings: Settings, target: Path, progress: Progress) -> int:
    """Write everything to a file; return how many rows."""
    async with open_stores(settings) as stores:
        done = await backups.backup(stores.database, target, progress)
    return sum(done.rows.values())


async def restore(settings: Settings, source: Path, progress: Progress) -> int:
    """Replace everything by a backup; return how many rows."""
    async with open_stores(settings) as stores:
        done = await restores.restore(stores.database, source, progress, ledger=stores.ledger)
    return sum(done.rows.values())


async def purge(settings: Settings, *, dry_run: bool) -> list[Purged]:
    """Delete, or only count, what has been kept for its time."""
    async with open_stores(settings) as stores:
        return await purge_now(stores.database, retention(settings), ledger=stores.ledger, dry_run=dry_run)


async def rotate_key(settings: Settings, progress: Progress) -> int:
    """Seal everything under a new key; return how many values."""
    async with open_stores(settings) as stores:
        return (await keys.rotate(stores.database, settings.key_file, progress)).values


def record_of_processing(*, as_json: bool) -> str:
    """Return the record of processing."""
    return record.as_json() if as_json else record.as_markdown()


async def quarantined(settings: Settings) -> list[Quarantined]:
    """Return what was set aside."""
    async with open_stores(settings) as stores:
        return await quarantine.entries(stores.database)


async def retry_quarantined(settings: Settings, ids: Sequence[int]) -> int:
    """Put messages back into the inbox; return how many."""
    async with open_stores(settings) as stores:
        count = await quarantine.retry(stores.database, ids)
        stores.signals.nudge("inbox")
        return count


def _collect(faults: list[Fault], work: Callable[[], object]) -> None:
    try:
        work()
    except ConfigurationError as exc:
        faults += exc.faults


def _check_intents(settings: Settings) -> None:
    subject = domain.load(settings.intents_dir / "domain.yml", NAMES)
    rules.load(settings.intents_dir / "rules.yml", subject)


async def page_figures(settings: Settings) -> Mapping[str, PageFigures]:
    """Return how often pages were shown and helped, by id; nothing without a database of this version."""
    async with _as_it_is(settings) as database:
        if database is None or await migrate.current(database) != migrate.head():
            return {}
        return {one.page: one for one in await SqlUsage(database).figures()}


async def _check_database(settings: Settings) -> None:
    async with _as_it_is(settings) as database:
        if database is not None and await migrate.current(database):
            await keys.check(database)


@asynccontextmanager
async def _as_it_is(settings: Settings) -> AsyncIterator[Database | None]:
    """Open the database without changing anything; None if it does not exist yet, which is no fault."""
    there = settings.key_file.exists()
    if settings.database_url.startswith("sqlite") and not _sqlite_file(settings).exists():
        there = False
    if not there:
        yield None
        return
    database = connect(settings.database_url, crypto.load(settings.key_file))
    try:
        yield database
    finally:
        await database.close()


def _sqlite_file(settings: Settings) -> Path:
    return Path(settings.database_url.partition("///")[2])
