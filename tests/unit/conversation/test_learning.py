"""What is not understood may be kept to learn from: asked once, kept without names, taken back at any time.

A conversation:

    Kann ich hier einen Hund anmelden? Ich heiße Ahmed.   كيف أسجل كلبي؟ اسمي أحمد
    -> Ich bin nicht sicher ... Ist es eins davon?         -> لست متأكدًا ...
    [Anmeldung]                                            [لا شيء من هذه]
    -> the page, then: May I keep this question?           -> the menu, then the same question
    [Yes, you may]                                         [لا]
"""

from __future__ import annotations

import pytest

from bot.core.people import Purpose
from bot.core.questions import Question
from tests.house import Talk, TestHouse, danger, means, near_danger

ODD = "may Ahmed register a dog"
ASKED = "May I keep this question"


@pytest.fixture
async def puzzled(house: TestHouse) -> Talk:
    """Somebody who has asked what is not understood, and sees what it may mean."""
    house.understanding.meanings[ODD] = means(
        "arrival.registration", confidence=0.4, guesses={"housing.find_flat": 0.3}
    )
    talk = await house.settled()
    await talk.say(ODD)
    return talk


def kept(house: TestHouse) -> list[Question]:
    return [proposal.question for _, proposal in house.memory.rows.questions]


async def test_after_the_answer_it_is_asked_whether_the_question_may_be_kept(puzzled: Talk, house: TestHouse) -> None:
    page, asked = (await puzzled.press('/open_page{"page":"housing.find_flat"}')).all
    assert page.page == "housing.find_flat"
    assert asked.text.startswith(ASKED)
    assert not kept(house)
    assert (await puzzled.tap("Yes, you may")).text.startswith("Thank you, that helps others too.")
    assert kept(house) == [Question("may … register a dog", "en", "arrival.registration", "housing.find_flat")]
    (agreed,) = [one for one in house.memory.rows.consents if one["purpose"] == Purpose.LEARNING]
    assert (agreed["language"], agreed["withdrawn_at"]) == ("en", None)


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_the_question_may_be_answered_in_words(puzzled: Talk, house: TestHouse, answer: str) -> None:
    await puzzled.tap("None of these")
    await puzzled.say(answer)
    expected = [Question("may … register a dog", "en", "arrival.registration", None)] if answer == "yes" else []
    assert kept(house) == expected
    assert puzzled.slots.get("may_learn") == answer


async def test_who_has_agreed_is_not_asked_again(puzzled: Talk, house: TestHouse) -> None:
    await puzzled.tap("None of these")
    await puzzled.tap("Yes, you may")
    await puzzled.say(ODD)
    assert ASKED not in (await puzzled.tap("None of these")).text
    assert len(kept(house)) == 2


async def test_whoever_goes_on_is_not_asked_in_between(puzzled: Talk, house: TestHouse) -> None:
    assert ASKED not in (await puzzled.press("/my_data")).text
    await puzzled.say(ODD)
    assert ASKED not in (await puzzled.say("I am looking for a flat")).text
    await puzzled.say(ODD)
    assert ASKED in (await puzzled.tap("None of these")).text
    assert not kept(house)


async def test_who_has_refused_or_said_nothing_is_not_asked_again(puzzled: Talk, house: TestHouse) -> None:
    assert ASKED in (await puzzled.tap("None of these")).text
    await puzzled.say("I am looking for a flat")
    await puzzled.say(ODD)
    assert ASKED not in (await puzzled.tap("None of these")).text
    assert not kept(house)


async def test_a_page_that_did_not_help_is_a_question_not_understood(talk: Talk, house: TestHouse) -> None:
    await talk.say("I am looking for a flat")
    assert ASKED in (await talk.tap("This did not help")).text
    await talk.tap("Yes, you may")
    assert kept(house) == [Question("I am looking for a flat", "en", "housing.find_flat", None)]


async def test_a_page_from_the_menu_leaves_no_question(talk: Talk) -> None:
    await talk.press('/open_page{"page":"housing.find_flat"}')
    assert ASKED not in (await talk.tap("This did not help")).text


async def test_what_is_said_in_danger_is_never_kept(puzzled: Talk, house: TestHouse) -> None:
    await puzzled.tap("None of these")
    await puzzled.tap("Yes, you may")
    assert len(kept(house)) == 1
    house.understanding.meanings |= {
        "odd and near": near_danger("arrival.registration", confidence=0.3), "help": danger("crisis.violence"),
    }  # fmt: skip
    await puzzled.say("odd and near")
    await puzzled.say("help")
    await puzzled.say("I am looking for a flat")
    await puzzled.say(ODD)
    await puzzled.say("help")
    await puzzled.say("I am looking for a flat")
    assert len(kept(house)) == 1


async def test_a_page_that_did_not_help_where_danger_was_hinted_at_is_not_asked_about(talk: Talk) -> None:
    replies = await talk.say("my husband shouts, I need a flat")
    assert replies.pages == ["housing.find_flat"]
    assert ASKED not in (await talk.tap("This did not help")).text


async def test_an_older_page_that_did_not_help_is_not_what_was_asked_last(talk: Talk) -> None:
    await talk.say("I am looking for a flat")
    await talk.say("how do I register")
    assert ASKED not in (await talk.press("/feedback_bad", page="housing.find_flat")).text
    assert ASKED in (await talk.press("/feedback_bad", page="arrival.registration")).text


async def test_my_data_shows_what_is_kept_and_ends_it(puzzled: Talk, house: TestHouse) -> None:
    assert "Do not keep my questions" not in (await puzzled.press("/my_data")).buttons
    await puzzled.say(ODD)
    await puzzled.tap("None of these")
    await puzzled.tap("Yes, you may")
    assert "1 question" in (await puzzled.press("/my_data")).text
    assert "deleted" in (await puzzled.tap("Do not keep my questions")).text
    assert not kept(house)
    (consent,) = [one for one in house.memory.rows.consents if one["purpose"] == Purpose.LEARNING]
    assert consent["withdrawn_at"] is not None
    await puzzled.say(ODD)
    assert ASKED not in (await puzzled.tap("None of these")).text
    assert (await house.house.people.get(puzzled.person.id)).notice_version, "the notice is still agreed to"


async def test_who_is_forgotten_takes_the_questions_along(puzzled: Talk, house: TestHouse) -> None:
    await puzzled.tap("None of these")
    await puzzled.tap("Yes, you may")
    await puzzled.press("/delete_data")
    await puzzled.tap("Yes, delete everything")
    assert not kept(house)


async def test_it_is_asked_in_the_person_s_language(house: TestHouse) -> None:
    house.understanding.meanings["كيف أسجل كلبي"] = means("arrival.registration", "ar", 0.3)
    talk = await house.settled(language="ar")
    await talk.say("كيف أسجل كلبي")
    replies = await talk.press("/none_of_these")
    assert replies.languages == ["ar", "ar"]
    assert "/keep_question" in replies.buttons.values()
    await talk.press("/keep_question")
    assert kept(house) == [Question("كيف أسجل كلبي", "ar", "arrival.registration", None)]


async def test_nothing_is_kept_of_what_is_only_names_or_too_long(house: TestHouse) -> None:
    house.understanding.meanings["Ahmed"] = means("greet", confidence=0.3)
    long = "a very long story " * 20
    house.understanding.meanings[long.strip()] = means("greet", confidence=0.3)
    talk = await house.settled()
    for text in ("Ahmed", long):
        await talk.say(text)
        await talk.press("/none_of_these")
        await talk.press("/keep_question")
    assert not kept(house)
