"""Workers: they lease chats, take turns, and put aside what cannot be answered.

Nothing is lost, and nobody waits for a chat that hangs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import structlog

from bot.conversation.house import House
from bot.conversation.turn import take_turn
from bot.core.ports import Claim, Meter, Queued, Signals
from bot.errors import LeaseLost, MessageRefused

_log = structlog.get_logger(__name__)

WORK, SENDING = "inbox", "outbox"
_HEARTBEAT = 10.0
_LONGEST_PAUSE = 60.0
_SETTLING = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many turns at once, how long one may take (seconds), how often it is tried, how long to poll (seconds)."""

    at_once: int = 8
    seconds: float = 30.0
    attempts: int = 3
    idle: float = 1.0


class Worker:
    """Answers messages until told to stop."""

    def __init__(
        self, house: House, signals: Signals, pace: Pace, apology: Callable[[Claim], Queued], meter: Meter
    ) -> None:
        """Use these parts; `apology` is what a person reads when the message had to be set aside."""
        self._meter = meter
        self._house = house
        self._signals = signals
        self._pace = pace
        self._apology = apology
        self._running: dict[asyncio.Task[None], Claim] = {}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no new work; `run` returns when the turns under way are done."""
        self._stopping.set()
        self._signals.nudge(WORK)

    async def run(self) -> None:
        """Work until `stop`."""
        heart = asyncio.create_task(self._beat())
        try:
            while not self._stopping.is_set():
                claimed = await self._claim()
                for claim in claimed:
                    task = asyncio.create_task(self._work(claim))
                    self._running[task] = claim
                    task.add_done_callback(self._done)
                if not claimed:
                    await self._signals.wait(WORK, self._pace.idle)
            while self._running:
                await asyncio.wait(self._running)
        finally:
            heart.cancel()
            for task in self._running:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await heart

    async def _claim(self) -> list[Claim]:
        free = self._pace.at_once - len(self._running)
        if free <= 0:
            return []
        try:
            return await self._house.inbox.claim(free)
        except Exception:
            _log.exception("inbox.claim_failed")
            await asyncio.sleep(self._pace.idle)
            return []

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._signals.nudge(WORK)

    async def _work(self, claim: Claim) -> None:
        if claim.attempts >= self._pace.attempts:
            # Its earlier workers did not live to report a failure: it may be what kills them.
            await self._set_aside(claim, "worker_died", apologise=True)
            return
        began = perf_counter()
        try:
            async with asyncio.timeout(self._pace.seconds):
                await take_turn(claim, self._house)
            self._meter.turn("done", perf_counter() - began)
        except LeaseLost:
            _log.warning("turn.lease_lost", message=claim.inbox_id)
            return
        except MessageRefused as exc:
            await self._set_aside(claim, exc.reason, apologise=False)
        except asyncio.CancelledError:
            raise
        except Exception as exc:
            await self._failed(claim, exc, perf_counter() - began)
        self._signals.nudge(SENDING)
        self._signals.nudge(claim.chat_key)

    async def _failed(self, claim: Claim, exc: Exception, took: float) -> None:
        _log.error("turn.failed", message=claim.inbox_id, attempt=claim.attempts + 1, exc_info=exc)
        if claim.attempts + 1 >= self._pace.attempts:
            await self._set_aside(claim, type(exc).__name__, apologise=True)
            return
        self._meter.turn("retry", took)
        await self._give_back(claim, after=min(2.0**claim.attempts, _LONGEST_PAUSE))

    async def _give_back(self, claim: Claim, *, after: float) -> None:
        """Free the chat as soon as the database is back; at last the lease runs out and another worker tries."""
        for pause in _SETTLING:
            try:
                await self._house.inbox.retry(claim, after=after)
            except LeaseLost:
                return
            except Exception:
                _log.exception("inbox.retry_failed", message=claim.inbox_id)
                if self._stopping.is_set():
                    return
                await asyncio.sleep(pause)
            else:
                return

    async def _set_aside(self, claim: Claim, reason: str, *, apologise: bool) -> None:
        _log.warning("message.quarantined", message=claim.inbox_id, reason=reason)
        self._meter.turn("quarantined", 0.0)
        try:
            await self._house.inbox.quarantine(claim, reason, [self._apology(claim)] if apologise else [])
        except LeaseLost:
            _log.warning("turn.lease_lost", message=claim.inbox_id)
        except Exception:  # the lease runs out and another worker tries
            _log.exception("message.quarantine_failed", message=claim.inbox_id)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT)
            try:
                await self._house.inbox.heartbeat([claim.lease for claim in self._running.values()])
            except Exception:
                _log.exception("inbox.heartbeat_failed")
