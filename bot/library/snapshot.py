"""Everything that is known at one moment. A change makes a new Library; the old one keeps serving until then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.errors import Fault
from bot.library.find import Match, PlaceIndex
from bot.library.geography import nearest
from bot.library.glossary import Glossary
from bot.library.model import Event, Office, Page, Place
from bot.library.recognition import Recognition
from bot.library.referral import Services


@dataclass(frozen=True)
class Library:
    """An immutable snapshot of a content folder.

    `pages` has the common pages under (None, id) and those of a place under (place, id). `version` is a hash of
    all files. `warnings` name what is missing or stale without being wrong.
    """

    places: Mapping[str, Place]
    pages: Mapping[tuple[str | None, str], Page]
    offices: tuple[Office, ...]
    version: str
    warnings: tuple[Fault, ...] = ()
    events: tuple[Event, ...] = ()
    glossary: Glossary = field(default_factory=lambda: Glossary({}))
    services: Services = field(default_factory=lambda: Services({}))
    recognition: Recognition = field(default_factory=lambda: Recognition({}, {}))

    def above(self, place_id: str | None) -> Iterator[str]:
        """Yield a place and all places that it lies in, nearest first; nothing for an unknown one."""
        while place_id is not None and (place := self.places.get(place_id)):
            yield place.id
            place_id = place.parent

    def page(self, page_id: str, place_id: str | None = None) -> Page | None:
        """Return the page as it holds at a place: its own, else that of a place around it, else the common one."""
        for place in (*self.above(place_id), None):
            if found := self.pages.get((place, page_id)):
                return found
        return None

    def pages_at(self, place_id: str | None = None) -> tuple[Page, ...]:
        """Return every page as it holds at a place, sorted by id."""
        here = {None, *self.above(place_id)}
        ids = sorted({page_id for place, page_id in self.pages if place in here})
        return tuple(page for page_id in ids if (page := self.page(page_id, place_id)))

    def offices_at(self, place_id: str | None, kind: str | None = None) -> tuple[Office, ...]:
        """Return the offices that serve a place, its own before those of the places around it."""
        return tuple(
            office
            for place in self.above(place_id)
            for office in self.offices
            if office.place == place and kind in (None, office.kind)
        )

    def events_at(self, place_id: str | None) -> tuple[Event, ...]:
        """Return what people of a place can go to, its own before what the places around it offer."""
        return tuple(event for place in self.above(place_id) for event in self.events if event.place == place)

    def event(self, place_id: str | None, event_id: str) -> Event | None:
        """Return one event that people of a place can go to."""
        return next((one for one in self.events_at(place_id) if one.id == event_id), None)

    def office(self, place_id: str, office_id: str) -> Office | None:
        """Return one office of a place."""
        return next((one for one in self.offices if (one.place, one.id) == (place_id, office_id)), None)

    def find_places(self, text: str, limit: int = 3) -> list[Match]:
        """Return the places that a person may mean, best first; see `find.PlaceIndex.find`."""
        return self._index.find(text, limit)

    def names_of_places(self) -> Iterator[tuple[str, str]]:
        """Yield (name, id of the place) for every name and spelling that means one place alone."""
        bearers: dict[str, set[str]] = {}
        for place in self.places.values():
            for name in (place.name, *place.aliases):
                bearers.setdefault(name, set()).add(place.id)
        yield from ((name, ids.pop()) for name, ids in bearers.items() if len(ids) == 1)

    def names_of_words(self) -> Mapping[str, Iterator[tuple[str, str]]]:
        """Return by entity what else people name: office words and professions, each as (spelling, id)."""
        return {"word": self.glossary.names(), "profession": self.recognition.spellings()}

    def nearest_place(self, lat: float, lon: float) -> Place | None:
        """Return the district whose seat is nearest, None outside Baden-Württemberg; see `geography.nearest`."""
        return nearest(self.places.values(), lat, lon)

    @cached_property
    def _index(self) -> PlaceIndex:
        return PlaceIndex.of(self.places.values())
