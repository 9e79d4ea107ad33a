"""Pages: the short answer, the long text, what is missing, what was meant, and whether it helped."""

import pytest

from bot.core.ports import Hit
from tests.house import Talk, TestHouse, means

GONE = "I no longer have this page. Please choose a topic or write your question again."
MACHINE = "This text was written with the help of a machine. No person has checked it yet."


async def test_a_topic_is_answered_with_its_page_source_and_date(talk: Talk, house: TestHouse) -> None:
    page = house.library.pages[None, "housing.find_flat"]
    house.change_text("housing.find_flat", "en", title="Finding a flat", short="Look.", method="human")
    replies = await talk.say("I am looking for a flat")
    assert replies.texts == ["**Finding a flat**\n\nLook."]
    assert replies.all[0].note == f"Source: {page.source_name}. As of 22 November 2026."
    assert list(replies.buttons) == [
        "Read more", "This helped", "This did not help", "Address and hours", "Who helps with this?",
        "Talk to a person",
    ]  # fmt: skip
    assert (replies.all[0].markup, replies.all[0].page) == (True, "housing.find_flat")


@pytest.mark.parametrize(("method", "said"), [("machine", True), ("human", False), ("machine_reviewed", False)])
async def test_who_wrote_it_is_said(talk: Talk, house: TestHouse, method: str, *, said: bool) -> None:
    house.change_text("housing.find_flat", "en", method=method)
    note = (await talk.say("I am looking for a flat")).all[0].note
    assert note
    assert (MACHINE in note) is said


async def test_the_long_text_with_related_pages(talk: Talk, house: TestHouse) -> None:
    await talk.say("I am looking for a flat")
    replies = await talk.tap("Read more")
    body = house.library.pages[None, "housing.find_flat"].texts["en"].body
    assert replies.all[0].text.endswith(body)
    assert "You may also want to read:" in replies.texts[1]
    assert '/open_page{"page":"rights.official_letter"}' in replies.buttons.values()


async def test_without_a_long_text_there_is_no_button_for_it(talk: Talk, house: TestHouse) -> None:
    house.change_text("housing.find_flat", "en", body="")
    assert "Read more" not in (await talk.say("I am looking for a flat")).buttons


async def test_without_offices_here_there_is_no_button_for_them(house: TestHouse) -> None:
    talk = await house.settled(place="stuttgart")
    assert "Address and hours" not in (await talk.say("I am looking for a flat")).buttons


async def test_more_without_a_page_and_a_page_that_is_gone(talk: Talk, house: TestHouse) -> None:
    assert (await talk.press("/more")).text.startswith(GONE)
    await talk.say("I am looking for a flat")
    house.remove_pages("housing.find_flat")
    assert (await talk.tap("Read more")).text.startswith(GONE)
    assert (await talk.press("/open_page", page="housing.find_flat")).text.startswith(GONE)


async def test_more_in_words_means_the_page_shown_last(talk: Talk) -> None:
    await talk.say("I am looking for a flat")
    assert (await talk.press("/more")).pages[0] == "housing.find_flat"


async def test_a_topic_without_a_page_leads_to_a_person(talk: Talk, house: TestHouse) -> None:
    house.remove_pages("money.taxes")
    replies = await talk.say("how do I pay my taxes")
    assert replies.texts == ["I do not have an answer to this yet. A person can help you."]
    assert list(replies.buttons) == ["Talk to a person", "All topics"]


async def test_a_page_that_lacks_the_language_comes_in_german_and_says_so(talk: Talk, house: TestHouse) -> None:
    texts = house.library.pages[None, "housing.find_flat"].texts
    house.change_page("housing.find_flat", texts={"de": texts["de"], "ar": texts["ar"]})
    replies = await talk.say("I am looking for a flat")
    assert replies.texts[0] == "This page does not exist in your language yet. Here it is in Deutsch."
    assert replies.languages == ["en", "de"]
    assert texts["de"].title in replies.texts[1]
    assert "This helped" in replies.buttons


async def test_a_page_of_the_place_goes_before_the_common_one(talk: Talk, house: TestHouse) -> None:
    common = house.library.pages[None, "housing.find_flat"]
    house.change_text("housing.find_flat", "en", title="In Musterstadt")
    own = house.library.pages[None, "housing.find_flat"]
    pages = {**house.library.pages, (None, "housing.find_flat"): common, ("musterstadt", "housing.find_flat"): own}
    house.library = type(house.library)(house.library.places, pages, house.library.offices, "2")
    assert "In Musterstadt" in (await talk.say("I am looking for a flat")).text
    other = await house.settled("2", place="stuttgart")
    assert "In Musterstadt" not in (await other.say("I am looking for a flat")).text


async def test_an_area_lists_its_pages(talk: Talk) -> None:
    await talk.say("Hello")
    area = await talk.tap("Work")
    assert area.texts == ["Work: what would you like to know?"]
    assert '/open_page{"page":"work.permit"}' in area.buttons.values()
    assert (await talk.press("/open_page", page="work.permit")).pages == ["work.permit"]


@pytest.mark.parametrize("area", ["mobility", "nonsense", ""])
async def test_an_area_without_pages_is_an_old_button(talk: Talk, house: TestHouse, area: str) -> None:
    house.remove_pages("mobility.public_transport", "mobility.driving_licence")
    assert (await talk.press("/open_area", area=area)).text.startswith("This button is out of date.")


# Did you mean?


async def test_what_is_not_understood_gets_three_guesses_at_most(talk: Talk, house: TestHouse) -> None:
    guesses = {"work.permit": 0.3, "housing.find_flat": 0.2, "education.school": 0.1, "talk_to_human": 0.09}
    house.understanding.meanings["hm"] = means("work.permit", "en", 0.3, guesses=guesses)
    house.searching.hits["hm"] = [Hit("rights.official_letter", 0.9)]
    replies = await talk.say("hm")
    assert replies.texts == ["I am not sure what you mean. Is it one of these?"]
    assert list(replies.buttons.values()) == [
        '/open_page{"page":"work.permit"}', '/open_page{"page":"housing.find_flat"}',
        '/open_page{"page":"education.school"}', "/none_of_these", "/talk_to_human",
    ]  # fmt: skip


async def test_pages_found_by_search_fill_up_the_guesses_but_never_danger(talk: Talk, house: TestHouse) -> None:
    house.remove_pages("money.taxes")
    house.understanding.meanings["hm"] = means("work.permit", "en", 0.3, guesses={"money.taxes": 0.2, "greet": 0.2})
    house.searching.hits["hm"] = [
        Hit(page, 0.9) for page in ("crisis.violence", "work.permit", "gone", "education.school")
    ]
    assert list((await talk.say("hm")).buttons.values())[:-2] == [
        '/open_page{"page":"work.permit"}', '/open_page{"page":"education.school"}',
    ]  # fmt: skip


async def test_a_service_can_be_a_guess(talk: Talk, house: TestHouse) -> None:
    house.understanding.meanings["hm"] = means("my_data", "en", 0.3)
    assert "See my data" in (await talk.say("hm")).buttons
    assert (await talk.tap("See my data")).text.startswith("This is what I store about you:")


async def test_none_of_these_shows_the_menu(talk: Talk, house: TestHouse) -> None:
    house.understanding.meanings["hm"] = means("work.permit", "en", 0.3)
    await talk.say("hm")
    assert (await talk.tap("None of these")).text.startswith("How can I help you?")


async def test_where_nothing_is_plausible_nothing_is_guessed(talk: Talk, house: TestHouse) -> None:
    house.understanding.meanings["hm"] = means("work.permit", "en", 0.05)
    replies = await talk.say("hm")
    assert replies.texts == [
        "I did not understand that. Please write it in other words, choose a topic, or talk to a person."
    ]
    assert list(replies.buttons) == ["All topics", "Talk to a person"]


@pytest.mark.parametrize(("confidence", "is_answered"), [(0.5, True), (0.49, False)])
async def test_half_sure_is_sure_enough(talk: Talk, house: TestHouse, confidence: float, *, is_answered: bool) -> None:
    house.understanding.meanings["hm"] = means("work.permit", "en", confidence)
    assert bool((await talk.say("hm")).pages) is is_answered


# Did it help?


async def test_feedback_is_counted_once_a_person_and_page(talk: Talk, house: TestHouse) -> None:
    await talk.say("I am looking for a flat")
    for _ in range(3):
        assert (await talk.tap("This helped")).text.startswith("Thank you, I am glad.")
    assert "I am sorry." in (await talk.tap("This did not help")).text
    await talk.say("how do I register")
    await talk.tap("This did not help")
    other = await house.settled("2", language="uk")
    await other.say("Шукаю квартиру")
    await other.press("/feedback_good", page="housing.find_flat")
    assert house.memory.rows.feedback == [
        ("housing.find_flat", "en", True), ("arrival.registration", "en", False), ("housing.find_flat", "uk", True),
    ]  # fmt: skip


async def test_feedback_in_words_is_about_the_page_shown_last(talk: Talk, house: TestHouse) -> None:
    await talk.say("I am looking for a flat")
    await talk.say("that helped")
    assert house.memory.rows.feedback == [("housing.find_flat", "en", True)]


async def test_feedback_about_nothing_counts_nothing_and_is_answered(talk: Talk, house: TestHouse) -> None:
    assert (await talk.say("that did not help")).buttons["Talk to a person"] == "/talk_to_human"
    await talk.press("/feedback_good", page="no.such_page")
    assert house.memory.rows.feedback == []
