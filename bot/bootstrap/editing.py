"""What the editors' commands do, one function a command; none of them needs a database or a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation import domain
from bot.core.clock import utc_now
from bot.core.language import LANGUAGES
from bot.errors import ConfigurationError, Fault
from bot.library import new_page as new_pages
from bot.library import stamping
from bot.library.formats import SLUG
from bot.library.integreat.take_over import TakenOver, place_in, take_over
from bot.library.load import load as load_library
from bot.library.model import Page
from bot.library.passed import passed_file
from bot.library.review import links
from bot.library.review.review import review
from bot.library.review.where import Desk
from bot.settings import Settings


def check_content(settings: Settings) -> tuple[list[Fault], list[Fault]]:
    """Return faults and warnings of the content folder."""
    try:
        return [], sorted(load_library(settings.content_dir).warnings)
    except ConfigurationError as exc:
        return exc.faults, []


def review_content(settings: Settings) -> tuple[list[Fault], list[Fault]]:
    """Return faults of the content folder, and everything in it that an editor should look at."""
    try:
        library = load_library(settings.content_dir, passed=passed_file(settings.cache_dir))
        intents = domain.load(settings.intents_dir / "domain.yml").intents
    except ConfigurationError as exc:
        return exc.faults, []
    found = review(library, settings.content_dir, today=_today(), intents=intents)
    return [], sorted([*library.warnings, *found])


async def ask_links(settings: Settings, progress: Callable[[int, int], None]) -> list[Fault]:
    """Return a finding for every link that is not there any more."""
    library = load_library(settings.content_dir)
    return await links.gone(links.addresses(library, Desk(settings.content_dir)), progress)


def content_status(settings: Settings) -> list[dict[str, Any]]:
    """Return for every page the state of each language, by when it is to be read again, and whether that is past."""
    library, today = load_library(settings.content_dir), _today()
    return [
        {
            "page": page.id,
            "place": page.place,
            "review_by": page.review_by.isoformat(),
            "due": page.review_by < today or (page.valid_until is not None and page.valid_until < today),
            "languages": {tag: _state(page, tag) for tag in LANGUAGES},
        }
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


def stamp(settings: Settings, page: str | None, language: str | None) -> int:
    """Write the hash of the present German text into translations; return how many files changed."""
    return len(stamping.stamp(settings.content_dir, page, language))


def _today() -> date:
    return utc_now().astimezone(ZoneInfo("Europe/Berlin")).date()
