"""/healthz, /readyz and /metrics, for operators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from structlog.testing import capture_logs

from bot.console import health
from bot.console.metrics import Metrics
from bot.core.ports import Backlog


class Database:
    """Answers, until it is away."""

    is_away = False

    async def backlog(self) -> Backlog:
        if self.is_away:
            raise OSError("canary-host")
        return Backlog({("inbox", "pending"): 3, ("outbox", "queued"): 5}, 12.5)


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def client(database: Database, metrics: Metrics) -> Iterator[TestClient[Any]]:
    with capture_logs(), TestClient(Litestar(health.routes(metrics, database.backlog))) as client:
        yield client


def test_all_is_well(client: TestClient[Any]) -> None:
    assert [(client.get(path).status_code, client.get(path).text) for path in ("/healthz", "/readyz")] == [
        (200, "ok"), (200, "ready"),
    ]  # fmt: skip


def test_without_the_database_it_is_alive_but_not_ready(client: TestClient[Any], database: Database) -> None:
    database.is_away = True
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [200, 503, 503]
    assert "canary" not in client.get("/readyz").text + client.get("/metrics").text
    database.is_away = False
    assert client.get("/readyz").status_code == 200


def figure(client: TestClient[Any]) -> Callable[[str], float]:
    lines = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if not line.startswith("#"))
    return lambda name: float(lines[name])


def test_figures(client: TestClient[Any], metrics: Metrics) -> None:
    for outcome, seconds in (("done", 0.004), ("done", 0.2), ("retry", 1.0), ("quarantined", 0.0)):
        metrics.turn(outcome, seconds)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    of = figure(client)
    assert of('lotse_turns_total{outcome="done"}') == 2
    assert of('lotse_turns_total{outcome="quarantined"}') == 1
    assert of('lotse_turn_seconds_bucket{le="0.25"}') == 3
    assert of('lotse_messages{box="outbox",state="queued"}') == 5
    assert of("lotse_oldest_waiting_seconds") == 12.5
