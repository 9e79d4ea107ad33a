"""Language, privacy notice, place: the first three questions and everything people do instead of answering."""

import pytest

from bot.conversation.turn import take_turn
from bot.core.language import LANGUAGES
from bot.core.message import Incoming
from tests.house import Talk, TestHouse

HELLO = "Hello! I am Lotse, the digital assistant of the integration management."
WHICH_LANGUAGE = "Which language would you like to read in?"
NOTICE = "I am a computer program, not a person and not an authority."
WHICH_PLACE = "Which town or district do you live in? Write its name or postal code."
MENU = "How can I help you? Write your question in your own words, or choose a topic."


async def test_from_hello_to_the_menu(stranger: Talk) -> None:
    welcome = await stranger.say("Hello")
    assert HELLO in welcome.text
    assert WHICH_LANGUAGE in welcome.text
    assert [title for title in welcome.buttons if title in {about.endonym for about in LANGUAGES.values()}] == list(
        welcome.buttons
    )

    notice = await stranger.tap("English")
    assert notice.text.startswith(NOTICE)
    assert "30 days" in notice.text
    assert list(notice.buttons) == ["I agree", "I do not agree", "Privacy notice"]

    place = await stranger.tap("I agree")
    assert place.texts == [WHICH_PLACE]
    assert place.all[0].ask_location

    menu = await stranger.say("Musterstadt")
    assert menu.texts == [f"Your place is now Musterstadt.\n\n{MENU}"]
    assert {"Housing", "Emergency", "Talk to a person"} <= set(menu.buttons)


async def test_what_was_chosen_is_stored(stranger: Talk, house: TestHouse) -> None:
    await stranger.say("Hello")
    await stranger.tap("Français")
    await stranger.tap(house.words["fr"]("I agree"))
    await stranger.say("Musterstadt")
    assert (stranger.person.language, stranger.person.place) == ("fr", "musterstadt")
    (consent,) = house.memory.rows.consents
    assert (consent["version"], consent["language"]) == (house.house.notice_version, "fr")


@pytest.mark.parametrize("hint", ["ar-SY", "uk", "ku", "prs"])
async def test_the_language_of_the_phone_comes_first_and_is_spoken(house: TestHouse, hint: str) -> None:
    language = {"ar-SY": "ar", "ku": "kmr", "prs": "fa"}.get(hint, hint)
    welcome = await house.meet(language_hint=hint).press("/greet")
    assert next(iter(welcome.buttons)) == LANGUAGES[language].endonym
    assert welcome.languages == [language]
    assert house.words[language]("Which language do you want to read?") in welcome.text


async def test_who_writes_is_asked_in_that_language_whatever_the_phone_speaks(house: TestHouse) -> None:
    welcome = await house.meet(language_hint="de").say("مرحبا")
    assert welcome.languages == ["ar"]
    assert next(iter(welcome.buttons)) == "العربية"


async def test_where_nothing_tells_the_language_the_question_stands_in_several(house: TestHouse) -> None:
    welcome = await house.meet().press("/greet")
    for language in ("de", "en", "ar", "uk", "fr"):
        assert house.words[language]("Which language do you want to read?") in welcome.text


@pytest.mark.parametrize(
    ("said", "language"),
    [("English", "en"), ("arabisch", "ar"), ("Türkçe", "tr"), ("ትግርኛ", "ti"), ("dari", "fa"), ("Ukrainisch", "uk"),
     ("Tigrinja", "ti"), ("kurmanci", "kmr"), ("so", "so"), ("  DEUTSCH ", "de")],
)  # fmt: skip
async def test_a_language_can_be_named_in_words(stranger: Talk, said: str, language: str) -> None:
    await stranger.say("Hello")
    await stranger.say(said)
    assert stranger.slots["language"] == language


async def test_a_language_that_is_not_ours_is_asked_again(stranger: Talk) -> None:
    await stranger.say("Hello")
    again = await stranger.say("Suomi")
    assert WHICH_LANGUAGE in again.text
    assert "language" not in stranger.slots


async def test_a_question_before_the_welcome_is_answered_after_it(stranger: Talk) -> None:
    await stranger.say("I am looking for a flat")
    await stranger.tap("English")
    await stranger.tap("I agree")
    answer = await stranger.say("Musterstadt")
    assert answer.texts[0] == "Your place is now Musterstadt."
    assert answer.pages == ["housing.find_flat"]


@pytest.mark.parametrize("at", ["language", "notice"])
async def test_a_question_instead_of_an_answer_is_kept_too(stranger: Talk, at: str) -> None:
    await stranger.say("Hello")
    if at == "notice":
        await stranger.tap("English")
    again = await stranger.say("how do I register")
    assert (WHICH_LANGUAGE if at == "language" else NOTICE) in again.text
    await stranger.tap("English")
    await stranger.tap("I agree")
    assert (await stranger.tap("I do not want to say")).pages == ["arrival.registration"]


async def test_a_question_instead_of_the_place_is_answered_and_the_place_asked_again(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/accept_notice")
    answer = await stranger.say("I am looking for a flat")
    assert answer.pages == ["housing.find_flat"]
    assert answer.texts[-1] == WHICH_PLACE
    assert "did not find" not in answer.text


async def test_small_talk_is_not_kept_as_a_question(stranger: Talk) -> None:
    await stranger.say("Hello")
    await stranger.say("thanks")
    await stranger.settle()
    assert stranger.heard[-1].texts == [f"Your place is now Musterstadt.\n\n{MENU}"]


async def test_who_refuses_the_notice_is_told_the_emergency_numbers_and_can_still_agree(stranger: Talk) -> None:
    await stranger.say("Hello")
    await stranger.tap("English")
    refused = await stranger.tap("I do not agree")
    assert "Without your agreement I cannot answer questions" in refused.text
    assert "112" in refused.text
    assert "110" in refused.text
    assert len(refused.all) == 1
    question = await stranger.say("I am looking for a flat")
    assert question.text.startswith(NOTICE)
    await stranger.tap("I agree")
    assert (await stranger.tap("I do not want to say")).pages == ["housing.find_flat"]


async def test_no_consent_is_stored_for_who_refuses(stranger: Talk, house: TestHouse) -> None:
    await stranger.press("/begin", language="en")
    await stranger.say("no")
    assert house.memory.rows.consents == []
    assert "agreed" not in stranger.slots


async def test_yes_in_words_agrees(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    assert (await stranger.say("yes")).texts == [WHICH_PLACE]


async def test_the_whole_notice_can_be_read_before_agreeing(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    whole = await stranger.tap("Privacy notice")
    assert "Who is responsible?** Stadt Musterstadt. Questions: privacy@musterstadt.example." in whole.texts[0]
    assert whole.texts[1].startswith(NOTICE)


@pytest.mark.parametrize("said", ["what can you do", "who are you"])
async def test_who_and_what_is_answered_before_consent(stranger: Talk, said: str) -> None:
    await stranger.press("/begin", language="en")
    answer = await stranger.say(said)
    assert len(answer.all) == 2
    assert answer.texts[1].startswith(NOTICE)


@pytest.mark.parametrize(
    ("said", "place"),
    [("Musterstadt", "musterstadt"), ("musterstat", "musterstadt"), ("Штутгарт", "stuttgart"),
     ("I live in Stuttgart", "stuttgart"), ("70173", "stuttgart"), ("Landkreis Heilbronn", "heilbronn-land")],
)  # fmt: skip
async def test_a_place_is_found(stranger: Talk, said: str, place: str) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/accept_notice")
    await stranger.say(said)
    assert stranger.slots["place"] == place


async def test_a_name_that_two_places_share_is_asked_back_with_buttons(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/accept_notice")
    which = await stranger.say("Heilbronn")
    assert which.texts == ["I am not sure which place you mean. Is it one of these?"]
    assert list(which.buttons) == ["Heilbronn (Stadt)", "Landkreis Heilbronn"]
    assert (await stranger.tap("Landkreis Heilbronn")).texts[0].startswith("Your place is now Landkreis Heilbronn.")


async def test_an_unknown_place_is_quoted_and_asked_again(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/accept_notice")
    again = await stranger.say("Atlantis" + "x" * 500)
    assert again.text.startswith("I could not find “Atlantisxxx")
    assert len(again.text) < 250
    assert "place" not in stranger.slots


async def test_a_position_is_taken_for_the_nearest_district(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/accept_notice")
    assert (await stranger.share(48.7758, 9.1829)).texts[0].startswith("Your place is now Stuttgart.")


async def test_a_position_elsewhere_is_said_and_asked_again(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/accept_notice")
    again = await stranger.share(52.52, 13.405)
    assert "does not seem to be in Baden-Württemberg" in again.text
    assert "place" not in stranger.slots


@pytest.mark.parametrize("how", ["button", "word"])
async def test_nobody_has_to_say_the_place(stranger: Talk, how: str) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/accept_notice")
    menu = await (stranger.tap("I do not want to say") if how == "button" else stranger.say("no"))
    assert menu.texts == [f"All right. I will answer for all of Baden-Württemberg.\n\n{MENU}"]
    assert stranger.person.place is None


async def test_a_session_begun_with_language_and_place_starts_at_the_notice(stranger: Talk) -> None:
    assert (await stranger.press("/begin", language="uk", place="musterstadt")).languages == ["uk"]
    assert len(stranger.heard[-1].all) == 1
    menu = await stranger.press("/accept_notice")
    assert "Musterstadt" in menu.text
    assert stranger.slots["language"] == "uk"


@pytest.mark.parametrize("place", ["atlantis", "Heilbronn", "", "../etc/passwd"])
async def test_a_session_begun_with_an_unknown_place_asks_for_it_in_its_turn(stranger: Talk, place: str) -> None:
    assert (await stranger.press("/begin", language="en", place=place)).texts[0].startswith(NOTICE)
    assert (await stranger.press("/accept_notice")).texts == [WHICH_PLACE]


async def test_a_session_begun_with_an_unknown_language_asks_for_it(stranger: Talk) -> None:
    assert WHICH_LANGUAGE in (await stranger.press("/begin", language="xx", place="musterstadt")).text
    assert (await stranger.tap("English")).text.startswith(NOTICE)


async def test_another_language_can_be_pressed_at_any_question(stranger: Talk) -> None:
    await stranger.say("Hello")
    await stranger.tap("English")
    assert (await stranger.tap("Deutsch")).languages == ["de"]
    await stranger.press("/accept_notice")
    assert (await stranger.tap("Türkçe")).languages == ["tr"]


async def test_a_changed_notice_is_shown_again_and_the_question_answered_after_it(talk: Talk, house: TestHouse) -> None:
    talk.slots["agreed"] = "2020-01-01"
    assert (await talk.say("I am looking for a flat")).text.startswith(NOTICE)
    answer = await talk.tap("I agree")
    assert answer.pages == ["housing.find_flat"]
    assert talk.slots["agreed"] == house.house.notice_version


async def test_who_refuses_a_changed_notice_gets_no_answer(talk: Talk) -> None:
    talk.slots["agreed"] = "2020-01-01"
    await talk.say("I am looking for a flat")
    await talk.tap("I do not agree")
    assert (await talk.say("how do I register")).pages == []


async def test_start_pressed_again_later_shows_the_menu(talk: Talk) -> None:
    assert (await talk.say("/start")).texts == [MENU]
    assert (await talk.press("/begin", language="ar", place="stuttgart")).languages == ["en"]


async def test_what_needs_no_answer_gets_none(talk: Talk, house: TestHouse) -> None:
    before = dict(talk.tracker)
    await talk.arrive(None)
    (claim,) = await house.memory.inbox.claim(1)
    await take_turn(claim, house.house)
    assert house.memory.states()[-1] == "sent"
    assert talk.tracker == before


async def test_an_empty_message_is_no_question(stranger: Talk) -> None:
    await stranger.send(Incoming(text="   "))
    assert "open_question" not in stranger.slots
