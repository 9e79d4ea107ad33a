"""Every store in memory: small, quick, and as strict as bot.storage about leases, order and transactions.

memory = Memory(clock)
memory.inbox, memory.outbox, memory.buttons, memory.people, memory.sessions, memory.signals, memory.unit_of_work
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.clock import Clock, utc_now
from bot.core.ids import new_id
from bot.core.message import Reply
from bot.core.people import Person, PersonalData, Purpose, Said
from bot.core.ports import PULL_CHANNELS, Arrival, Claim, Delivery, Event, Lane, Outcome, Queued, WebSession
from bot.core.questions import Proposal, Question
from bot.errors import LeaseLost, StorageError

INBOX_LEASE, OUTBOX_LEASE = timedelta(seconds=30), timedelta(seconds=60)
WAITING = ("queued", "sending")


@dataclass
class Chat:
    key: str
    channel: str
    bot: str
    address: str
    created_at: datetime
    due_at: datetime
    person_id: str | None = None
    tracker: dict[str, Any] | None = None
    lease: str | None = None
    lease_until: datetime | None = None
    last_position: int = 0
    unreachable_at: datetime | None = None


@dataclass
class InboxRow:
    id: int
    bot: str
    update_key: str
    chat_key: str
    received_at: datetime
    raw: bytes | None
    state: str = "pending"
    attempts: int = 0
    text: str | None = None
    reason: str | None = None


@dataclass
class OutboxRow:
    id: int
    chat_key: str
    channel: str
    lane: Lane
    reply: Reply
    created_at: datetime
    due_at: datetime
    retry_at: datetime
    dedup_key: str | None = None
    state: str = "queued"
    attempts: int = 0
    doubtful: bool = False
    lease: str | None = None
    lease_until: datetime | None = None
    position: int | None = None
    external_id: str | None = None
    error: str | None = None
    done_at: datetime | None = None


@dataclass
class Rows:
    """What a transaction can take back."""

    chats: dict[str, Chat] = field(default_factory=dict)
    inbox: dict[tuple[str, str], InboxRow] = field(default_factory=dict)
    outbox: list[OutboxRow] = field(default_factory=list)
    buttons: dict[tuple[str, str], str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    consents: list[dict[str, Any]] = field(default_factory=list)
    feedback: list[tuple[str, str, bool]] = field(default_factory=list)
    questions: list[tuple[str, Proposal]] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    sessions: dict[str, WebSession] = field(default_factory=dict)


class Memory:
    """All stores on one set of rows, with one writer at a time."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self.clock = clock
        self.rows = Rows()
        self.fails = 0  # so many of the next transactions fail, as if the database were away
        self._writer = asyncio.Lock()
        self._unit: ContextVar[dict[str, Any] | None] = ContextVar("unit", default=None)
        self.signals = MemorySignals()
        self.inbox = MemoryInbox(self)
        self.outbox = MemoryOutbox(self)
        self.buttons = MemoryButtons(self)
        self.people = MemoryPeople(self)
        self.sessions = MemoryWebSessions(self)
        self.questions = MemoryQuestions(self)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Rows]:
        async with self._writer:
            await asyncio.sleep(0)
            self._maybe_fail()
            yield self.rows

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[None]:
        unit: dict[str, Any] = {}
        before = self._unit.set(unit)
        try:
            yield
            if unit:
                self._maybe_fail()
        except BaseException:
            if unit:
                self.rows = unit["before"]
            raise
        finally:
            self._unit.reset(before)
            if unit:
                self._writer.release()

    async def in_unit(self) -> Rows:
        unit = self._unit.get()
        if unit is None:
            raise StorageError("this must happen within a unit of work")
        if not unit:
            await self._writer.acquire()
            unit["before"] = copy.deepcopy(self.rows)
        return self.rows

    def _maybe_fail(self) -> None:
        if self.fails > 0:
            self.fails -= 1
            raise StorageError("the database is away")

    # What tests ask and say.

    def chat_key(self, channel: str, bot: str, address: str) -> str:
        return hashlib.sha256(f"{channel}|{bot}|{address}".encode()).hexdigest()[:32]

    def chat(self, address: str, *, channel: str = "telegram", bot: str = "telegram:1") -> Chat:
        now = self.clock()
        key = self.chat_key(channel, bot, address)
        return self.rows.chats.setdefault(key, Chat(key, channel, bot, address, created_at=now, due_at=now))

    def queue(self, address: str, *replies: Queued | Reply, bot: str = "telegram:1", channel: str = "telegram") -> None:
        """Put replies to a chat into the outbox."""
        chat = self.chat(address, channel=channel, bot=bot)
        self.outbox.queue(chat, [item if isinstance(item, Queued) else Queued(item) for item in replies])
        self.signals.nudge("outbox")

    def states(self) -> list[str]:
        return [row.state for row in self.rows.outbox]


class MemorySignals:
    def __init__(self) -> None:
        self.nudged: list[str] = []
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}

    def nudge(self, topic: str) -> None:
        self.nudged.append(topic)
        for waiter in self._waiting.pop(topic, ()):
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, topic: str, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(topic, set()).add(waiter)
        with contextlib.suppress(TimeoutError):
            try:
                async with asyncio.timeout(seconds):
                    await waiter
            finally:
                self._waiting.get(topic, set()).discard(waiter)


class MemoryInbox:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def accept(self, arrivals: Sequence[Arrival]) -> int:
        if not arrivals:
            return 0
        async with self._memory.write():
            return self.accept_now(arrivals)

    def accept_now(self, arrivals: Sequence[Arrival]) -> int:
        rows, new = self._memory.rows, 0
        for arrival in arrivals:
            chat = self._memory.chat(arrival.address, channel=arrival.channel, bot=arrival.bot)
            chat.unreachable_at = None
            if (arrival.bot, arrival.update_key) not in rows.inbox:
                new += 1
                rows.inbox[arrival.bot, arrival.update_key] = InboxRow(
                    len(rows.inbox) + 1, arrival.bot, arrival.update_key, chat.key, self._memory.clock(), arrival.raw
                )
        return new

    async def claim(self, limit: int) -> list[Claim]:
        async with self._memory.write() as rows:
            now = self._memory.clock()
            claims: list[Claim] = []
            for row in sorted(rows.inbox.values(), key=lambda row: row.id):
                chat = rows.chats[row.chat_key]
                is_free = chat.lease_until is None or chat.lease_until < now
                if len(claims) < limit and row.state == "pending" and is_free and chat.due_at <= now:
                    chat.lease, chat.lease_until = new_id(), now + INBOX_LEASE
                    claims.append(
                        Claim(
                            row.id, chat.key, chat.lease, chat.channel, chat.bot, chat.address, row.raw or b"",
                            row.attempts, row.received_at, chat.person_id, copy.deepcopy(chat.tracker),
                        )
                    )  # fmt: skip
            return claims

    async def heartbeat(self, leases: Sequence[str]) -> None:
        async with self._memory.write() as rows:
            for chat in rows.chats.values():
                if chat.lease in leases:
                    chat.lease_until = self._memory.clock() + INBOX_LEASE

    async def finish(self, claim: Claim, outcome: Outcome) -> None:
        await self._memory.in_unit()
        chat, row = self._held(claim)
        row.state, row.raw, row.text = "done", None, outcome.text
        chat.tracker, chat.person_id = copy.deepcopy(outcome.tracker), outcome.person_id
        self._memory.outbox.queue(chat, outcome.replies)
        self._free(chat, 0)

    async def retry(self, claim: Claim, *, after: float) -> None:
        async with self._memory.write():
            chat, row = self._held(claim)
            row.attempts += 1
            self._free(chat, after)

    async def quarantine(self, claim: Claim, reason: str, apology: Sequence[Queued] = ()) -> None:
        async with self._memory.write():
            chat, row = self._held(claim)
            row.state, row.reason = "quarantined", reason
            self._memory.outbox.queue(chat, apology)
            self._free(chat, 0)

    def _held(self, claim: Claim) -> tuple[Chat, InboxRow]:
        rows = self._memory.rows
        chat = rows.chats.get(claim.chat_key)
        if chat is None or chat.lease != claim.lease:
            raise LeaseLost("another worker has taken this chat over")
        return chat, next(row for row in rows.inbox.values() if row.id == claim.inbox_id)

    def _free(self, chat: Chat, after: float) -> None:
        chat.lease = chat.lease_until = None
        chat.due_at = self._memory.clock() + timedelta(seconds=after)


class MemoryOutbox:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def forget(self, key: str) -> bool:
        outbox = self._memory.rows.outbox
        waiting = [row for row in outbox if row.dedup_key == key and row.state == "queued"]
        for row in waiting:
            row.state, row.dedup_key = "cancelled", None
        return bool(waiting)

    def queue(self, chat: Chat, queued: Sequence[Queued]) -> None:
        rows, now = self._memory.rows, self._memory.clock()
        for item in queued:
            if item.dedup_key and any(row.dedup_key == item.dedup_key for row in rows.outbox):
                continue
            due = item.due_at or now
            row = OutboxRow(
                len(rows.outbox) + 1, chat.key, chat.channel, item.lane, item.reply, now, due, due, item.dedup_key
            )
            rows.outbox.append(row)
            if chat.channel in PULL_CHANNELS and due <= now:
                self._publish(row)

    async def claim(self, channel: str, limit: int) -> list[Delivery]:
        async with self._memory.write() as rows:
            now = self._memory.clock()
            busy = {row.chat_key for row in rows.outbox if row.state == "sending" and _lease_holds(row, now)}
            claimed: list[Delivery] = []
            for row in sorted(rows.outbox, key=lambda row: (row.lane, row.id)):
                if row.state not in WAITING or row.chat_key in busy or row.channel != channel or row.due_at > now:
                    continue
                busy.add(row.chat_key)  # what comes later in this chat waits for this one
                if len(claimed) < limit and (row.state == "sending" or row.retry_at <= now):
                    claimed.append(self._lease(row, now))
            return claimed

    def _lease(self, row: OutboxRow, now: datetime) -> Delivery:
        chat = self._memory.rows.chats[row.chat_key]
        row.doubtful = row.doubtful or row.state == "sending"
        row.state, row.lease, row.lease_until = "sending", new_id(), now + OUTBOX_LEASE
        row.attempts += 1
        return Delivery(
            row.id, row.lease, row.chat_key, chat.bot, chat.address, row.lane, row.reply, row.attempts, row.doubtful,
            row.created_at,
        )  # fmt: skip

    async def heartbeat(self, leases: Sequence[str]) -> None:
        async with self._memory.write() as rows:
            for row in rows.outbox:
                if row.lease in leases:
                    row.lease_until = self._memory.clock() + OUTBOX_LEASE

    async def sent(self, deliveries: Sequence[tuple[Delivery, str | None]]) -> None:
        async with self._memory.write():
            for delivery, message in deliveries:
                if row := self._held(delivery):
                    state = "uncertain" if row.doubtful else "sent"
                    self._settle(row, state=state, external_id=message, error=None, done_at=self._memory.clock())

    async def later(self, delivery: Delivery, *, after: float, code: str, doubtful: bool = False) -> None:
        async with self._memory.write():
            if row := self._held(delivery):
                again = self._memory.clock() + timedelta(seconds=after)
                self._settle(row, state="queued", retry_at=again, error=code, doubtful=row.doubtful or doubtful)

    async def failed(self, delivery: Delivery, code: str) -> None:
        async with self._memory.write():
            if row := self._held(delivery):
                self._settle(row, state="failed", error=code, done_at=self._memory.clock())

    async def unreachable(self, delivery: Delivery) -> None:
        async with self._memory.write() as rows:
            now = self._memory.clock()
            rows.chats[delivery.chat_key].unreachable_at = now
            for row in rows.outbox:
                if row.chat_key == delivery.chat_key and row.state in WAITING:
                    self._settle(row, state="cancelled", error="unreachable", done_at=now)

    async def moved(self, delivery: Delivery, new_address: str) -> None:
        async with self._memory.write() as rows:
            rows.chats[delivery.chat_key].address = new_address
        await self.later(delivery, after=0, code="chat_moved")

    async def publish(self) -> int:
        async with self._memory.write() as rows:
            now = self._memory.clock()
            due = [
                row for row in rows.outbox
                if row.channel in PULL_CHANNELS and row.state == "queued" and row.due_at <= now
            ]  # fmt: skip
            for row in due:
                self._publish(row)
            return len(due)

    async def next_due(self, channel: str) -> datetime | None:
        waiting = [row.retry_at for row in self._memory.rows.outbox if (row.channel, row.state) == (channel, "queued")]
        return min(waiting, default=None)

    def _publish(self, row: OutboxRow) -> None:
        chat = self._memory.rows.chats[row.chat_key]
        chat.last_position += 1
        self._settle(row, state="sent", position=chat.last_position, done_at=self._memory.clock())

    def _held(self, delivery: Delivery) -> OutboxRow | None:
        row = self._memory.rows.outbox[delivery.id - 1]
        return row if row.lease == delivery.lease else None

    def _settle(self, row: OutboxRow, **values: Any) -> None:
        for name, value in {"lease": None, "lease_until": None, **values}.items():
            setattr(row, name, value)


def _lease_holds(row: OutboxRow, now: datetime) -> bool:
    return row.lease_until is not None and row.lease_until >= now


class MemoryButtons:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def keep(self, chat_key: str, payloads: Sequence[str]) -> list[str]:
        ids = [hashlib.sha256(f"{chat_key}|{payload}".encode()).hexdigest()[:32] for payload in payloads]
        async with self._memory.write() as rows:
            for button, payload in zip(ids, payloads, strict=True):
                rows.buttons[chat_key, button] = payload
        return ids

    async def open(self, chat_key: str, button_id: str) -> str | None:
        return self._memory.rows.buttons.get((chat_key, button_id))


class MemoryWebSessions:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def open(self, token_hash: str, arrivals: Sequence[Arrival], *, session: str, address: str) -> WebSession:
        async with self._memory.write() as rows:
            chat = self._memory.chat(address, channel=arrivals[0].channel, bot=arrivals[0].bot)
            rows.sessions[token_hash] = WebSession(session, chat.key, address)
            self._memory.inbox.accept_now(arrivals)
            return rows.sessions[token_hash]

    async def find(self, token_hash: str) -> WebSession | None:
        return self._memory.rows.sessions.get(token_hash)

    async def close(self, token_hash: str) -> None:
        self._memory.rows.sessions.pop(token_hash, None)

    async def events(self, chat_key: str, *, after: int, limit: int) -> list[Event]:
        found = [
            Event(row.position, row.reply, row.done_at)
            for row in self._memory.rows.outbox
            if row.chat_key == chat_key and row.position and row.position > after and row.done_at
        ]
        return sorted(found, key=lambda event: event.position)[:limit]


class MemoryPeople:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(self, person: Person) -> None:
        (await self._memory.in_unit()).people[person.id] = person

    async def get(self, person_id: str) -> Person | None:
        rows = self._memory.rows
        person = rows.people.get(person_id)
        agreed = [
            consent
            for consent in rows.consents
            if consent["person_id"] == person_id
            and consent["purpose"] == Purpose.NOTICE
            and consent["withdrawn_at"] is None
        ]
        if person is None or not agreed:
            return person
        return replace(person, notice_version=agreed[-1]["version"], notice_accepted_at=agreed[-1]["accepted_at"])

    async def choose(self, person_id: str, *, language: str | None = None, place: str | None = None) -> None:
        rows = await self._memory.in_unit()
        person = rows.people.get(person_id)
        if person is None:
            return
        rows.people[person_id] = replace(
            person,
            last_seen_at=self._memory.clock(),
            language=person.language if language is None else language,
            place=person.place if place is None else place or None,
        )

    async def consent(self, person_id: str, *, version: str, language: str, purpose: Purpose = Purpose.NOTICE) -> None:
        rows = await self._memory.in_unit()
        rows.consents.append(
            {
                "person_id": person_id, "purpose": purpose, "version": version, "language": language,
                "accepted_at": self._memory.clock(), "withdrawn_at": None,
            }
        )  # fmt: skip

    async def withdraw(self, person_id: str, purpose: Purpose | None = None) -> None:
        rows = await self._memory.in_unit()
        for consent in rows.consents:
            meant = consent["person_id"] == person_id and purpose in (None, consent["purpose"])
            if meant and consent["withdrawn_at"] is None:
                consent["withdrawn_at"] = self._memory.clock()

    async def data(self, person_id: str) -> PersonalData:
        person = await self.get(person_id)
        if person is None:
            raise LookupError("no such person")
        rows, chats = self._memory.rows, self._chats(person_id)
        said = [Said(r.received_at, "you", r.text) for r in rows.inbox.values() if r.chat_key in chats and r.text]
        said += [
            Said(row.done_at, row.reply.sender, row.reply.text)
            for row in rows.outbox
            if row.chat_key in chats and row.state in ("sent", "uncertain") and row.done_at
        ]
        records = {
            "person": [asdict(rows.people[person_id])],
            "consent": [dict(consent) for consent in rows.consents if consent["person_id"] == person_id],
            "question": [asdict(kept.question) for owner, kept in rows.questions if owner == person_id],
        }
        return PersonalData(person, sorted(said, key=lambda line: line.at), {k: v for k, v in records.items() if v})

    async def erase(self, person_id: str) -> None:
        rows = await self._memory.in_unit()
        chats = self._chats(person_id)
        rows.inbox = {k: row for k, row in rows.inbox.items() if row.chat_key not in chats or row.state == "pending"}
        for row in rows.outbox:  # rows keep their place, so that ids stay positions
            if row.chat_key in chats:
                row.state, row.reply, row.position, row.lease = "erased", Reply("", "en"), None, None
        rows.buttons = {key: payload for key, payload in rows.buttons.items() if key[0] not in chats}
        for key in chats:
            rows.chats[key].tracker = None
        rows.consents = [consent for consent in rows.consents if consent["person_id"] != person_id]
        rows.questions = [(owner, kept) for owner, kept in rows.questions if owner != person_id]
        rows.people.pop(person_id, None)
        rows.erased.append(person_id)

    async def helped(self, page: str, language: str, *, helpful: bool) -> None:
        (await self._memory.in_unit()).feedback.append((page, language, helpful))

    def _chats(self, person_id: str) -> set[str]:
        return {chat.key for chat in self._memory.rows.chats.values() if chat.person_id == person_id}


class MemoryQuestions:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def keep(self, person_id: str, question: Question) -> None:
        rows = await self._memory.in_unit()
        number = max((kept.id for _, kept in rows.questions), default=0) + 1
        rows.questions.append((person_id, Proposal(number, question, self._memory.clock())))

    async def forget(self, person_id: str) -> int:
        rows = await self._memory.in_unit()
        left = [(owner, kept) for owner, kept in rows.questions if owner != person_id]
        gone, rows.questions = len(rows.questions) - len(left), left
        return gone

    async def proposals(self, limit: int) -> list[Proposal]:
        return [kept for _, kept in self._memory.rows.questions][:limit]

    async def settle(self, proposal_id: int) -> bool:
        async with self._memory.write() as rows:
            left = [(owner, kept) for owner, kept in rows.questions if kept.id != proposal_id]
            gone, rows.questions = len(left) < len(rows.questions), left
        return gone


async def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something that another task brings about."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)
