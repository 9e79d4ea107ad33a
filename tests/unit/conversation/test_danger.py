"""Danger comes first, whatever else is going on."""

from dataclasses import replace

import pytest

from bot.actions.crisis import NUMBERS
from bot.core.message import Incoming
from bot.core.ports import Lane
from bot.library.model import Contact
from tests.house import Replies, Talk, TestHouse, danger, near_danger, numbers_in

ASKS = "Are you or someone else in danger now?"
CALL_NOW = "If you are in danger, call now. It is free."
FIRST = {
    "he hits me": ("110", "112", "116 016"),
    "I want to die": ("112", "0800 111 0 111", "110"),
    "there is a fire": ("112", "110"),
    "my baby cannot breathe": ("112", "116117", "110"),
    "my child is beaten": ("110", "112", "116 111"),
    "they keep my passport": ("110", "112", "116 016"),
    "I sleep in the street": ("110", "112"),
}


def helped(replies: Replies) -> bool:
    """Whether these replies begin with 112 and 110 and hold all other numbers too."""
    first = numbers_in(replies.texts[0], NUMBERS)
    return {"112", "110"} <= set(first) and set(numbers_in(replies.text, NUMBERS)) == set(NUMBERS)


@pytest.mark.parametrize(("said", "numbers"), FIRST.items())
async def test_the_right_numbers_come_first_and_the_others_after_them(
    talk: Talk, said: str, numbers: tuple[str, ...]
) -> None:
    replies = await talk.say(said)
    assert replies.texts[0].startswith(CALL_NOW)
    assert tuple(numbers_in(replies.texts[0], NUMBERS)) == numbers
    assert helped(replies)
    assert "Your residence status does not matter. Everybody gets help." in replies.texts[1]
    assert "Talk to a person" in replies.buttons


async def test_numbers_can_be_dialled_with_one_tap(talk: Talk) -> None:
    buttons = (await talk.say("he hits me")).buttons
    assert (buttons["📞 110"], buttons["📞 116 016"]) == ("tel:110", "tel:116016")


async def test_the_page_about_this_danger_follows(talk: Talk) -> None:
    replies = await talk.say("he hits me")
    assert replies.pages == ["crisis.violence"]
    assert (await talk.tap("Read more")).pages == ["crisis.violence"]


async def test_without_a_page_the_numbers_are_all_there(talk: Talk, house: TestHouse) -> None:
    house.remove_pages("crisis.violence")
    assert helped(await talk.say("he hits me"))


async def test_all_of_the_answer_overtakes_what_waits_to_be_sent(talk: Talk, house: TestHouse) -> None:
    house.change_page("crisis.violence", texts={"de": house.library.pages[None, "crisis.violence"].texts["de"]})
    before = len(house.memory.rows.outbox)
    replies = await talk.say("he hits me")
    assert replies.texts[1] == "This page does not exist in your language yet. Here it is in Deutsch."
    assert {row.lane for row in house.memory.rows.outbox[before:]} == {Lane.URGENT}


async def test_numbers_of_the_place_are_added(talk: Talk, house: TestHouse) -> None:
    night = Contact({"de": "Notruf Musterstadt", "en": "Musterstadt night line"}, "030 23125 999", None, None)
    silent = replace(night, phone=None)
    house.change_place("musterstadt", emergency=(night, silent))
    replies = await talk.say("he hits me")
    assert "030 23125 999: Musterstadt night line" in replies.texts[1]
    assert "None" not in replies.text


async def test_before_the_welcome(stranger: Talk) -> None:
    assert helped(await stranger.say("he hits me"))


@pytest.mark.parametrize(
    ("steps", "asked_again"),
    [
        ([], "Which language would you like to read in?"),
        (["English"], "Do you agree?"),
        (["English", "I agree"], "Please write the name of your town or district again"),
    ],
)
async def test_at_every_question_of_the_welcome_which_goes_on_afterwards(
    stranger: Talk, steps: list[str], asked_again: str
) -> None:
    await stranger.say("Hello")
    for step in steps:
        await stranger.tap(step)
    assert helped(await stranger.say("he hits me"))
    assert asked_again in (await stranger.say("hmm")).text


async def test_in_the_form_for_another_place_which_goes_on_afterwards(talk: Talk) -> None:
    await talk.say("/place")
    assert helped(await talk.say("I want to die"))
    assert (await talk.say("Stuttgart")).text.startswith("Your place is now Stuttgart.")


async def test_while_a_human_has_the_word(talk: Talk) -> None:
    talk.hand_over()
    assert helped(await talk.say("he hits me"))


async def test_while_something_else_was_asked(talk: Talk) -> None:
    await talk.press("/delete_data")
    assert helped(await talk.say("he hits me"))
    assert "Nothing was deleted" not in (await talk.say("yes")).text


async def test_after_a_new_notice_that_is_not_accepted_yet(talk: Talk) -> None:
    talk.slots["agreed"] = "2020-01-01"
    assert helped(await talk.say("he hits me"))


async def test_in_a_language_that_nobody_knows_the_numbers_are_given_in_english_too(house: TestHouse) -> None:
    replies = await house.meet().say("he hurts me")
    assert replies.languages[:2] == ["de", "en"]
    assert replies.texts[1].startswith(CALL_NOW)
    assert helped(replies)


@pytest.mark.parametrize("how", ["written", "phone", "chosen"])
async def test_in_a_known_language_it_is_said_once(house: TestHouse, how: str) -> None:
    if how == "chosen":
        replies = await (await house.settled(language="ar")).say("he hurts me")
    elif how == "phone":
        replies = await house.meet(language_hint="ar").say("he hurts me")
    else:
        replies = await house.meet().say("زوجي يضربني")
    assert replies.languages == ["ar", "ar"]
    assert helped(replies)


@pytest.mark.parametrize("pressed", ["/open_page", "/confirm_danger", "/crisis.violence"])
@pytest.mark.parametrize("paused", [False, True])
async def test_by_button(talk: Talk, pressed: str, *, paused: bool) -> None:
    if paused:
        talk.hand_over()
    values = {"/open_page": {"page": "crisis.violence"}, "/confirm_danger": {"crisis": "crisis.violence"}}
    replies = await talk.press(pressed, **values.get(pressed, {}))
    assert helped(replies)
    assert replies.pages == ["crisis.violence"]


async def test_from_the_menu(talk: Talk) -> None:
    await talk.say("Hello")
    await talk.tap("Emergency")
    title = talk.home.library.pages[None, "crisis.violence"].texts["en"].title
    assert helped(await talk.tap(title))


@pytest.mark.parametrize("value", ["housing.find_flat", "crisis.nonsense", 7, None, ["crisis.violence"], {"a": {}}])
async def test_a_forged_kind_of_danger_still_gets_all_numbers(talk: Talk, value: object) -> None:
    assert helped(await talk.press("/confirm_danger", crisis=value))


@pytest.mark.parametrize("before", [0, 1_990, 5_000, 9_000])
async def test_in_a_very_long_text_wherever_it_stands(talk: Talk, before: int) -> None:
    story = "x" * before + " he hits me " + "y" * 3_000
    assert helped(await talk.say(story))


async def test_the_wording_beats_what_was_guessed(talk: Talk, house: TestHouse) -> None:
    house.understanding.meanings["flat, he hits me"] = replace(danger("crisis.violence"), intent="housing.find_flat")
    assert helped(await talk.say("flat, he hits me"))


# What may be danger, and may be not.


async def test_what_may_be_danger_is_asked_about_before_anything_else(talk: Talk) -> None:
    asked = await talk.say("I am afraid at home")
    assert asked.texts == [ASKS]
    assert list(asked.buttons) == ["Yes, in danger", "No, not in danger"]


@pytest.mark.parametrize("answer", ["said", "pressed", "paused"])
async def test_yes_brings_help(talk: Talk, answer: str) -> None:
    if answer == "paused":
        talk.hand_over()
    await talk.say("I am afraid at home")
    replies = await (talk.tap("Yes, in danger") if answer == "pressed" else talk.say("yes"))
    assert helped(replies)
    assert replies.pages == ["crisis.violence"]


@pytest.mark.parametrize("answer", ["said", "pressed"])
async def test_no_answers_the_question_that_was_asked(talk: Talk, answer: str) -> None:
    await talk.say("I am afraid at home")
    replies = await (talk.tap("No, not in danger") if answer == "pressed" else talk.say("no"))
    assert replies.pages == ["housing.find_flat"]


async def test_no_before_the_welcome_is_neither_a_refusal_nor_lost(stranger: Talk) -> None:
    await stranger.say("I am afraid at home")
    goes_on = await stranger.say("no")
    assert "Without your agreement" not in goes_on.text
    await stranger.tap("English")
    await stranger.tap("I agree")
    assert (await stranger.tap("I do not want to say")).pages == ["housing.find_flat"]


@pytest.mark.parametrize("answer", ["said", "pressed"])
async def test_no_at_the_notice_does_not_refuse_it(stranger: Talk, answer: str) -> None:
    await stranger.press("/begin", language="en")
    await stranger.say("I am afraid at home")
    goes_on = await (stranger.say("no") if answer == "said" else stranger.tap("No, not in danger"))
    assert goes_on.texts[0] == "Good. Please tell me more, so that I can help you."
    assert goes_on.texts[1].startswith("I am a computer program")


async def test_no_at_the_question_for_the_place_is_not_taken_for_the_place(stranger: Talk) -> None:
    await stranger.press("/begin", language="en")
    await stranger.press("/accept_notice")
    await stranger.say("I am afraid at home")
    assert "housing.find_flat" in (await stranger.say("no")).pages
    assert "place" not in stranger.slots


async def test_before_a_language_is_chosen_the_button_remembers_in_which_one_was_written(house: TestHouse) -> None:
    stranger = house.meet(language_hint="de")
    asked = await stranger.say("أنا خائفة في البيت")
    assert asked.languages == ["ar"]
    replies = await stranger.tap(next(iter(asked.buttons)))
    assert numbers_in(replies.text, NUMBERS)
    assert set(replies.languages) == {"ar"}


async def test_who_answers_something_else_is_answered_that(talk: Talk) -> None:
    await talk.say("I am afraid at home")
    assert (await talk.say("how do I register")).pages == ["arrival.registration"]
    assert "I am not sure which question you are answering" in (await talk.say("yes")).text


async def test_a_message_that_is_certain_is_answered_and_asked_about(talk: Talk, house: TestHouse) -> None:
    before = len(house.memory.rows.outbox)
    replies = await talk.say("my husband shouts, I need a flat")
    assert replies.pages == ["housing.find_flat"]
    assert replies.texts[-1] == ASKS
    assert house.memory.rows.outbox[before:][-1].lane is Lane.URGENT
    assert (await talk.say("no")).texts == ["Good. Please tell me more, so that I can help you."]


async def test_in_a_form_it_is_asked_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("/place")
    assert (await talk.say("I am afraid at home")).texts == [ASKS]
    assert helped(await talk.say("yes"))
    assert (await talk.say("Stuttgart")).text.startswith("Your place is now Stuttgart.")


async def test_a_very_long_text_that_may_be_danger_is_asked_about(talk: Talk, house: TestHouse) -> None:
    house.understanding.meanings["z" * 2_500] = near_danger("out_of_scope")
    assert ASKS in (await talk.say("z" * 2_500)).texts


async def test_weeks_later_the_button_still_helps(talk: Talk, house: TestHouse) -> None:
    await talk.say("I am afraid at home")
    house.clock.tick(days=21)
    assert helped(await talk.tap("Yes, in danger"))


async def test_in_a_group_the_numbers_are_given(house: TestHouse) -> None:
    assert helped(await house.meet(language_hint="en").send(Incoming(text="he hits me", in_group=True)))
