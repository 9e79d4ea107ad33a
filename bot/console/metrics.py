"""Figures for Prometheus: how much, how fast, how far behind. Numbers only, nothing about anybody."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.core.ports import Backlog

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The meters of one process. Implements bot.core.ports.Meter."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = CollectorRegistry()
        self._turns = Counter("lotse_turns_total", "Messages processed", ["outcome"], registry=self._registry)
        self._seconds = Histogram(
            "lotse_turn_seconds", "Time from claim to commit", buckets=_SECONDS, registry=self._registry
        )
        self._backlog = Gauge("lotse_messages", "Messages by state", ["box", "state"], registry=self._registry)
        self._oldest = Gauge(
            "lotse_oldest_waiting_seconds", "Age of the oldest unanswered message", registry=self._registry
        )

    def turn(self, outcome: str, seconds: float) -> None:
        """Count a turn that ended `done`, `retry` or `quarantined`."""
        self._turns.labels(outcome).inc()
        self._seconds.observe(seconds)

    def exposition(self, backlog: Backlog) -> bytes:
        """Return everything in Prometheus' text format."""
        for (box, state), number in backlog.messages.items():
            self._backlog.labels(box, state).set(number)
        self._oldest.set(backlog.oldest_seconds)
        return generate_latest(self._registry)
