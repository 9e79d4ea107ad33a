"""What Lotse cannot do yet: it says so and shows who can."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, ask_for_place
from bot.actions.offices import TELL_ME, show_helpers
from bot.core.i18n import N_


class NotYet(Skill):
    """Something that Lotse cannot do yet: who can."""

    text: str

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Say so honestly and show whom to ask."""
        words = self.words(tracker)
        if self.place(tracker) is None:
            ask_for_place(dispatcher, words, words(TELL_ME))
        else:
            show_helpers(self, dispatcher, tracker, words(self.text))
        return []


class NotYetAppointments(NotYet):
    """Appointments."""

    called = "action_not_yet_appointments"
    text = N_("I cannot book or change appointments here yet. Please call or write to:")


class NotYetPlan(NotYet):
    """The integration plan."""

    called = "action_not_yet_plan"
    text = N_("I cannot show an integration plan yet. Your integration manager can:")
