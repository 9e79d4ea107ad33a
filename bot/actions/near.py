"""What is nearest: the position is used for one answer and not kept."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, press, say, slot, value_of
from bot.actions.menu import human_button, menu_button
from bot.actions.office_card import KINDS
from bot.core import payload
from bot.core.i18n import Words
from bot.core.message import Button, Command
from bot.library.geography import distance_km
from bot.library.happening import next_occurrence
from bot.library.model import Event, Office

ASKS, EVENTS = "near_me", "events"
_SHOWN = 5


class NearMe(Skill):
    """What is nearest to me: an office, or something that is on?"""

    called = "action_near_me"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Ask for the position."""
        words = self.words(tracker)
        text = words("Send me your position. I use it for this one answer and do not keep it.")
        say(dispatcher, words, text, [press(words("Never mind"), "stop")], ask_location=True)
        return [slot("asked", payload.write(ASKS, {"kind": value_of(tracker, "kind")}))]


def asked_for(tracker: Tracker) -> Command | None:
    """Return what a position is to show, None if the latest message does not answer that question."""
    asked = payload.read(tracker.latest_message["metadata"].get("asked") or "")
    return asked if asked and asked.intent == ASKS else None


def show_nearest(
    skill: Skill, asked: Command, position: tuple[float, float], dispatcher: CollectingDispatcher, tracker: Tracker
) -> None:
    """Show the offices of the person's place, or what is on there, nearest first."""
    words, library, place = skill.words(tracker), skill.kit.library(), tracker.get_slot("place")
    here: Sequence[Office | Event] = library.offices_at(place)
    if asked.values.get("kind") == EVENTS:
        here = [event for event in library.events_at(place) if next_occurrence(event, skill.kit.clock())]
    away = [(distance_km(position, (o.lat, o.lon)), o) for o in here if o.lat is not None and o.lon is not None]
    nearest = sorted(away, key=lambda pair: (pair[0], pair[1].id))[:_SHOWN]
    if not nearest:
        say(
            dispatcher,
            words,
            words("I do not know where the offices here are."),
            [human_button(words), menu_button(words)],
        )
        return
    lines = [words("{office}: about {distance} km", office=_title(one, words), distance=_km(km)) for km, one in nearest]
    rows = [[_button(one, words)] for _, one in nearest]
    text = "\n".join([words("Nearest to you, as the crow flies:"), *(f"- {line}" for line in lines)])
    say(dispatcher, words, text, *rows, [human_button(words), menu_button(words)], markup=True)


def _km(distance: float) -> str:
    return f"{distance:.1f}" if distance < 10 else f"{distance:.0f}"


def _title(one: Office | Event, words: Words) -> str:
    return words(KINDS[one.kind]) if one.kind in KINDS else one.name(words.language)


def _button(one: Office | Event, words: Words) -> Button:
    if isinstance(one, Event):
        return press(_title(one, words), "open_event", event=one.id)
    return press(_title(one, words), "find_office", office=one.kind)
