"""An event line by line: what it is, when next, where, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.actions.reach import before_going, reach
from bot.core.i18n import N_, Words
from bot.core.text import isolate
from bot.library.happening import Occurrence, occurrences
from bot.library.model import Event, name_in

KINDS = {
    "meeting": N_("Meeting people"),
    "language": N_("Speaking German"),
    "children": N_("For children and parents"),
    "sport": N_("Sport"),
    "culture": N_("Music and culture"),
    "advice": N_("Advice"),
    "help": N_("Practical help"),
    "course": N_("Courses"),
}
_SHOWN = 3
_LOOK_AHEAD = timedelta(days=120)


def describe(event: Event, words: Words, now: datetime) -> str:
    """Return an event as Markdown: name, the next dates, address, and what one should know before going."""
    language = words.language
    blocks = [f"**{event.name(language)}**"]
    if event.about:
        blocks.append(name_in(event.about, language))
    blocks += [
        _dates(event, words, now),
        _lines([*reach(event, words), *_good_to_know(event, words), *before_going(event, words)]),
    ]
    return "\n\n".join(filter(None, blocks))


def when(one: Occurrence, words: Words) -> str:
    """Return weekday, date and times of one occurrence, in the local time of the event."""
    return words(
        "{weekday}, {date}, {times}",
        weekday=words.weekday(one.starts.weekday()),
        date=words.date(one.starts.date()),
        times=words.span(one.starts, one.ends),
    )


def _dates(event: Event, words: Words, now: datetime) -> str:
    following = occurrences([event], now, now + _LOOK_AHEAD)[:_SHOWN]
    if not following:
        return words("There is no date for this at present.")
    return "\n".join([words("Next dates:"), *(f"- {when(one, words)}" for one in following)])


def _good_to_know(event: Event, words: Words) -> list[str]:
    facts = {
        words("For women only"): event.women_only,
        words("It costs nothing."): event.free,
        words("Please say beforehand that you are coming."): event.sign_up,
        words("Someone looks after the children."): event.childcare,
    }
    return [text for text, holds in facts.items() if holds]


def _lines(lines: Sequence[str]) -> str:
    return "  \n".join(lines)


def listed(found: Sequence[Occurrence], words: Words) -> str:
    """Return occurrences as Markdown, day by day: a line each with times and name."""
    days: dict[date, list[str]] = {}
    for one in found:
        days.setdefault(one.starts.date(), []).append(
            f"- {words.span(one.starts, one.ends)}: {_name(one.event, words)}"
        )
    return "\n\n".join(f"**{words.day(day)}**\n\n" + "\n".join(lines) for day, lines in days.items())


def _name(event: Event, words: Words) -> str:
    name = event.name(words.language)
    name = isolate(name) if words.direction == "rtl" else name
    return words("{event} (women only)", event=name) if event.women_only else name
