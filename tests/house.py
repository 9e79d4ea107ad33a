"""A whole Lotse in memory: the domain, rules, words and pages of this repository, with a scripted understanding.

talk = house.meet(language="de")           somebody who has not been welcomed yet
replies = await talk.say("Hallo")          what Lotse answers
replies = await talk.tap("Einverstanden")  presses the button that bears this title
await talk.settle("musterstadt")           through the welcome, to the menu
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from bot import catalogues
from bot.actions import NAMES, executor
from bot.actions.kit import Kit
from bot.conversation import domain, rules
from bot.conversation.domain import Domain
from bot.conversation.house import House
from bot.conversation.rules import Rules
from bot.conversation.skills import Skills
from bot.conversation.turn import take_turn
from bot.core.i18n import Catalogues
from bot.core.message import Attached, Document, Guess, Incoming, Reply, Understood
from bot.core.payload import write
from bot.core.people import People
from bot.core.ports import Arrival, Claim, Delivery, Hit
from bot.core.text import without_direction_marks
from bot.core.usage import Tally
from bot.library.load import load as load_library
from bot.library.model import Page
from bot.library.snapshot import Library
from bot.people.consent import NOTICE_VERSION
from bot.people.learning import Learning
from tests.conftest import SettableClock
from tests.fakes import Memory

CHANNEL = "telegram"
NOT_SURE = 0.2


@cache
def our_domain() -> Domain:
    return domain.load(Path("intents/domain.yml"), NAMES)


@cache
def our_rules() -> Rules:
    return rules.load(Path("intents/rules.yml"), our_domain())


@cache
def our_words() -> Catalogues:
    return catalogues.load(Path("locales"))


@cache
def our_library() -> Library:
    return load_library(Path("content"))


async def links(page: str, place: str | None) -> list[str]:
    return [f"https://lotse.example/?page={page}" + (f"&place={place}" if place else "")]


def means(intent: str, language: str | None = "en", confidence: float = 0.97, **more: Any) -> Understood:
    """A text that means this; `guesses` are further intents with their confidence."""
    guesses = [Guess(intent, confidence), *(Guess(*pair) for pair in more.pop("guesses", {}).items())]
    return Understood("", language, intent, confidence, alternatives=tuple(guesses), **more)


def danger(kind: str, language: str | None = "en") -> Understood:
    return means(kind, language, crisis=kind)


def near_danger(intent: str, language: str | None = "en", confidence: float = 0.6) -> Understood:
    return means(intent, language, confidence, near_crisis=True, guesses={"crisis.violence": 0.3})


MEANINGS: dict[str, Understood] = {
    "Hello": means("greet"), "Hallo": means("greet", "de"), "مرحبا": means("greet", "ar"),
    "yes": means("affirm"), "no": means("deny"), "так": means("affirm", "uk"), "ні": means("deny", "uk"),
    "stop": means("stop"), "thanks": means("thanks"), "bye": means("goodbye"), "who are you": means("bot_identity"),
    "what can you do": means("help"), "which languages do you speak": means("choose_language"),
    "I moved": means("choose_place"), "I want to talk to a person": means("talk_to_human"),
    "what do you know about me": means("my_data"), "delete everything": means("delete_data"),
    "that helped": means("feedback_good"), "that did not help": means("feedback_bad"),
    "tell me a joke": means("out_of_scope"),
    "I am looking for a flat": means("housing.find_flat"), "Шукаю квартиру": means("housing.find_flat", "uk"),
    "أبحث عن شقة": means("housing.find_flat", "ar"), "how do I register": means("arrival.registration"),
    "how do I pay my taxes": means("money.taxes"), "I want an appointment": means("book_appointment"),
    "where can I meet people": means("find_event"), "show my plan": means("my_plan"),
    "where is the Jobcenter": means("find_office"), "where is the office": means("find_office"),
    "where is the housing office": means("find_office"),
    "he hits me": danger("crisis.violence"), "he hurts me": danger("crisis.violence", None),
    "زوجي يضربني": danger("crisis.violence", "ar"), "I want to die": danger("crisis.suicide"),
    "there is a fire": danger("crisis.fire_police"), "my baby cannot breathe": danger("crisis.medical"),
    "my child is beaten": danger("crisis.child"), "they keep my passport": danger("crisis.trafficking"),
    "I sleep in the street": danger("crisis.homeless"),
    "I am afraid at home": near_danger("housing.find_flat"),
    "أنا خائفة في البيت": near_danger("housing.find_flat", "ar"),
    "my husband shouts, I need a flat": near_danger("housing.find_flat", confidence=0.95),
}  # fmt: skip


class Understanding:
    """Understands what is written here; everything else is not understood. Keeps what it was asked."""

    def __init__(self) -> None:
        self.meanings = dict(MEANINGS)
        self.asked: list[str] = []

    async def understand(self, text: str, *, chosen_language: str | None) -> Understood:
        self.asked.append(text)
        known = self.meanings.get(text)
        if known is None:
            known = next((found for inner, found in self.meanings.items() if found.crisis and inner in text), None)
        return replace(known or means("out_of_scope", None, NOT_SURE), text=text)


class Searching:
    """Finds what is written here."""

    def __init__(self) -> None:
        self.hits: dict[str, list[Hit]] = {}

    async def search(self, text: str, *, language: str | None, limit: int = 10) -> list[Hit]:
        return self.hits.get(text, [])[:limit]


class Straight:
    """A channel that hands on what was said as it is."""

    name = CHANNEL

    def __init__(self) -> None:
        self.said: dict[bytes, Incoming | Exception | None] = {}

    async def read(self, claim: Claim) -> Incoming | None:
        said = self.said[claim.raw]
        if isinstance(said, Exception):
            raise said
        return said

    async def deliver(self, delivery: Delivery) -> str | None:
        raise NotImplementedError(delivery.id)


@dataclass
class Replies:
    """What Lotse answered to one message, as people see it: without direction marks."""

    all: list[Reply]

    @property
    def texts(self) -> list[str]:
        return [without_direction_marks(reply.text) for reply in self.all]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def buttons(self) -> dict[str, str]:
        """Payloads, or addresses, by title."""
        found = (button for reply in self.all for row in reply.buttons for button in row)
        return {without_direction_marks(button.title): button.payload or button.url or "" for button in found}

    @property
    def languages(self) -> list[str]:
        return [reply.language for reply in self.all]

    @property
    def pages(self) -> list[str]:
        return [reply.page for reply in self.all if reply.page]

    @property
    def documents(self) -> list[Document]:
        return [reply.document for reply in self.all if reply.document]


class TestHouse:
    """Everything joined; what a test wants otherwise, it changes here. `people` may be a real store."""

    __test__ = False

    def __init__(self, clock: SettableClock, people: People | None = None) -> None:
        self.clock = clock
        self.memory = Memory(clock)
        people = people or self.memory.people
        self.understanding = Understanding()
        self.searching = Searching()
        self.channel = Straight()
        self.library = our_library()
        self.words = our_words()
        self.tally = Tally()
        learning = Learning(self.memory.questions, people, lambda text: text.replace("Ahmed", "…"))
        self.kit = Kit(
            words=self.words, library=lambda: self.library, people=people, learning=learning, searches=self.searching,
            clock=clock, responsible="Stadt Musterstadt", responsible_contact="privacy@musterstadt.example",
            retention_days=30, reminders=self.memory.outbox, links=links, tally=self.tally,
        )  # fmt: skip
        self.skills = Skills(executor(self.kit), our_domain())
        self.house = House(
            domain=our_domain(), rules=our_rules(), skills=self.skills,
            channels={CHANNEL: self.channel}, understands=self.understanding, inbox=self.memory.inbox,
            people=people, unit_of_work=self.memory.unit_of_work, clock=clock,
            notice_version=NOTICE_VERSION,
        )  # fmt: skip

    def meet(self, address: str = "100", **phone: Any) -> Talk:
        """Somebody writes; `language_hint` is the language of the phone."""
        return Talk(self, address, phone)

    async def settled(self, address: str = "100", *, language: str = "en", place: str = "musterstadt") -> Talk:
        """Somebody who has been welcomed."""
        talk = self.meet(address)
        await talk.settle(place, language=language)
        return talk

    def change_page(self, page_id: str, **changes: Any) -> None:
        """Change a common page, in this library alone."""
        key = (None, page_id)
        self.library = replace(
            self.library, pages={**self.library.pages, key: replace(self.library.pages[key], **changes)}
        )

    def change_text(self, page_id: str, language: str, **changes: Any) -> None:
        page: Page = self.library.pages[None, page_id]
        self.change_page(page_id, texts={**page.texts, language: replace(page.texts[language], **changes)})

    def remove_pages(self, *page_ids: str) -> None:
        pages = {key: page for key, page in self.library.pages.items() if key[1] not in page_ids}
        assert len(pages) == len(self.library.pages) - len(page_ids)
        self.library = replace(self.library, pages=pages)

    def change_place(self, place_id: str, **changes: Any) -> None:
        place = replace(self.library.places[place_id], **changes)
        self.library = replace(self.library, places={**self.library.places, place_id: place})

    def change_office(self, office_id: str, **changes: Any) -> None:
        offices = [replace(one, **changes) if one.id == office_id else one for one in self.library.offices]
        assert offices != list(self.library.offices)
        self.library = replace(self.library, offices=tuple(offices))

    def close_office(self, office_id: str) -> None:
        offices = tuple(one for one in self.library.offices if one.id != office_id)
        assert len(offices) == len(self.library.offices) - 1
        self.library = replace(self.library, offices=offices)


@dataclass
class Talk:
    """One person's conversation."""

    home: TestHouse
    address: str
    phone: Mapping[str, Any]
    heard: list[Replies] = field(default_factory=list)

    async def say(self, text: str, **more: Any) -> Replies:
        return await self.send(Incoming(text=text, **{**self.phone, **more}))

    async def press(self, payload: str, **values: Any) -> Replies:
        """Press a button by what it carries."""
        pressed = write(payload.removeprefix("/"), values) if values else payload
        return await self.send(Incoming(payload=pressed, **self.phone))

    async def tap(self, title: str) -> Replies:
        """Press the latest button that bears this title."""
        for replies in reversed(self.heard):
            if title in replies.buttons:
                return await self.press(replies.buttons[title])
        offered = [list(replies.buttons) for replies in self.heard]
        raise AssertionError(f"no button {title!r} among {offered}")

    async def show(self, kind: Attached) -> Replies:
        return await self.send(Incoming(attached=kind, **self.phone))

    async def share(self, lat: float, lon: float) -> Replies:
        return await self.send(Incoming(location=(lat, lon), **self.phone))

    async def send(self, incoming: Incoming) -> Replies:
        memory = self.home.memory
        before = len(memory.rows.outbox)
        await self.arrive(incoming)
        for claim in await memory.inbox.claim(1):
            await take_turn(claim, self.home.house)
        said = [row for row in memory.rows.outbox[before:] if row.due_at <= self.home.clock()]
        replies = Replies([row.reply for row in said])
        for row in said:
            row.state, row.done_at = "sent", self.home.clock()
        self.heard.append(replies)
        return replies

    async def arrive(self, incoming: Incoming | Exception | None) -> None:
        """Put a message into the inbox; nobody answers it yet."""
        raw = f"{self.address}-{len(self.home.channel.said)}".encode()
        self.home.channel.said[raw] = incoming
        await self.home.memory.inbox.accept([Arrival(CHANNEL, "telegram:1", self.address, raw.decode(), raw)])

    async def settle(self, place: str = "musterstadt", *, language: str = "en") -> Replies:
        await self.press("/begin", language=language, place=place)
        return await self.press("/accept_notice")

    @property
    def chat(self) -> Any:
        return self.home.memory.chat(self.address)

    @property
    def tracker(self) -> dict[str, Any]:
        tracker: dict[str, Any] = self.chat.tracker
        return tracker

    @property
    def slots(self) -> dict[str, Any]:
        slots: dict[str, Any] = self.tracker["slots"]
        return slots

    @property
    def person(self) -> Any:
        return self.home.memory.rows.people[self.chat.person_id]

    def hand_over(self) -> None:
        """A human has the word now."""
        self.tracker["paused"] = True


def numbers_in(text: str, numbers: Iterable[str]) -> list[str]:
    """Return the numbers that a text names, in their order."""
    places = {number: text.find(f"{number}:") for number in numbers}
    return sorted((number for number, at in places.items() if at >= 0), key=lambda number: places[number])
