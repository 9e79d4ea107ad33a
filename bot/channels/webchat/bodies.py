"""What the API takes and gives, with its limits and examples."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.openapi.spec import Example

from bot.channels.webchat.desk import START
from bot.core.payload import LONGEST as LONGEST_PAYLOAD

LONGEST_TEXT = 8_000
# Patterns that mean the same in Python and in OpenAPI; Python's $ alone would let a line break through.
ID = r"^[A-Za-z0-9_-]{1,64}$(?!\n)"
PLACE = r"^[A-Za-z0-9_.-]{1,64}$(?!\n)"
PAGE = PLACE


class NewSession(msgspec.Struct, forbid_unknown_fields=True):
    """What may be known at the start: a language as BCP 47 tag, the id of a place, the id of the page a link led to.

    Place and page are checked in the conversation.
    """

    language: Annotated[str, msgspec.Meta(max_length=35)] | None = None
    place: Annotated[str, msgspec.Meta(pattern=PLACE)] | None = None
    page: Annotated[str, msgspec.Meta(pattern=PAGE)] | None = None


class SessionOpened(msgspec.Struct):
    """A new chat. The token is shown once and is the only key to it."""

    session: str
    token: str


class NewMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Either a `text` or the `payload` of a pressed button; the client chooses the `id`, which is accepted once."""

    id: Annotated[str, msgspec.Meta(pattern=ID)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)] | None = None
    payload: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_PAYLOAD)] | None = None

    def __post_init__(self) -> None:
        """Refuse what is neither or both."""
        if (self.text is None) == (self.payload is None):
            raise ValueError("exactly one of text and payload is needed")
        if self.id == START:
            raise ValueError("the id 'start' is taken")


class Accepted(msgspec.Struct):
    """The message is stored; its answer comes through the events."""

    id: str


START_EXAMPLE = Example(summary="From an Arabic page of Musterstadt", value={"language": "ar", "place": "musterstadt"})
TEXT_EXAMPLE = Example(summary="A question", value={"id": "m1", "text": "Wie finde ich eine Wohnung?"})
REPLY_EXAMPLE = Example(
    summary="A question with two buttons",
    value={
        "id": 3,
        "from": "bot",
        "text": "Do you agree?",
        "html": "<p>Do you agree?</p>",
        "language": "en",
        "dir": "ltr",
        "buttons": [{"title": "I agree", "payload": "/accept_notice"}, {"title": "112", "url": "tel:112"}],
        "rows": [2],
        "urgent": False,
        "at": "2026-11-23T09:00:00Z",
    },
)
PRESS_EXAMPLE = Example(summary="A button", value={"id": "m2", "payload": '/open_page{"page":"housing.find_flat"}'})
