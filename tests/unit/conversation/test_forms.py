"""Forms are interrupted by questions and go on, or are stopped."""

from dataclasses import replace

import pytest

from bot.core.message import Entity
from tests.house import Talk, TestHouse, means

WHICH_PLACE = "Which town or district do you live in? Write its name or postal code."


async def test_another_place(talk: Talk) -> None:
    assert (await talk.say("I moved")).texts == [WHICH_PLACE]
    changed = await talk.say("Stuttgart")
    assert changed.text.startswith("Your place is now Stuttgart.")
    assert (talk.slots["place"], talk.person.place) == ("stuttgart", "stuttgart")
    assert "new_place" not in talk.slots


def moved_to(house: TestHouse, text: str, language: str, *places: str) -> str:
    """Let a text mean that somebody has moved, and name these places."""
    named = tuple(Entity("place", place, 0, 0) for place in places)
    house.understanding.meanings[text] = means("choose_place", language, entities=named)
    return text


async def test_a_place_that_is_named_at_once_is_not_asked_for(house: TestHouse) -> None:
    for language, text in (("en", "I moved to Stuttgart"), ("ar", "انتقلت إلى شتوتغارت")):
        talk = await house.settled(language, language=language)
        replies = await talk.say(moved_to(house, text, language, "stuttgart"))
        assert talk.slots["place"] == "stuttgart"
        assert replies.languages == [language]


async def test_of_two_places_the_right_one_is_asked_for(talk: Talk, house: TestHouse) -> None:
    text = moved_to(house, "I moved from Ulm to Stuttgart", "en", "ulm", "stuttgart")
    assert (await talk.say(text)).texts == [WHICH_PLACE]


async def test_a_question_in_between_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("I moved")
    answer = await talk.say("I am looking for a flat")
    assert answer.pages == ["housing.find_flat"]
    assert answer.texts[-1] == WHICH_PLACE
    assert (await talk.say("Stuttgart")).text.startswith("Your place is now Stuttgart.")


async def test_a_button_in_between_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("I moved")
    answer = await talk.press("/open_page", page="housing.find_flat")
    assert answer.pages == ["housing.find_flat"]
    assert answer.texts[-1] == WHICH_PLACE


@pytest.mark.parametrize("said", ["stop", "/stop", "/stop@LotseBot now", "no"])
async def test_stop_ends_the_form_and_keeps_the_place(talk: Talk, said: str) -> None:
    await talk.say("I moved")
    assert (await talk.say(said)).text == "All right, I have stopped that."
    assert (await talk.say("I am looking for a flat")).pages == ["housing.find_flat"]
    assert talk.slots["place"] == "musterstadt"


async def test_an_unknown_place_is_asked_again(talk: Talk) -> None:
    await talk.say("I moved")
    assert (await talk.say("Atlantis")).text.startswith("I could not find “Atlantis” in Baden-Württemberg.")
    assert talk.slots["place"] == "musterstadt"


async def test_a_doubtful_place_is_chosen_by_button(talk: Talk) -> None:
    await talk.say("I moved")
    assert "Landkreis Karlsruhe" in (await talk.say("Karlsruhe")).buttons
    assert (await talk.tap("Landkreis Karlsruhe")).text.startswith("Your place is now Landkreis Karlsruhe.")


async def test_who_does_not_want_to_say_any_more(talk: Talk) -> None:
    await talk.say("I moved")
    await talk.tap("I do not want to say")
    assert talk.slots["place"] == "bw"
    assert talk.person.place is None


async def test_asking_for_it_again_asks_again(talk: Talk) -> None:
    await talk.say("I moved")
    assert (await talk.say("/place")).texts == [WHICH_PLACE]


async def test_a_place_button_outside_of_the_question_changes_the_place(talk: Talk) -> None:
    assert (await talk.press("/set_place", place="stuttgart")).text.startswith("Your place is now Stuttgart.")
    assert talk.person.place == "stuttgart"


async def test_a_position_outside_of_the_question_changes_the_place(talk: Talk) -> None:
    assert (await talk.share(48.7758, 9.1829)).text.startswith("Your place is now Stuttgart.")


async def test_the_menu_that_follows_is_that_of_the_new_place(talk: Talk) -> None:
    home = talk.home
    page = home.library.pages[None, "work.permit"]
    home.remove_pages(*(page_id for _, page_id in home.library.pages if page_id.startswith("work.")))
    home.library = replace(home.library, pages={**home.library.pages, ("stuttgart", "work.permit"): page})
    assert "Work" not in (await talk.press("/help")).buttons
    assert "Work" in (await talk.press("/set_place", place="stuttgart")).buttons


async def test_deleting_everything_in_the_middle_of_a_form_ends_it(talk: Talk) -> None:
    await talk.say("I moved")
    await talk.press("/delete_data")
    gone = await talk.tap("Yes, delete everything")
    assert gone.texts == [
        "Everything about you has been deleted. Please also delete this chat on your phone. "
        "You can start again at any time."
    ]


async def test_deleting_everything_before_consent_ends_the_welcome(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/delete_data")
    assert len((await stranger.say("yes")).all) == 1
    assert stranger.chat.tracker is None
