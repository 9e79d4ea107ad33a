"""An office line by line: address, phone, hours, whether it is open now."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.actions.reach import before_going, reach
from bot.core.i18n import N_, Words
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


def describe(office: Office, words: Words, now: datetime) -> str:
    """Return an office as Markdown: name, reach, hours, whether it is open now."""
    name = words(KINDS[office.kind]) if office.kind in KINDS else office.name(words.language)
    own = isolate(office.name(words.language)) if words.direction == "rtl" else office.name(words.language)
    where = [f"**{name}**", own, *reach(office, words)]
    about = [_now(office, words, now), *before_going(office, words)]
    return "\n\n".join(filter(None, [_lines(where), week(office, words), _lines(about)]))


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
    times = words.span(one.opens, one.closes)
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
        day = words.day(opens.date())  # next Monday may be a holiday
    return words("Closed now. Opens on {day} at {time}.", day=day, time=words.time(opens))
