"""Another language: offered once, in it, when somebody writes in it."""

import pytest

from tests.house import Talk, TestHouse, means

OFFER = "Ви пишете"


@pytest.fixture
async def offered(talk: Talk) -> Talk:
    """Somebody who reads English and has just written in Ukrainian."""
    replies = await talk.say("Шукаю квартиру")
    assert replies.languages == ["en", "uk"]
    return talk


async def test_the_question_is_answered_and_the_language_offered_in_it(offered: Talk, house: TestHouse) -> None:
    replies = offered.heard[-1]
    assert replies.pages == ["housing.find_flat"]
    words = house.words["uk"]
    assert list(replies.buttons)[-2:] == [
        words("Yes, please"), words("No, stay with {language}", language="English"),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["pressed", "in words"])
async def test_accepted_the_question_is_answered_again_in_it(offered: Talk, house: TestHouse, how: str) -> None:
    replies = await (offered.press("/set_language", language="uk") if how == "pressed" else offered.say("так"))
    assert replies.languages == ["uk", "uk"]
    assert replies.pages == ["housing.find_flat"]
    assert house.library.pages[None, "housing.find_flat"].texts["uk"].title in replies.text
    assert offered.person.language == "uk"


@pytest.mark.parametrize("how", ["pressed", "in words"])
async def test_refused_it_stays_and_is_not_offered_again(offered: Talk, how: str) -> None:
    replies = await (offered.press("/deny") if how == "pressed" else offered.say("ні"))
    assert replies.texts[0] == "All right."
    assert (await offered.say("Шукаю квартиру")).languages == ["en"]
    assert offered.person.language == "en"


async def test_ignored_it_stays_and_is_not_offered_again(offered: Talk) -> None:
    assert (await offered.say("how do I register")).pages == ["arrival.registration"]
    assert (await offered.say("Шукаю квартиру")).languages == ["en"]


async def test_ignored_and_accepted_later_the_menu_comes_instead_of_an_old_answer(offered: Talk) -> None:
    await offered.say("how do I register")
    replies = await offered.press("/set_language", language="uk")
    assert replies.pages == []
    assert replies.languages == ["uk"]


async def test_plain_german_and_german_are_the_same_for_this(house: TestHouse) -> None:
    talk = await house.settled(language="de-simple")
    assert (await talk.say("Hallo")).languages == ["de-simple"]


async def test_where_the_language_is_not_known_nothing_is_offered(talk: Talk, house: TestHouse) -> None:
    house.understanding.meanings["ok"] = means("thanks", None)
    assert len((await talk.say("ok")).all) == 1


async def test_the_list_of_languages_and_a_choice(talk: Talk, house: TestHouse) -> None:
    assert "Türkçe" in (await talk.say("which languages do you speak")).buttons
    replies = await talk.tap("Türkçe")
    assert house.words["tr"]("We will write in {language}. You can change this at any time.", language="Türkçe") in (
        replies.text
    )
    assert (talk.slots["language"], talk.person.language) == ("tr", "tr")


async def test_a_language_that_is_none_shows_the_list(talk: Talk) -> None:
    assert "Türkçe" in (await talk.press("/set_language", language="xx")).buttons
    assert talk.slots["language"] == "en"


async def test_after_deleting_everything_no_language_is_offered(talk: Talk) -> None:
    await talk.press("/delete_data")
    assert len((await talk.say("так")).all) == 1
