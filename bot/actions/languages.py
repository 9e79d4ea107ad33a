"""Choosing another language, by button or simply by writing in it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, followup, press, say, slot, value_of
from bot.actions.menu import own_name, to_menu
from bot.actions.welcome import language_rows
from bot.core import payload
from bot.core.language import LANGUAGES, known


class ChooseLanguage(Skill):
    """Which languages are there?"""

    called = "action_choose_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show them; within the welcome the question follows anyway."""
        words = self.words(tracker)
        if tracker.get_slot("language"):
            say(dispatcher, words, words("Which language do you want to read?"), *language_rows(None))
        return []


class SetLanguage(Skill):
    """A language was pressed."""

    called = "action_set_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Speak it from now on; answer again what was asked in it."""
        language = known(str(value_of(tracker, "language")))
        if language is None:
            return [followup("action_choose_language")]
        await self.kit.people.choose(tracker.get_slot("person"), language=language)
        tracker.slots["language"] = language
        words = self.kit.words[language]
        confirmation = words(
            "We will write in {language}. You can change this at any time.", language=LANGUAGES[language].endonym
        )
        events = [slot("language", language)]
        if not tracker.get_slot("agreed"):
            return events
        if tracker.get_slot("open_question"):
            say(dispatcher, words, confirmation)
            return [*events, followup("action_answer_again")]
        to_menu(self, dispatcher, tracker, before=confirmation)
        return events


class OfferLanguage(Skill):
    """Somebody writes in another language than the chosen one."""

    called = "action_offer_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Ask once, in that language."""
        written = tracker.latest_message["metadata"]["language"]
        words = self.kit.words[written]
        change = payload.write("set_language", {"language": written})
        say(
            dispatcher, words,
            words("You are writing in {language}. Shall I answer in this language?",
                  language=LANGUAGES[written].endonym),
            [press(words("Yes, please"), "set_language", language=written)],
            [press(words("No, stay with {language}", language=own_name(tracker)), "deny")],
        )  # fmt: skip
        return [
            slot("language_offered", written),
            slot("asked", change),
            slot("open_question", tracker.latest_message.get("text")),
        ]
