"""Learning from questions that were not understood: the person is asked once, and can take it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, language_of, press, say, slot, value_of
from bot.actions.menu import menu_button
from bot.core.message import Button
from bot.core.questions import Question

# What somebody has said about keeping questions; "asked" was not answered and is not asked again.
YES, NO, ASKED = "yes", "no", "asked"

# What says that nothing that was offered is meant.
_NOTHING = frozenset({"none_of_these", "feedback_bad"})


def puzzle(text: str, guessed: str, language: str | None, offered: Iterable[str] = ()) -> dict[str, Any]:
    """Return what is remembered of a question that was not understood until it is known what was meant."""
    return {"text": text, "guessed": guessed, "language": language, "offered": list(offered)}


def last_question(tracker: Tracker) -> tuple[str, str] | None:
    """Return what was last asked in words and the intent that it was taken for, None if nothing was.

    What may speak of danger is nobody else's business: it is no question to learn from.
    """
    for event in reversed(tracker.events or []):
        if event.get("event") == "user" and event.get("text"):
            intent = event["parse_data"]["intent"]["name"]
            return (
                None if event["parse_data"].get("danger") or intent.startswith("crisis.") else (event["text"], intent)
            )
    return None


class Learn(Skill):
    """It is known now what was meant by a question that was not understood."""

    called = "action_learn"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Keep the question if that was allowed; ask whether it is, once."""
        waiting = tracker.get_slot("puzzle")
        allowed = tracker.get_slot("may_learn")
        if tracker.get_slot("asked"):
            return []  # one question at a time
        if allowed == YES:
            await self._keep(waiting, tracker)
        meant = _meant(waiting, tracker)
        resolved = meant or tracker.latest_message["intent"]["name"] in _NOTHING
        if allowed or not resolved:
            return [slot("puzzle", None)]
        words = self.words(tracker)
        yes = press(words("Yes, you may"), "keep_question")
        text = words(
            "May I keep this question, so that I understand it better next time? I take names and numbers out of it "
            "first. Only the people who look after Lotse can read it."
        )
        say(dispatcher, words, text, [yes], [press(words("No, do not keep it"), "deny")])
        known = {**waiting, "meant": meant}
        return [slot("puzzle", known), slot("asked", yes.payload), slot("may_learn", ASKED)]

    async def _keep(self, waiting: dict[str, Any], tracker: Tracker) -> None:
        meant = waiting["meant"] if "meant" in waiting else _meant(waiting, tracker)
        question = Question(waiting["text"], waiting["language"] or language_of(tracker), waiting["guessed"], meant)
        await self.kit.learning.keep(tracker.get_slot("person"), question)


class KeepQuestion(Learn):
    """Yes, my questions may be kept."""

    called = "action_keep_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Store the agreement and keep the question that was asked about."""
        words = self.words(tracker)
        waiting = tracker.get_slot("puzzle")
        if tracker.get_slot("may_learn") != YES:
            await self.kit.learning.agree(tracker.get_slot("person"), language_of(tracker))
        if waiting and "meant" in waiting:
            await self._keep(waiting, tracker)
        text = words(
            "Thank you, that helps others too. From now on I keep questions that I do not understand, without names "
            "and numbers. Under “my data” you can end this at any time."
        )
        say(dispatcher, words, text, [menu_button(words)])
        return [slot("puzzle", None), slot("may_learn", YES)]


class StopLearning(Skill):
    """No more: forget my questions."""

    called = "action_stop_learning"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Withdraw the agreement and delete what was kept."""
        words = self.words(tracker)
        await self.kit.learning.stop(tracker.get_slot("person"))
        say(dispatcher, words, words("I no longer keep your questions. Those that were kept are deleted."))
        return [slot("puzzle", None), slot("may_learn", NO)]


def stop_button(skill: Skill, tracker: Tracker) -> list[Button]:
    """Return the button that ends it, for somebody who has agreed."""
    if tracker.get_slot("may_learn") != YES:
        return []
    words = skill.words(tracker)
    return [press(words("Do not keep my questions"), "stop_learning")]


def _meant(waiting: dict[str, Any], tracker: Tracker) -> str | None:
    """Return which of the offered meanings was pressed, None for any other message."""
    message = tracker.latest_message
    if not message["metadata"].get("pressed"):
        return None
    intent = message["intent"]["name"]
    chosen = str(value_of(tracker, "page") if intent == "open_page" else intent)
    return chosen if chosen in waiting["offered"] else None
