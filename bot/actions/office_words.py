"""What a German word on a letter or a door means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from bot.actions.kit import Domain, Events, Kit, Skill, followup, press, say, slot, value_of, written_by
from bot.actions.menu import back_button, human_button, menu_button
from bot.core.i18n import Words
from bot.core.language import LANGUAGES
from bot.core.message import Button
from bot.library.glossary import Meaning, OfficeWord

_OF_A_PAGE = 8
_QUOTED = 60


class AskWord(Skill):
    """Which word?"""

    called = "action_ask_word_form_asked_word"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Ask for it as it stands there."""
        words = self.words(tracker)
        text = words("Which German word do you want to understand? Write it as it stands on the letter or the door.")
        say(dispatcher, words, text, [press(words("Never mind"), "stop")])
        return []


class ValidateWord(FormValidationAction):
    """Takes whatever is written: what is no known word is answered as a question afterwards."""

    called = "validate_word_form"

    def __init__(self, kit: Kit) -> None:
        """Need nothing of the services."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return self.called

    async def validate_asked_word(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> dict[str, Any]:
        """Take it."""
        return {"asked_word": str(value)}


class ExplainWord(Skill):
    """What does this word mean?"""

    called = "action_explain_word"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Explain the word asked for, or those of a page."""
        words, library = self.words(tracker), self.kit.library()
        if page_id := value_of(tracker, "page"):
            page = library.page(str(page_id), tracker.get_slot("place"))
            within = list(library.glossary.within(page.text(words.language).whole)) if page else []
            _explain(dispatcher, words, within[:_OF_A_PAGE], back=[back_button(page.id, words)] if page else [])
            return []
        asked = tracker.get_slot("asked_word")
        known = library.glossary.words.get(str(value_of(tracker, "word")))
        if asked:
            return self._look_up(str(asked), dispatcher, tracker)
        _explain(dispatcher, words, [known] if known else [])
        return []

    def _look_up(self, asked: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        words, library = self.words(tracker), self.kit.library()
        found = library.glossary.find(asked)
        if len(found) == 1:
            _explain(dispatcher, words, found)
        elif found:
            rows = [[press(one.word, "explain_word", word=one.id)] for one in found]
            say(
                dispatcher,
                words,
                words("Which of these words do you mean?"),
                *rows,
                [another(words), human_button(words)],
            )
        elif library.page(tracker.latest_message["intent"]["name"], tracker.get_slot("place")):
            return [slot("asked_word", None), followup("action_answer_topic")]
        else:
            text = words(
                "I do not know the word “{word}”. Check how it is written, or show the letter to a person.",
                word=asked.strip()[:_QUOTED],
            )
            say(dispatcher, words, text, [another(words)], [human_button(words), menu_button(words)])
        return [slot("asked_word", None)]


def another(words: Words) -> Button:
    """Return the button that asks for a word."""
    return press(words("Explain another word"), "ask_word")


def _explain(
    dispatcher: CollectingDispatcher, words: Words, found: list[OfficeWord], back: Sequence[Button] = ()
) -> None:
    if not found:
        say(dispatcher, words, words("I no longer have this word."), [another(words), menu_button(words)])
        return
    meanings = [one.meaning(words.language) for one in found]
    text = "\n\n".join(_entry(one, meaning, words) for one, meaning in zip(found, meanings, strict=True))
    pages = dict.fromkeys(one.page for one in found if one.page)
    rows = [[press(words("More about this"), "open_page", page=page)] for page in pages] if len(found) == 1 else []
    note = _note(meanings, words)
    ways = [another(words)], [human_button(words), menu_button(words)]
    say(dispatcher, words, text, *rows, back, *ways, markup=True, note=note, language=meanings[0].language)


def _entry(one: OfficeWord, meaning: Meaning, words: Words) -> str:
    name = one.names.get(words.language)
    head = f"**{one.word}** ({name})" if name else f"**{one.word}**"
    return f"{head}  \n{meaning.text}"


def _note(meanings: list[Meaning], words: Words) -> str | None:
    language = meanings[0].language
    foreign = words(
        "This page does not exist in your language yet. Here it is in {language}.", language=LANGUAGES[language].endonym
    )
    unchecked = next((meaning.method for meaning in meanings if meaning.method == "machine"), None)
    lines = [foreign if language != words.language else None, written_by(unchecked, words)]
    return "\n".join(filter(None, lines)) or None
