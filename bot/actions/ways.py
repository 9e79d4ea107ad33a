"""What a person can do with a page beside reading it."""

from __future__ import annotations

from collections.abc import Mapping

from rasa_sdk import Tracker

from bot.actions.kit import Skill, press, value_of
from bot.actions.recognition import TOPIC as RECOGNITION
from bot.actions.recognition import profession_button
from bot.core.i18n import Words
from bot.core.message import Button
from bot.library.model import Page

# Pages that speak of meeting, moving or learning together: what is on, by the kind of event.
_EVENTS: Mapping[str, Mapping[str, object]] = {
    "participation.culture_meeting": {},
    "participation.sport": {"kind": "sport"},
    "participation.volunteering": {},
    "language.other_courses": {"kind": "language"},
    "family.women": {"women": True},
    "rights.legal_advice": {"kind": "advice"},
    "education.support": {"kind": "children"},
}


def ways_on(skill: Skill, page: Page, words: Words, tracker: Tracker) -> list[list[Button]]:
    """Return rows of buttons: the recognition finder, what is on, the office, who helps."""
    return [row for row in (_recognition(skill, page, words, tracker), _events(skill, page, words, tracker),
                            _people(skill, page, words, tracker)) if row]  # fmt: skip


def _recognition(skill: Skill, page: Page, words: Words, tracker: Tracker) -> list[Button]:
    professions = skill.kit.library().recognition.professions
    if page.id != RECOGNITION or not professions:
        return []
    named = professions.get(str(value_of(tracker, "profession")))
    return [profession_button(named, words)] if named else [press(words("Find my profession"), "ask_recognition")]


def _events(skill: Skill, page: Page, words: Words, tracker: Tracker) -> list[Button]:
    wanted = _EVENTS.get(page.id)
    if wanted is None or not skill.kit.library().events_at(tracker.get_slot("place")):
        return []
    return [press(words("Dates near you"), "find_event", days="month", **wanted)]


def _people(skill: Skill, page: Page, words: Words, tracker: Tracker) -> list[Button]:
    library, place = skill.kit.library(), tracker.get_slot("place")
    here = {office.kind for office in library.offices_at(place)}
    row = []
    if kinds := [kind for kind in page.offices if kind in here]:
        row.append(press(words("Address and hours"), "find_office", office=kinds[0]))
    if library.services.for_topic(page.id):
        row.append(press(words("Who helps with this?"), "who_helps", page=page.id))
    return row
