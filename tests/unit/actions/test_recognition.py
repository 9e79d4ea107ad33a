"""The recognition finder: two questions, then what holds for a profession."""

from dataclasses import replace

import pytest

from bot.core.message import Entity
from bot.library.recognition import Body, Profession, Recognition
from tests.house import Talk, TestHouse, means

BODY = Body("rps", "Regierungspräsidium Stuttgart", "https://rp.baden-wuerttemberg.de")
CHAMBER = Body("hwk", "Handwerkskammer", None)


def profession(key: str, field: str, german: str, english: str, regulated: str, body: Body) -> Profession:
    step = {"de": "Zuerst fragen.", "en": "Ask first.", "fa": "اول بپرسید."}
    names = {"de": german, "en": english, "fa": "پرستار" if key == "nurse" else "نانوا"}
    return Profession(key, field, names, (f"{german}in",), regulated, body, step, None)  # type: ignore[arg-type]


RECOGNITION = Recognition(
    fields={"health": {"de": "Gesundheit", "en": "Health"}, "crafts": {"de": "Handwerk", "en": "Crafts"}},
    professions={
        "nurse": profession("nurse", "health", "Pflegefachkraft", "Nurse", "yes", BODY),
        "doctor": profession("doctor", "health", "Arzt", "Doctor", "yes", BODY),
        "baker": profession("baker", "crafts", "Bäcker", "Baker", "partly", CHAMBER),
        "pastry": profession("pastry", "crafts", "Konditor", "Pastry cook (Bakers)", "no", CHAMBER),
    },
)


@pytest.fixture
async def talk(house: TestHouse) -> Talk:
    house.library = replace(house.library, recognition=RECOGNITION)
    return await house.settled()


async def test_two_taps_from_the_page(talk: Talk) -> None:
    await talk.press("/open_page", page="work.recognition")
    replies = await talk.tap("Find my profession")
    assert replies.text.startswith("In which field did you learn or work?")
    replies = await talk.tap("Health")
    assert list(replies.buttons) == ["Nurse", "Doctor", "Talk to a person"]
    replies = await talk.tap("Nurse")
    for line in (
        "**Nurse**", "This profession is regulated", "In Baden-Württemberg this office decides: Regierungspräsidium",
        "Your first step: Ask first.",
    ):  # fmt: skip
        assert line in replies.text
    assert replies.buttons["Website"] == "https://rp.baden-wuerttemberg.de"
    assert talk.tracker["form"] is None


async def test_the_finder_can_be_used_again(talk: Talk) -> None:
    for field, name in (("Health", "Doctor"), ("Crafts", "Baker")):
        await talk.press("/ask_recognition")
        await talk.tap(field)
        assert f"**{name}**" in (await talk.tap(name)).text


@pytest.mark.parametrize("written", ["Nurse", "nurse", "Pflegefachkraft", "pflegefachkraftin", "Nurze"])
async def test_the_name_of_the_profession_answers_both_questions(talk: Talk, written: str) -> None:
    await talk.press("/ask_recognition")
    assert (await talk.say(written)).text.startswith("**Nurse**")


async def test_written_in_the_second_question(talk: Talk) -> None:
    await talk.press("/ask_recognition")
    await talk.tap("Health")
    assert (await talk.say("Bäcker")).text.startswith("**Baker**")


async def test_in_doubt_it_asks(talk: Talk) -> None:
    await talk.press("/ask_recognition")
    replies = await talk.say("Bakerz")
    assert replies.text == "Is it one of these?"
    assert (await talk.tap("Baker")).text.startswith("**Baker**")


async def test_what_is_unknown_is_answered_as_a_question(talk: Talk) -> None:
    await talk.press("/ask_recognition")
    replies = await talk.say("I am looking for a flat")
    assert replies.pages == ["housing.find_flat"]
    assert "In which field" in replies.text  # the question stays open
    await talk.say("stop")
    assert talk.tracker["form"] is None
    await talk.press("/ask_recognition")
    assert (await talk.tap("Crafts")).buttons.keys() >= {"Baker"}


async def test_a_profession_that_a_question_names_is_one_tap_away(talk: Talk) -> None:
    text = "I am a nurse, how is my diploma recognised"
    talk.home.understanding.meanings[text] = means("work.recognition", entities=(Entity("profession", "nurse", 7, 12),))
    await talk.say(text)
    assert (await talk.tap("Nurse")).text.startswith("**Nurse**")


async def test_an_old_button(talk: Talk) -> None:
    assert "I do not know this profession." in (await talk.press("/find_recognition", profession="gone")).text
    assert (await talk.press("/find_recognition", field="crafts")).buttons.keys() >= {"Baker"}


async def test_in_farsi(house: TestHouse) -> None:
    house.library = replace(house.library, recognition=RECOGNITION)
    talk = await house.settled(language="fa")
    await talk.press("/ask_recognition")
    replies = await talk.say("پرستار")
    assert replies.text.startswith("**پرستار**")
    assert "اول بپرسید." in replies.text
