"""A date as an iCalendar file (RFC 5545) that every phone can open."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar
from icalendar import Event as CalendarEntry

from bot.core.i18n import Words
from bot.core.message import Document
from bot.library.happening import Occurrence
from bot.library.model import name_in

NAME = "termin.ics"
MEDIA_TYPE = "text/calendar"


def calendar_file(one: Occurrence, words: Words, now: datetime) -> Document:
    """Return one occurrence of an event as a file; its UID stays the same however often it is made."""
    event, language = one.event, words.language
    entry = CalendarEntry()
    entry.add("uid", f"{event.id}-{one.starts:%Y%m%dT%H%M}@{event.place}.lotse")
    entry.add("dtstamp", now)
    entry.add("dtstart", one.starts)
    entry.add("dtend", one.ends)
    entry.add("summary", event.name(language))
    if event.about:
        entry.add("description", name_in(event.about, language))
    if event.address:
        entry.add("location", event.address)
    calendar = Calendar()
    calendar.add("prodid", "-//Lotse//Events//")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    return Document(NAME, MEDIA_TYPE, calendar.to_ical())
