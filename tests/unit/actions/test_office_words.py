"""What a German word on a letter means."""

from dataclasses import replace

import pytest

from bot.core.message import Entity, Understood
from bot.library.glossary import Glossary, Meaning, OfficeWord
from tests.house import Talk, TestHouse, means


def word(name: str, *also: str, page: str | None = None, **meanings: str) -> OfficeWord:
    texts = {"de": f"{name} erklärt.", "en": f"{name} explained.", **meanings}
    found = {tag: Meaning(tag, text, "machine", True) for tag, text in texts.items()}
    names = {"en": f"English of {name}", "ar": "اسم"}
    return OfficeWord(name.casefold().replace("ü", "ue"), name, also, page, names, found)


GLOSSARY = Glossary(
    {
        one.id: one
        for one in (
            word("Duldung", "geduldet", page="residence.toleration", ar="شرح"),
            word("Bescheid"),
            word("Meldebescheinigung", page="arrival.registration"),
            word("Bürgeramt"),
            word("Aufenthaltserlaubnis"),
            word("Aufenthaltstitel"),
        )
    }
)
NOTE = "This text was written with the help of a machine. No person has checked it yet."


@pytest.fixture
async def talk(house: TestHouse) -> Talk:
    house.library = replace(house.library, glossary=GLOSSARY)
    return await house.settled()


def asks(text: str, *entities: str, intent: str = "residence.toleration", confidence: float = 0.95) -> Understood:
    """A text whose words "…" in it are named as entities: kind=wording."""
    found = []
    for one in entities:
        kind, _, wording = one.partition("=")
        start = text.casefold().index(wording.casefold())
        value = wording.casefold().replace("ü", "ue")
        found.append(Entity(kind, value, start, start + len(wording)))
    return replace(means(intent, "en", confidence), text=text, entities=tuple(found))


async def test_what_does_this_word_mean(talk: Talk) -> None:
    text = "what does Duldung mean?"
    talk.home.understanding.meanings[text] = asks(text, "meaning=what does", "word=Duldung")
    replies = await talk.say(text)
    assert replies.text == "**Duldung** (English of Duldung)  \nDuldung explained."
    assert replies.all[0].note == NOTE
    assert (await talk.tap("More about this")).pages == ["residence.toleration"]


async def test_who_says_more_asks_for_more(talk: Talk) -> None:
    text = "what does it cost to extend the Duldung for my family"
    talk.home.understanding.meanings[text] = asks(text, "meaning=what does", "word=Duldung")
    assert (await talk.say(text)).pages == ["residence.toleration"]


async def test_a_word_alone_that_no_topic_is_sure_of(talk: Talk) -> None:
    talk.home.understanding.meanings["Bescheid"] = asks("Bescheid", "word=Bescheid", confidence=0.1)
    assert (await talk.say("Bescheid")).text.startswith("**Bescheid** (English of Bescheid)")


async def test_danger_comes_before_words(talk: Talk) -> None:
    text = "Duldung he hits me"
    talk.home.understanding.meanings[text] = replace(
        asks(text, "word=Duldung", intent="crisis.violence"), crisis="crisis.violence"
    )
    assert "110" in (await talk.say(text)).text


async def test_a_word_is_asked_for_and_copied(talk: Talk) -> None:
    replies = await talk.press("/ask_word")
    assert replies.text.startswith("Which German word do you want to understand?")
    assert (await talk.say("geduldet")).text.startswith("**Duldung**")
    assert talk.tracker["form"] is None
    assert (await talk.tap("Explain another word")).text.startswith("Which German word")


async def test_a_misspelt_word_is_found_or_offered(talk: Talk) -> None:
    await talk.press("/ask_word")
    assert (await talk.say("Meldebescheinigun")).text.startswith("**Meldebescheinigung**")
    await talk.press("/ask_word")
    replies = await talk.say("Aufenthaltserlaubtitel")
    assert replies.text == "Which of these words do you mean?"
    assert (await talk.tap("Aufenthaltstitel")).text.startswith("**Aufenthaltstitel**")


async def test_a_longer_word_is_explained_by_its_part(talk: Talk) -> None:
    await talk.press("/ask_word")
    assert (await talk.say("Duldungsverlängerung")).text.startswith("**Duldung**")


async def test_a_word_that_nobody_knows(talk: Talk) -> None:
    await talk.press("/ask_word")
    replies = await talk.say("Xylophonverordnung")
    assert replies.text.startswith("I do not know the word “Xylophonverordnung”.")
    assert {"Explain another word", "Talk to a person"} <= set(replies.buttons)


async def test_a_question_instead_of_a_word_is_answered(talk: Talk) -> None:
    await talk.press("/ask_word")
    assert (await talk.say("I am looking for a flat")).pages == ["housing.find_flat"]


async def test_never_mind(talk: Talk) -> None:
    await talk.press("/ask_word")
    await talk.tap("Never mind")
    assert talk.tracker["form"] is None


async def test_the_words_of_a_page(talk: Talk) -> None:
    replies = await talk.press("/more", page="arrival.registration")
    assert "Explain the German words" in replies.buttons
    assert "**Bürgeramt** (English of Bürgeramt)" in (await talk.tap("Explain the German words")).text
    assert (await talk.tap("Back to the page")).pages == ["arrival.registration"]


async def test_in_arabic(house: TestHouse) -> None:
    house.library = replace(house.library, glossary=GLOSSARY)
    talk = await house.settled(language="ar")
    await talk.press("/ask_word")
    replies = await talk.say("Duldung")
    assert replies.text == "**Duldung** (اسم)  \nشرح"
    assert replies.languages == ["ar"]
    replies = await talk.press("/explain_word", word="bescheid")
    assert replies.languages == ["de"]
    assert replies.all[0].note
    assert "Deutsch" in replies.all[0].note


async def test_a_word_that_was_taken_out(talk: Talk) -> None:
    for values in ({"word": "gone"}, {"page": "gone"}):
        replies = await talk.press("/explain_word", **values)
        assert replies.text == "I no longer have this word."
