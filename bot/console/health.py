"""Is it alive, is it ready, how is it doing: for operators and their monitoring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from bot.console.metrics import Metrics
from bot.core.ports import Backlog

_log = structlog.get_logger(__name__)


def routes(metrics: Metrics, backlog: Callable[[], Awaitable[Backlog]]) -> list[HTTPRouteHandler]:
    """Return /healthz, /readyz and /metrics."""

    @get("/healthz", media_type=MediaType.TEXT, include_in_schema=False)
    async def healthz() -> str:
        """Answer as long as the process turns."""
        return "ok"

    @get("/readyz", media_type=MediaType.TEXT, include_in_schema=False)
    async def readyz() -> Response[str]:
        """Answer 200 when the database answers, 503 otherwise."""
        try:
            await backlog()
        except Exception:
            _log.exception("ready.database_failed")
            return Response("the database does not answer", status_code=503, media_type=MediaType.TEXT)
        return Response("ready", media_type=MediaType.TEXT)

    @get("/metrics", include_in_schema=False)
    async def metrics_page() -> Response[bytes]:
        """Answer in Prometheus' text format; 503 when the database does not, which Prometheus shows as down."""
        try:
            behind = await backlog()
        except Exception:
            _log.exception("metrics.database_failed")
            return Response(b"the database does not answer", status_code=503, media_type=MediaType.TEXT)
        return Response(metrics.exposition(behind), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [healthz, readyz, metrics_page]
