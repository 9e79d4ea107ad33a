"""From a content folder to a Library, or to the list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from bot.core.cores import spread
from bot.errors import ConfigurationError, Fault
from bot.library.hashing import version_of
from bot.library.load_events import read_events
from bot.library.load_glossary import read_glossary
from bot.library.load_pages import page_folders, read_pages
from bot.library.load_places import read_offices, read_places
from bot.library.load_professions import read_professions
from bot.library.load_services import read_services
from bot.library.markdown_subset import checker
from bot.library.model import Page, Place
from bot.library.passed import Passed
from bot.library.reader import Reader
from bot.library.snapshot import Library


def load(content_dir: Path, *, complete: bool = False, passed: Path | None = None) -> Library:
    """Return what the folder holds. Raises ConfigurationError with every fault found.

    Missing languages are warnings, with `complete` faults. `passed` is a file that remembers which pages have passed
    all checks, so that the next start is quicker.
    """
    if not content_dir.is_dir():
        raise ConfigurationError([Fault(str(content_dir), 0, "there is no such content folder")])
    try:
        return _load(content_dir, complete=complete, passed=Passed(passed))
    except OSError as exc:  # a folder that cannot be listed
        raise ConfigurationError(
            [Fault(str(exc.filename or content_dir), 0, f"cannot be read: {exc.strerror}")]
        ) from exc


def _load(content_dir: Path, *, complete: bool, passed: Passed) -> Library:
    # First the version, then the files: a change in between is seen by the next look at the folder.
    version = version_of(content_dir)
    reader = Reader(content_dir.resolve(), complete=complete, passed=passed)
    places = read_places(reader, content_dir)
    pages = _all_pages(reader, content_dir, places)
    events = tuple(event for place in places.values() for event in read_events(reader, content_dir, place))
    offices = tuple(office for place in places.values() for office in read_offices(reader, content_dir, place))
    # Folders, not pages: a faulty page is not unknown as well.
    ids = {path.name for path in page_folders(content_dir / "common")} | {page for _, page in pages}
    glossary = read_glossary(reader, content_dir, ids)
    services = read_services(reader, content_dir, ids)
    recognition = read_professions(reader, content_dir)
    if reader.faults:
        raise ConfigurationError(reader.faults)
    passed.save()
    return Library(
        places=MappingProxyType(places),
        pages=MappingProxyType(pages),
        offices=offices,
        version=version,
        warnings=tuple(sorted(reader.warnings)),
        events=events,
        glossary=glossary,
        services=services,
        recognition=recognition,
    )


def _all_pages(reader: Reader, content_dir: Path, places: dict[str, Place]) -> dict[tuple[str | None, str], Page]:
    parser = checker()
    folders = page_folders(content_dir / "common")
    # Folders, not pages: a faulty page is not also unknown to those that are related to it.
    known = {path.name for path in folders}

    def read(part: Sequence[Path]) -> tuple[list[Page], Reader]:
        own = reader.another()
        return list(read_pages(own, part, place=None, common={}, known=known, parser=parser)), own

    common: dict[str, Page] = {}
    for pages, own in spread(read, folders):
        common |= {page.id: page for page in pages}
        reader.take(own)
    found: dict[tuple[str | None, str], Page] = {(None, page_id): page for page_id, page in common.items()}
    for local in page_folders(content_dir / "places"):
        if places and local.name not in places:
            reader.fault(local, 0, f"{local.name} is not a place of places.yml")
        here = known | {path.name for path in page_folders(local)}
        for page in read_pages(reader, page_folders(local), place=local.name, common=common, known=here, parser=parser):
            found[local.name, page.id] = page
    return found
