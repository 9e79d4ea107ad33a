"""What comes in and what goes out, in the same words for every channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

Sender = Literal["bot", "human", "system"]


class Attached(StrEnum):
    """Kinds of things people send that are not text."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a person, as a channel read it.

    `payload` is the `/intent{json}` of a pressed button; then `text` is None. `stale_button` marks a press on a
    button that is unknown, belongs to someone else or is too old to be honoured. `language_hint` is the language
    of the phone (BCP 47) where the channel tells it. `location` is (latitude, longitude) in degrees, WGS 84.
    """

    text: str | None = None
    payload: str | None = None
    attached: Attached | None = None
    location: tuple[float, float] | None = None
    language_hint: str | None = None
    edited: bool = False
    in_group: bool = False
    stale_button: bool = False
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: `payload` is `/intent{json}`, or `url` an https or tel address. Exactly one is set."""

    title: str
    payload: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A small file to hand over, such as a person's own data."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a person.

    `text` is plain text, or with `markup` the Markdown subset of the content format. `buttons` are rows.
    `note` is plain small print below the text: source, date, how it was written.
    `page` is the id of the library page shown. `ask_location` offers the phone's position where a channel can.
    `urgent` marks crisis answers: they overtake everything in the outbox.
    `due_at` makes it a reminder, sent then and not now; `once` is a key under which it is queued only once.
    """

    text: str
    language: str
    markup: bool = False
    buttons: tuple[tuple[Button, ...], ...] = ()
    page: str | None = None
    sender: Sender = "bot"
    document: Document | None = None
    ask_location: bool = False
    urgent: bool = False
    note: str | None = None
    due_at: datetime | None = None
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """An intent that a text may mean; confidence from 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A word in the text that names something: entity `office`, `place`, `date`, `language`."""

    entity: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text means, as far as can be told.

    `language` is None when unsure. `crisis` is the id of a crisis intent when there is danger, whatever `intent`
    says; `near_crisis` asks for the gentle question. `alternatives` holds the best guesses, best first, the
    intent itself among them. Confidence is calibrated: of all answers given with 0.8, eight in ten are right.
    """

    text: str
    language: str | None
    intent: str
    confidence: float
    crisis: str | None = None
    near_crisis: bool = False
    alternatives: tuple[Guess, ...] = ()
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """A pressed button or typed command: the intent and its values, nothing to guess."""

    intent: str
    values: Mapping[str, Any] = field(default_factory=dict)
