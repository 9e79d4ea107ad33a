"""What the operators' and editors' commands do, one function a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import catalogues
from bot.actions import NAMES
from bot.actions.menu import AREAS
from bot.actions.pages import source_line
from bot.bootstrap.knowledge import passed_file
from bot.bootstrap.lotse import retention
from bot.bootstrap.stores import open_stores
from bot.conversation import domain, rules
from bot.core.clock import utc_now
from bot.core.language import LANGUAGES
from bot.errors import ConfigurationError, Fault, KeyRefused, LotseError
from bot.library import new_page as new_pages
from bot.library import stamping
from bot.library.formats import SLUG
from bot.library.integreat.take_over import TakenOver, place_in, take_over
from bot.library.load import load as load_library
from bot.library.model import Page
from bot.library.review import links
from bot.library.review.review import review
from bot.library.review.where import Desk
from bot.library.site.build import Speech, write_site
from bot.settings import Settings
from bot.storage import backup as backups
from bot.storage import crypto, keys, migrate, quarantine, record
from bot.storage import restore as restores
from bot.storage.database import connect
from bot.storage.purge import Purged
from bot.storage.purge import purge as purge_now
from bot.storage.quarantine import Quarantined
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
    content_faults, warnings = check_content(settings)
    faults += content_faults
    try:
        await _check_database(settings)
    except LotseError as exc:
        faults.append(Fault("LOTSE_KEY_FILE" if isinstance(exc, KeyRefused) else "LOTSE_DATABASE_URL", 0, str(exc)))
    except OSError as exc:
        faults.append(Fault("LOTSE_DATABASE_URL", 0, f"the database cannot be reached ({type(exc).__name__})"))
    return sorted(set(faults)), warnings


def check_content(settings: Settings) -> tuple[list[Fault], list[Fault]]:
    """Return faults and warnings of the content folder."""
    try:
        return [], sorted(load_library(settings.content_dir).warnings)
    except ConfigurationError as exc:
        return exc.faults, []


def review_content(settings: Settings) -> tuple[list[Fault], list[Fault]]:
    """Return faults of the content folder, and everything in it that an editor should look at."""
    try:
        library = load_library(settings.content_dir, passed=passed_file(settings))
        intents = domain.load(settings.intents_dir / "domain.yml", NAMES).intents
    except ConfigurationError as exc:
        return exc.faults, []
    found = review(library, settings.content_dir, today=_today(), intents=intents)
    return [], sorted([*library.warnings, *found])


async def ask_links(settings: Settings, progress: Callable[[int, int], None]) -> list[Fault]:
    """Return a finding for every link that is not there any more."""
    library = load_library(settings.content_dir)
    return await links.gone(links.addresses(library, Desk(settings.content_dir)), progress)


def content_status(settings: Settings) -> list[dict[str, Any]]:
    """Return for every page the state of each language."""
    library = load_library(settings.content_dir)
    return [
        {"page": page.id, "place": page.place, "languages": {tag: _state(page, tag) for tag in LANGUAGES}}
        for _, page in sorted(library.pages.items(), key=lambda item: (item[0][1], item[0][0] or ""))
    ]


def _state(page: Page, language: str) -> str:
    text = page.texts.get(language)
    if text is None:
        return "missing"
    return text.method if text.current else "stale"


def import_integreat(
    files: Sequence[Path], content_dir: Path, place: str, name: str | None, progress: Callable[[int, int], None]
) -> TakenOver:
    """Take over pages from Integreat into the content folder; raise ConfigurationError if that cannot be done."""
    if not place:
        raise ConfigurationError([Fault("--place", 0, "say whose pages they are: the id of a place of places.yml")])
    if not SLUG.fullmatch(place):
        raise ConfigurationError([Fault("--place", 0, f"{place} is no id: small letters, figures and - only")])
    if not (content_dir / "places.yml").exists():
        place_in(content_dir, place, name)
    places = load_library(content_dir).places
    if place not in places:
        known = ", ".join(sorted(places)[:5])
        raise ConfigurationError([Fault("--place", 0, f"places.yml has no {place}; it has {known} and others")])
    return take_over(files, content_dir, place, place_name=places[place].name, today=_today(), progress=progress)


def new_page(settings: Settings, page: str, *, title: str, language: str | None, place: str | None) -> list[Path]:
    """Begin a page, or a translation of one; return the files."""
    if language:
        return [new_pages.new_translation(settings.content_dir, page, language=language, place=place)]
    return new_pages.new_page(settings.content_dir, page, title=title, place=place, today=_today())


def export_site(settings: Settings, target: Path, place: str | None, progress: Callable[[int, int], None]) -> int:
    """Write all pages as a web site of plain files; return how many there are."""
    library = load_library(settings.content_dir)
    if place is not None and place not in library.places:
        raise ConfigurationError([Fault("--place", 0, f"places.yml has no {place}")])
    words = catalogues.load(settings.locales_dir)
    speech = Speech({tag: words[tag] for tag in LANGUAGES}, AREAS, source_line)
    return write_site(library, place, target, speech, progress)


def _today() -> date:
    return utc_now().astimezone(ZoneInfo("Europe/Berlin")).date()


def stamp(settings: Settings, page: str | None, language: str | None) -> int:
    """Write the hash of the present German text into translations; return how many files changed."""
    return len(stamping.stamp(settings.content_dir, page, language))


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


async def _check_database(settings: Settings) -> None:
    """Look without changing anything: a database that does not exist yet is no fault."""
    if not settings.key_file.exists():
        return
    database = connect(settings.database_url, crypto.load(settings.key_file))
    try:
        if settings.database_url.startswith("sqlite") and not _sqlite_file(settings).exists():
            return
        if await migrate.current(database):
            await keys.check(database)
    finally:
        await database.close()


def _sqlite_file(settings: Settings) -> Path:
    return Path(settings.database_url.partition("///")[2])
