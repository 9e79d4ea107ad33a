"""Out of the outbox and on its way: one sender a messenger, and one publisher for what clients fetch themselves."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.channels.limits import Limits
from bot.core.ports import Channel, Delivery, Outbox, Signals
from bot.errors import ChannelError, ChatMoved, DeliveryUnknown, TryLater, Unreachable

_log = structlog.get_logger(__name__)

SENDING = "outbox"
_LONGEST_PAUSE = 300.0
_ATTEMPTS = 300  # with pauses of up to five minutes: about a day
_CUT_OFF = "no_connection"
_LONGEST_PAUSE_CUT_OFF = 15.0  # nobody is bothered by trying, and everything goes on soon after the cut is mended
_ATTEMPTS_CUT_OFF = 6_000  # about a day too
_ATTEMPTS_WITH_FAULT = 10  # our own fault is not mended by waiting
_DOUBTFUL_ATTEMPTS = 3
_IN_LINE = 3  # that wait for the limits, at most
_SETTLING = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


class PushChannel(Channel, Protocol):
    """A channel that replies are pushed to."""

    def partly_sent(self, delivery: Delivery) -> bool:
        """Return whether a part of this reply has gone and only this process knows."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How many deliveries at once; seconds: between looks, per delivery, between heartbeats, for draining at a stop."""

    at_once: int = 24
    idle: float = 1.0
    seconds: float = 120.0
    heartbeat: float = 15.0
    drain: float = 10.0


class Sender:
    """Delivers what is due on one channel until told to stop."""

    def __init__(
        self, channel: PushChannel, outbox: Outbox, signals: Signals, limits: Limits, pace: Pace = Pace()
    ) -> None:  # fmt: skip
        """Use these parts; `limits` are the ones that the channel keeps to."""
        self._channel = channel
        self._outbox = outbox
        self._signals = signals
        self._limits = limits
        self._pace = pace
        self._running: dict[asyncio.Task[None], Delivery] = {}
        self._stopping = asyncio.Event()
        self.outcomes: Counter[str] = Counter()

    def stop(self) -> None:
        """Deliver what is due, for as long as draining may take, then let `run` return."""
        self._stopping.set()
        self._signals.nudge(SENDING)

    async def run(self) -> None:
        """Deliver until `stop`."""
        heart = asyncio.create_task(self._beat())
        try:
            while not self._stopping.is_set():
                await self._round()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.drain):
                    await self._drain()
        finally:
            heart.cancel()
            for task in self._running:
                task.cancel()
            await asyncio.gather(heart, *self._running, return_exceptions=True)

    async def _round(self) -> None:
        # It listens before it looks: a nudge in between is not missed.
        nudged = asyncio.create_task(self._signals.wait(SENDING, self._pace.idle))
        await asyncio.sleep(0)
        try:
            if await self._take() and self._limits.room():
                return
            nap = min(self._pace.idle, self._limits.until_room() or self._pace.idle)
            await asyncio.wait({nudged, *self._running}, timeout=nap, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nudged.cancel()

    async def _drain(self) -> None:
        while not self._limits.paused():
            taken = await self._take()
            if not self._running:
                break
            if not taken:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        while self._running:
            await asyncio.wait(self._running)

    async def _take(self) -> int:
        """Begin as many deliveries as the limits let through now; return how many.

        Beyond that only a few are begun: what is urgent comes first among them and has a reserve. What waits here
        when the process dies would be taken for sent twice.
        """
        wanted = self._limits.room() or int(self._limits.waiting < _IN_LINE)
        wanted = min(wanted, self._pace.at_once - len(self._running))
        if wanted <= 0 or self._limits.paused():
            return 0
        try:
            claimed = await self._outbox.claim(self._channel.name, wanted)
        except Exception:
            _log.exception("outbox.claim_failed", channel=self._channel.name)
            await asyncio.sleep(self._pace.idle)
            return 0
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery))
            self._running[task] = delivery
            task.add_done_callback(self._running.pop)
        return len(claimed)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(self._pace.seconds):
                message = await self._channel.deliver(delivery)
        except ChannelError as exc:
            settle = self._verdict(delivery, exc)
        except TimeoutError:
            settle = self._verdict(delivery, DeliveryUnknown("timeout"))
        except Exception as exc:
            _log.exception("delivery.fault", delivery=delivery.id)
            settle = self._retry(delivery, type(exc).__name__, None, _ATTEMPTS_WITH_FAULT)
        else:
            self.outcomes["uncertain" if delivery.doubtful else "sent"] += 1
            settle = lambda: self._outbox.sent([(delivery, message)])  # noqa: E731 - short
        await self._settle(delivery, settle)

    def _verdict(self, delivery: Delivery, exc: ChannelError) -> Callable[[], Awaitable[None]]:
        """Return what is to be stored about a delivery that failed."""
        match exc:
            case TryLater():
                if exc.whole_bot:
                    _log.warning("delivery.paused", channel=self._channel.name, code=exc.code, seconds=exc.retry_after)
                    self._limits.pause(exc.retry_after or 1.0)
                most = _ATTEMPTS_CUT_OFF if exc.code == _CUT_OFF else _ATTEMPTS
                return self._retry(delivery, exc.code, exc.retry_after, most)
            case DeliveryUnknown():
                return self._unknown(delivery, exc)
            case Unreachable():
                self._note(delivery, "unreachable", exc.code)
                return lambda: self._outbox.unreachable(delivery)
            case ChatMoved():
                self._note(delivery, "moved", exc.code)
                return lambda: self._outbox.moved(delivery, exc.new_address)
            case _:
                self._note(delivery, "failed", exc.code)
                return lambda: self._outbox.failed(delivery, exc.code)

    def _retry(
        self, delivery: Delivery, code: str, retry_after: float | None, most: int
    ) -> Callable[[], Awaitable[None]]:
        if delivery.attempts >= most:
            self._note(delivery, "failed", code)
            return lambda: self._outbox.failed(delivery, code)
        self._note(delivery, "later", code)
        after = _backoff(delivery.attempts) if retry_after is None else retry_after + random.uniform(0.0, 0.2)
        if code == _CUT_OFF:
            after = min(after, _LONGEST_PAUSE_CUT_OFF)
        # Another process, which knows of no parts, would repeat them.
        doubtful = self._channel.partly_sent(delivery)
        return lambda: self._outbox.later(delivery, after=after, code=code, doubtful=doubtful)

    def _unknown(self, delivery: Delivery, exc: ChannelError) -> Callable[[], Awaitable[None]]:
        if delivery.doubtful and delivery.attempts >= _DOUBTFUL_ATTEMPTS:
            self._note(delivery, "uncertain", exc.code)
            return lambda: self._outbox.sent([(delivery, None)])
        self._note(delivery, "later", exc.code)
        after = _backoff(delivery.attempts)
        return lambda: self._outbox.later(delivery, after=after, code=exc.code, doubtful=True)

    def _note(self, delivery: Delivery, outcome: str, code: str) -> None:
        self.outcomes[outcome] += 1
        _log.info("delivery." + outcome, delivery=delivery.id, code=code, attempt=delivery.attempts)

    async def _settle(self, delivery: Delivery, settle: Callable[[], Awaitable[None]]) -> None:
        """Store the outcome; a database that is away for a moment must not turn one message into two."""
        for pause in _SETTLING:
            try:
                await settle()
            except Exception:
                _log.exception("outbox.settle_failed", delivery=delivery.id)
                await asyncio.sleep(pause)
            else:
                return

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._pace.heartbeat)
            try:
                await self._outbox.heartbeat([delivery.lease for delivery in self._running.values()])
            except Exception:
                _log.exception("outbox.heartbeat_failed")


class Publisher:
    """Makes reminders of pull channels visible when they are due."""

    def __init__(self, outbox: Outbox, every: float = 1.0) -> None:
        """Look this often (seconds)."""
        self._outbox = outbox
        self._every = every
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Publish until `stop`."""
        while not self._stopping.is_set():
            try:
                published = await self._outbox.publish()
            except Exception:
                _log.exception("outbox.publish_failed")
                published = 0
            if not published:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), self._every)


def _backoff(attempts: int) -> float:
    """Return seconds: 1, 2, 4 and so on up to five minutes, a quarter more or less."""
    return min(_LONGEST_PAUSE, 2.0 ** min(attempts - 1, 10)) * random.uniform(0.75, 1.25)
