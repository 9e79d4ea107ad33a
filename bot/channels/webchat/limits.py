"""How much one browser or one address may ask for, with bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, and on average `burst` in `seconds`."""

    burst: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the web chat. Many people may share one address (a shelter), so addresses get more room."""

    messages: Rate = Rate(20, 10.0)  # a session
    sessions: Rate = Rate(30, 60.0)  # an address
    requests: Rate = Rate(400, 10.0)  # an address, all kinds
    streams: int = 4  # open event streams a session; the oldest has to go
    remembered: int = 20_000  # keys kept in memory by each limit


class Limiter:
    """A token bucket for each key; the keys unused for longest are forgotten first."""

    def __init__(self, rate: Rate, remembered: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow `rate` for each of the last `remembered` keys; `clock` returns seconds."""
        self._rate = rate
        self._remembered = remembered
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Count one use and return 0.0, or, when there were too many, return the seconds to wait."""
        now = self._clock()
        level, filled_at = self._buckets.pop(key, (float(self._rate.burst), now))
        a_second = self._rate.burst / self._rate.seconds
        level = min(self._rate.burst, level + (now - filled_at) * a_second)
        wait = 0.0 if level >= 1 else (1 - level) / a_second
        self._buckets[key] = (level if wait else level - 1, now)
        if len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        return wait
