"""Where somebody lives."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from bot.actions.kit import ANYWHERE, Domain, Events, Kit, Skill, language_of, press, say, slot, value_of
from bot.actions.menu import to_menu
from bot.actions.near import asked_for, show_nearest
from bot.core.i18n import Words
from bot.library.model import Place

_POSITION = re.compile(r"@(-?\d{1,3}\.\d{1,6}),(-?\d{1,3}\.\d{1,6})")
_QUOTED = 40


class PlaceQuestion:
    """Reads the answer to "where do you live?": a button, a name, a postal code or a position."""

    def __init__(self, kit: Kit) -> None:
        """Keep the services."""
        self._kit = kit

    async def answer(self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> str | None:
        """Return the id of the place and store it; None if it has to be asked again, with the reason said."""
        chosen = self._chosen(value, dispatcher, tracker)
        if chosen is not None:
            await self._kit.people.choose(tracker.get_slot("person"), place="" if chosen == ANYWHERE else chosen)
        return chosen

    def _chosen(self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> str | None:
        library = self._kit.library()
        words = self._kit.words[language_of(tracker)]
        if value == ANYWHERE or value in library.places:
            return value
        if position := _POSITION.fullmatch(value):
            place = library.nearest_place(float(position[1]), float(position[2]))
            if place is None:
                say(
                    dispatcher, words,
                    words("This position does not seem to be in Baden-Württemberg. "
                          "Please write the name of your town or district."),
                )  # fmt: skip
            return place.id if place else None
        matches = library.find_places(value)
        if matches and matches[0].sure:
            return matches[0].place.id
        if matches:
            rows = [[press(display_name(match.place), "set_place", place=match.place.id)] for match in matches]
            say(dispatcher, words, words("I am not sure which place you mean. Is it one of these?"), *rows)
        else:
            say(
                dispatcher, words,
                words("I did not find “{text}” in Baden-Württemberg. Please write the name of your town or district "
                      "again, or the postal code.", text=value.strip()[:_QUOTED]),
            )  # fmt: skip
        return None


def display_name(place: Place) -> str:
    """Return the name with its kind, where it does not say so itself."""
    says_so = any(word in place.name for word in ("Stadt", "stadt", "kreis"))
    kind = {"landkreis": "Landkreis ", "stadtkreis": "Stadt "}.get(place.kind, "")
    return place.name if says_so else f"{kind}{place.name}"


class AskPlace(Skill):
    """Which place?"""

    called = "action_ask_welcome_form_place"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Ask, unless the check of the last answer has just asked back."""
        words = self.words(tracker)
        say(
            dispatcher, words, words("Which town or district do you live in? Write its name or postal code."),
            [press(words("I do not want to say"), "set_place", place=ANYWHERE)],
            ask_location=True,
        )  # fmt: skip
        return []


class AskNewPlace(AskPlace):
    """Which place now?"""

    called = "action_ask_place_form_new_place"


class ValidatePlace(FormValidationAction):
    """Checks the answer to "where do you live now?"."""

    called = "validate_place_form"

    def __init__(self, kit: Kit) -> None:
        """Keep the services."""
        self._places = PlaceQuestion(kit)

    def name(self) -> str:
        """Return the name in domain.yml."""
        return self.called

    async def validate_new_place(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Domain,
    ) -> dict[str, Any]:
        """Take a place if there is no doubt which one is meant."""
        return {"new_place": await self._places.answer(str(value), dispatcher, tracker)}


class PlaceChanged(Skill):
    """A new place was named."""

    called = "action_place_changed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Confirm it."""
        chosen = tracker.get_slot("new_place")
        self._confirm(chosen, dispatcher, tracker)
        return [slot("place", chosen), slot("new_place", None)]

    def _confirm(self, chosen: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        tracker.slots["place"] = chosen  # the menu is that of the new place already
        place = self.kit.library().places.get(chosen)
        to_menu(self, dispatcher, tracker, before=place_confirmation(place, self.words(tracker)))


def place_confirmation(place: Place | None, words: Words) -> str:
    """Return what was understood as the place."""
    if place:
        return words("Your place is now {place}.", place=place.name)
    return words("All right. I will answer for all of Baden-Württemberg.")


class SetPlace(PlaceChanged):
    """A place button was pressed, or a position sent, outside of the question."""

    called = "action_set_place"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Take the place over if it is one; a position may also have been asked for to show what is near."""
        position = _POSITION.fullmatch(str(value_of(tracker, "place")))
        if position and (asked := asked_for(tracker)):
            show_nearest(self, asked, (float(position[1]), float(position[2])), dispatcher, tracker)
            return []
        chosen = await PlaceQuestion(self.kit).answer(str(value_of(tracker, "place")), dispatcher, tracker)
        if chosen is None:
            return []
        self._confirm(chosen, dispatcher, tracker)
        return [slot("place", chosen)]
