"""Reading the events.yml of a place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

from bot.library.event_format import EventEntry, EventsFile
from bot.library.model import WEEKDAYS, Event, Place, Repetition
from bot.library.reader import Reader


def read_events(reader: Reader, content_dir: Path, place: Place) -> Iterator[Event]:
    """Yield the events of a place, in the order of its events.yml."""
    file = content_dir / "places" / place.id / "events.yml"
    read = reader.file(EventsFile, file)
    if read is None:
        return
    found, document = read
    seen: set[str] = set()
    for number, entry in enumerate(found.events):
        if entry.id in seen:
            reader.fault(file, document.line(("events", number, "id")), f"id: {entry.id} is already another event")
        seen.add(entry.id)
        yield _event(entry, place)


def _event(entry: EventEntry, place: Place) -> Event:
    starts, ends = (time.fromisoformat(part) for part in entry.time.split("-"))
    return Event(
        id=entry.id,
        place=place.id,
        kind=entry.kind,
        names=entry.name,
        about=entry.about,
        women_only=entry.women_only,
        repetition=_repetition(entry),
        starts=starts,
        ends=ends,
        address=entry.address,
        lat=entry.lat,
        lon=entry.lon,
        phone=entry.phone,
        email=entry.email,
        website=entry.website,
        sign_up=entry.sign_up,
        free=entry.free,
        childcare=entry.childcare,
        languages=tuple(entry.languages),
        step_free=entry.step_free,
        time_zone=place.time_zone,
        fictional=entry.fictional or place.fictional,
    )


def _repetition(entry: EventEntry) -> Repetition:
    if entry.date:
        return Repetition(entry.date, entry.date, (entry.date.weekday(),))
    return Repetition(
        first=entry.first or date.min,
        last=entry.last,
        weekdays=tuple(sorted(WEEKDAYS.index(day) for day in entry.days)),
        every_weeks=entry.every_weeks,
        weeks_of_month=tuple(entry.weeks_of_month),
        not_on=tuple(entry.not_on),
        pauses=entry.pauses_in_school_holidays,
    )
