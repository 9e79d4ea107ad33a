"""What is on: the list, one event, a reminder, a file for the calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from bot.library.model import Event, Repetition
from tests.house import Talk, TestHouse, means

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)  # ten o'clock in Musterstadt


def event(name: str, days: tuple[int, ...], starts: str = "16:00", ends: str = "18:00", **more: object) -> Event:
    values: dict[str, object] = {
        "id": name.casefold().replace(" ", "-"), "place": "musterstadt", "kind": "meeting", "names": {"de": name},
        "about": {"de": f"Alles über {name}."}, "women_only": False,
        "repetition": Repetition(date(2026, 9, 1), None, days),
        "starts": datetime.strptime(starts, "%H:%M").time(), "ends": datetime.strptime(ends, "%H:%M").time(),  # noqa: DTZ007
        "address": "Beispielweg 1, 00000 Musterstadt (fiktiv)", "lat": None, "lon": None, "phone": "030 23125 150",
        "email": None, "website": None, "sign_up": False, "free": True, "childcare": False, "languages": ("de", "ar"),
        "step_free": True, "time_zone": "Europe/Berlin", "fictional": True,
    }  # fmt: skip
    return Event(**{**values, **more})  # type: ignore[arg-type]


EVENTS = (
    event("Sprachcafe", (2,)),
    event("Frauenabend", (3,), "19:00", "21:00", women_only=True),
    event("Chor", (0,), "19:00", "20:30", kind="culture"),
    event("Markt", (5,), "08:00", "12:00"),
)


@pytest.fixture
async def talk(house: TestHouse) -> Talk:
    house.clock.now = MONDAY
    house.library = replace(house.library, events=EVENTS)
    return await house.settled()


async def test_what_is_on_in_the_next_seven_days(talk: Talk) -> None:
    replies = await talk.say("where can I meet people")
    assert replies.text.splitlines() == [
        "In the next seven days in Musterstadt:",
        "",
        "**Monday, 30 November 2026**",
        "",
        "- 19:00-20:30: Chor",
        "",
        "**Wednesday, 2 December 2026**",
        "",
        "- 16:00-18:00: Sprachcafe",
        "",
        "**Thursday, 3 December 2026**",
        "",
        "- 19:00-21:00: Frauenabend (women only)",
        "",
        "**Saturday, 5 December 2026**",
        "",
        "- 08:00-12:00: Markt",
    ]
    assert list(replies.buttons) == [
        "Chor", "Sprachcafe", "Frauenabend", "Markt", "Today", "This weekend", "The next four weeks", "For women only",
        "Talk to a person", "All topics",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "names"),
    [
        ("today", ["Chor"]),
        ("weekend", ["Markt"]),
        ("next_week", ["Chor", "Sprachcafe", "Frauenabend", "Markt"]),
        ("nonsense", ["Chor", "Sprachcafe", "Frauenabend", "Markt"]),
    ],
)
async def test_other_days(talk: Talk, days: str, names: list[str]) -> None:
    replies = await talk.press("/find_event", days=days)
    lines = [line for line in replies.text.splitlines() if line.startswith("- ")]
    assert [line.split(": ")[1].split(" (")[0] for line in lines] == names


async def test_a_day_that_a_text_names(talk: Talk) -> None:
    from bot.core.message import Entity  # noqa: PLC0415 - of this test alone

    meant = means("find_event", entities=(Entity("date", "today", 10, 15),))
    talk.home.understanding.meanings["what is on today"] = meant
    replies = await talk.say("what is on today")
    assert replies.text.startswith("Today in Musterstadt:")


async def test_what_is_past_is_not_shown(talk: Talk) -> None:
    talk.home.clock.now = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    replies = await talk.press("/find_event", days="today")
    assert replies.text.startswith("Nothing is known for this time. This comes next:\n\n**Wednesday, 2 December 2026**")


async def test_what_is_for_women_only_and_back(talk: Talk) -> None:
    await talk.press("/find_event")
    replies = await talk.tap("For women only")
    assert "Frauenabend" in replies.text
    assert "Chor" not in replies.text
    assert "women" in replies.buttons["This week"]
    assert "Chor" in (await talk.tap("For everybody")).text


async def test_one_event(talk: Talk) -> None:
    await talk.press("/find_event")
    replies = await talk.tap("Sprachcafe")
    for line in (
        "**Sprachcafe**", "Alles über Sprachcafe.", "- Wednesday, 2 December 2026, 16:00-18:00",
        "- Wednesday, 9 December 2026, 16:00-18:00", "Phone: [+49 30 23125150](tel:+493023125150)",
        "It costs nothing.", "Step-free access", "Languages spoken: Deutsch and العربية",
    ):  # fmt: skip
        assert line in replies.text
    assert "Show on a map" not in replies.buttons  # nobody is sent to a fictional address


async def test_the_way_to_a_real_address(talk: Talk) -> None:
    real = replace(EVENTS[0], fictional=False, address="Marktplatz 1, 70173 Stuttgart")
    talk.home.library = replace(talk.home.library, events=(real,))
    replies = await talk.press("/open_event", event="sprachcafe")
    assert replies.buttons["Show on a map"] == (
        "https://www.openstreetmap.org/search?query=Marktplatz%201%2C%2070173%20Stuttgart"
    )


async def test_an_event_that_is_gone(talk: Talk) -> None:
    for payload in ("/open_event", "/remind_event", "/event_file"):
        replies = await talk.press(payload, event="gone")
        assert replies.text == "This event is over or was taken out of the list."


async def test_the_file_for_the_calendar(talk: Talk) -> None:
    await talk.press("/open_event", event="sprachcafe")
    (document,) = (await talk.tap("Into my calendar")).documents
    (found,) = Calendar.from_ical(document.content.decode()).walk("VEVENT")
    assert document.name == "termin.ics"
    assert {"Remind me", "What else is on", "Talk to a person"} <= set(talk.heard[-1].buttons)
    assert found["summary"] == "Sprachcafe"
    assert found.decoded("dtstart").isoformat() == "2026-12-02T16:00:00+01:00"
    assert found["location"] == "Beispielweg 1, 00000 Musterstadt (fiktiv)"


async def test_a_reminder_comes_the_evening_before_and_betrays_nothing(talk: Talk) -> None:
    await talk.press("/open_event", event="frauenabend")
    replies = await talk.tap("Remind me")
    assert "I will write to you on Wednesday, 2 December 2026, at 18:00." in replies.text
    (waiting,) = [row for row in talk.home.memory.rows.outbox if row.state == "queued"]
    assert waiting.due_at == datetime(2026, 12, 2, 17, 0, tzinfo=UTC)
    assert "Frauen" not in waiting.reply.text
    assert waiting.dedup_key
    assert "frauen" not in waiting.dedup_key
    ((show,),) = waiting.reply.buttons
    assert "**Frauenabend**" in (await talk.press(show.payload or "")).text


async def test_asked_twice_it_reminds_once(talk: Talk) -> None:
    for _ in range(2):
        await talk.press("/remind_event", event="sprachcafe")
    assert len([row for row in talk.home.memory.rows.outbox if row.state == "queued"]) == 1


async def test_a_reminder_can_be_taken_back_and_wished_for_again(talk: Talk) -> None:
    await talk.press("/remind_event", event="sprachcafe")
    assert (await talk.tap("Do not remind me")).text == "All right, I will not remind you."
    assert not [row for row in talk.home.memory.rows.outbox if row.state == "queued"]
    await talk.press("/remind_event", event="sprachcafe")
    assert len([row for row in talk.home.memory.rows.outbox if row.state == "queued"]) == 1


async def test_shortly_before_it_reminds_two_hours_before_or_says_that_it_begins(talk: Talk) -> None:
    await talk.press("/remind_event", event="chor")
    (waiting,) = [row for row in talk.home.memory.rows.outbox if row.state == "queued"]
    assert waiting.due_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    talk.home.clock.now = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    replies = await talk.press("/remind_event", event="chor")
    assert replies.text == "It begins very soon: Monday, 30 November 2026, 19:00-20:30"


async def test_two_hours_before_in_the_night_in_which_the_clocks_change(talk: Talk) -> None:
    early = event("Frueh", (6,), "04:00", "05:00", repetition=Repetition(date(2027, 3, 28), date(2027, 3, 28), (6,)))
    talk.home.library = replace(talk.home.library, events=(early,))
    talk.home.clock.now = datetime(2027, 3, 27, 20, 0, tzinfo=UTC)
    await talk.press("/remind_event", event="frueh")
    (waiting,) = [row for row in talk.home.memory.rows.outbox if row.state == "queued"]
    assert waiting.due_at == datetime(2027, 3, 28, 0, 0, tzinfo=UTC)  # it begins at two o'clock in UTC


async def test_somebody_else_has_no_say_in_a_reminder(talk: Talk, house: TestHouse) -> None:
    await talk.press("/remind_event", event="sprachcafe")
    other = await house.settled("200")
    await other.press("/forget_reminder", event="sprachcafe", on="2026-12-02T16:00:00+01:00")
    assert len([row for row in house.memory.rows.outbox if row.state == "queued"]) == 1


async def test_what_is_on_nearest_first(talk: Talk) -> None:
    assert "Nearest to me" not in (await talk.press("/find_event")).buttons
    placed = {"Sprachcafe": (48.60, 9.05), "Markt": (48.53, 9.05)}
    events = [
        replace(one, lat=placed[one.names["de"]][0], lon=placed[one.names["de"]][1])
        if one.names["de"] in placed
        else one
        for one in EVENTS
    ]
    talk.home.library = replace(talk.home.library, events=tuple(events))
    await talk.press("/find_event")
    await talk.tap("Nearest to me")
    replies = await talk.share(48.52, 9.05)
    assert replies.text.splitlines()[1:] == ["- Markt: about 1.1 km", "- Sprachcafe: about 8.9 km"]
    assert "**Markt**" in (await talk.tap("Markt")).text


async def test_a_place_without_events_says_whom_to_ask(talk: Talk) -> None:
    talk.home.library = replace(talk.home.library, events=())
    replies = await talk.press("/find_event")
    assert replies.text.startswith("I do not have a list of events for Musterstadt yet. Ask here:")


async def test_without_a_place_it_is_asked_for(house: TestHouse) -> None:
    nowhere = await house.settled("300", place="bw")
    replies = await nowhere.press("/find_event")
    assert replies.text == "Tell me your place, then I can show you what is on there."
    assert "Choose my place" in replies.buttons
