"""Offices: which one is meant, whether it is open, and whom to ask where nothing is known."""

from datetime import UTC, datetime

import pytest

from bot.actions.office_card import KINDS
from bot.actions.offices import named_kind
from bot.channels.markup import plain
from bot.core.language import LANGUAGES
from bot.core.text import FSI, JOINED, PDI
from tests.house import Talk, TestHouse, our_words

FOR_A_PERSON = [
    "I want to talk to a person", "where is the Jobcenter", "I want an appointment", "show my plan",
]  # fmt: skip
WHERE = "Tell me where you live. Then I can show you who helps you there."


def at(text: str) -> datetime:
    """A moment in UTC; in winter Musterstadt is an hour ahead."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_who_helps_here(talk: Talk) -> None:
    replies = await talk.say("I want to talk to a person")
    assert replies.text.startswith("These people help you in Musterstadt, free of charge:")
    for line in (
        "Phone: [+49 30 23125001](tel:+493023125001)", "E-mail: integration@musterstadt.example",
        "- Saturday: closed", "Open now",
        "- Monday: 08:30-12:00, 13:30-16:00 (by appointment only)", "Step-free access",
        "Languages spoken: Deutsch, English, العربية, Українська, فارسی / دری and ትግርኛ",
        "This is only a made-up example.",
    ):  # fmt: skip
        assert line in replies.text


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ("2026-11-23 07:29", "Closed now. Opens on Monday at 08:30."),
        ("2026-11-23 07:30", "Open now"),
        ("2026-11-23 10:59", "Open now"),
        ("2026-11-23 11:00", "Closed now. Opens on Tuesday at 08:30."),
        ("2026-11-23 12:30", "Open now, but by appointment only"),
        ("2026-11-23 15:00", "Closed now. Opens on Tuesday at 08:30."),
        ("2026-11-26 17:00", "Closed now. Opens on Monday at 08:30."),
        ("2026-07-02 06:30", "Open now"),  # summer time
        ("2026-12-24 09:00", "Closed now. Opens on Monday, 4 January 2027 at 08:30."),
        ("2026-12-31 09:00", "Closed now. Opens on Monday at 08:30."),
        ("2027-01-06 09:00", "Closed now. Opens on Thursday at 08:30."),
    ],
)
async def test_whether_it_is_open(house: TestHouse, now: str, says: str) -> None:
    house.clock.now = at(now)
    talk = await house.settled()
    assert f"\n\n{says}  \n" in (await talk.press("/talk_to_human")).text


async def test_each_line_of_an_office_is_seen_as_a_line_of_its_own(talk: Talk) -> None:
    replies = await talk.press("/talk_to_human")
    seen = plain(replies.text, "en", markup=True).split("\n")
    for line in ("Phone: +49 30 23125001", "• Saturday: closed", "Open now", "Step-free access"):
        assert line in seen


async def test_only_with_appointments_no_next_opening_is_promised(talk: Talk, house: TestHouse) -> None:
    office = house.library.office("musterstadt", "integrationsmanagement")
    assert office
    house.change_office("integrationsmanagement", hours=(office.hours[2],) * 7)
    text = (await talk.press("/talk_to_human")).text
    assert "by appointment only" in text
    assert "Closed now" not in text


async def test_without_known_hours_nothing_is_said_about_them(talk: Talk, house: TestHouse) -> None:
    house.close_office("migrationsberatung")
    house.change_office("integrationsmanagement", hours=((),) * 7, phone=None, email=None, address=None, languages=())
    text = (await talk.press("/talk_to_human")).text
    for word in ("closed", "Closed", "Open", "Phone", "None", "Languages"):
        assert word not in text


@pytest.mark.parametrize("said", FOR_A_PERSON)
async def test_without_a_place_it_is_asked_for(house: TestHouse, said: str) -> None:
    talk = await house.settled(place="bw")
    assert (await talk.say(said)).texts == [WHERE]
    assert (await talk.tap("Choose my place")).text.startswith("Which town or district do you live in?")


@pytest.mark.parametrize("said", FOR_A_PERSON)
async def test_at_a_place_without_offices_it_is_said_who_knows(house: TestHouse, said: str) -> None:
    talk = await house.settled(place="stuttgart")
    replies = await talk.say(said)
    assert replies.text.startswith("I do not have a contact for Stuttgart yet. The town hall (Rathaus)")
    assert "All topics" in replies.buttons


@pytest.mark.parametrize(
    ("said", "heading"),
    [
        ("I want an appointment", "I cannot book or change appointments here yet. Please call or write to:"),
        ("show my plan", "I cannot show an integration plan yet. Ask your integration manager:"),
    ],
)
async def test_what_cannot_be_done_yet_is_said_honestly(talk: Talk, said: str, heading: str) -> None:
    replies = await talk.say(said)
    assert replies.text.startswith(heading)
    assert "+49 30 23125001" in replies.text


async def test_the_office_that_was_named(talk: Talk) -> None:
    replies = await talk.say("where is the Jobcenter")
    assert "Phone: [+49 30 23125030]" in replies.text
    assert "+49 30 23125001" not in replies.text


async def test_an_office_that_is_not_here(talk: Talk, house: TestHouse) -> None:
    house.close_office("wohnungsamt")
    replies = await talk.say("where is the housing office")
    assert replies.texts == ["I do not know this office in Musterstadt. These are the offices I know:"]
    assert "Immigration office (Ausländerbehörde)" in replies.buttons
    assert "+49 30 23125020" in (await talk.tap("Immigration office (Ausländerbehörde)")).text


async def test_no_office_in_particular(talk: Talk) -> None:
    assert (await talk.say("where is the office")).texts == ["Which office are you looking for?"]


async def test_from_a_page_to_its_office(talk: Talk) -> None:
    await talk.say("I am looking for a flat")
    assert "Housing office Musterstadt" in (await talk.tap("Address and hours")).text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Wo ist das Jobcenter?", "jobcenter"), ("jobcentr öffnungszeiten", "jobcenter"),
        ("where is the immigration office", "auslaenderbehoerde"), ("Bürgerbüro", "buergeramt"),
        ("Arbeitsamt", "agentur_fuer_arbeit"), ("agentur_fuer_arbeit", "agentur_fuer_arbeit"),
        ("MBE", "migrationsberatung"), ("VHS", "volkshochschule"), ("Amt", None), ("Schule", None),
        ("open in November?", None), ("", None), ("?!", None),
    ],
)  # fmt: skip
def test_which_office_a_text_names(text: str, kind: str | None) -> None:
    assert named_kind(text, our_words()["en"]) == kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_office_is_found_by_its_own_title(language: str) -> None:
    words = our_words()[language]
    assert {kind: named_kind(words(title), words) for kind, title in KINDS.items()} == {kind: kind for kind in KINDS}


async def test_numbers_and_times_keep_their_order_in_arabic(house: TestHouse) -> None:
    talk = await house.settled(language="ar")
    text = (await talk.press("/talk_to_human")).all[0].text
    phone, hours = "[+49 30 23125001](tel:+493023125001)", f"08:30{JOINED}-{JOINED}12:00"
    for piece in (phone, hours, "integration@musterstadt.example", "Musterstadt"):
        assert f"{FSI}{piece}{PDI}" in text
