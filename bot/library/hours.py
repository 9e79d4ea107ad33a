"""When an office is open: pure functions over local opening hours.

A local time becomes a moment by `datetime.combine` per date, so the two nights in which the clocks change are
right. Public holidays are not known here: offices state them as dated exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.library.model import DatedException, Office, Opening

_LOOK_AHEAD_DAYS = 60


class Doors(StrEnum):
    """How an office can be reached at a moment."""

    OPEN = "open"
    BY_APPOINTMENT = "by_appointment"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Span:
    """One opening on a certain day; aware moments in the zone of the office."""

    opens: datetime
    closes: datetime
    appointment_only: bool


def doors(office: Office, at: datetime) -> Doors:
    """Return whether one can walk in, come with an appointment, or neither. Refuses naive datetimes."""
    moment = _in_utc(at)
    for span in _spans(office, _local_date(office, at)):
        if span.opens.astimezone(UTC) <= moment < span.closes.astimezone(UTC):
            return Doors.BY_APPOINTMENT if span.appointment_only else Doors.OPEN
    return Doors.CLOSED


def is_open(office: Office, at: datetime) -> bool:
    """Return whether one can walk in without an appointment at this moment. Refuses naive datetimes."""
    return doors(office, at) is Doors.OPEN


def next_opening(office: Office, at: datetime, *, by_appointment: bool = False) -> Span | None:
    """Return the first span that begins after `at`, None if there is none within 60 days.

    Spans by appointment only count with `by_appointment`. Refuses naive datetimes.
    """
    moment = _in_utc(at)
    today = _local_date(office, at)
    for days in range(_LOOK_AHEAD_DAYS + 1):
        for span in _spans(office, today + timedelta(days=days)):
            if span.opens.astimezone(UTC) > moment and (by_appointment or not span.appointment_only):
                return span
    return None


def exception_on(office: Office, day: date) -> DatedException | None:
    """Return what changes the hours of that day; the first one named wins."""
    return next((one for one in office.exceptions if one.first <= day <= one.last), None)


def openings_on(office: Office, day: date) -> tuple[Opening, ...]:
    """Return the hours of that day, exceptions considered."""
    exception = exception_on(office, day)
    return office.hours[day.weekday()] if exception is None else exception.hours


def _spans(office: Office, day: date) -> Iterator[Span]:
    zone = ZoneInfo(office.time_zone)
    for opening in openings_on(office, day):
        opens, closes = (datetime.combine(day, local, zone) for local in (opening.opens, opening.closes))
        yield Span(opens, closes, opening.appointment_only)


def _local_date(office: Office, at: datetime) -> date:
    return at.astimezone(ZoneInfo(office.time_zone)).date()


def _in_utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(UTC)
