"""What Lotse cannot do yet: it says so and shows who can."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, press, say
from bot.actions.offices import show_helpers
from bot.core.i18n import N_


class NotYet(Skill):
    """Something that Lotse cannot do yet: who can."""

    text: str

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Say so honestly and show whom to ask."""
        words = self.words(tracker)
        place = self.place(tracker)
        heading = words(self.text, place=place.name) if place and "{place}" in self.text else words(self.text)
        if place is None:
            heading = words("Tell me your place, then I can show you who helps you there.")
            say(dispatcher, words, heading, [press(words("Choose my place"), "choose_place")])
            return []
        show_helpers(self, dispatcher, tracker, heading)
        return []


class NotYetAppointments(NotYet):
    """Appointments."""

    called = "action_not_yet_appointments"
    text = N_("I cannot book or change appointments here yet. Please call or write to:")


class NotYetPlan(NotYet):
    """The integration plan."""

    called = "action_not_yet_plan"
    text = N_("I cannot show an integration plan yet. Your integration manager can:")
