"""The menu, small talk, and what to say when there is nothing to do."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, language_of, press, say, value_of
from bot.core.i18n import N_, Words
from bot.core.language import LANGUAGES
from bot.core.message import Attached, Button

AREAS = {
    "arrival": N_("Arrival"),
    "residence": N_("Residence and asylum"),
    "language": N_("Learning German"),
    "work": N_("Work"),
    "money": N_("Money"),
    "housing": N_("Housing"),
    "health": N_("Health"),
    "family": N_("Family"),
    "education": N_("School and education"),
    "mobility": N_("Transport and driving"),
    "participation": N_("Leisure and meeting people"),
    "rights": N_("Your rights"),
    "crisis": N_("Emergency"),
}
_PER_ROW = 2


def in_rows(buttons: list[Button], per_row: int = _PER_ROW) -> list[list[Button]]:
    """Return short buttons side by side."""
    return [buttons[start : start + per_row] for start in range(0, len(buttons), per_row)]


def human_button(words: Words) -> Button:
    """Return the button that is never more than two taps away."""
    return press(words("Talk to a person"), "talk_to_human")


def menu_button(words: Words) -> Button:
    """Return the button to the list of areas."""
    return press(words("All topics"), "help")


def back_button(page: str, words: Words) -> Button:
    """Return the button back to a page from something beside it."""
    return press(words("Back to the page"), "open_page", page=page)


def area_rows(skill: Skill, tracker: Tracker) -> list[list[Button]]:
    """Return a button for every area that has a page here; emergencies stand alone at the end."""
    words = skill.words(tracker)
    filled = {page.id.split(".")[0] for page in skill.kit.library().pages_at(tracker.get_slot("place"))}
    buttons = [press(words(title), "open_area", area=area) for area, title in AREAS.items() if area in filled]
    urgent = [button for button in buttons if "crisis" in (button.payload or "")]
    tools = [press(words("What is on near you"), "find_event")]
    if skill.kit.library().glossary.words:
        tools.append(press(words("Explain a German word"), "ask_word"))
    topics = in_rows([button for button in buttons if button not in urgent])
    return [*topics, tools, urgent, [human_button(words)]]


def to_menu(skill: Skill, dispatcher: CollectingDispatcher, tracker: Tracker, before: str | None = None) -> None:
    """Invite to ask or to choose an area."""
    words = skill.words(tracker)
    invitation = words("How can I help you? Write your question in your own words, or choose a topic.")
    text = f"{before}\n\n{invitation}" if before else invitation
    say(dispatcher, words, text, *area_rows(skill, tracker))


class Menu(Skill):
    """The areas."""

    called = "action_menu"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show them."""
        to_menu(self, dispatcher, tracker)
        return []


class Greet(Menu):
    """Hello."""

    called = "action_greet"


class Help(Skill):
    """What can you do?"""

    called = "action_help"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Say it and show the areas."""
        words = self.words(tracker)
        text = words(
            "You can write me any question in your own words, in any of 13 languages. I can show you information, "
            "offices near you and emergency numbers, and bring you to a person."
        )
        if not tracker.get_slot("agreed"):
            say(dispatcher, words, text)
            return []
        to_menu(self, dispatcher, tracker, before=text)
        return []


class OpenArea(Skill):
    """The pages of an area."""

    called = "action_open_area"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """List them as buttons."""
        words = self.words(tracker)
        area = str(value_of(tracker, "area"))
        pages = [
            page for page in self.kit.library().pages_at(tracker.get_slot("place")) if page.id.split(".")[0] == area
        ]
        if area not in AREAS or not pages:
            to_menu(self, dispatcher, tracker, before=words("This button is out of date. Here is the menu."))
            return []
        rows = [[press(page.text(words.language).title, "open_page", page=page.id)] for page in pages]
        text = words("{area}: what would you like to know?", area=words(AREAS[area]))
        say(dispatcher, words, text, *rows, [menu_button(words), human_button(words)], urgent=area == "crisis")
        return []


class StaleButton(Skill):
    """A button from long ago, or somebody else's."""

    called = "action_stale_button"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Say so; before the welcome is over its question follows anyway."""
        words = self.words(tracker)
        text = words("This button is out of date. Here is the menu.")
        if tracker.get_slot("agreed"):
            to_menu(self, dispatcher, tracker, before=text)
        return []


class TooLong(Skill):
    """A text that is too long to be understood."""

    called = "action_too_long"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Ask for a shorter one."""
        words = self.words(tracker)
        text = words(
            "Your message is very long. Please write your question in fewer words (at most {limit} characters).",
            limit=value_of(tracker, "limit"),
        )
        say(dispatcher, words, text, [human_button(words)])
        return []


class NotText(Skill):
    """A photo, a voice message, a sticker."""

    called = "action_not_text"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Say what is possible instead."""
        words = self.words(tracker)
        if value_of(tracker, "attached") == Attached.VOICE:
            text = words(
                "I cannot listen to voice messages yet. Please write your question in a few words, or talk to a person."
            )
        else:
            text = words("I can only read text. Please write your question in a few words, or talk to a person.")
        say(dispatcher, words, text, [menu_button(words), human_button(words)])
        return []


def own_name(tracker: Tracker) -> str:
    """Return the present language's own name."""
    return LANGUAGES[language_of(tracker)].endonym
