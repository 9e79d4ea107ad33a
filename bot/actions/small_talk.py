"""Answers of one sentence: thanks, goodbye, who are you, stop, yes and no."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, press, say, slot
from bot.actions.menu import human_button, menu_button
from bot.core.i18n import N_


class Short(Skill):
    """An answer of one sentence."""

    text: str
    with_human = False

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Say it."""
        words = self.words(tracker)
        row = [menu_button(words), human_button(words)] if self.with_human else []
        say(dispatcher, words, words(self.text), row)
        return []


class Thanks(Short):
    """You are welcome."""

    called = "action_thanks"
    text = N_("You are welcome. Is there anything else?")


class Goodbye(Short):
    """Goodbye."""

    called = "action_goodbye"
    text = N_("Goodbye and all the best! You can write to me at any time.")


class Who(Short):
    """Who are you? Is this safe?"""

    called = "action_who"
    text = N_(
        "I am Lotse, a computer program of the integration management, not a person. "
        "I choose answers from prepared pages and invent nothing. "
        "Nobody reads along. A person reads your messages only if you ask for a person or allow it."
    )


class Stop(Short):
    """Stop what we are doing."""

    called = "action_stop"
    text = N_("All right, I have stopped that.")
    with_human = True


class Affirm(Short):
    """A "yes" to nothing."""

    called = "action_affirm"
    text = N_("I am not sure what you are answering. What would you like to know?")
    with_human = True


class OutOfScope(Short):
    """Weather, jokes, football."""

    called = "action_out_of_scope"
    text = N_(
        "I cannot help with that. I know about living in Germany: "
        "language, work, housing, health, school and your rights."
    )
    with_human = True


class OnlyInPrivate(Short):
    """Asked in a group, where others read along."""

    called = "action_only_in_private"
    text = N_("For your privacy I answer only in a private chat. Please write to me there.")


class Deny(Skill):
    """A "no" to whatever was asked."""

    called = "action_deny"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Accept it."""
        words = self.words(tracker)
        asked = tracker.latest_message["metadata"].get("asked") or ""
        if not tracker.get_slot("agreed"):
            text = words(
                "That is all right. Without your agreement I cannot answer questions. In an emergency you can always "
                "call {ambulance} (ambulance and fire brigade) or {police} (police). If you change your mind, press "
                "“I agree”.",
                ambulance="112",
                police="110",
            )
            say(dispatcher, words, text, [press(words("I agree"), "accept_notice")])
        elif asked.startswith("/delete_data"):
            say(dispatcher, words, words("Nothing was deleted."))
        elif asked.startswith("/keep_question"):
            say(dispatcher, words, words("All right, I do not keep your questions."))
            return [slot("puzzle", None), slot("may_learn", "no")]
        elif asked:
            say(dispatcher, words, words("All right."))
        else:
            say(dispatcher, words, words(Affirm.text), [menu_button(words), human_button(words)])
        return [slot("open_question", None)] if tracker.get_slot("agreed") else []
