"""Danger: numbers at once, in the person's language, before anything else."""

from __future__ import annotations

from collections.abc import Iterable

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, followup, known_language_of, press, say, slot, value_of
from bot.actions.menu import human_button
from bot.actions.pages import foreign_language_note
from bot.core.i18n import N_, Words
from bot.core.message import Button
from bot.core.text import isolate
from bot.library.model import Place, name_in

# Valid in all of Germany, free of charge, around the clock (116 111 and 116117 at most times).
NUMBERS = {
    "112": N_("{number}: ambulance and fire brigade"),
    "110": N_("{number}: police"),
    "116117": N_("{number}: doctor at night and at weekends"),
    "116 016": N_("{number}: help for women who experience violence, in many languages"),
    "0800 111 0 111": N_("{number}: someone to talk to, day and night"),
    "116 111": N_("{number}: help for children and young people"),
}
_FIRST = {
    "crisis.medical": ("112", "116117", "110"),
    "crisis.violence": ("110", "112", "116 016"),
    "crisis.suicide": ("112", "0800 111 0 111", "110"),
    "crisis.child": ("110", "112", "116 111"),
    "crisis.trafficking": ("110", "112", "116 016"),
    "crisis.homeless": ("110", "112"),
    "crisis.fire_police": ("112", "110"),
}
_BOTH = ("112", "110")


def first_numbers(kind: str) -> tuple[str, ...]:
    """Return the numbers for this danger, in the order of use; 112 and 110 are always among them."""
    return _FIRST.get(kind, _BOTH)


def number_lines(numbers: Iterable[str], words: Words) -> list[str]:
    """Return a line for each number that says who answers there."""
    return [words(NUMBERS[number], number=number) for number in numbers]


def place_lines(place: Place | None, words: Words) -> list[str]:
    """Return the emergency numbers that a place adds."""
    lines = []
    for contact in place.emergency if place else ():
        if contact.phone:
            phone = isolate(contact.phone) if words.direction == "rtl" else contact.phone
            lines.append(f"{phone}: {name_in(contact.names, words.language)}")
    return lines


def call_buttons(numbers: Iterable[str]) -> list[Button]:
    """Return buttons that dial, for channels that can."""
    return [Button(f"📞 {number}", url=f"tel:{number.replace(' ', '')}") for number in numbers]


class Crisis(Skill):
    """Someone is in danger."""

    called = "action_crisis"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Give the numbers for this danger, then what to do right now and all other numbers."""
        words = self.words(tracker)
        about = tracker.latest_message["metadata"]
        pressed = value_of(tracker, "crisis") or value_of(tracker, "page")
        kind = str(about.get("crisis") or pressed or tracker.latest_message["intent"]["name"])
        self._call_now(kind, words, dispatcher)
        if not known_language_of(tracker):
            self._call_now(kind, self.kit.words["en"], dispatcher)
        others = [number for number in NUMBERS if number not in first_numbers(kind)]
        lines = [
            words("Your residence status does not matter. Everybody gets help."),
            *number_lines(others, words),
            *place_lines(self.place(tracker), words),
        ]
        page = self.kit.library().page(kind, tracker.get_slot("place"))
        if page is None:
            say(dispatcher, words, "\n".join(lines), [human_button(words)], urgent=True)
            return []
        text = page.text(words.language)
        foreign_language_note(dispatcher, words, text, urgent=True)
        say(
            dispatcher, words, "\n\n".join([f"**{text.title}**", text.short, *lines]),
            [press(words("Read more"), "more", page=page.id)], [human_button(words)],
            markup=True, page=page.id, language=text.language, urgent=True,
        )  # fmt: skip
        return [slot("page", page.id)]

    def _call_now(self, kind: str, words: Words, dispatcher: CollectingDispatcher) -> None:
        numbers = first_numbers(kind)
        text = "\n".join([words("If you are in danger, call now. It is free."), *number_lines(numbers, words)])
        say(dispatcher, words, text, call_buttons(numbers), urgent=True)


class AskDanger(Skill):
    """It may be danger, or not: one gentle question instead of silence."""

    called = "action_ask_danger"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Ask; the question that was written is answered after a "no"."""
        words = self.words(tracker)
        ranking = tracker.latest_message.get("intent_ranking") or ()
        kind = next((guess["name"] for guess in ranking if guess["name"].startswith("crisis.")), "crisis.violence")
        # Before a language is chosen, the buttons remember in which one was written.
        language = {} if tracker.get_slot("language") else {"language": words.language}
        yes = press(words("Yes, in danger"), "confirm_danger", crisis=kind, **language)
        no = press(words("No, not in danger"), "no_danger", **language)
        say(dispatcher, words, words("Are you or someone else in danger now?"), [yes], [no], urgent=True)
        waits = None if tracker.latest_message["metadata"].get("answered") else tracker.latest_message.get("text")
        return [slot("asked", yes.payload), slot("open_question", waits)]


class NoDanger(Skill):
    """Not in danger after all."""

    called = "action_no_danger"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Answer what was written."""
        words = self.words(tracker)
        if tracker.get_slot("open_question") and tracker.get_slot("agreed"):
            return [followup("action_answer_again")]
        say(dispatcher, words, words("Good. Please tell me more, so that I can help you."))
        return []
