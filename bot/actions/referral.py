"""Who helps with a topic: the regular services, with the office of the place where there is one."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, press, say, value_of, written_by
from bot.actions.menu import back_button, human_button, menu_button
from bot.actions.office_card import KINDS
from bot.actions.offices import show_helpers
from bot.actions.phone import dialled
from bot.core.i18n import Words
from bot.core.message import Button
from bot.library.model import name_in
from bot.library.referral import Service


class WhoHelps(Skill):
    """Who helps with this?"""

    called = "action_who_helps"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show the services of a topic, and where each is."""
        words, library, place = self.words(tracker), self.kit.library(), tracker.get_slot("place")
        page = library.page(str(value_of(tracker, "page") or tracker.get_slot("page")), place)
        services = library.services.for_topic(page.id) if page else ()
        if page is None or not services:
            show_helpers(self, dispatcher, tracker, words("These people can help you:"))
            return []
        here = {office.kind for office in library.offices_at(place)}
        heading = words("These services help with “{topic}”:", topic=page.text(words.language).title)
        blocks = [heading, *(_block(service, words) for service in services)]
        rows = [[button] for service in services if (button := _where(service, here, words))]
        note = written_by(library.services.methods.get(words.language), words)
        say(
            dispatcher, words, "\n\n".join(blocks), *rows, [back_button(page.id, words)],
            [human_button(words), menu_button(words)],
            markup=True, note=note,
        )  # fmt: skip
        return []


def _block(service: Service, words: Words) -> str:
    name = service.name(words.language)
    head = f"**{name}**" if service.word in name else f"**{name}** ({service.word})"
    lines = [head, name_in(service.does, words.language)]
    if service.confidential:
        lines.append(words("What you say there stays there."))
    if service.phone:
        lines.append(words("Phone: {number}", number=dialled(service.phone)))
    return "  \n".join(lines)


def _where(service: Service, here: set[str], words: Words) -> Button | None:
    """Return the way to a service: its office here, else the page on which it is found."""
    if service.office in here and service.office in KINDS:
        return press(words(KINDS[service.office]), "find_office", office=service.office)
    if service.finder and service.finder.startswith("https://"):
        return Button(words("Find {service} near you", service=service.name(words.language)), url=service.finder)
    return None
