"""What the rooms need from storage and channels, without knowing either.

`bot.storage` implements the stores on SQLite and PostgreSQL; tests/fakes.py keeps one in memory. Both pass the
contract suites in tests/integration/storage.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Protocol

from bot.core.message import Incoming, Reply, Understood

# Channels whose clients fetch their messages; a reply is delivered when it is committed.
PULL_CHANNELS = frozenset({"webchat", "terminal"})


class Lane(IntEnum):
    """Order of sending when there is more than the channel takes: lowest first."""

    URGENT = 0
    REPLY = 1
    REMINDER = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it came in: `update_key` is unique within `bot`; `raw` is the unparsed JSON."""

    channel: str
    bot: str
    address: str
    update_key: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker alone may process until its lease runs out."""

    inbox_id: int
    chat_key: str
    lease: str
    channel: str
    bot: str
    address: str
    raw: bytes
    attempts: int
    received_at: datetime
    person_id: str | None
    tracker: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Queued:
    """A reply to be sent at `due_at` (now if None). The same `dedup_key` is queued only once, ever."""

    reply: Reply
    lane: Lane = Lane.REPLY
    due_at: datetime | None = None
    dedup_key: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn leaves behind: everything here is committed in one transaction with the inbox row."""

    tracker: dict[str, Any] | None
    replies: Sequence[Queued] = ()
    person_id: str | None = None
    text: str | None = None  # what the person said, for the transcript


class Inbox(Protocol):
    """Accepted updates, in order within a chat."""

    async def accept(self, arrivals: Sequence[Arrival]) -> int:
        """Commit updates; return how many were new. Known ones change nothing."""
        ...

    async def claim(self, limit: int) -> list[Claim]:
        """Lease up to `limit` chats that have work, each with its oldest message."""
        ...

    async def heartbeat(self, leases: Sequence[str]) -> None:
        """Prolong leases of work still going on."""
        ...

    async def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Within the open unit of work: store the outcome, mark the message done, free the chat.

        Raises LeaseLost if another worker has taken the chat over meanwhile.
        """
        ...

    async def retry(self, claim: Claim, *, after: float) -> None:
        """Free the chat; its message is due again in `after` seconds."""
        ...

    async def quarantine(self, claim: Claim, reason: str, apology: Sequence[Queued] = ()) -> None:
        """Set the message aside with a reason code, tell the person, go on with the chat."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """A reply that this sender alone may deliver until its lease runs out."""

    id: int
    lease: str
    chat_key: str
    bot: str
    address: str
    lane: Lane
    reply: Reply
    attempts: int
    doubtful: bool
    queued_at: datetime


class Outbox(Protocol):
    """Replies on their way, in order within a chat and lane."""

    async def claim(self, channel: str, limit: int) -> list[Delivery]:
        """Lease due replies, at most one a chat, urgent lanes first."""
        ...

    async def heartbeat(self, leases: Sequence[str]) -> None:
        """Prolong leases of deliveries still going on."""
        ...

    async def sent(self, deliveries: Sequence[tuple[Delivery, str | None]]) -> None:
        """Mark as delivered, with the channel's own message ids."""
        ...

    async def later(self, delivery: Delivery, *, after: float, code: str, doubtful: bool = False) -> None:
        """Try again in `after` seconds; `doubtful` if this attempt may have arrived."""
        ...

    async def failed(self, delivery: Delivery, code: str) -> None:
        """Give this reply up."""
        ...

    async def unreachable(self, delivery: Delivery) -> None:
        """Mark the chat unreachable and cancel what waits for it."""
        ...

    async def moved(self, delivery: Delivery, new_address: str) -> None:
        """Follow a chat to its new address and try again."""
        ...

    async def publish(self) -> int:
        """Number due replies of pull channels so that their clients see them; return how many."""
        ...

    async def next_due(self, channel: str) -> datetime | None:
        """Return when the next reply of this channel becomes due."""
        ...


class Reminders(Protocol):
    """Messages that wait for their hour."""

    async def forget(self, key: str) -> bool:
        """Within the open unit of work: take back what waits under this key (`Reply.once`); return whether it did."""
        ...


@dataclass(frozen=True, slots=True)
class Event:
    """A delivered message of a pull channel; `position` counts from 1 in each chat."""

    position: int
    reply: Reply
    at: datetime


@dataclass(frozen=True, slots=True)
class WebSession:
    """A browser's chat: `session` may be logged, the token never."""

    session: str
    chat_key: str
    address: str


class WebSessions(Protocol):
    """Browsers and their chats."""

    async def open(self, token_hash: str, arrivals: Sequence[Arrival], *, session: str, address: str) -> WebSession:
        """Store a new session and its first updates in one transaction."""
        ...

    async def find(self, token_hash: str) -> WebSession | None:
        """Return the session of a token, None if unknown or expired."""
        ...

    async def close(self, token_hash: str) -> None:
        """Forget a token."""
        ...

    async def events(self, chat_key: str, *, after: int, limit: int) -> list[Event]:
        """Return delivered messages with a position above `after`, in order."""
        ...


class Buttons(Protocol):
    """Payloads too long for their channel, behind opaque ids that open in their own chat alone."""

    async def keep(self, chat_key: str, payloads: Sequence[str]) -> list[str]:
        """Return an opaque id (at most 40 ASCII characters) for each payload; the same payload keeps its id."""
        ...

    async def open(self, chat_key: str, button_id: str) -> str | None:
        """Return the payload, None if unknown, purged or another chat's."""
        ...


class UnitOfWork(Protocol):
    """One transaction, opened at the first use of a store, committed at the end of the turn."""

    def __call__(self) -> AbstractAsyncContextManager[None]:
        """Commit when the block ends well, roll back when it raises."""
        ...


class Signals(Protocol):
    """A nudge that work has arrived, within the process and across processes. May be lost: callers also poll."""

    def nudge(self, topic: str) -> None:
        """Wake everybody who waits for the topic."""
        ...

    async def wait(self, topic: str, seconds: float) -> None:
        """Return at the next nudge or after the time."""
        ...


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind the service is: messages by (box, state) without those done, age of the oldest waiting one."""

    messages: dict[tuple[str, str], int]
    oldest_seconds: float


class Meter(Protocol):
    """Takes the figures of running work."""

    def turn(self, outcome: str, seconds: float) -> None:
        """Count a turn that ended `done`, `retry` or `quarantined` after so many seconds."""
        ...


class Understands(Protocol):
    """Finds out what a text means."""

    async def understand(self, text: str, *, chosen_language: str | None) -> Understood:
        """Return intent, language and danger of one text."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that may answer a question; a higher score is better, comparable within one search."""

    page: str
    score: float


class Searches(Protocol):
    """Finds pages for a question that no intent covers."""

    async def search(self, text: str, *, language: str | None, limit: int = 10) -> list[Hit]:
        """Return the best pages, best first."""
        ...


class Channel(Protocol):
    """Reads updates of one channel and delivers replies to it."""

    name: str

    async def read(self, claim: Claim) -> Incoming | None:
        """Return what the person sent; None if nothing needs an answer. Raises MessageRefused."""
        ...

    async def deliver(self, delivery: Delivery) -> str | None:
        """Send a reply and return the channel's message id. Raises ChannelError."""
        ...
