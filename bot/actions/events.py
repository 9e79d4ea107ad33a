"""Events: what is on, and the card of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.event_card import describe, listed
from bot.actions.kit import Domain, Events, Skill, ask_for_place, press, say, value_of
from bot.actions.map_link import map_row
from bot.actions.menu import human_button, in_rows, menu_button
from bot.actions.near import EVENTS
from bot.actions.offices import show_helpers
from bot.core.i18n import N_, Words
from bot.core.message import Button
from bot.library.happening import next_occurrence, occurrences
from bot.library.model import Event, Place

_SHOWN = 8
_LATER = timedelta(days=60)
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class _Span:
    """Days to look at: `days` from `first` days after today on."""

    title: str
    first: int
    days: int


def _span(wanted: str, today: date) -> _Span:
    saturday = max(0, _SATURDAY - today.weekday())  # on a Sunday the weekend has begun
    spans = {
        "weekend": _Span(N_("This weekend in {place}:"), saturday, 1 if today.weekday() == _SUNDAY else 2),
        "today": _Span(N_("Today in {place}:"), 0, 1),
        "tomorrow": _Span(N_("Tomorrow in {place}:"), 1, 1),
        "next_week": _Span(N_("Next week in {place}:"), 7 - today.weekday(), 7),
        "month": _Span(N_("In the next four weeks in {place}:"), 0, 28),
    }
    return spans.get(wanted, _Span(N_("In the next seven days in {place}:"), 0, 7))


_ALL_SPANS = {
    "today": N_("Today"),
    "weekend": N_("This weekend"),
    "week": N_("This week"),
    "month": N_("The next four weeks"),
}


class FindEvent(Skill):
    """What is on?"""

    called = "action_find_event"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """List what takes place on the days asked for, else in the next seven."""
        words = self.words(tracker)
        place = self.place(tracker)
        if place is None:
            ask_for_place(dispatcher, words, words("Tell me your place, then I can show you what is on there."))
            return []
        everything = self.kit.library().events_at(place.id)
        if not everything:
            heading = words("I do not have a list of events for {place} yet. Ask here:", place=place.name)
            show_helpers(self, dispatcher, tracker, heading)
            return []
        self._list(everything, place, dispatcher, tracker)
        return []

    def _list(
        self, everything: Sequence[Event], place: Place, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> None:
        words, now = self.words(tracker), self.kit.clock()
        wanted, women = str(value_of(tracker, "days") or value_of(tracker, "date") or "week"), _women_only(tracker)
        kind = value_of(tracker, "kind")
        events = [one for one in everything if (one.women_only or not women) and kind in (None, one.kind)]
        zone = ZoneInfo(place.time_zone)
        today = now.astimezone(zone).date()
        span = _span(wanted, today)
        found = occurrences(
            events, max(now, _start(today, span.first, zone)), _start(today, span.first + span.days, zone)
        )
        heading = words(span.title, place=place.name)
        if not found:
            found = occurrences(events, now, now + _LATER)[:3]
            heading = words("Nothing is known for this time. This comes next:") if found else ""
        if not found:
            say(
                dispatcher, words, words("I know of nothing at present. Ask again in a few days, or ask a person."),
                *_filters(wanted, tracker, words), [human_button(words), menu_button(words)],
            )  # fmt: skip
            return
        shown = found[:_SHOWN]
        lines = [heading, "", listed(shown, words)]
        if more := len(found) - len(shown):
            lines += ["", words.count("And {count} more.", "And {count} more.", more, count=more)]
        say(
            dispatcher, words, "\n".join(lines), *_event_rows((one.event for one in shown), words),
            *_filters(wanted, tracker, words), _near(events, words), [human_button(words), menu_button(words)],
            markup=True,
        )  # fmt: skip


def _near(events: Sequence[Event], words: Words) -> list[Button]:
    known = any(event.lat is not None for event in events)
    return [press(words("Nearest to me"), "near_me", kind=EVENTS)] if known else []


def _start(today: date, days: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(today + timedelta(days=days), time(), zone)


def _women_only(tracker: Tracker) -> bool:
    return bool(value_of(tracker, "women"))


def _event_rows(events: Iterable[Event], words: Words) -> list[list[Button]]:
    unique = {event.id: event for event in events}
    return [[press(event.name(words.language), "open_event", event=event.id)] for event in unique.values()]


def _filters(wanted: str, tracker: Tracker, words: Words) -> list[list[Button]]:
    """Return the other spans of days as buttons, and the way to what is for women only, and back."""
    women = _women_only(tracker)
    also = {"women": True} if women else {}
    spans = [
        press(words(title), "find_event", days=days, **also) for days, title in _ALL_SPANS.items() if days != wanted
    ]
    other = (
        press(words("For everybody"), "find_event", days=wanted)
        if women
        else press(words("For women only"), "find_event", days="month", women=True)
    )
    return [*in_rows(spans), [other]]


class OpenEvent(Skill):
    """One event."""

    called = "action_open_event"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show its card, or say that it is gone."""
        words = self.words(tracker)
        if (event := chosen_event(self, tracker)) is None:
            no_such_event(dispatcher, words)
            return []
        now = self.kit.clock()
        rows = []
        if next_occurrence(event, now):
            rows.append(
                [
                    press(words("Remind me"), "remind_event", event=event.id),
                    press(words("Into my calendar"), "event_file", event=event.id),
                ]
            )
        say(
            dispatcher, words, describe(event, words, now), *rows, map_row(event, words),
            ways_from_event(words), markup=True,
        )  # fmt: skip
        return []


def ways_from_event(words: Words) -> list[Button]:
    """Return where to go from an event: what else is on, and a person."""
    return [press(words("What else is on"), "find_event"), human_button(words)]


def chosen_event(skill: Skill, tracker: Tracker) -> Event | None:
    """Return the event of a button, None if it is gone or another place's."""
    return skill.kit.library().event(tracker.get_slot("place"), str(value_of(tracker, "event")))


def no_such_event(dispatcher: CollectingDispatcher, words: Words) -> None:
    """Say so."""
    say(dispatcher, words, words("This event is over or was taken out of the list."), ways_from_event(words))
