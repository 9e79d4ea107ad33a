"""The routes of the web chat, joined from their parts. Everything is passed in."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from bot.channels.webchat import api
from bot.channels.webchat.desk import FrontDesk
from bot.channels.webchat.events import Rhythm, Streams
from bot.channels.webchat.limits import Limits
from bot.channels.webchat.page import shell as pages
from bot.channels.webchat.visitors import networks, visitor
from bot.core.i18n import Catalogues
from bot.core.ports import Inbox, Signals, WebSessions
from bot.errors import StorageError

SECURITY = api.SECURITY


def routes(
    *,
    inbox: Inbox,
    sessions: WebSessions,
    signals: Signals,
    words: Catalogues,
    stopping: asyncio.Event,
    embed_origins: str = "",
    trusted_proxies: str = "",
    limits: Limits | None = None,
    rhythm: Rhythm | None = None,
) -> list[Router]:
    """Return the routers of the web chat: its API and its pages.

    `stopping` ends the open streams at shutdown. `embed_origins` are the web sites that may frame /embed,
    `trusted_proxies` the networks whose X-Forwarded-For is believed; both separated by spaces, checked here
    (ConfigurationError).
    """
    limits = limits or Limits()
    desk = FrontDesk(inbox, sessions, signals, limits)
    streams = Streams(desk, signals, stopping, rhythm or Rhythm(), limits.streams)
    shell = pages.make_shell(words, embed_origins)
    trusted = networks(trusted_proxies)

    def address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
        peer = connection.client.host if connection.client else None
        return visitor(peer, connection.headers.getall("x-forwarded-for", []), trusted)

    def admit(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        api.slow_down(desk.wait_for_request(address(connection)))

    def who(request: api.AnyRequest) -> str:
        return address(request)

    chat = Router(
        path="/api/chat",
        route_handlers=list(api.HANDLERS),
        guards=[admit],
        exception_handlers={
            RecursionError: api.bad_json,
            UnicodeDecodeError: api.bad_json,
            StorageError: api.not_stored,
        },
        tags=["Web chat"],
        response_headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
        dependencies={
            "desk": Provide(lambda: desk, sync_to_thread=False),
            "streams": Provide(lambda: streams, sync_to_thread=False),
            "visitor": Provide(who, sync_to_thread=False),
            "chat": Provide(api.find_chat),
        },
    )
    page = Router(
        path="/",
        route_handlers=list(pages.HANDLERS),
        guards=[admit],
        tags=["Web chat"],
        dependencies={"shell": Provide(lambda: shell, sync_to_thread=False)},
    )
    return [chat, page]
