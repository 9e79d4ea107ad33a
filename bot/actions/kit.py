"""What the actions work with, and how they speak."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.wire import to_rasa
from bot.core import payload
from bot.core.clock import Clock
from bot.core.i18n import Catalogues, Words
from bot.core.language import DEFAULT, known
from bot.core.message import Button, Reply
from bot.core.people import People
from bot.core.ports import Reminders, Searches
from bot.core.usage import Tally
from bot.library.model import Method, Place
from bot.library.snapshot import Library
from bot.people.learning import Learning

ANYWHERE = "bw"  # the slot's value when the person does not want to name a place

Events = list[dict[str, Any]]
Domain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kit:
    """The services of the actions.

    `library` returns the content as it is now. `links` returns the addresses that open a page (id, place) for anybody.
    """

    words: Catalogues
    library: Callable[[], Library]
    people: People
    learning: Learning
    searches: Searches
    tally: Tally
    reminders: Reminders
    links: Callable[[str, str | None], Awaitable[list[str]]]
    clock: Clock
    responsible: str
    responsible_contact: str
    retention_days: int


class Skill(Action):
    """An action with the services it needs. Its name is the class's own, in Rasa's way of writing."""

    called: str

    def __init__(self, kit: Kit) -> None:
        """Keep the services."""
        self.kit = kit

    def name(self) -> str:
        """Return the name in domain.yml."""
        return self.called

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Do it and return the events."""
        raise NotImplementedError

    def words(self, tracker: Tracker) -> Words:
        """Return the words of the person's language, as far as it is known."""
        return self.kit.words[language_of(tracker)]

    def place(self, tracker: Tracker) -> Place | None:
        """Return the person's place, None if not given or gone."""
        return self.kit.library().places.get(tracker.get_slot("place") or "")


def language_of(tracker: Tracker) -> str:
    """Return the language to answer in: chosen, else as written, else the phone's, else German."""
    return known_language_of(tracker) or DEFAULT


def known_language_of(tracker: Tracker) -> str | None:
    """Return the language chosen, else as written or carried by a button, else the phone's; None if none is known."""
    about = tracker.latest_message.get("metadata") or {}
    carried = known(str(value_of(tracker, "language")))
    return tracker.get_slot("language") or about.get("language") or carried or about.get("phone_language")


def value_of(tracker: Tracker, entity: str) -> Any:
    """Return the value that a button carried or a text named, None if there is none."""
    for found in tracker.latest_message.get("entities") or ():
        if found.get("entity") == entity:
            return found.get("value")
    return None


def say(dispatcher: CollectingDispatcher, words: Words, text: str, *rows: Sequence[Button], **more: Any) -> None:
    """Answer with a text and rows of buttons; `more` are further fields of Reply."""
    buttons = tuple(tuple(row) for row in rows if row)
    dispatcher.utter_message(**to_rasa(Reply(text, more.pop("language", words.language), buttons=buttons, **more)))


def press(title: str, intent: str, **values: object) -> Button:
    """Return a button that means an intent."""
    return Button(title, payload=payload.write(intent, values))


def ask_for_place(dispatcher: CollectingDispatcher, words: Words, why: str) -> None:
    """Ask somebody who has named no place for it, saying why."""
    human = press(words("Talk to a person"), "talk_to_human")
    say(dispatcher, words, why, [press(words("Choose my place"), "choose_place")], [human])


def written_by(method: Method | None, words: Words) -> str | None:
    """Return the small print below a text that no human has checked."""
    if method != "machine":
        return None
    return words("This text was written with the help of a machine. No person has checked it yet.")


def slot(name: str, value: object) -> dict[str, Any]:
    """Return the event that sets a slot."""
    return {"event": "slot", "name": name, "value": value}


def followup(action: str) -> dict[str, Any]:
    """Return the event that runs another action next."""
    return {"event": "followup", "name": action}
