"""How fast a messenger lets a bot speak: in all, to one person, to one group.

Sliding windows, not leaky buckets: a bucket of 30 a second lets 60 through in its first second, and that is what
messengers punish. Memory grows with what was sent in the last minute, not with the number of chats.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.errors import TryLater

_SHORTEST_NAP = 0.002


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages per window (seconds). `reserve` of the total is kept for urgent messages.

    Whoever would have to wait longer than `patience` goes back into the queue and makes room.
    """

    total: int = 30
    reserve: int = 5
    window: float = 1.0
    private: int = 1
    private_window: float = 1.0
    group: int = 20
    group_window: float = 60.0
    patience: float = 2.0


class _Window:
    """When the last messages were sent."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._sent: deque[float] = deque(maxlen=limit)

    def wait(self, now: float, *, spare: int = 0) -> float:
        """Return the seconds until one more may go while `spare` places stay free."""
        allowed = self._limit - spare
        if len(self._sent) < allowed:
            return 0.0
        return max(0.0, self._sent[-allowed] + self._seconds - now)

    def free(self, now: float) -> int:
        return self._limit - sum(sent + self._seconds > now for sent in self._sent)

    def take(self, now: float) -> None:
        self._sent.append(now)

    def answered(self, now: float) -> None:
        """Count the last message from its answer on: it may have been on its way for a while."""
        self._sent[-1] = now

    def idle(self, now: float) -> bool:
        return not self._sent or self._sent[-1] + self._seconds <= now


class Limits:
    """The limits of one bot. All its messages pass here."""

    def __init__(self, rates: Rates = Rates(), now: Callable[[], float] = time.monotonic) -> None:
        """Keep to these rates; `now` is in seconds and never goes back."""
        self._rates = rates
        self._now = now
        self._total = _Window(rates.total, rates.window)
        self._chats: dict[str, _Window] = {}
        self._swept_at = now()
        self._paused_until = 0.0
        self.waiting = 0

    def pause(self, seconds: float) -> None:
        """Let nothing pass for so long."""
        self._paused_until = max(self._paused_until, self._now() + seconds)

    def paused(self) -> float:
        """Return for how many seconds the pause still lasts."""
        return max(0.0, self._paused_until - self._now())

    def room(self) -> int:
        """Return how many ordinary messages may go at once, beside those that already wait."""
        if self.paused():
            return 0
        return max(0, self._total.free(self._now()) - self._rates.reserve - self.waiting)

    def until_room(self) -> float:
        """Return the seconds until an ordinary message may go, whatever its chat."""
        return max(self.paused(), self._total.wait(self._now(), spare=self._rates.reserve))

    @asynccontextmanager
    async def turn(self, chat: str, *, group: bool = False, urgent: bool = False) -> AsyncIterator[None]:
        """Wait until a message to this chat may be sent; send it inside the block.

        Raises TryLater if that takes longer than `patience`.
        """
        self.waiting += 1
        try:
            window = await self._wait(chat, group=group, urgent=urgent)
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            window.answered(self._now())
            self._chats[chat] = window  # it may have been swept while the answer was long in coming

    async def _wait(self, chat: str, *, group: bool, urgent: bool) -> _Window:
        give_up = self._now() + self._rates.patience
        while True:
            now = self._now()
            window = self._window(chat, now, group=group)
            spare = 0 if urgent else self._rates.reserve
            wait = max(self._paused_until - now, window.wait(now), self._total.wait(now, spare=spare))
            if wait <= 0:
                self._total.take(now)
                window.take(now)
                return window
            if now + wait > give_up:
                raise TryLater("paced", wait)
            await asyncio.sleep(max(wait, _SHORTEST_NAP))

    def _window(self, chat: str, now: float, *, group: bool) -> _Window:
        if now - self._swept_at >= self._rates.window:
            self._swept_at = now
            self._chats = {name: window for name, window in self._chats.items() if not window.idle(now)}
        if chat not in self._chats:
            rates = self._rates
            self._chats[chat] = (
                _Window(rates.group, rates.group_window) if group else _Window(rates.private, rates.private_window)
            )
        return self._chats[chat]
