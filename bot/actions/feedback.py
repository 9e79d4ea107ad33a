"""Whether a page helped."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, press, say, slot, value_of
from bot.actions.learning import last_question, puzzle
from bot.actions.menu import human_button, menu_button
from bot.core.i18n import Words
from bot.core.message import Button

_RATINGS_REMEMBERED = 100


def helped_buttons(page: str, words: Words) -> list[Button]:
    """Return the two answers to "did this help?"."""
    return [
        press(words("This helped"), "feedback_good", page=page),
        press(words("This did not help"), "feedback_bad", page=page),
    ]


class FeedbackGood(Skill):
    """That helped."""

    called = "action_feedback_good"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Count it and thank."""
        words = self.words(tracker)
        events = await count(self, tracker, words, helpful=True)
        say(
            dispatcher, words, words("Thank you, I am glad. You can ask me the next question at any time."),
            [menu_button(words)],
        )  # fmt: skip
        return events


class FeedbackBad(Skill):
    """That did not help."""

    called = "action_feedback_bad"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Count it and offer a person."""
        words = self.words(tracker)
        events = await count(self, tracker, words, helpful=False)
        say(
            dispatcher, words, words("I am sorry. You can ask in other words, or talk to a person."),
            [human_button(words)], [menu_button(words)],
        )  # fmt: skip
        asked = last_question(tracker)
        page = str(value_of(tracker, "page") or tracker.get_slot("page"))
        if asked and asked[1] == page:
            events = [*events, slot("puzzle", puzzle(asked[0], page, None))]
        return events


async def count(skill: Skill, tracker: Tracker, words: Words, *, helpful: bool) -> Events:
    """Count an answer to "did this help?" for a page that exists, once a person, and remember that."""
    page_id = value_of(tracker, "page") or tracker.get_slot("page")
    page = skill.kit.library().page(str(page_id), tracker.get_slot("place"))
    rated: list[str] = tracker.get_slot("rated") or []
    if page is None or page.id in rated:
        return []
    await skill.kit.people.helped(page.id, words.language, helpful=helpful)
    return [slot("rated", [*rated, page.id][-_RATINGS_REMEMBERED:])]
