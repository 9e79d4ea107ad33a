"""The stream of replies as Server-Sent Events: everything missed, then live, until somebody leaves."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from bot.channels.webchat.desk import FrontDesk
from bot.channels.webchat.rendering import as_html, as_plain, title_of
from bot.core.language import LANGUAGES
from bot.core.message import Button
from bot.core.ports import Event, Signals, WebSession

_PAGE = 50
_RETRY = b"retry: 2000\n\n"
_READY = b"event: ready\ndata: {}\n\n"
_TYPING = b"event: typing\ndata: {}\n\n"
_HEARTBEAT = b": still here\n\n"


class ButtonShown(msgspec.Struct, omit_defaults=True):
    """A button: send `payload` back, or open `url` (https or tel). Exactly one is there."""

    title: str
    payload: str | None = None
    url: str | None = None


class DocumentShown(msgspec.Struct):
    """A file to fetch with the token."""

    name: str
    media_type: str
    url: str


class ReplyShown(msgspec.Struct):
    """A reply as the browser gets it in `data:`; `id` is also the event's id."""

    id: Annotated[int, msgspec.Meta(description="Position in this chat, from 1")]
    sender: Annotated[
        Literal["bot", "human", "system"],
        msgspec.Meta(description="Who says it: the program, a counsellor, or a notice"),
    ] = msgspec.field(name="from")
    text: Annotated[str, msgspec.Meta(description="Plain text")]
    html: Annotated[str, msgspec.Meta(description="The same as safe HTML: paragraphs, lists, bold, links")]
    language: Annotated[str, msgspec.Meta(description="Tag of one of the thirteen languages")]
    dir: Literal["ltr", "rtl"]
    buttons: list[ButtonShown]
    rows: Annotated[list[int], msgspec.Meta(description="How many of the buttons stand in each row")]
    urgent: Annotated[bool, msgspec.Meta(description="An answer to somebody in danger")]
    at: datetime
    ask_location: Annotated[
        bool, msgspec.Meta(description='Offer the phone\'s position: `/set_place{"place":"@48.52,9.05"}`')
    ] = False
    page: str | msgspec.UnsetType = msgspec.UNSET
    document: DocumentShown | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between looks into the database while a reply is due, otherwise, and between signs of life."""

    poll: float = 1.0
    idle_poll: float = 5.0
    heartbeat: float = 15.0


def show(event: Event) -> ReplyShown:
    """Return a reply as browsers get it."""
    reply = event.reply
    return ReplyShown(
        id=event.position,
        sender=reply.sender,
        text=as_plain(reply),
        html=as_html(reply),
        language=reply.language,
        dir=LANGUAGES[reply.language].direction,
        buttons=[_button(button, reply.language) for row in reply.buttons for button in row],
        rows=[len(row) for row in reply.buttons],
        urgent=reply.urgent,
        at=event.at,
        ask_location=reply.ask_location,
        page=reply.page or msgspec.UNSET,
        document=_document(event),
    )


def _button(button: Button, language: str) -> ButtonShown:
    return ButtonShown(title_of(button, language), button.payload, button.url)


def _document(event: Event) -> DocumentShown | msgspec.UnsetType:
    if document := event.reply.document:
        return DocumentShown(document.name, document.media_type, f"/api/chat/documents/{event.position}")
    return msgspec.UNSET


class Streams:
    """All open streams of this process."""

    def __init__(
        self,
        desk: FrontDesk,
        signals: Signals,
        stopping: asyncio.Event,
        rhythm: Rhythm,
        most_a_chat: int,
    ) -> None:
        """Stream until `stopping` is set."""
        self._desk = desk
        self._signals = signals
        self._stopping = stopping
        self._rhythm = rhythm
        self._most = most_a_chat
        self._open: defaultdict[str, list[object]] = defaultdict(list)

    async def follow(self, session: WebSession, token: str, after: int) -> AsyncIterator[bytes]:
        """Yield every reply with a position above `after`, `ready` once all are there, then live ones.

        Ends at shutdown, when the session is closed, and when the same chat opens too many others.
        """
        key, mine = session.chat_key, self._enter(session.chat_key)
        try:
            yield _RETRY
            while missed := await self._desk.sessions.events(key, after=after, limit=_PAGE):
                for event in missed:
                    yield _encoded(event)
                after = missed[-1].position
            yield _READY
            async for chunk in self._live(session, token, after, mine):
                yield chunk
        finally:
            self._leave(key, mine)

    def end(self, session: WebSession) -> None:
        """End the streams of a chat."""
        self._open.pop(session.chat_key, None)
        self._signals.nudge(session.chat_key)

    def _enter(self, chat_key: str) -> object:
        mine = object()
        self._open[chat_key].append(mine)
        # A phone that lost its network leaves streams behind that look alive: the newest ones count.
        del self._open[chat_key][: -self._most]
        return mine

    def _leave(self, chat_key: str, mine: object) -> None:
        others = [stream for stream in self._open.pop(chat_key, []) if stream is not mine]
        if others:
            self._open[chat_key] = others

    def _goes_on(self, chat_key: str, mine: object) -> bool:
        return not self._stopping.is_set() and mine in self._open.get(chat_key, ())

    async def _live(self, session: WebSession, token: str, after: int, mine: object) -> AsyncIterator[bytes]:
        key, typing, spoken_at = session.chat_key, None, time.monotonic()
        while self._goes_on(key, mine):
            asked = self._desk.unanswered.since(key)
            if asked is not None and asked != typing:
                yield _TYPING
            typing = asked
            news = await self._next(key, after)
            for event in news:
                yield _encoded(event)
            if news:
                after, spoken_at = news[-1].position, time.monotonic()
                self._desk.unanswered.answered(key)
            elif time.monotonic() - spoken_at >= self._rhythm.heartbeat:
                if await self._desk.find(token) is None:
                    return
                spoken_at = time.monotonic()
                yield _HEARTBEAT

    async def _next(self, chat_key: str, after: int) -> list[Event]:
        """Return what is new; if nothing is, wait for a nudge, the next look or the shutdown."""
        pause = self._rhythm.idle_poll if self._desk.unanswered.since(chat_key) is None else self._rhythm.poll
        # Waiting begins before looking, so that no nudge falls between the two.
        waits = [
            asyncio.create_task(self._signals.wait(chat_key, pause)),
            asyncio.create_task(_until(self._stopping)),
        ]
        try:
            news = await self._desk.sessions.events(chat_key, after=after, limit=_PAGE)
            if not news:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return news
        finally:
            for task in waits:
                task.cancel()


def _encoded(event: Event) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (event.position, msgspec.json.encode(show(event)))


async def _until(stopping: asyncio.Event) -> None:
    await stopping.wait()
