"""The webhook: an update is answered 200 only when it is committed; until then Telegram sends it again."""

from __future__ import annotations

import asyncio
import hmac
import json
import random
from typing import Any

import structlog
from litestar import Request, Response, post
from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler

from bot.channels.telegram.api import TelegramApi
from bot.channels.telegram.arrivals import LONGEST, arrival
from bot.core.ports import Inbox, Signals
from bot.errors import ChannelError, MessageRefused

_log = structlog.get_logger(__name__)

PATH = "/telegram/webhook"
WORK = "inbox"
_SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
_LONGEST_PAUSE = 60.0


def webhook(inbox: Inbox, signals: Signals, bot: str, secret: str) -> HTTPRouteHandler:
    """Return the route that takes the updates of a bot; whoever does not know the secret gets 403."""

    @post(PATH, status_code=200, request_max_body_size=LONGEST, include_in_schema=False, exclude_from_csrf=True)
    async def take_update(request: Request[Any, Any, Any]) -> Response[None]:
        given = request.headers.get(_SECRET, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            return _answer(403, "wrong_secret")
        try:
            update = arrival(await _json(request), bot)
        except MessageRefused as exc:
            return _answer(400, exc.reason)
        try:
            if await inbox.accept([update]):
                signals.nudge(WORK)
        except Exception:
            _log.exception("telegram.update_not_stored")
            return _answer(503, "not_stored")
        return Response(None, status_code=200)

    return take_update


async def register(api: TelegramApi, public_url: str | None, secret: str) -> None:
    """Tell Telegram where to send updates, or that they will be polled; try until it has heard."""
    failures = 0
    while True:
        try:
            if public_url:
                await api.set_webhook(f"{public_url}{PATH}", secret)
            else:
                await api.delete_webhook()
        except ChannelError as exc:
            failures += 1
            _log.warning("telegram.webhook_not_registered", code=exc.code, failures=failures)
            pause = min(_LONGEST_PAUSE, 2.0 ** min(failures, 10)) * random.uniform(0.5, 1.0)
            await asyncio.sleep(max(pause, getattr(exc, "retry_after", None) or 0.0))
        else:
            _log.info("telegram.webhook_registered" if public_url else "telegram.webhook_deleted")
            return


async def _json(request: Request[Any, Any, Any]) -> object:
    """Return the body. Raises MessageRefused if it is no JSON, ClientException (413) if it is too large."""
    if request.content_type[0] != "application/json":
        raise MessageRefused("not_json")
    try:
        body = await request.body()
    except ClientException:
        _log.warning("telegram.webhook_refused", reason="too_large")
        raise
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MessageRefused("not_json") from None  # the text quotes the body


def _answer(status: int, reason: str) -> Response[None]:
    _log.warning("telegram.webhook_refused", status=status, reason=reason)
    return Response(None, status_code=status)
