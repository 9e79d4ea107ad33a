"""Pages of the library: the short answer, the long text, and whether it helped."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.feedback import helped_buttons
from bot.actions.kit import Domain, Events, Skill, press, say, slot, value_of, written_by
from bot.actions.learning import puzzle
from bot.actions.menu import human_button, in_rows, menu_button, to_menu
from bot.actions.titles import title_of_intent
from bot.actions.ways import ways_on
from bot.core.i18n import Words
from bot.core.language import LANGUAGES
from bot.core.message import Button
from bot.library.model import Page, PageText
from bot.library.sections import sections

_OFFERED = 3
_SEARCHED = 10  # more than offered: some are emergencies, gone, or guessed already
_PLAUSIBLE = 0.08  # a guess below this is not worth a button


class Answer(Skill):
    """A topic was asked for; its page is the answer."""

    called = "action_answer_topic"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show the short text of the topic's page."""
        return self._show(str(tracker.latest_message["intent"]["name"]), dispatcher, tracker)

    def _show(self, page_id: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        words = self.words(tracker)
        page = self.kit.library().page(page_id, tracker.get_slot("place"))
        if page is None:
            text = words("I do not have an answer to this yet. A person can help you.")
            say(dispatcher, words, text, [human_button(words)], [menu_button(words)])
            return []
        text_of_page = page.text(words.language)
        self.kit.tally.shown(page.id, text_of_page.language)
        foreign_language_note(dispatcher, words, text_of_page)
        rows = self._buttons(page, text_of_page, words, tracker)
        say(
            dispatcher, words, short_answer(text_of_page), *rows,
            markup=True, page=page.id, language=text_of_page.language, note=source_line(page, text_of_page, words),
        )  # fmt: skip
        return [slot("page", page.id)]

    def _buttons(self, page: Page, text: PageText, words: Words, tracker: Tracker) -> list[list[Button]]:
        read = [press(words("Read more"), "more", page=page.id)] if text.body else []
        return [
            read, helped_buttons(page.id, words), *ways_on(self, page, words, tracker), [human_button(words)],
        ]  # fmt: skip


class OpenPage(Answer):
    """A page was chosen from the menu."""

    called = "action_open_page"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show its short text, or say that it is gone."""
        page_id = str(value_of(tracker, "page"))
        if self.kit.library().page(page_id, tracker.get_slot("place")):
            return self._show(page_id, dispatcher, tracker)
        gone(self, dispatcher, tracker)
        return []


class Begin(OpenPage):
    """Back at the start, or a link that opens a page."""

    called = "action_begin"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show the page of the link, else the menu."""
        if value_of(tracker, "page"):
            return await super().run(dispatcher, tracker, domain)
        to_menu(self, dispatcher, tracker)
        return []


class More(Skill):
    """The long text."""

    called = "action_more"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show it, a screenful at a time if it is very long, then the ways on."""
        words = self.words(tracker)
        library, place = self.kit.library(), tracker.get_slot("place")
        page = library.page(str(value_of(tracker, "page") or tracker.get_slot("page")), place)
        if page is None:
            gone(self, dispatcher, tracker)
            return []
        text = page.text(words.language)
        parts = sections(text.body)
        number = _part(tracker, len(parts))
        shown = f"## {text.title}\n\n{parts[number]}" if number == 0 else parts[number]
        if number + 1 < len(parts):
            on = words("Read on ({part} of {parts})", part=number + 2, parts=len(parts))
            rows = [[press(on, "more", page=page.id, part=number + 1)], [human_button(words), menu_button(words)]]
            say(dispatcher, words, shown, *rows, markup=True, page=page.id, language=text.language)
            return [slot("page", page.id)]
        note = source_line(page, text, words)
        say(dispatcher, words, shown, markup=True, page=page.id, language=text.language, note=note)
        self._ways(page, text, dispatcher, tracker)
        return [slot("page", page.id)]

    def _ways(self, page: Page, text: PageText, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        words, library, place = self.words(tracker), self.kit.library(), tracker.get_slot("place")
        others = [other for related in page.related if (other := library.page(related, place))]
        rows = [[press(other.text(words.language).title, "open_page", page=other.id)] for other in others]
        tools = [press(words("Send this to somebody"), "share_page", page=page.id)]
        if next(library.glossary.within(text.whole), None):
            tools.insert(0, press(words("Explain the German words"), "explain_word", page=page.id))
        if library.services.for_topic(page.id):
            tools.append(press(words("Who helps with this?"), "who_helps", page=page.id))
        heading = words("You may also want to read:") if rows else words("What would you like to do next?")
        say(dispatcher, words, heading, *rows, *in_rows(tools), [human_button(words), menu_button(words)])


def _part(tracker: Tracker, parts: int) -> int:
    """Return which piece of a long text is wanted, from 0; an old button may name one that is gone."""
    wanted = value_of(tracker, "part")
    return min(wanted, parts - 1) if isinstance(wanted, int) and wanted > 0 else 0


class DidYouMean(Skill):
    """Not understood: the three best guesses as buttons, then a human."""

    called = "action_did_you_mean"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Offer guesses of the classifier and pages found by search."""
        words = self.words(tracker)
        guesses = await self._guesses(tracker, words)
        if not guesses:
            text = words(
                "I did not understand that. Please write it in other words, choose a topic, or talk to a person."
            )
            say(dispatcher, words, text, [menu_button(words), human_button(words)])
            return []
        message = tracker.latest_message
        language = message["metadata"].get("language")
        asked = puzzle(message["text"], _likeliest(message), language, guesses) if message.get("text") else None
        none = press(words("None of these"), "none_of_these")
        text = words("I am not sure what you mean. Is it one of these?")
        say(dispatcher, words, text, *[[guess] for guess in guesses.values()], [none, human_button(words)])
        return [slot("puzzle", asked)]

    async def _guesses(self, tracker: Tracker, words: Words) -> dict[str, Button]:
        """Return a button for each intent or page that may be meant, likeliest first."""
        message = tracker.latest_message
        library, place = self.kit.library(), tracker.get_slot("place")
        found = {}
        for guess in message.get("intent_ranking") or ():
            page = library.page(guess["name"], place)
            title = page.text(words.language).title if page else title_of_intent(guess["name"], words)
            if title and guess["confidence"] >= _PLAUSIBLE:
                found[guess["name"]] = press(title, "open_page", page=page.id) if page else press(title, guess["name"])
        for hit in await self.kit.searches.search(message.get("text") or "", language=words.language, limit=_SEARCHED):
            page = library.page(hit.page, place)
            if page and not page.id.startswith("crisis."):
                found.setdefault(hit.page, press(page.text(words.language).title, "open_page", page=page.id))
        return dict(list(found.items())[:_OFFERED])


def _likeliest(message: dict[str, Any]) -> str:
    """Return what the question would have been taken for."""
    guesses = message.get("intent_ranking") or []
    return str(guesses[0]["name"]) if guesses else "nlu_fallback"


def gone(skill: Skill, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Say that a page exists no more."""
    words = skill.words(tracker)
    text = words("I no longer have this page. Please choose a topic or write your question again.")
    to_menu(skill, dispatcher, tracker, before=text)


def short_answer(text: PageText) -> str:
    """Return the first message: title and short text."""
    return f"**{text.title}**\n\n{text.short}"


def source_line(page: Page, text: PageText, words: Words) -> str:
    """Return where a page comes from, as of when, and whether a human has checked it."""
    line = words("Source: {source}. As of {date}.", source=page.source_name, date=words.date(page.reviewed_on))
    return "\n".join(filter(None, [line, written_by(text.method, words)]))


def foreign_language_note(
    dispatcher: CollectingDispatcher, words: Words, text: PageText, *, urgent: bool = False
) -> None:
    """Say so when a page does not exist in the person's language."""
    if text.language != words.language:
        note = words(
            "This page does not exist in your language yet. Here it is in {language}.",
            language=LANGUAGES[text.language].endonym,
        )
        say(dispatcher, words, note, urgent=urgent)
