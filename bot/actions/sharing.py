"""Handing a page on: a link that opens it for somebody else, in their own language."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, say, value_of
from bot.actions.menu import back_button, human_button
from bot.actions.pages import gone


class SharePage(Skill):
    """Send this to somebody."""

    called = "action_share_page"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show the links; nothing in them says who has sent them."""
        words, place = self.words(tracker), tracker.get_slot("place")
        page = self.kit.library().page(str(value_of(tracker, "page")), place)
        if page is None:
            gone(self, dispatcher, tracker)
            return []
        text = words("Copy this link and send it on. It opens “{page}”; the other person chooses the language.",
                     page=page.text(words.language).title)  # fmt: skip
        links = await self.kit.links(page.id, page.place)
        back = [back_button(page.id, words), human_button(words)]
        say(dispatcher, words, "\n\n".join([text, *links]), back)
        return []
