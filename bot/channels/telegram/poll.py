"""Long polling: updates are confirmed to Telegram only after they are committed to the inbox."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator, Sequence

import structlog

from bot.channels.telegram.arrivals import arrivals, update_id
from bot.channels.telegram.faults import NOT_FOUND, TOKEN_REFUSED
from bot.channels.telegram.updates import BATCH, OTHER_POLLER, UNREADABLE, WEBHOOK_SET, Updates
from bot.core.ports import Inbox, Signals
from bot.errors import MessageRefused, TryLater

_log = structlog.get_logger(__name__)

WORK = "inbox"
_QUICK = 1.0  # an empty answer that came sooner was not waited for
_LONGEST_PAUSE = 20.0  # when the trouble is over, everything goes on within half a minute
_LONGEST_EMPTY_PAUSE = 5.0
_HANGING = 20.0  # seconds past the waiting time after which a poll is taken for dead

_HINTS = {
    OTHER_POLLER: "another process polls with this token: stop it, or give this one a bot of its own",
    WEBHOOK_SET: "a webhook is set for this bot: Telegram refuses polling until it is deleted",
    TOKEN_REFUSED: "Telegram does not know this token: check LOTSE_TELEGRAM_TOKEN",
    NOT_FOUND: "no bot answers there: check LOTSE_TELEGRAM_TOKEN and LOTSE_TELEGRAM_API_URL",
}


class Poller:
    """Fetches the updates of one bot until told to stop."""

    def __init__(self, updates: Updates, inbox: Inbox, signals: Signals, bot: str) -> None:
        """Store what is fetched under the bot's name, such as `telegram:123456`."""
        self._updates = updates
        self._inbox = inbox
        self._signals = signals
        self._bot = bot
        self._offset: int | None = None
        self._limit = BATCH
        self._failures = 0
        self._empty = 0
        self._dropped = False  # the offset, after everything was confirmed
        self._forgets = True  # the server, what was confirmed: a simple one may not, and gets the offset each time
        self._succeeded_at = time.monotonic()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let `run` return at once; what is not committed stays with Telegram."""
        self._stopping.set()

    def silent_for(self) -> float:
        """Return the seconds since the server last answered a poll."""
        return time.monotonic() - self._succeeded_at

    async def run(self) -> None:
        """Poll until `stop`."""
        polling = asyncio.create_task(self._poll_on())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (polling, stopping):
                task.cancel()
            await asyncio.gather(polling, stopping, return_exceptions=True)
            await self._updates.close()

    async def _poll_on(self) -> None:
        while True:
            pause = await self._poll()
            if pause:
                await asyncio.sleep(pause)

    async def _poll(self) -> float:
        """Poll once; return how many seconds to wait before the next time."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._updates.wait + _HANGING):
                batch = await self._updates.fetch(self._offset, self._limit)
        except TimeoutError:
            _log.warning("telegram.poll_hangs", seconds=round(self.silent_for()))
            await self._updates.reconnect()
            return 0
        except TryLater as exc:
            return await self._refused(exc)
        self._succeeded_at = time.monotonic()
        self._limit = BATCH
        try:
            moved = await self._accept(batch)
        except Exception:
            # Not confirmed, so Telegram keeps them and gives them again.
            _log.exception("telegram.updates_not_stored", updates=len(batch))
            self._failures += 1
            return self._pause()
        self._failures = 0
        quick = time.monotonic() - started < min(_QUICK, self._updates.wait)
        self._empty = self._empty + 1 if quick and not moved else 0
        return min(_QUICK * 1.5 ** (self._empty - 1), _LONGEST_EMPTY_PAUSE) if self._empty else 0

    async def _accept(self, batch: Sequence[object]) -> bool:
        """Commit a batch, then let the next offset confirm it; return whether that has moved on."""
        new = await self._inbox.accept(arrivals(batch, self._bot))
        if new:
            self._signals.nudge(WORK)
        before = self._offset
        ids = list(_ids(batch))
        if ids:
            self._offset = max(ids) + 1
            if self._dropped and not new:
                self._forgets = False
            self._dropped = False
        elif self._forgets and not batch and before is not None:
            # An empty answer: all is confirmed. Ids may restart lower, and an old offset would hide those.
            self._offset, self._dropped = None, True
        return bool(ids) and self._offset != before

    async def _refused(self, exc: TryLater) -> float:
        self._failures += 1
        if exc.code == UNREADABLE:
            self._limit = 1  # the one that cannot be read is passed over, the others come through
        log = _log.error if exc.code in _HINTS else _log.warning
        log("telegram.poll_failed", code=exc.code, hint=_HINTS.get(exc.code), failures=self._failures)
        if exc.code == "no_connection":
            await self._updates.reconnect()
        return max(self._pause(), exc.retry_after or 0.0)

    def _pause(self) -> float:
        return min(_LONGEST_PAUSE, 2.0 ** min(self._failures, 10) / 2) * random.uniform(0.5, 1.0)


def _ids(batch: Sequence[object]) -> Iterator[int]:
    for update in batch:
        if isinstance(update, dict):
            with contextlib.suppress(MessageRefused):
                yield update_id(update)
