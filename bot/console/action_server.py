"""`lotse actions`: the very same actions for a municipality that runs a Rasa server.

rasa-sdk's own server binds all addresses, asks for no token, answers errors with the whole tracker and inflates
compressed bodies without limit; this one does none of that.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog
from litestar import Litestar, Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException, NotAuthorizedException, NotFoundException, SerializationException
from litestar.handlers import BaseRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_500_INTERNAL_SERVER_ERROR
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

_log = structlog.get_logger(__name__)
_LARGEST_BODY = 2 * 1024 * 1024


def app(
    executor: ActionExecutor, unit_of_work: Callable[[], AbstractAsyncContextManager[None]], token: str
) -> Litestar:
    """Return the ASGI app; every request needs `Authorization: Bearer <token>` except /health."""

    def with_token(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise NotAuthorizedException("the token of LOTSE_ACTION_TOKEN is missing or wrong")

    @get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @get("/actions", guards=[with_token])
    async def actions() -> list[dict[str, str]]:
        return [{"name": name} for name in sorted(executor.actions)]

    @post("/webhook", guards=[with_token], status_code=HTTP_200_OK)
    async def webhook(request: Request[Any, Any, Any]) -> dict[str, Any]:
        call = await _call(request)
        try:
            async with unit_of_work():
                result = await executor.run(call)
        except ActionNotFoundException as exc:
            raise NotFoundException("no such action; GET /actions lists all") from exc
        return result.model_dump() if result else {"events": [], "responses": []}

    return Litestar(
        [health, actions, webhook],
        openapi_config=None,
        request_max_body_size=_LARGEST_BODY,
        exception_handlers={HTTP_500_INTERNAL_SERVER_ERROR: _failed},
    )


async def _call(request: Request[Any, Any, Any]) -> dict[str, Any]:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ClientException("send the body without Content-Encoding")
    try:
        call = await request.json()
    except (SerializationException, RecursionError) as exc:
        raise ClientException("the body must be JSON") from exc
    tracker = call.get("tracker") if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(call.get("next_action"), str) or not isinstance(tracker, dict):
        raise ClientException("the body must be an action call of Rasa with next_action and tracker")
    call.setdefault("domain", {"slots": {}, "forms": {}})
    return {**call, "tracker": _without_gaps(tracker)}


def _without_gaps(tracker: dict[str, Any]) -> dict[str, Any]:
    """Return the tracker with what every action reads; Rasa leaves out what is empty, or sends null."""
    given = {name: value for name, value in tracker.items() if value is not None}
    said = given.get("latest_message")
    message = {name: value for name, value in said.items() if value is not None} if isinstance(said, dict) else {}
    nothing: dict[str, Any] = {"text": None, "intent": {"name": "", "confidence": 0.0}, "entities": [], "metadata": {}}
    return {"sender_id": "rasa", "slots": {}, "events": [], **given, "latest_message": {**nothing, **message}}


def _failed(_request: Request[Any, Any, Any], exc: Exception) -> Response[dict[str, str]]:
    _log.error("action.failed", exc_info=exc)
    return Response({"error": "the action failed; the log names the place"}, status_code=HTTP_500_INTERNAL_SERVER_ERROR)
