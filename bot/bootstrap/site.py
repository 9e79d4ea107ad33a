"""`lotse content export`: all pages as a web site of plain files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot import catalogues
from bot.actions.menu import AREAS
from bot.actions.pages import source_line
from bot.core.language import LANGUAGES
from bot.errors import ConfigurationError, Fault
from bot.library.load import load as load_library
from bot.library.site.build import Speech, write_site
from bot.settings import Settings


def export_site(settings: Settings, target: Path, place: str | None, progress: Callable[[int, int], None]) -> int:
    """Write all pages as a web site of plain files; return how many there are."""
    library = load_library(settings.content_dir)
    if place is not None and place not in library.places:
        raise ConfigurationError([Fault("--place", 0, f"places.yml has no {place}")])
    words = catalogues.load(settings.locales_dir)
    speech = Speech({tag: words[tag] for tag in LANGUAGES}, AREAS, source_line)
    return write_site(library, place, target, speech, progress)
