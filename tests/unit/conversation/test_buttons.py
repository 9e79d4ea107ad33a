"""Buttons carry their intent. They are pressed late, twice, by others, and they are forged."""

import json

import pytest

from bot.core.language import LANGUAGES
from bot.core.message import Incoming
from bot.core.ports import Arrival
from tests.conftest import SettableClock
from tests.house import Talk, TestHouse

STALE = "This button is out of date. Here is the menu."
NOT_DELETED_YET = "Shall I really delete everything: our conversation, your settings and your agreement?"
GONE = "Everything about you has been deleted."

FORGED = [
    7, -1, 1.5, True, False, None, "", "x" * 1_900, [], ["de"], [[[[]]]], {}, {"language": "de"},
    {"a": {"b": {"c": []}}},
    "musterstadt\x00", "{place}", "%s", "<b>", "\ud800", "../../etc/passwd", 10**300, "@999.0,999.0", "@1e5,2",
]  # fmt: skip
CARRIED = [
    ("set_language", "language"), ("set_place", "place"), ("begin", "language"), ("begin", "place"),
    ("open_area", "area"), ("open_page", "page"), ("more", "page"), ("feedback_good", "page"),
    ("feedback_bad", "page"), ("find_office", "office"), ("confirm_danger", "crisis"), ("no_danger", "language"),
    ("my_data", "copy"), ("not_text", "attached"), ("too_long", "limit"), ("begin", "nonsense"),
]  # fmt: skip


async def test_a_stale_button_says_so_and_shows_the_menu(talk: Talk) -> None:
    replies = await talk.send(Incoming(stale_button=True))
    assert replies.text.startswith(STALE)
    assert "Housing" in replies.buttons


async def test_a_stale_button_before_the_welcome_starts_it(stranger: Talk) -> None:
    replies = await stranger.send(Incoming(stale_button=True, language_hint="en"))
    assert "English" in replies.buttons


@pytest.mark.parametrize(
    "payload", ["/unknown_intent", "/action_delete_data", "not a payload", "/set_place{", "/set_place[1]", "/aaa" * 30]
)  # fmt: skip
async def test_an_unknown_payload_is_a_stale_button(talk: Talk, payload: str) -> None:
    assert (await talk.press(payload)).text.startswith(STALE)


HUGE, NESTED = '/open_page{"page":"' + "x" * 3_000 + '"}', '/open_page{"page":' + "[" * 950 + "]" * 950 + "}"


@pytest.mark.parametrize("payload", [HUGE, "/more{" * 1_000])
async def test_a_huge_payload_is_a_stale_button(talk: Talk, payload: str) -> None:
    assert (await talk.press(payload)).text.startswith(STALE)


async def test_an_endlessly_nested_payload_does_no_harm(talk: Talk) -> None:
    assert (await talk.press(NESTED)).texts
    assert (await talk.press("/open_page", page="housing.find_flat")).pages == ["housing.find_flat"]


@pytest.mark.parametrize(("intent", "name"), CARRIED)
async def test_forged_values_are_answered_and_harm_nothing(house: TestHouse, intent: str, name: str) -> None:
    talk = await house.settled()
    for value in FORGED:
        replies = await talk.press(f"/{intent}", **{name: value})
        assert replies.texts, value
        assert talk.slots["language"] in {"en", "de"}
        assert talk.slots["place"] in house.library.places
        assert json.loads(json.dumps(talk.tracker)) == talk.tracker


@pytest.mark.parametrize(("intent", "name"), CARRIED)
async def test_forged_values_do_no_harm_in_the_welcome(clock: SettableClock, intent: str, name: str) -> None:
    for value in FORGED:
        stranger = TestHouse(clock).meet(language_hint="en")
        await stranger.press("/greet")
        for _ in range(2):
            assert (await stranger.press(f"/{intent}", **{name: value})).texts, value
        assert "agreed" not in stranger.slots
        assert stranger.slots.get("language", "en") in LANGUAGES


async def test_values_that_nobody_asked_for_fill_no_slots(talk: Talk) -> None:
    await talk.press("/open_page", page="housing.find_flat", agreed="x", person="somebody-else", erased=True)
    assert talk.slots["person"] == talk.chat.person_id
    assert talk.slots["agreed"] == talk.home.house.notice_version
    assert "erased" not in talk.slots


async def test_a_button_pressed_twice_answers_twice_the_same(talk: Talk) -> None:
    first = await talk.press("/open_page", page="housing.find_flat")
    assert (await talk.press("/open_page", page="housing.find_flat")).texts == first.texts


async def test_agreeing_twice_shows_the_menu(talk: Talk) -> None:
    assert "How can I help you?" in (await talk.press("/accept_notice")).text


async def test_the_update_that_comes_twice_is_answered_once(talk: Talk, house: TestHouse) -> None:
    again = Arrival("telegram", "telegram:1", talk.address, f"{talk.address}-0", b"{}")
    assert await house.memory.inbox.accept([again]) == 0
    assert await house.memory.inbox.claim(1) == []


# Yes, delete everything: only as the direct answer to the question.


async def test_yes_delete_deletes_when_it_was_just_asked(talk: Talk) -> None:
    await talk.press("/delete_data")
    assert (await talk.tap("Yes, delete everything")).text.startswith(GONE)


async def test_yes_delete_without_having_been_asked_asks(talk: Talk, house: TestHouse) -> None:
    assert (await talk.press("/delete_data", sure=True)).text.startswith(NOT_DELETED_YET)
    assert house.memory.rows.erased == []


async def test_yes_delete_after_something_else_asks_again(talk: Talk, house: TestHouse) -> None:
    await talk.press("/delete_data")
    await talk.say("I am looking for a flat")
    assert (await talk.tap("Yes, delete everything")).text.startswith(NOT_DELETED_YET)
    assert house.memory.rows.erased == []


@pytest.mark.parametrize("said", ["Шукаю квартиру", "I am afraid at home"])
async def test_yes_delete_after_another_question_asks_again(talk: Talk, house: TestHouse, said: str) -> None:
    await talk.press("/delete_data")
    await talk.say(said)
    assert talk.slots["asked"]
    assert (await talk.tap("Yes, delete everything")).text.startswith(NOT_DELETED_YET)
    assert house.memory.rows.erased == []


@pytest.mark.parametrize("how", ["tap", "say"])
async def test_yes_delete_weeks_later_asks_again(talk: Talk, house: TestHouse, how: str) -> None:
    await talk.press("/delete_data")
    house.clock.tick(days=14)
    late = await (talk.tap("Yes, delete everything") if how == "tap" else talk.say("yes"))
    assert GONE not in late.text
    assert house.memory.rows.erased == []


async def test_around_midnight_the_question_still_stands(talk: Talk, house: TestHouse) -> None:
    await talk.press("/delete_data")
    house.clock.tick(hours=16)
    assert (await talk.say("yes")).text.startswith(GONE)


@pytest.mark.parametrize("sure", [value for value in FORGED if value is not True])
async def test_a_forged_yes_deletes_nothing(talk: Talk, house: TestHouse, sure: object) -> None:
    await talk.press("/delete_data")
    assert (await talk.press("/delete_data", sure=sure)).text.startswith(NOT_DELETED_YET)
    assert house.memory.rows.erased == []


async def test_another_persons_yes_delete_deletes_nobody(talk: Talk, house: TestHouse) -> None:
    other = await house.settled("200")
    await talk.press("/delete_data")
    assert (await other.press("/delete_data", sure=True)).text.startswith(NOT_DELETED_YET)
    assert house.memory.rows.erased == []
    assert len(house.memory.rows.people) == 2


async def test_yes_delete_pressed_again_after_it_was_done_welcomes_a_stranger(talk: Talk, house: TestHouse) -> None:
    await talk.press("/delete_data")
    await talk.press("/delete_data", sure=True)
    again = await talk.press("/delete_data", sure=True)
    assert "English" in again.buttons
    assert len(house.memory.rows.erased) == 1


async def test_no_keeps_everything(talk: Talk, house: TestHouse) -> None:
    await talk.press("/delete_data")
    assert (await talk.tap("No, keep it")).texts == ["Nothing was deleted."]
    assert (await talk.say("yes")).text.startswith("I am not sure which question you are answering.")
    assert house.memory.rows.erased == []
