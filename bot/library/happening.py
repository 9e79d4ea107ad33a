"""When events take place: pure functions over local days.

A local time becomes a moment by `datetime.combine` per date, so weeks in which the clocks change are right.
Public and school holidays of Baden-Württemberg come from the library `holidays`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from bot.library.model import Event, Repetition

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an event takes place; aware moments in the event's zone."""

    event: Event
    starts: datetime
    ends: datetime


def occurrences(events: Iterable[Event], after: datetime, until: datetime) -> list[Occurrence]:
    """Return what is not over at one moment and begins before another, in order. Refuses naive datetimes."""
    if after.utcoffset() is None or until.utcoffset() is None:
        raise ValueError("a moment needs its time zone")
    found = [one for event in events for one in _of(event, after, until)]
    return sorted(found, key=lambda one: (one.starts, one.event.id))


def next_occurrence(event: Event, after: datetime, *, within_days: int = 120) -> Occurrence | None:
    """Return the next time that an event takes place and is not over, None if there is none for so long."""
    return next(iter(occurrences([event], after, after + timedelta(days=within_days))), None)


def _of(event: Event, after: datetime, until: datetime) -> Iterator[Occurrence]:
    zone = ZoneInfo(event.time_zone)
    day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        if takes_place(event.repetition, day):
            starts, ends = (datetime.combine(day, local, zone) for local in (event.starts, event.ends))
            if ends > after and starts < until:
                yield Occurrence(event, starts, ends)
        day += timedelta(days=1)


def takes_place(repetition: Repetition, day: date) -> bool:
    """Return whether something takes place on a day.

    What happens once takes place even on a public holiday: somebody chose the day.
    """
    if day < repetition.first or (repetition.last and day > repetition.last):
        return False
    if repetition.first == repetition.last:
        return True
    if day.weekday() not in repetition.weekdays or day in repetition.not_on:
        return False
    if _weeks_between(repetition.first, day) % repetition.every_weeks:
        return False
    if repetition.weeks_of_month and not _in_week(day, repetition.weeks_of_month):
        return False
    return day not in _public(day.year) and not (repetition.pauses and day in _school(day.year))


def _weeks_between(first: date, day: date) -> int:
    monday = first - timedelta(days=first.weekday())
    return (day - monday).days // _WEEK


def _in_week(day: date, weeks: tuple[int, ...]) -> bool:
    is_last = (day + timedelta(days=_WEEK)).month != day.month
    return (day.day - 1) // _WEEK + 1 in weeks or (is_last and -1 in weeks)


@cache
def _public(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="BW", years=year))


@cache
def _school(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="BW", years=year, categories=("school",)))
