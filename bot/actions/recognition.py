"""The recognition finder: two questions, then whether a profession is regulated, who decides, and the first step."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from bot.actions.kit import Domain, Events, Kit, Skill, language_of, press, say, slot, value_of, written_by
from bot.actions.menu import human_button, in_rows, menu_button
from bot.core.i18n import N_, Words
from bot.core.message import Button
from bot.library.model import name_in
from bot.library.recognition import Profession

TOPIC = "work.recognition"
_REGULATED = {
    "yes": N_(
        "This profession is regulated: you may only work in it in Germany after your qualification is recognised."
    ),
    "title": N_("You may do this work, but you may only use the title after your qualification is recognised."),
    "partly": N_(
        "You may work in this profession as an employee. To run your own business in it, you need recognition."
    ),
    "no": N_(
        "This profession is not regulated: you may work in it without recognition. "
        "A recognised certificate helps you to find better paid work."
    ),
}


class AskField(Skill):
    """In which field did you learn or work?"""

    called = "action_ask_recognition_form_asked_field"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show the fields; the name of the profession does as well."""
        words, found = self.words(tracker), self.kit.library().recognition
        buttons = [
            press(name_in(names, words.language), "find_recognition", field=field)
            for field, names in found.fields.items()
        ]
        text = words("In which field did you learn or work? Choose it, or write the name of your profession.")
        say(dispatcher, words, text, *in_rows(buttons), [human_button(words)])
        return []


class AskProfession(Skill):
    """Which profession?"""

    called = "action_ask_recognition_form_asked_profession"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show those of the field."""
        ask_profession(self, str(tracker.get_slot("asked_field")), dispatcher, tracker)
        return []


def ask_profession(skill: Skill, field: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Show the professions of a field."""
    words = skill.words(tracker)
    rows = [[profession_button(one, words)] for one in skill.kit.library().recognition.in_field(field)]
    text = words("Which profession is it? If it is not here, write its name.")
    say(dispatcher, words, text, *rows, [human_button(words)])


class ValidateRecognition(FormValidationAction):
    """Checks the answers to the two questions; the name of a profession answers both."""

    called = "validate_recognition_form"

    def __init__(self, kit: Kit) -> None:
        """Keep the services."""
        self._kit = kit

    def name(self) -> str:
        """Return the name in domain.yml."""
        return self.called

    async def validate_asked_field(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> dict[str, Any]:
        """Take a field, or the profession that somebody has written."""
        if value in self._kit.library().recognition.fields:
            return {"asked_field": value}
        found = self._named(str(value), dispatcher, tracker)
        return {"asked_field": found.field if found else None, "asked_profession": found.id if found else None}

    async def validate_asked_profession(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> dict[str, Any]:
        """Take a profession, pressed or written."""
        known = self._kit.library().recognition.professions.get(str(value))
        found = known or self._named(str(value), dispatcher, tracker)
        return {"asked_profession": found.id, "asked_field": found.field} if found else {"asked_profession": None}

    def _named(self, text: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> Profession | None:
        words = self._kit.words[language_of(tracker)]
        found = self._kit.library().recognition.find(text)
        if len(found) == 1:
            return found[0]
        if found:
            rows = [[profession_button(one, words)] for one in found]
            say(dispatcher, words, words("Is it one of these?"), *rows, [human_button(words)])
        return None


class ShowRecognition(Skill):
    """What holds for a profession."""

    called = "action_show_recognition"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show it; the questions are forgotten."""
        words, library = self.words(tracker), self.kit.library()
        chosen = value_of(tracker, "profession") or tracker.get_slot("asked_profession")
        field = str(value_of(tracker, "field"))
        if not chosen and library.recognition.in_field(field):  # a button from long ago
            ask_profession(self, field, dispatcher, tracker)
            return []
        profession = library.recognition.professions.get(str(chosen))
        over = [slot("asked_field", None), slot("asked_profession", None)]
        if profession is None:
            text = words("I do not know this profession. The free advice of the IQ network (“IQ Netzwerk”) does.")
            say(dispatcher, words, text, [_again(words)], [human_button(words), menu_button(words)])
            return over
        rows = [
            [Button(words("Website"), url=url)]
            for url in dict.fromkeys((profession.finder, profession.body.website))
            if url and url.startswith("https://")
        ]
        page = library.page(TOPIC, tracker.get_slot("place"))
        if page:
            rows.append([press(page.text(words.language).title, "open_page", page=page.id)])
        note = written_by(library.recognition.methods.get(words.language), words)
        say(
            dispatcher, words, _card(profession, words), *rows, [_again(words)],
            [human_button(words), menu_button(words)], markup=True, note=note,
        )  # fmt: skip
        return over


def _card(profession: Profession, words: Words) -> str:
    return "\n\n".join(
        [
            f"**{profession.name(words.language)}**",
            words(_REGULATED[profession.regulated]),
            words("In Baden-Württemberg this office decides: {office}", office=profession.body.name),
            words("Your first step: {step}", step=name_in(profession.first_step, words.language)),
        ]
    )


def profession_button(one: Profession, words: Words) -> Button:
    """Return the button of a profession."""
    return press(one.name(words.language), "find_recognition", profession=one.id)


def _again(words: Words) -> Button:
    return press(words("Another profession"), "ask_recognition")
