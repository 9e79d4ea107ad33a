"""Offices and people to turn to: address, hours, whether they are open now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.kit import Domain, Events, Skill, press, say, value_of
from bot.actions.menu import menu_button
from bot.core.i18n import N_, Words
from bot.core.language import LANGUAGES
from bot.core.message import Button
from bot.core.text import isolate
from bot.library import hours
from bot.library.model import Office, Opening

KINDS = {
    "buergeramt": N_("Residents' office (Bürgeramt)"),
    "auslaenderbehoerde": N_("Immigration office (Ausländerbehörde)"),
    "jobcenter": N_("Jobcenter (basic income support)"),
    "agentur_fuer_arbeit": N_("Employment agency (Agentur für Arbeit)"),
    "integrationsmanagement": N_("Integration management (Integrationsmanagement)"),
    "volkshochschule": N_("Adult education centre (Volkshochschule)"),
    "migrationsberatung": N_("Migration counselling (Migrationsberatung, MBE)"),
    "jugendmigrationsdienst": N_("Youth migration service (Jugendmigrationsdienst)"),
    "schulamt": N_("School authority (Schulamt)"),
    "jugendamt": N_("Youth welfare office (Jugendamt)"),
    "gesundheitsamt": N_("Public health office (Gesundheitsamt)"),
    "wohnungsamt": N_("Housing office (Wohnungsamt)"),
    "welcome_center": N_("Welcome Center"),
    "frauenberatung": N_("Women's counselling (Frauenberatung)"),
}
_A_WEEK = timedelta(days=7)
WHO_HELPS = ("integrationsmanagement", "migrationsberatung")
_ALSO = {
    "bürgerbüro": "buergeramt", "einwohnermeldeamt": "buergeramt", "meldeamt": "buergeramt",
    "ausländeramt": "auslaenderbehoerde", "arbeitsamt": "agentur_fuer_arbeit", "arbeitsagentur": "agentur_fuer_arbeit",
    "vhs": "volkshochschule", "jmd": "jugendmigrationsdienst",
}  # fmt: skip
_ALIKE = 85
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
            text = words("Tell me your place, then I can show you who helps you there.")
            say(dispatcher, words, text, [press(words("Choose my place"), "choose_place")])
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
    say(dispatcher, words, text, [menu_button(words)], markup=True)


class FindOffice(Skill):
    """Where is the office, when is it open?"""

    called = "action_find_office"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Show the office that was named, or all of the place."""
        words = self.words(tracker)
        place = self.place(tracker)
        if place is None:
            text = words("Tell me your place, then I can show you who helps you there.")
            say(dispatcher, words, text, [press(words("Choose my place"), "choose_place")])
            return []
        offices = self.kit.library().offices_at(place.id)
        if not offices:
            show_helpers(self, dispatcher, tracker, "")
            return []
        wanted = str(value_of(tracker, "office") or "")
        kind = wanted if wanted in KINDS else named_kind(tracker.latest_message.get("text") or wanted, words)
        found = [office for office in offices if office.kind == kind]
        if found:
            now = self.kit.clock()
            text = "\n\n".join(describe(office, words, now) for office in found)
            say(dispatcher, words, text, [menu_button(words)], markup=True)
            return []
        if kind:
            text = words("I do not know this office in {place}. These are the offices I know:", place=place.name)
        else:
            text = words("Which office are you looking for?")
        say(dispatcher, words, text, *office_rows(offices, words))
        return []


def office_rows(offices: tuple[Office, ...], words: Words) -> list[list[Button]]:
    """Return a button for every kind of office."""
    kinds = dict.fromkeys(office.kind for office in offices if office.kind in KINDS)
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


class NotYet(Skill):
    """Something that Lotse cannot do yet: who can."""

    text: str

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> Events:
        """Say so honestly and show whom to ask."""
        words = self.words(tracker)
        place = self.place(tracker)
        heading = words(self.text, place=place.name) if place and "{place}" in self.text else words(self.text)
        if place is None:
            heading = words("Tell me your place, then I can show you who helps you there.")
            say(dispatcher, words, heading, [press(words("Choose my place"), "choose_place")])
            return []
        show_helpers(self, dispatcher, tracker, heading)
        return []


class NotYetAppointments(NotYet):
    """Appointments."""

    called = "action_not_yet_appointments"
    text = N_("I cannot book or change appointments here yet. Please call or write to:")


class NotYetEvents(NotYet):
    """Events."""

    called = "action_not_yet_events"
    text = N_("I do not have a list of events for {place} yet. Ask here:")


class NotYetPlan(NotYet):
    """The integration plan."""

    called = "action_not_yet_plan"
    text = N_("I cannot show an integration plan yet. Your integration manager can:")


def describe(office: Office, words: Words, now: datetime) -> str:
    """Return an office as Markdown: name, reach, hours, whether it is open now."""
    name = words(KINDS[office.kind]) if office.kind in KINDS else office.name(words.language)
    lines = [
        f"**{name}**",
        isolate(office.name(words.language)) if words.direction == "rtl" else office.name(words.language),
    ]
    if office.address:
        lines.append(words("Address: {address}", address=office.address))
    if office.phone:
        lines.append(words("Phone: {number}", number=office.phone))
    if office.email:
        lines.append(words("E-mail: {address}", address=office.email))
    reach, lines = _lines(lines), [_now(office, words, now)]
    if office.languages:
        spoken = [LANGUAGES[tag].endonym for tag in office.languages if tag in LANGUAGES]
        lines.append(words("Languages spoken: {languages}", languages=words.listed(spoken)))
    if office.step_free:
        lines.append(words("Step-free access"))
    if office.fictional:
        lines.append(words("This is a fictional example. The address and numbers do not exist."))
    return "\n\n".join(filter(None, [reach, week(office, words), _lines(lines)]))


def _lines(lines: list[str]) -> str:
    """Return each line once, on a line of its own."""
    return "  \n".join(dict.fromkeys(filter(None, lines)))


def week(office: Office, words: Words) -> str:
    """Return the opening hours as a list, a line each weekday."""
    if not any(office.hours):
        return ""
    days = [f"- {words.weekday(day)}: {_spans(spans, words)}" for day, spans in enumerate(office.hours)]
    return "\n".join([words("Opening hours:"), *days])


def _spans(spans: tuple[Opening, ...], words: Words) -> str:
    if not spans:
        return words("closed")
    return ", ".join(_span(one, words) for one in spans)


def _span(one: Opening, words: Words) -> str:
    times = f"{words.time(one.opens)}-{words.time(one.closes)}"
    times = isolate(times) if words.direction == "rtl" else times
    return f"{times} ({words('by appointment only')})" if one.appointment_only else times


def _now(office: Office, words: Words, now: datetime) -> str:
    if not any(office.hours):
        return ""
    doors = hours.doors(office, now)
    if doors is hours.Doors.OPEN:
        return words("Open now")
    if doors is hours.Doors.BY_APPOINTMENT:
        return words("Open now, but by appointment only")
    following = hours.next_opening(office, now)
    if following is None:
        return ""
    opens = following.opens.astimezone(ZoneInfo(office.time_zone))
    day = words.weekday(opens.weekday())
    if opens.date() - now.astimezone(opens.tzinfo).date() >= _A_WEEK:
        day = f"{day}, {words.date(opens.date())}"  # next Monday may be a holiday
    return words("Closed now. Opens on {day} at {time}.", day=day, time=words.time(opens))
