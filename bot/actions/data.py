"""What is stored about somebody: to see, to take along, to delete (Art. 15, 17 and 20 GDPR)."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, press, say, slot, value_of
from bot.actions.learning import stop_button
from bot.core.i18n import Words
from bot.core.language import LANGUAGES
from bot.core.message import Document
from bot.core.people import PersonalData
from bot.people.export import as_json, readable


class MyData(Skill):
    """What do you know about me? Give me a copy."""

    called = "action_my_data"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show a summary, or hand over the files."""
        words = self.words(tracker)
        data = await self.kit.people.data(tracker.get_slot("person"))
        summary = self._summary(data, words)
        if value_of(tracker, "copy"):
            name = words("my-data")
            note = words("The file contains everything. Keep it safe: whoever has it can read our conversation.")
            page = Document(f"{name}.html", "text/html", readable(data, summary, words).encode("utf-8", "replace"))
            say(dispatcher, words, note, document=page)
            say(dispatcher, words, "JSON", document=Document(f"{name}.json", "application/json", as_json(data)))
            return []
        text = "\n".join([words("This is what I store about you:"), "", *(f"- {line}" for line in summary)])
        say(
            dispatcher, words, text, [press(words("Get a copy"), "my_data", copy=True)],
            stop_button(self, tracker), [press(words("Delete everything"), "delete_data")], markup=True,
        )  # fmt: skip
        return []

    def _summary(self, data: PersonalData, words: Words) -> list[str]:
        person = data.person
        place = self.kit.library().places.get(person.place or "")
        lines = [
            words("Language: {language}", language=LANGUAGES[person.language].endonym if person.language else "-"),
            words("Place: {place}", place=place.name) if place else words("Place: not given"),
        ]
        if person.notice_version and person.notice_accepted_at:
            accepted = words.date(person.notice_accepted_at.date())
            lines.append(
                words(
                    "You agreed to the privacy notice (version {version}) on {date}.",
                    version=person.notice_version,
                    date=accepted,
                )
            )
        if kept := len(data.records.get("question", ())):
            lines.append(
                words.count(
                    "{count} question, kept without names and numbers so that I learn from it",
                    "{count} questions, kept without names and numbers so that I learn from them",
                    kept, count=kept,
                )
            )  # fmt: skip
        count = len(data.transcript)
        lines.append(words.count("{count} message, encrypted", "{count} messages, encrypted", count, count=count))
        return lines


class DeleteData(Skill):
    """Delete everything about me: asks once, does it, confirms."""

    called = "action_delete_data"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Ask, or do it when the question has just been answered."""
        words = self.words(tracker)
        about = tracker.latest_message["metadata"]
        if value_of(tracker, "sure") is True and about.get("confirmed"):
            await self.kit.people.erase(tracker.get_slot("person"))
            say(
                dispatcher, words,
                words("Everything about you has been deleted. Please also delete this chat on your phone. "
                      "You can start again at any time."),
            )  # fmt: skip
            return [slot("erased", value=True)]
        text = words(
            "Shall I really delete everything: our conversation, your settings and your agreement? "
            "This cannot be undone."
        )
        yes = press(words("Yes, delete everything"), "delete_data", sure=True)
        say(dispatcher, words, text, [yes], [press(words("No, keep it"), "deny")])
        return [slot("asked", yes.payload)]
