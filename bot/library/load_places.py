"""Reading places.yml and the place.yml and offices.yml of each place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import time
from itertools import pairwise
from pathlib import Path

from bot.core.yaml_lines import Document
from bot.library.formats import (
    ContactFile,
    ExceptionEntry,
    OfficeEntry,
    OfficesFile,
    PlaceEntry,
    PlaceFile,
    PlacesFile,
    span_parts,
)
from bot.library.model import WEEKDAYS, Contact, DatedException, Office, Opening, Place
from bot.library.reader import Reader


def read_places(reader: Reader, content_dir: Path) -> dict[str, Place]:
    """Return the places of places.yml by id, with what their place.yml adds."""
    file = content_dir / "places.yml"
    read = reader.file(PlacesFile, file, needed=True)
    if read is None:
        return {}
    found, document = read
    _check(reader, file, document, found.places)
    return {entry.id: _with_own_file(reader, content_dir, _place(entry)) for entry in found.places}


def _check(reader: Reader, file: Path, document: Document, entries: list[PlaceEntry]) -> None:
    ids = {entry.id for entry in entries}
    seen: set[tuple[str, str]] = set()
    for number, entry in enumerate(entries):
        for name, value in (("id", entry.id), ("key", entry.key), ("name", entry.name)):
            line = document.line(("places", number, name))
            if value and (name, value) in seen:
                reader.fault(file, line, f"{name}: {value} is already another place")
            seen.add((name, value or ""))
        if entry.parent is not None and (entry.parent not in ids or _in_circle(entry, entries)):
            line = document.line(("places", number, "parent"))
            reader.fault(file, line, f"parent: {entry.parent} is not a place above {entry.id}")
        if (entry.lat is None) != (entry.lon is None):
            reader.fault(file, document.line(("places", number)), f"{entry.id}: lat and lon belong together")


def _in_circle(entry: PlaceEntry, entries: list[PlaceEntry]) -> bool:
    parents = {other.id: other.parent for other in entries}
    passed, above = {entry.id}, entry.parent
    while above is not None:
        if above in passed:
            return True
        passed.add(above)
        above = parents.get(above)
    return False


def _place(entry: PlaceEntry) -> Place:
    spellings = [name for names in entry.spellings.values() for name in names]
    return Place(
        id=entry.id,
        key=entry.key,
        name=entry.name,
        kind=entry.kind,
        parent=entry.parent,
        seat=entry.seat,
        aliases=tuple(dict.fromkeys([*entry.aliases, *spellings])),
        postal_codes=tuple(entry.postal_codes),
        lat=entry.lat,
        lon=entry.lon,
        fictional=entry.fictional,
    )


def _with_own_file(reader: Reader, content_dir: Path, place: Place) -> Place:
    file = content_dir / "places" / place.id / "place.yml"
    read = reader.file(PlaceFile, file)
    if read is None:
        return place
    found, _ = read
    return replace(
        place,
        languages=tuple(found.languages),
        contacts=_contacts(found.contacts),
        emergency=_contacts(found.emergency),
        time_zone=found.time_zone,
    )


def _contacts(entries: Iterable[ContactFile]) -> tuple[Contact, ...]:
    return tuple(Contact(entry.name, entry.phone, entry.email, entry.website) for entry in entries)


def read_offices(reader: Reader, content_dir: Path, place: Place) -> Iterator[Office]:
    """Yield the offices of a place, in the order of its offices.yml."""
    file = content_dir / "places" / place.id / "offices.yml"
    read = reader.file(OfficesFile, file)
    if read is None:
        return
    found, document = read
    seen: set[str] = set()
    for number, entry in enumerate(found.offices):
        if entry.id in seen:
            reader.fault(file, document.line(("offices", number, "id")), f"id: {entry.id} is already another office")
        seen.add(entry.id)
        yield _office(reader, file, document, number, entry, place)


def _office(reader: Reader, file: Path, document: Document, number: int, entry: OfficeEntry, place: Place) -> Office:
    hours = tuple(_openings(getattr(entry.hours, day)) for day in WEEKDAYS)
    exceptions = tuple(_exception(item) for item in entry.exceptions)
    for day, openings in zip(WEEKDAYS, hours, strict=True):
        if what := _fault_in(openings):
            reader.fault(file, document.line(("offices", number, "hours", day)), f"{day}: {what}")
    for index, item in enumerate(exceptions):
        if what := _fault_in(item.hours):
            reader.fault(file, document.line(("offices", number, "exceptions", index)), f"{item.first}: {what}")
    return Office(
        id=entry.id,
        place=place.id,
        kind=entry.kind,
        names=entry.name,
        address=entry.address,
        lat=entry.lat,
        lon=entry.lon,
        phone=entry.phone,
        email=entry.email,
        website=entry.website,
        hours=hours,
        exceptions=exceptions,
        languages=tuple(entry.languages),
        step_free=entry.step_free,
        time_zone=place.time_zone,
        fictional=entry.fictional or place.fictional,
    )


def _openings(spans: Iterable[str]) -> tuple[Opening, ...]:
    parts = [span_parts(span) for span in spans]
    return tuple(sorted(Opening(time.fromisoformat(a), time.fromisoformat(b), flag) for a, b, flag in parts))


def _exception(entry: ExceptionEntry) -> DatedException:
    return DatedException(entry.date, entry.until or entry.date, _openings(entry.hours), entry.note)


def _fault_in(openings: tuple[Opening, ...]) -> str | None:
    if any(span.opens >= span.closes for span in openings):
        return "closes before it opens; hours past midnight are written on both days"
    if any(one.closes > other.opens for one, other in pairwise(openings)):
        return "hours overlap"
    return None
