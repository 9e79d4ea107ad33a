"""Offices and people to turn to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, ask_for_place, press, say, value_of
from bot.actions.map_link import map_row
from bot.actions.menu import human_button, menu_button
from bot.actions.office_card import KINDS, describe
from bot.core.i18n import N_, Words
from bot.core.message import Button
from bot.library.model import Office

TELL_ME = N_("Tell me your place, then I can show you who helps you there.")
WHO_HELPS = ("integrationsmanagement", "migrationsberatung")
_ALSO = {
    "bürgerbüro": "buergeramt", "einwohnermeldeamt": "buergeramt", "meldeamt": "buergeramt",
    "ausländeramt": "auslaenderbehoerde", "arbeitsamt": "agentur_fuer_arbeit", "arbeitsagentur": "agentur_fuer_arbeit",
    "vhs": "volkshochschule", "jmd": "jugendmigrationsdienst",
}  # fmt: skip
_ALIKE = 85
_PAGES = 2
# A short word is part of many names ("Amt"), and short names are part of many words: those must stand there whole.
_SHORTEST_NAME, _SHORTEST_SHARE = 6, 0.8
_WORD = re.compile(r"\w+")


class Human(Skill):
    """A wish for a person. Until there are cases: who helps at this place, and when."""

    called = "action_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show them."""
        words = self.words(tracker)
        place = self.place(tracker)
        if place is None:
            ask_for_place(dispatcher, words, words(TELL_ME))
            return []
        show_helpers(
            self, dispatcher, tracker, words("These people help you in {place}, free of charge:", place=place.name)
        )
        return []


def show_helpers(skill: Skill, dispatcher: CollectingDispatcher, tracker: Tracker, heading: str) -> None:
    """Show the offices that counsel newcomers at the person's place, or who knows them."""
    words, library = skill.words(tracker), skill.kit.library()
    place = skill.place(tracker)
    offices = [office for kind in WHO_HELPS for office in library.offices_at(place.id if place else None, kind)]
    if not offices:
        text = words(
            "I do not have a contact for {place} yet. The town hall (Rathaus) or the district office (Landratsamt) can "
            "tell you who is responsible. Ask for “Integrationsmanagement”. Free and confidential advice for newcomers "
            "is also given by “Migrationsberatung (MBE)”.",
            place=place.name if place else words("Baden-Württemberg"),
        )
        rows = [] if place else [[press(words("Choose my place"), "choose_place")]]
        say(dispatcher, words, text, *rows, [menu_button(words)])
        return
    now = skill.kit.clock()
    text = "\n\n".join([heading, *(describe(office, words, now) for office in offices)])
    say(dispatcher, words, text, _maps(offices, words), [menu_button(words)], markup=True)


class FindOffice(Skill):
    """Where is the office, when is it open?"""

    called = "action_find_office"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show the office that was named, or all of the place."""
        words = self.words(tracker)
        place = self.place(tracker)
        if place is None:
            ask_for_place(dispatcher, words, words(TELL_ME))
            return []
        offices = self.kit.library().offices_at(place.id)
        if not offices:
            show_helpers(self, dispatcher, tracker, "")
            return []
        wanted = str(value_of(tracker, "office") or "")
        kind = wanted if wanted in KINDS else named_kind(tracker.latest_message.get("text") or wanted, words)
        text = tracker.latest_message.get("text") or ""
        found = called_in(text, offices) or [office for office in offices if office.kind == kind]
        if found:
            now = self.kit.clock()
            text = "\n\n".join(describe(office, words, now) for office in found)
            say(dispatcher, words, text, _maps(found, words), [human_button(words), menu_button(words)], markup=True)
            return []
        if kind:
            text = words("I do not know this office in {place}. These are the offices I know:", place=place.name)
        else:
            text = words("Which office are you looking for?")
        likely = await self._for_topic(tracker, words)
        near = [press(words("Nearest to me"), "near_me")] if any(office.lat is not None for office in offices) else []
        say(dispatcher, words, text, *office_rows(offices, words, likely), near, [human_button(words)])
        return []

    async def _for_topic(self, tracker: Tracker, words: Words) -> list[str]:
        """Return the kinds of office that serve what a text is about ("where do I go for Kindergeld?")."""
        text = tracker.latest_message.get("text")
        if not text:
            return []
        hits = await self.kit.searches.search(text, language=words.language, limit=_PAGES)
        pages = [self.kit.library().page(hit.page, tracker.get_slot("place")) for hit in hits]
        return [kind for page in pages if page for kind in page.offices]


def called_in(text: str, offices: Iterable[Office]) -> list[Office]:
    """Return the offices that a text calls by their own name ("Familienzentrum Nord"), roughly spelt."""
    said = _plain(text)
    found = []
    for office in offices:
        names = [_plain(name) for name in office.names.values()]
        # The name of a kind of office is no name of its own: others may be called the same.
        own = [name for name in names if len(name) >= _SHORTEST_NAME and name not in _KIND_NAMES]
        if any(len(name) <= len(said) / _SHORTEST_SHARE and fuzz.partial_ratio(name, said) >= _ALIKE for name in own):
            found.append(office)
    return found


def _maps(offices: Iterable[Office], words: Words) -> list[Button]:
    return list(dict.fromkeys(button for office in offices for button in map_row(office, words)))


def office_rows(offices: tuple[Office, ...], words: Words, likely: Iterable[str] = ()) -> list[list[Button]]:
    """Return a button for every kind of office there is, likely ones first."""
    here = dict.fromkeys(office.kind for office in offices if office.kind in KINDS)
    kinds = dict.fromkeys([*(kind for kind in likely if kind in here), *here])
    return [[press(words(KINDS[kind]), "find_office", office=kind)] for kind in kinds]


def named_kind(text: str, words: Words) -> str | None:
    """Return the kind of office that a text names, in German or in the person's language, roughly spelt."""
    names = dict(_ALSO)
    for kind, title in KINDS.items():
        for name in (kind.replace("_", " "), title, words(title)):
            for part in re.split("[(),]", name):
                names[_plain(part)] = kind
    said = _plain(text)
    for name in sorted(filter(None, names), key=len, reverse=True):
        if f" {name} " in f" {said} ":
            return names[name]
    alike = [name for name in names if _SHORTEST_NAME <= len(name) <= len(said) / _SHORTEST_SHARE]
    found = process.extractOne(said, alike, scorer=fuzz.partial_ratio, score_cutoff=_ALIKE)
    return names[found[0]] if found else None


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


_KIND_NAMES = frozenset(_plain(name) for name in (*KINDS, *_ALSO))
