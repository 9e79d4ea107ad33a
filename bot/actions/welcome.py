"""The first three questions: language, privacy notice, place."""

from __future__ import annotations

from typing import Any

from rapidfuzz import fuzz
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from bot.actions.kit import Domain, Events, Kit, Skill, followup, language_of, press, say, slot, value_of
from bot.actions.menu import to_menu
from bot.actions.places import PlaceQuestion, place_confirmation
from bot.core import payload
from bot.core.i18n import Words
from bot.core.language import DEFAULT, LANGUAGES, known
from bot.core.message import Button
from bot.people.consent import NOTICE_VERSION

# Shown when nothing tells which language somebody reads.
_GUESSES = (DEFAULT, "en", "ar", "uk", "fr")
_PER_ROW = 2
_ALIKE = 85
_NAMES = {
    "german": "de", "deutsch": "de", "english": "en", "englisch": "en", "arabic": "ar", "arabisch": "ar", "عربي": "ar",
    "ukrainian": "uk", "ukrainisch": "uk", "russian": "ru", "russisch": "ru", "turkish": "tr", "türkisch": "tr",
    "farsi": "fa", "persian": "fa", "persisch": "fa", "dari": "fa", "دری": "fa", "فارسی": "fa", "pashto": "ps",
    "paschtu": "ps", "kurdish": "kmr", "kurdisch": "kmr", "kurmanci": "kmr", "kurmanji": "kmr", "kurdî": "kmr",
    "tigrinya": "ti", "tigrigna": "ti", "somali": "so", "french": "fr", "französisch": "fr",
}  # fmt: skip


def language_rows(first: str | None) -> list[list[Button]]:
    """Return a button for every language in its own name, the likely one first and alone in its row."""
    tags = [tag for tag in LANGUAGES if tag != first]
    buttons = [press(LANGUAGES[tag].endonym, "set_language", language=tag) for tag in tags]
    rows = [buttons[start : start + _PER_ROW] for start in range(0, len(buttons), _PER_ROW)]
    return [[press(LANGUAGES[first].endonym, "set_language", language=first)], *rows] if first else rows


def named_language(text: str) -> str | None:
    """Return the language that somebody names: its tag, own name, or German or English name, roughly spelt."""
    wanted = text.strip().casefold()
    names = {**_NAMES, **{language.endonym.casefold(): tag for tag, language in LANGUAGES.items()}}
    if wanted in names or wanted in LANGUAGES:
        return names.get(wanted, wanted)
    best = max(names, key=lambda name: fuzz.ratio(name, wanted))
    return names[best] if fuzz.ratio(best, wanted) >= _ALIKE else None


class AskLanguage(Skill):
    """Which language? Asked in the language that is likeliest."""

    called = "action_ask_welcome_form_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Greet and show the thirteen buttons."""
        about = tracker.latest_message.get("metadata") or {}
        likely = about.get("language") or about.get("phone_language")
        words = self.kit.words[likely or DEFAULT]
        asked = [
            self.kit.words[tag]("Which language do you want to read?") for tag in ([likely] if likely else _GUESSES)
        ]
        hello = words(
            "Hello! I am Lotse, the digital assistant of the integration management. "
            "I answer questions about living in Germany."
        )
        say(dispatcher, words, "\n\n".join([hello, "\n".join(asked)]), *language_rows(likely))
        return []


class AskAgreement(Skill):
    """Do you agree to the privacy notice?"""

    called = "action_ask_welcome_form_agreed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show the short notice; the whole one is a tap away."""
        words = self.words(tracker)
        notice = words.count(
            "I am a computer program, not a person and not an authority. It is free. "
            "I keep our conversation encrypted for {days} day so that I can help you, and pass nothing on without "
            "asking you. You can see or delete your data at any time. Do you agree?",
            "I am a computer program, not a person and not an authority. It is free. "
            "I keep our conversation encrypted for {days} days so that I can help you, and pass nothing on without "
            "asking you. You can see or delete your data at any time. Do you agree?",
            self.kit.retention_days,
            days=self.kit.retention_days,
        )
        say(dispatcher, words, notice, *agreement_rows(words), [press(words("Read the privacy notice"), "read_notice")])
        return []


def agreement_rows(words: Words) -> list[list[Button]]:
    """Return the two answers to the privacy notice."""
    return [[press(words("I agree"), "accept_notice")], [press(words("I do not agree"), "deny")]]


class ReadNotice(Skill):
    """The whole privacy notice."""

    called = "action_read_notice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show it."""
        words = self.words(tracker)
        notice = words(
            "**Who is responsible?** {responsible}. Questions: {contact}.\n\n"
            "**What is stored?** What you write here, the answers, your language, your place and your agreement. "
            "No name and no phone number unless you write them. Everything is encrypted.\n\n"
            "**For how long?** Messages are deleted after {days} days, everything else when you delete it or do not "
            "write for a year.\n\n"
            "**Who sees it?** The program reads it to answer you. "
            "A person reads it only if you ask for a person, or allow it for a question. "
            "No immigration office, no police and no job centre gets it from us. "
            "No other company's artificial intelligence is used.\n\n"
            "**Your rights (GDPR):** see your data, get a copy, correct it, delete it, withdraw your agreement, "
            "complain to the data protection officer of Baden-Württemberg (LfDI).",
            responsible=self.kit.responsible,
            contact=self.kit.responsible_contact,
            days=self.kit.retention_days,
        )
        say(dispatcher, words, notice, markup=True)
        return []


class ValidateWelcome(FormValidationAction):
    """Checks the answers to the three questions."""

    called = "validate_welcome_form"

    def __init__(self, kit: Kit) -> None:
        """Keep the services."""
        self._kit = kit
        self._places = PlaceQuestion(kit)

    def name(self) -> str:
        """Return the name in domain.yml."""
        return self.called

    async def validate_language(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Domain,
    ) -> dict[str, Any]:
        """Take a pressed or named language."""
        language = known(str(value)) or named_language(str(value))
        if language:
            await self._kit.people.choose(tracker.get_slot("person"), language=language)
        return {"language": language}

    async def validate_agreed(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Domain,
    ) -> dict[str, Any]:
        """Store which version was accepted."""
        person = tracker.get_slot("person")
        await self._kit.people.consent(person, version=NOTICE_VERSION, language=language_of(tracker))
        return {"agreed": NOTICE_VERSION}

    async def validate_place(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Domain,
    ) -> dict[str, Any]:
        """Take a place if there is no doubt which one is meant."""
        return {"place": await self._places.answer(str(value), dispatcher, tracker)}


class Remember(Skill):
    """Keep a question that came before the welcome was over."""

    called = "action_remember_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Keep the text if it asks for something, or the page that a link led to."""
        if (page := value_of(tracker, "page")) and tracker.latest_message["intent"]["name"] == "begin":
            return [slot("open_question", payload.write("open_page", {"page": page}))]
        intent = tracker.latest_message["intent"]["name"]
        text = tracker.latest_message.get("text")
        small_talk = intent in {"greet", "goodbye", "thanks", "affirm", "deny", "stop", "choose_language"}
        return [] if small_talk or not text else [slot("open_question", text)]


class Welcomed(Skill):
    """The welcome is over."""

    called = "action_welcomed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Say which place was understood, then answer the question that waited, or show the menu."""
        words = self.words(tracker)
        confirmation = place_confirmation(self.place(tracker), words)
        if tracker.get_slot("open_question"):
            say(dispatcher, words, confirmation)
            return [followup("action_answer_again")]
        to_menu(self, dispatcher, tracker, before=confirmation)
        return []
