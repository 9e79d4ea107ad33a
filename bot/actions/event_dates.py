"""The next date of an event: a reminder, and a file for the calendar."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.calendar_file import calendar_file
from bot.actions.event_card import when
from bot.actions.events import chosen_event, no_such_event, ways_from_event
from bot.actions.kit import Domain, Events, Skill, press, say, value_of
from bot.core.i18n import Words
from bot.core.message import Button
from bot.library.happening import Occurrence, next_occurrence

_EVENING, _SHORTLY = time(18), timedelta(hours=2)
_KEY_LENGTH = 40


class EventFile(Skill):
    """An event as a file for the phone's calendar."""

    called = "action_event_file"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Hand the next date over as a file (RFC 5545)."""
        words = self.words(tracker)
        if following := _following(self, dispatcher, tracker):
            document = calendar_file(following, words, self.kit.clock())
            text = words("Open the file, then your phone puts the date into its calendar.")
            say(
                dispatcher, words, text, [remind_button(following.event.id, words)], ways_from_event(words),
                document=document,
            )  # fmt: skip
        return []


class RemindEvent(Skill):
    """Remind me of an event."""

    called = "action_remind_event"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Queue a message for the evening before, or for two hours before; it does not say of what."""
        words = self.words(tracker)
        following = _following(self, dispatcher, tracker)
        if following is None:
            return []
        due = _due(following, self.kit.clock())
        if due is None:
            text = words("It begins very soon: {when}", when=when(following, words))
            say(dispatcher, words, text, ways_from_event(words))
            return []
        event, starts = following.event, following.starts.isoformat()
        say(
            dispatcher, words, words("A reminder that you wished for. Press the button to see what it is about."),
            [press(words("Show it"), "open_event", event=event.id)], due_at=due, once=_key(tracker, event.id, starts),
        )  # fmt: skip
        text = words(
            "I will write to you on {weekday}, {date}, at {time}. The message does not say what it is about.",
            weekday=words.weekday(due.weekday()), date=words.date(due.date()), time=words.time(due),
        )  # fmt: skip
        forget = press(words("Do not remind me"), "forget_reminder", event=event.id, on=starts)
        say(dispatcher, words, text, [forget], ways_from_event(words))
        return []


class ForgetReminder(Skill):
    """No reminder after all."""

    called = "action_forget_reminder"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Take the message back, if it has not been sent."""
        words, event = self.words(tracker), str(value_of(tracker, "event"))
        await self.kit.reminders.forget(_key(tracker, event, str(value_of(tracker, "on"))))
        again = [remind_button(event, words)]
        say(dispatcher, words, words("All right, I will not remind you."), again, ways_from_event(words))
        return []


def remind_button(event: str, words: Words) -> Button:
    """Return the button that asks for a reminder."""
    return press(words("Remind me"), "remind_event", event=event)


def _following(skill: Skill, dispatcher: CollectingDispatcher, tracker: Tracker) -> Occurrence | None:
    """Return the next date of the event of a button; if there is none, say so."""
    event = chosen_event(skill, tracker)
    following = next_occurrence(event, skill.kit.clock()) if event else None
    if following is None:
        no_such_event(dispatcher, skill.words(tracker))
    return following


def _due(following: Occurrence, now: datetime) -> datetime | None:
    """Return when to remind, in local time: at six the evening before, else two hours before, None if that is past."""
    zone = following.starts.tzinfo
    evening = datetime.combine(following.starts.date() - timedelta(days=1), _EVENING, zone)
    # A difference of moments: the night in which the clocks change is right.
    shortly = (following.starts.astimezone(UTC) - _SHORTLY).astimezone(zone)
    return next((due for due in (evening, shortly) if due > now), None)


def _key(tracker: Tracker, event: str, starts: str) -> str:
    """Return by what a reminder is known: nobody can read from it who is reminded of what."""
    parts = (str(tracker.get_slot("person")), event, starts)
    return "remind:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_KEY_LENGTH]
