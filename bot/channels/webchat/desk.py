"""The front desk: opens chats, takes messages in, knows who is who. No HTTP here."""

from __future__ import annotations

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.channels.webchat.limits import Limiter, Limits
from bot.core.ids import new_id, new_token
from bot.core.ports import Arrival, Inbox, Signals, WebSession, WebSessions

NAME = "webchat"
WORK = "inbox"  # the topic of Signals that wakes the workers
START = "start"  # the id of a session's first update


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session; the token is the browser's only key to it and is stored nowhere here."""

    session: str
    token: str


class Unanswered:
    """Chats whose latest message has no reply yet, for "Lotse is writing". A hint: losing one harms nobody."""

    def __init__(self, longest: float = 60.0, most: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        """Forget a chat after `longest` seconds, and the oldest of more than `most`."""
        self._longest = longest
        self._most = most
        self._clock = clock
        self._since: OrderedDict[str, float] = OrderedDict()

    def asked(self, chat_key: str) -> None:
        """Note that a message was accepted."""
        self._since[chat_key] = self._clock()
        self._since.move_to_end(chat_key)
        if len(self._since) > self._most:
            self._since.popitem(last=False)

    def answered(self, chat_key: str) -> None:
        """Note that a reply has come."""
        self._since.pop(chat_key, None)

    def since(self, chat_key: str) -> float | None:
        """Return when the unanswered message came (a mark to compare), None if nothing is open."""
        asked_at = self._since.get(chat_key)
        if asked_at is None or self._clock() - asked_at > self._longest:
            return None
        return asked_at


class FrontDesk:
    """Sessions and messages of the web chat."""

    def __init__(self, inbox: Inbox, sessions: WebSessions, signals: Signals, limits: Limits) -> None:
        """Use these stores; every wait is told in seconds, 0.0 is welcome."""
        self._inbox = inbox
        self._signals = signals
        self.sessions = sessions
        self.unanswered = Unanswered()
        self._requests = Limiter(limits.requests, limits.remembered)
        self._openings = Limiter(limits.sessions, limits.remembered)
        self._messages = Limiter(limits.messages, limits.remembered)

    def wait_for_request(self, visitor: str) -> float:
        """Count a request of an address; return how long it has to wait."""
        return self._requests.take(visitor)

    def wait_for_opening(self, visitor: str) -> float:
        """Count a new session of an address; return how long it has to wait."""
        return self._openings.take(visitor)

    def wait_for_message(self, session: WebSession) -> float:
        """Count a message of a session; return how long it has to wait."""
        return self._messages.take(session.session)

    async def open(self, wishes: Mapping[str, str], device_language: str | None) -> Opened:
        """Store a new session with its first update and return its token; `wishes` are language, place and page."""
        session, token = new_id(), new_token()
        start = {"start": True, **wishes, "accept_language": device_language}
        arrival = _arrival(session, START, start)
        chat = await self.sessions.open(_digest(token), [arrival], session=session, address=session)
        self._signals.nudge(WORK)
        self.unanswered.asked(chat.chat_key)
        return Opened(session, token)

    async def find(self, token: str) -> WebSession | None:
        """Return the session of a token. Takes the same steps for every token, right, wrong or empty."""
        return await self.sessions.find(_digest(token))

    async def close(self, session: WebSession, token: str) -> None:
        """Forget the token, and let its open streams notice."""
        await self.sessions.close(_digest(token))
        self._signals.nudge(session.chat_key)

    async def accept(self, session: WebSession, message_id: str, said: Mapping[str, object]) -> None:
        """Commit a message; the same id a second time changes nothing."""
        if await self._inbox.accept([_arrival(session.address, message_id, said)]):
            self.unanswered.asked(session.chat_key)
        self._signals.nudge(WORK)
        self._signals.nudge(session.chat_key)


def _arrival(session: str, message_id: str, said: Mapping[str, object]) -> Arrival:
    raw = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Arrival(channel=NAME, bot=NAME, address=session, update_key=f"{session}:{message_id}", raw=raw)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
