"""Small talk, commands, what is not text, what is too long, groups, and silence while a human has the word."""

import pytest

from bot.core.message import Attached, Incoming
from tests.house import Talk, TestHouse, means

MENU = "How can I help you? Write your question in your own words, or choose a topic."


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Hello", MENU),
        ("thanks", "You are welcome. Is there anything else?"),
        ("bye", "Goodbye and all the best!"),
        ("who are you", "I am Lotse, a computer program"),
        ("what can you do", "You can write any question to me in your own words"),
        ("tell me a joke", "I cannot help with that."),
        ("yes", "I am not sure which question you are answering."),
        ("no", "I am not sure which question you are answering."),
        ("stop", "All right, I have stopped that."),
    ],
)
async def test_small_talk(talk: Talk, said: str, answer: str) -> None:
    assert (await talk.say(said)).text.startswith(answer)


@pytest.mark.parametrize("said", ["tell me a joke", "yes", "no", "stop", "gibberish", "what can you do", "Hello"])
async def test_a_person_is_one_tap_away_where_nothing_was_answered(talk: Talk, said: str) -> None:
    assert (await talk.say(said)).buttons["Talk to a person"] == "/talk_to_human"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/start", MENU),
        ("/start deep-link", MENU),
        ("/help", "You can write any question"),
        ("/help@LotseBot", "You can write any question"),
        ("/HELP@lotsebot please", "You can write any question"),
        ("/language", "Which language would you like to read in?"),
        ("/place", "Which town or district do you live in?"),
        ("/human", "These people help you in Musterstadt, free of charge:"),
        ("/appointment tomorrow", "I cannot book or change appointments here yet."),
        ("/plan", "I cannot show an integration plan yet."),
        ("/data", "This is what I store about you:"),
        ("/delete", "Shall I really delete everything"),
        ("/stop", "All right, I have stopped that."),
        ("/nonsense", "This button is out of date."),
    ],
)
async def test_commands(talk: Talk, said: str, answer: str) -> None:
    assert (await talk.say(said)).text.startswith(answer)


@pytest.mark.parametrize("said", ["/", "//", "/nonsense with words"])
async def test_a_slash_alone_makes_no_command(talk: Talk, said: str) -> None:
    assert (await talk.say(said)).text.startswith("I did not understand that.")


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (Attached.VOICE, "I cannot listen to voice messages yet."),
        *((kind, "I can only read text.") for kind in Attached if kind is not Attached.VOICE),
    ],
)
async def test_what_is_not_text(talk: Talk, kind: Attached, answer: str) -> None:
    replies = await talk.show(kind)
    assert replies.text.startswith(answer)
    assert "Talk to a person" in replies.buttons


async def test_a_photo_before_the_welcome_starts_it(stranger: Talk) -> None:
    assert "English" in (await stranger.show(Attached.PHOTO)).buttons


async def test_a_text_that_is_too_long(talk: Talk) -> None:
    replies = await talk.say("x" * 2_001)
    assert replies.texts == [
        "Your message is very long. Please ask your question in fewer words (at most 2000 characters)."
    ]


async def test_the_longest_text_that_is_read(talk: Talk, house: TestHouse) -> None:
    text = "y" * 2_000
    house.understanding.meanings[text] = means("housing.find_flat")
    assert (await talk.say(text)).pages == ["housing.find_flat"]


@pytest.mark.parametrize("incoming", [Incoming(text="/start", in_group=True), Incoming(payload="/help", in_group=True)])
async def test_in_a_group_lotse_asks_for_a_private_chat(house: TestHouse, incoming: Incoming) -> None:
    talk = house.meet()
    for _ in range(2):
        replies = await talk.send(incoming)
        assert replies.text.endswith("ich nur in einem privaten Chat. Bitte schreiben Sie mir dort.")
        assert replies.buttons == {}
    assert set(talk.slots) == {"person", "seen_on"}


async def test_in_a_group_it_is_said_in_the_language_of_the_phone(house: TestHouse) -> None:
    replies = await house.meet().send(Incoming(text="/start", in_group=True, language_hint="en"))
    assert replies.texts == ["For your privacy I answer only in a private chat. Please write to me there."]


# A human has the word.


async def test_a_human_has_the_word_lotse_is_silent_for_text(talk: Talk) -> None:
    talk.hand_over()
    for said in ("Hello", "I am looking for a flat", "gibberish", "Шукаю квартиру", "yes"):
        assert (await talk.say(said)).all == []


async def test_a_human_has_the_word_buttons_are_answered(talk: Talk) -> None:
    talk.hand_over()
    assert (await talk.press("/open_page", page="housing.find_flat")).pages == ["housing.find_flat"]
    assert (await talk.say("/help")).text.startswith("You can write any question")


async def test_a_human_has_the_word_until_given_back(talk: Talk) -> None:
    talk.hand_over()
    await talk.say("Hello")
    talk.tracker["paused"] = False
    assert (await talk.say("I am looking for a flat")).pages == ["housing.find_flat"]


# Visits.


async def test_a_visit_is_noted_once_a_day(talk: Talk, house: TestHouse) -> None:
    first = talk.person.last_seen_at
    house.clock.tick(hours=1)
    await talk.say("Hello")
    assert talk.person.last_seen_at == first
    house.clock.tick(days=1)
    await talk.say("Hello")
    assert talk.person.last_seen_at == house.clock()


async def test_what_was_said_is_kept_for_the_transcript(talk: Talk, house: TestHouse) -> None:
    await talk.say("I am looking for a flat")
    await talk.press("/help")
    assert [row.text for row in house.memory.rows.inbox.values()][-2:] == ["I am looking for a flat", "/help"]


async def test_two_people_do_not_share_anything(house: TestHouse) -> None:
    one, other = await house.settled("1"), await house.settled("2", language="de", place="stuttgart")
    assert one.slots["person"] != other.slots["person"]
    await one.say("I am looking for a flat")
    assert "page" not in other.slots
    assert (other.slots["language"], other.slots["place"]) == ("de", "stuttgart")
