"""The shape of events.yml."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bot.library.formats import Format, NameText, Reachable, Slug

EventKind = Literal["meeting", "language", "children", "sport", "culture", "advice", "help", "course"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WeekOfMonth = Literal[1, 2, 3, 4, -1]


class EventEntry(Reachable):
    """Something people can go to, in events.yml: on a `date`, or on `days` of the week."""

    id: Slug
    kind: EventKind
    name: NameText
    about: NameText | None = None
    women_only: bool = False
    date: datetime.date | None = Field(None, description="The only day on which it takes place.")
    days: list[Weekday] = Field([], description="Days of the week on which it takes place, from `first` on.")
    every_weeks: Annotated[int, Field(ge=1, le=8)] = 1
    weeks_of_month: list[WeekOfMonth] = Field([], description="Only in these weeks of a month; -1 is the last.")
    first: datetime.date | None = None
    last: datetime.date | None = None
    not_on: list[datetime.date] = Field([], description="Days on which it is left out; public holidays are known.")
    pauses_in_school_holidays: bool = False
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$", examples=["16:00-18:00"])]
    sign_up: bool = Field(False, description="One has to say beforehand that one comes.")
    free: bool = True
    childcare: bool = False

    @model_validator(mode="after")
    def _on_some_day(self) -> EventEntry:
        if (self.date is None) == (not self.days):
            raise ValueError("needs either a date, or days of the week")
        if self.days and self.first is None:
            raise ValueError("needs `first`, the day from which it takes place")
        if self.last and self.first and self.last < self.first:
            raise ValueError("last lies before first")
        opens, closes = self.time.split("-")
        if closes <= opens:
            raise ValueError("it ends before it begins")
        return self


class EventsFile(Format):
    """events.yml: meetings, courses and the like of a place."""

    events: list[EventEntry]
