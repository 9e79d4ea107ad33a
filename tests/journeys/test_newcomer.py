"""A newcomer in each of the thirteen languages: welcome, language, notice, place, question, page, feedback, data,
delete - over the web chat on SQLite and over Telegram on PostgreSQL, with a real Lotse process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import catalogues
from bot.core.i18n import Catalogues, Words
from bot.core.language import LANGUAGES
from bot.library.load import load
from bot.library.snapshot import Library
from tests.fake_bot_api import TOKEN, FakeBotApi
from tests.journeys.server import LotseProcess
from tests.journeys.talk import Heard, Talk, TelegramTalk, WebTalk

FLAT = {
    "de": "Ich suche eine Wohnung",
    "de-simple": "Ich brauche eine Wohnung",
    "en": "I am looking for a flat",
    "ar": "أبحث عن شقة",
    "uk": "Шукаю квартиру",
    "ru": "Ищу квартиру",
    "tr": "Kiralık ev arıyorum",
    "fa": "دنبال خانه می‌گردم",
    "ps": "زه د کرایې کور لټوم",
    "kmr": "Mala kirê dixwazim",
    "ti": "ገዛ ይደሊ ኣለኹ",
    "so": "Guri kiro ah ayaan raadinayaa",
    "fr": "Je cherche un appartement",
}


@pytest.fixture(scope="module")
def words() -> Catalogues:
    return catalogues.load(Path("locales"))


@pytest.fixture(scope="module")
def library() -> Library:
    return load(Path("content"))


Journeys = dict[str, "Future[None]"]


@pytest.fixture(scope="module")
def over_web(tmp_path_factory: pytest.TempPathFactory, words: Catalogues, library: Library) -> Iterator[Journeys]:
    """All languages at the same time: thirteen people, one Lotse on SQLite."""
    server = LotseProcess(tmp_path_factory.mktemp("web"))
    server.start()
    yield all_at_once(lambda _: WebTalk(server.url), words, library)
    assert server.stop() == 0


@pytest.fixture(scope="module")
def over_telegram(
    tmp_path_factory: pytest.TempPathFactory, module_postgres_url: str, words: Catalogues, library: Library
) -> Iterator[Journeys]:
    """All languages at the same time: thirteen people, one Lotse on PostgreSQL, Telegram's limits enforced."""
    with FakeBotApi() as api:
        server = LotseProcess(
            tmp_path_factory.mktemp("telegram"), LOTSE_DATABASE_URL=module_postgres_url,
            LOTSE_TELEGRAM_TOKEN=TOKEN, LOTSE_TELEGRAM_API_URL=api.url,
        )  # fmt: skip
        server.start()
        yield all_at_once(lambda number: TelegramTalk(api, 1_000 + number), words, library)
        assert server.stop() == 0


def all_at_once(person: Callable[[int], Talk], words: Catalogues, library: Library) -> Journeys:
    with ThreadPoolExecutor(len(LANGUAGES)) as pool:
        return {
            language: pool.submit(whole_journey, person(number), language, words, library)
            for number, language in enumerate(LANGUAGES)
        }


@pytest.mark.parametrize("language", LANGUAGES)
def test_over_the_web_chat(language: str, over_web: Journeys) -> None:
    over_web[language].result()


@pytest.mark.parametrize("language", LANGUAGES)
def test_over_telegram(language: str, over_telegram: Journeys) -> None:
    over_telegram[language].result()


def whole_journey(person: Talk, language: str, catalogue: Catalogues, library: Library) -> None:
    try:
        journey(person, language, catalogue, library)
    finally:
        person.close()


def journey(person: Talk, language: str, catalogue: Catalogues, library: Library) -> None:
    words = catalogue[language]
    flat = library.page("housing.find_flat").text(language)

    welcome = person.begin()
    assert LANGUAGES[language].endonym in everything_to_press(welcome)

    notice = person.press(everything_to_press(welcome)[LANGUAGES[language].endonym])
    assert words("I agree") in everything_to_press(notice)
    assert "30" in notice[-1].text

    place = person.press(everything_to_press(notice)[words("I agree")])
    assert place[0].text == words("Which town or district do you live in? Write its name or postal code.")

    menu = person.say("Musterstat")  # misspelt
    assert plain(words("Your place is now {place}.", place="Musterstadt")) in flowing(menu[0].text)

    page = person.say(FLAT[language])
    assert flat.title in page[0].text
    assert plain(flat.short) in flowing(page[0].text)

    more = person.press(everything_to_press(page)[words("Read more")])
    assert flat.title in more[0].text
    assert len(more[0].text) > len(flat.short)

    thanks = person.press(everything_to_press(page)[words("This helped")])
    assert thanks[0].text == words("Thank you, I am glad. You can ask me the next question at any time.")

    look_around(person, language, words, library)

    data = person.press("/my_data")
    assert LANGUAGES[language].endonym in data[0].text
    copy = person.press(everything_to_press(data)[words("Get a copy")])
    files = {name.rpartition(".")[2]: content for heard in copy for name, content in heard.files.items()}
    assert FLAT[language] in files["html"].decode()
    assert FLAT[language] in {line["text"] for line in json.loads(files["json"])["transcript"]}

    sure = person.press(everything_to_press(data)[words("Delete everything")])
    gone = person.press(everything_to_press(sure)[words("Yes, delete everything")])
    assert gone[0].text == words(
        "Everything about you has been deleted. Please also delete this chat on your phone. "
        "You can start again at any time."
    )

    again = person.say(FLAT[language])  # a stranger again: nothing is remembered
    assert LANGUAGES[language].endonym in everything_to_press(again)


def look_around(person: Talk, language: str, words: Words, library: Library) -> None:
    """What is on, a word from a letter, a profession, who helps."""
    event = library.event("musterstadt", "sprachcafe")
    assert event
    dates = person.press('/find_event{"days":"month"}')
    assert plain(event.name(language)) in flowing(dates[0].text)
    card = person.press(everything_to_press(dates)[plain(event.name(language))])
    assert plain(event.about[language]) in flowing(card[0].text)
    calendar = person.press(everything_to_press(card)[words("Into my calendar")])
    files = {name: content for heard in calendar for name, content in heard.files.items()}
    assert b"BEGIN:VEVENT" in files["termin.ics"]
    reminder = person.press(everything_to_press(card)[words("Remind me")])
    assert plain(event.name(language)) not in flowing(reminder[0].text)
    taken_back = person.press(everything_to_press(reminder)[words("Do not remind me")])
    assert taken_back[0].text == words("All right, I will not remind you.")

    person.press("/ask_word")
    word = person.say("Fiktionsbescheinigun")  # misspelt, as copied from a letter
    assert plain(library.glossary.words["fiktionsbescheinigung"].meaning(language).text) in flowing(word[0].text)

    field = person.press("/ask_recognition")
    first = next(iter(library.recognition.fields))
    professions = person.press(everything_to_press(field)[plain(library.recognition.fields[first][language])])
    one = library.recognition.in_field(first)[0]
    shown = person.press(everything_to_press(professions)[plain(one.name(language))])
    assert one.body.name in shown[0].text
    assert plain(one.first_step[language]) in flowing(shown[0].text)

    help_ = person.press('/who_helps{"page":"money.debts"}')
    service = library.services.for_topic("money.debts")[0]
    assert plain(service.does[language]) in flowing(help_[0].text)


def everything_to_press(heard: list[Heard]) -> dict[str, str]:
    return {title: payload for one in heard for title, payload in one.buttons.items()}


def plain(text: str) -> str:
    return flowing("".join(char for char in text if char not in "\u2066\u2067\u2068\u2069\u200e\u200f"))


def flowing(text: str) -> str:
    return " ".join(text.split())
