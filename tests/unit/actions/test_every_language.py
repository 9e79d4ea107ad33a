"""Every action in every language: nothing raises, nothing stays English, nothing is left unfilled."""

from __future__ import annotations

import gettext
import re
from calendar import month_name
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.actions import NAMES, executor
from bot.actions.learning import puzzle
from bot.conversation.skills import Skills
from bot.conversation.state import State
from bot.core import payload
from bot.core.i18n import Catalogues
from bot.core.language import LANGUAGES
from bot.core.message import Reply
from bot.core.people import Person
from bot.core.ports import Hit
from bot.core.text import FSI, PDI, without_direction_marks
from bot.library.glossary import Glossary, OfficeWord
from bot.library.model import Contact
from bot.library.recognition import Recognition
from bot.library.referral import Services
from bot.people.consent import NOTICE_VERSION
from tests.conftest import SettableClock
from tests.house import TestHouse, our_domain, our_library, our_words
from tests.words import in_code

PERSON = "person-1"
PROFESSIONS = {one.regulated: one.id for one in our_library().recognition.professions.values()}.values()


@dataclass(frozen=True)
class Moment:
    """What an action finds: what was said, what is known, what the library lacks."""

    intent: str = "greet"
    values: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    guesses: tuple[str, ...] = ()


NOWHERE, ELSEWHERE, NOT_AGREED = {"place": "bw"}, {"place": "stuttgart"}, {"agreed": None}
PUZZLE = puzzle("?", "money.taxes", None)
MOMENTS: dict[str, list[Moment]] = {
    "action_welcomed": [Moment(), Moment(slots=NOWHERE), Moment(slots={"open_question": "?"})],
    "action_place_changed": [Moment(slots={"new_place": "stuttgart"}), Moment(slots={"new_place": "bw"})],
    "action_help": [Moment(), Moment(slots=NOT_AGREED)],
    "action_set_language": [Moment(), Moment(slots={"open_question": "?"})],
    "action_set_place": [
        Moment(values={"place": place})
        for place in ("stuttgart", "bw", "Heilbronn", "Atlantis", "@52.52000,13.40000")
    ],
    "action_offer_language": [Moment(about={"language": language}) for language in LANGUAGES],
    "action_remember_question": [Moment("housing.find_flat", text="?")],
    "action_open_area": [Moment(values={"area": area}) for area in ("housing", "crisis", "mobility")],
    "action_open_page": [Moment(values={"page": page}) for page in ("housing.find_flat", "gone")],
    "action_answer_topic": [Moment("housing.find_flat"), Moment("money.taxes"), Moment("work.permit")],
    "action_more": [Moment(values={"page": page}) for page in ("housing.find_flat", "gone")],
    "action_did_you_mean": [
        Moment("nlu_fallback", text="?", guesses=guesses)
        for guesses in ((), ("work.permit", "my_data"), ("talk_to_human", "help", "choose_language"),
                        ("choose_place", "my_plan", "find_office"), ("delete_data", "book_appointment"))
    ],
    "action_human": [Moment(), Moment(slots=NOWHERE), Moment(slots=ELSEWHERE)],
    "action_find_office": [
        Moment(), Moment(slots=NOWHERE), Moment(slots=ELSEWHERE),
        *(Moment(values={"office": office}) for office in ("jobcenter", "frauenberatung", "schulamt")),
    ],
    "action_near_me": [Moment()],
    "action_find_event": [
        Moment(), Moment(slots=NOWHERE), Moment(slots=ELSEWHERE), Moment(values={"women": True}),
        *(Moment(values={"days": days}) for days in ("today", "tomorrow", "weekend", "next_week", "month")),
    ],
    "action_open_event": [Moment(values={"event": event}) for event in ("sprachcafe", "gone")],
    "action_event_file": [Moment(values={"event": event}) for event in ("sprachcafe", "gone")],
    "action_remind_event": [Moment(values={"event": event}) for event in ("sprachcafe", "gone")],
    "action_explain_word": [
        Moment(values={"word": "bescheid"}), Moment(values={"word": "gone"}), Moment(values={"page": "work.permit"}),
        *(Moment(slots={"asked_word": word}) for word in ("Bescheid", "Xylophonverordnung")),
    ],
    "validate_word_form": [Moment()],
    "validate_recognition_form": [Moment()],
    "action_ask_recognition_form_asked_profession": [Moment(slots={"asked_field": "health"})],
    "action_show_recognition": [
        Moment(values={"profession": "gone"}), *(Moment(values={"profession": name}) for name in PROFESSIONS),
    ],
    "action_who_helps": [Moment(values={"page": page}) for page in ("work.permit", "gone")],
    "action_share_page": [Moment(values={"page": page}) for page in ("work.permit", "gone")],
    "action_begin": [Moment(), Moment(values={"page": "work.permit"})],
    "action_learn": [Moment("none_of_these", about={"pressed": True}, slots={"puzzle": PUZZLE})],
    "action_keep_question": [Moment(), Moment(slots={"puzzle": {**PUZZLE, "meant": None}})],
    "action_my_data": [Moment(), Moment(values={"copy": True}), Moment(slots={"may_learn": "yes"})],
    "action_delete_data": [Moment(), Moment(values={"sure": True}, about={"confirmed": True})],
    "action_deny": [
        Moment(), Moment(slots=NOT_AGREED),
        *(Moment(about={"asked": asked}) for asked in ("/delete_data", "/keep_question", "/x")),
    ],
    "action_crisis": [
        Moment(about={"crisis": kind}) for kind in sorted(our_domain().intents) if kind.startswith("crisis.")
    ],
    "action_no_danger": [Moment(), Moment(slots={"open_question": "?"})],
    "action_too_long": [Moment(values={"limit": 2_000})],
    "action_not_text": [Moment(values={"attached": kind}) for kind in ("photo", "voice")],
    "validate_welcome_form": [Moment()],
    "validate_place_form": [Moment()],
}  # fmt: skip
for office_less in ("appointments", "plan"):
    MOMENTS[f"action_not_yet_{office_less}"] = [Moment(), Moment(slots=NOWHERE), Moment(slots=ELSEWHERE)]

ALWAYS = [Moment()]
SILENT = {
    "action_remember_question",
    "validate_welcome_form",
    "validate_place_form",
    "validate_word_form",
    "validate_recognition_form",
    "action_no_danger",
    "action_stale_button",
}


def situation(moment: Moment, language: str) -> State:
    state = State.load(None, "chat", our_domain())
    state.slots |= {"person": PERSON, "language": language, "agreed": NOTICE_VERSION, "place": "musterstadt"}
    state.slots |= moment.slots
    values = {"language": language, **moment.values}
    state.hear(
        {
            "text": moment.text,
            "intent": {"name": moment.intent, "confidence": 1.0},
            "entities": [{"entity": name, "value": value} for name, value in values.items()],
            "intent_ranking": [{"name": name, "confidence": 0.3} for name in moment.guesses],
            "metadata": {"pressed": True, **moment.about},
        }
    )
    return state


def home(clock: SettableClock) -> TestHouse:
    house = TestHouse(clock)
    night = Contact({"de": "Musterstadt"}, "030 23125 999", None, None)
    house.change_place("musterstadt", emergency=(night,))
    house.searching.hits["?"] = [Hit("education.school", 0.9)]
    house.memory.rows.people[PERSON] = Person(PERSON, "en", "musterstadt", clock(), clock(), NOTICE_VERSION, clock())
    return house


async def all_replies(house: TestHouse, skills: Skills, language: str, name: str) -> list[Reply]:
    replies = []
    for moment in MOMENTS.get(name, ALWAYS):
        async with house.memory.unit_of_work():
            replies += await skills.run(name, situation(moment, language))
        house.memory.rows.people.setdefault(
            PERSON, Person(PERSON, language, "musterstadt", house.clock(), house.clock(), NOTICE_VERSION, house.clock())
        )
    return replies


def spoken(reply: Reply) -> Iterator[str]:
    yield reply.text
    yield from (button.title for row in reply.buttons for button in row)


def test_every_action_has_its_moment() -> None:
    assert set(MOMENTS) <= NAMES
    assert our_domain().actions == NAMES


# What a translator may leave as it is: names, and words that both languages share.
ENGLISH = {text[0] for text in in_code() if len(text[0].split()) >= 3}


def fixed_parts(message: str) -> list[str]:
    """The parts of a text between its placeholders that are long enough to be recognised."""
    return [part.strip() for part in re.split(r"\{\w+\}", message) if len(part.split()) >= 3]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_action_speaks_every_language(language: str, clock: SettableClock) -> None:
    house = home(clock)
    words = our_words()[language]
    english = {part for message in ENGLISH for part in fixed_parts(message) if part not in words(message)}
    assert language == "en" or len(english) > 60
    for name in sorted(NAMES):
        replies = await all_replies(house, house.skills, language, name)
        assert replies or name in SILENT, name
        for reply in replies:
            assert reply.text.strip(), name
            assert reply.language in LANGUAGES
            for text in spoken(reply):
                assert text.strip(), name
                assert not re.search(r"\{\w*\}|\bNone\b(?! of these)|\bFalse\b", text), (name, text)
                assert language == "en" or name == "action_offer_language" or not [p for p in english if p in text], (
                    name
                )
            check_buttons(reply)


def check_buttons(reply: Reply) -> None:
    for button in (button for row in reply.buttons for button in row):
        assert (button.payload is None) is not (button.url is None)
        if button.payload is not None:
            command = payload.read(button.payload)
            assert command, button
            assert command.intent in our_domain().intents
            assert len(button.payload) <= 2_000
        else:
            assert (button.url or "").startswith(("tel:", "https://"))


@pytest.mark.parametrize("language", [tag for tag, about in LANGUAGES.items() if about.direction == "rtl"])
async def test_numbers_and_names_are_isolated_in_right_to_left_texts(language: str, clock: SettableClock) -> None:
    house = home(clock)
    seen = 0
    for name in sorted(NAMES - {"action_offer_language", "action_read_notice"}):
        for reply in await all_replies(house, house.skills, language, name):
            outside = re.sub(f"{FSI}[^{PDI}]*{PDI}", "", reply.text)
            seen += len(re.findall(FSI, reply.text))
            assert reply.text.count(FSI) == reply.text.count(PDI)
            if not reply.page:  # the channels isolate what stands in pages
                assert not re.search(r"\d[\d :/-]+\d", re.sub(r"20\d\d|\b\d\d\b", "", outside)), (name, reply.text)
                assert "@" not in outside
    assert seen > 50


class Marked(gettext.NullTranslations):
    """Translates every text into itself between brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


def without_marked(text: str) -> str:
    """What is left when everything between brackets is taken out, from the inside to the outside."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = less
    return text


def marked_library(house: TestHouse) -> None:
    """Pages, places and offices that say nothing outside of brackets."""
    library = house.library
    mark: Callable[[str], str] = "⟦{}⟧".format
    house.library = replace(
        library,
        pages={
            key: replace(page, source_name=mark("s"), texts={
                tag: replace(text, title=mark("t"), short=mark("k"), body=mark("b")) for tag, text in page.texts.items()
            })
            for key, page in library.pages.items()
        },
        places={key: replace(place, name=mark("Stadt"), emergency=()) for key, place in library.places.items()},
        offices=tuple(replace(office, names={"de": mark("o")}, address=mark("a")) for office in library.offices),
        events=tuple(
            replace(event, names={"de": mark("e")}, about={"de": mark("b")}, address=mark("a"))
            for event in library.events
        ),
        glossary=Glossary({key: marked_word(word) for key, word in library.glossary.words.items()}),
        services=Services({
            key: replace(one, word=mark("s"), names={"de": mark("s")}, does={"de": mark("d")})
            for key, one in library.services.by_id.items()
        }),
        recognition=Recognition(
            {key: {"de": mark("f")} for key in library.recognition.fields},
            {
                key: replace(
                    one, names={"de": mark("p")}, body=replace(one.body, name=mark("b")), first_step={"de": "⟦⟧"}
                )
                for key, one in library.recognition.professions.items()
            },
        ),
    )  # fmt: skip


def marked_word(word: OfficeWord) -> OfficeWord:
    meanings = {tag: replace(meaning, text="⟦m⟧") for tag, meaning in word.meanings.items()}
    return replace(word, word=f"⟦{word.word}⟧", names={}, meanings=meanings)


async def test_every_word_comes_from_the_catalogues_the_pages_or_cldr(clock: SettableClock) -> None:
    house = home(clock)
    marked_library(house)
    words = Catalogues(dict.fromkeys(LANGUAGES, Marked()))
    skills = Skills(executor(replace(house.kit, words=words, library=lambda: house.library)), our_domain())
    own_names = sorted((about.endonym for about in LANGUAGES.values()), key=len, reverse=True)
    days = [words["en"].weekday(day) for day in range(7)]
    for name in sorted(NAMES):
        for reply in await all_replies(house, skills, "en", name):
            for text in spoken(reply):
                left = without_marked(re.sub(r"https://\S+", "", without_direction_marks(text)))
                for allowed in (*own_names, *days, *month_name[1:], "JSON"):
                    left = left.replace(allowed, "")
                assert not re.search(r"[^\W\d]", left), (name, text)
