"""Events: what is on, the card of one, a reminder, a file for the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.calendar_file import calendar_file
from bot.actions.event_card import describe, listed, when
from bot.actions.kit import Domain, Events, Skill, press, say, value_of
from bot.actions.map_link import map_row
from bot.actions.menu import human_button, in_rows, menu_button
from bot.actions.near import EVENTS
from bot.actions.offices import show_helpers
from bot.actions.reminding import REMIND_AT, reminder_key
from bot.core.i18n import N_, Words
from bot.core.message import Button
from bot.library.happening import Occurrence, next_occurrence, occurrences
from bot.library.model import Event, Place

_SHOWN = 8
_LATER = timedelta(days=60)
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class _Span:
    """Days to look at: `days` from `first` days after today on."""

    title: str
    first: int
    days: int


def _weekend(today: date) -> _Span:
    return _Span(N_("This weekend in {place}:"), max(0, _FRIDAY + 1 - today.weekday()), 2 if today.weekday() < 6 else 1)


def _span(wanted: str, today: date) -> _Span:
    if wanted == "weekend":
        return _weekend(today)
    spans = {
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
            text = words("Tell me your place, then I can show you what is on there.")
            say(dispatcher, words, text, [press(words("Choose my place"), "choose_place")], [human_button(words)])
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
        if len(found) > len(shown):
            lines += [
                "",
                words.count("And {count} more.", "And {count} more.", len(found) - _SHOWN, count=len(found) - _SHOWN),
            ]
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
            [press(words("What else is on"), "find_event"), human_button(words)], markup=True,
        )  # fmt: skip
        return []


class EventFile(Skill):
    """An event as a file for the phone's calendar."""

    called = "action_event_file"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Hand the next date over as a file (RFC 5545)."""
        words, event = self.words(tracker), chosen_event(self, tracker)
        following = next_occurrence(event, self.kit.clock()) if event else None
        if event is None or following is None:
            no_such_event(dispatcher, words)
            return []
        document = calendar_file(following, words, self.kit.clock())
        say(
            dispatcher,
            words,
            words("Open the file, then your phone puts the date into its calendar."),
            document=document,
        )
        return []


class RemindEvent(Skill):
    """Remind me of an event."""

    called = "action_remind_event"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Queue a message for the evening before, or for two hours before; it does not say of what."""
        words, event = self.words(tracker), chosen_event(self, tracker)
        following = next_occurrence(event, self.kit.clock()) if event else None
        if event is None or following is None:
            no_such_event(dispatcher, words)
            return []
        due = _due(following, self.kit.clock())
        if due is None:
            say(dispatcher, words, words("It begins very soon: {when}", when=when(following, words)))
            return []
        key = reminder_key(
            str(tracker.get_slot("person")), "event", event.place, event.id, following.starts.isoformat()
        )
        show = press(words("Show it"), "open_event", event=event.id)
        say(
            dispatcher, words, words("A reminder that you wished for. Press the button to see what it is about."),
            [show], due_at=due, once=key,
        )  # fmt: skip
        local = due.astimezone(following.starts.tzinfo)
        text = words(
            "I will write to you on {weekday}, {date}, at {time}. The message does not say what it is about.",
            weekday=words.weekday(local.weekday()), date=words.date(local.date()), time=words.time(local),
        )  # fmt: skip
        forget = press(words("Do not remind me"), "forget_reminder", event=event.id, on=following.starts.isoformat())
        say(dispatcher, words, text, [forget], [press(words("What else is on"), "find_event")])
        return []


class ForgetReminder(Skill):
    """No reminder after all."""

    called = "action_forget_reminder"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Take the message back, if it has not been sent."""
        words, event = self.words(tracker), chosen_event(self, tracker)
        place = event.place if event else ""
        key = reminder_key(
            str(tracker.get_slot("person")),
            "event",
            place,
            str(value_of(tracker, "event")),
            str(value_of(tracker, "on")),
        )
        await self.kit.reminders.forget(key)
        say(dispatcher, words, words("All right, I will not remind you."), [menu_button(words)])
        return []


def _due(following: Occurrence, now: datetime) -> datetime | None:
    """Return when to remind: at six the evening before, else two hours before, None if that is past, too."""
    local = following.starts
    evening = datetime.combine(local.date() - timedelta(days=1), REMIND_AT, local.tzinfo)
    # A difference of aware moments: the night in which the clocks change is right.
    shortly = (following.starts.astimezone(ZoneInfo("UTC")) - timedelta(hours=2)).astimezone(local.tzinfo)
    return next((due for due in (evening, shortly) if due > now), None)


def chosen_event(skill: Skill, tracker: Tracker) -> Event | None:
    """Return the event of a button, None if it is gone or another place's."""
    return skill.kit.library().event(tracker.get_slot("place"), str(value_of(tracker, "event")))


def no_such_event(dispatcher: CollectingDispatcher, words: Words) -> None:
    """Say so."""
    text = words("This event is over or was taken out of the list.")
    say(dispatcher, words, text, [press(words("What else is on"), "find_event"), menu_button(words)])
