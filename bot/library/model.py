"""What a content folder holds, as frozen values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from bot.core import language as languages

Method = Literal["human", "machine", "machine_reviewed"]
PlaceKind = Literal["land", "stadtkreis", "landkreis", "gemeinde"]
Names = Mapping[str, str]
"""A name per language; German is always there."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def name_in(names: Names, language: str) -> str:
    """Return the name in that language, else the German one."""
    return names.get(language) or names[languages.DEFAULT]


def readable(language: str, there: Collection[str]) -> str:
    """Return the language to show: the own one, else plain or standard German, else English, else any that is there."""
    german = ("de-simple", "de") if language == "de-simple" else ("de", "de-simple")
    for tag in (language, *german, "en", *there):
        if tag in there:
            return tag
    raise LookupError("there is no text")


@dataclass(frozen=True, slots=True)
class PageText:
    """A page in one language. `current` says that it belongs to the German text as it is now."""

    language: str
    title: str
    short: str
    body: str
    method: Method
    reviewer: str | None
    source_hash: str | None
    current: bool

    @property
    def whole(self) -> str:
        """Return title, short and long text."""
        return f"{self.title}\n{self.short}\n{self.body}"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer with its source and dates. `place` is None for a page that holds everywhere.

    `origin` is set for pages that were imported, `section` for those that only stand above their related pages.
    """

    id: str
    place: str | None
    audience: tuple[str, ...]
    owner: str
    source_url: str
    source_name: str
    reviewed_on: date
    review_by: date
    valid_until: date | None
    keywords: tuple[str, ...]
    notranslate: tuple[str, ...]
    offices: tuple[str, ...]
    related: tuple[str, ...]
    texts: Mapping[str, PageText]
    origin: str | None = None
    section: bool = False

    def text(self, language: str) -> PageText:
        """Return the text in that language, else plain or standard German, else English, else any other.

        `PageText.language` of the answer is the language actually used.
        """
        return self.texts[readable(language, self.texts)]


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """A span of local time on one day, `opens` included, `closes` not. By appointment only is not closed."""

    opens: time
    closes: time
    appointment_only: bool = False


@dataclass(frozen=True, slots=True)
class DatedException:
    """Other hours from `first` to `last`, both included; no `hours` means closed."""

    first: date
    last: date
    hours: tuple[Opening, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """An office that people visit or call. `hours` holds seven days, Monday first, in the zone `time_zone`."""

    id: str
    place: str
    kind: str
    names: Names
    address: str | None
    lat: float | None
    lon: float | None
    phone: str | None
    email: str | None
    website: str | None
    hours: tuple[tuple[Opening, ...], ...]
    exceptions: tuple[DatedException, ...]
    languages: tuple[str, ...]
    step_free: bool | None
    time_zone: str
    fictional: bool

    def name(self, language: str) -> str:
        """Return the name in that language, else the German one."""
        return name_in(self.names, language)


@dataclass(frozen=True, slots=True)
class Repetition:
    """The days on which something takes place, between `first` and `last` (None: for ever), both included.

    `weekdays` count from Monday (0). `every_weeks` counts from the week of `first`; `weeks_of_month` (1 is the first,
    -1 the last) leaves the other weeks out. It does not take place `not_on` these days, on public holidays of
    Baden-Württemberg, and in their school holidays if it `pauses`.
    """

    first: date
    last: date | None
    weekdays: tuple[int, ...]
    every_weeks: int = 1
    weeks_of_month: tuple[int, ...] = ()
    not_on: tuple[date, ...] = ()
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something people can go to, once or again and again, in local time of the zone `time_zone`."""

    id: str
    place: str
    kind: str
    names: Names
    about: Names | None
    women_only: bool
    repetition: Repetition
    starts: time
    ends: time
    address: str | None
    lat: float | None
    lon: float | None
    phone: str | None
    email: str | None
    website: str | None
    sign_up: bool
    free: bool
    childcare: bool
    languages: tuple[str, ...]
    step_free: bool | None
    time_zone: str
    fictional: bool

    def name(self, language: str) -> str:
        """Return the name in that language, else the German one."""
        return name_in(self.names, language)


@dataclass(frozen=True, slots=True)
class Contact:
    """Someone to call or write to at a place."""

    names: Names
    phone: str | None
    email: str | None
    website: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A Stadtkreis, Landkreis or municipality.

    `key` is the official regional key (five digits for a district). `aliases` are other names, larger towns and
    spellings in other scripts. `postal_codes` are whole codes or prefixes. `lat`, `lon` are those of the seat.
    `emergency` comes after the nationwide numbers.
    """

    id: str
    key: str | None
    name: str
    kind: PlaceKind
    parent: str | None
    seat: str | None
    aliases: tuple[str, ...]
    postal_codes: tuple[str, ...]
    lat: float | None
    lon: float | None
    languages: tuple[str, ...] = tuple(languages.LANGUAGES)
    contacts: tuple[Contact, ...] = ()
    emergency: tuple[Contact, ...] = ()
    time_zone: str = "Europe/Berlin"
    fictional: bool = False
