"""The HTTP API of the web chat, as /api/openapi.json describes it."""

from __future__ import annotations

import math
from typing import Annotated, Any
from urllib.parse import quote

import structlog
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.exceptions import (
    ClientException,
    NotAuthorizedException,
    NotFoundException,
    TooManyRequestsException,
)
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import BodyKwarg, FromPath, HeaderParameter, QueryParameter, SkipValidation
from litestar.response import Stream
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_415_UNSUPPORTED_MEDIA_TYPE

from bot.channels.webchat.bodies import (
    ID,
    PRESS_EXAMPLE,
    REPLY_EXAMPLE,
    START_EXAMPLE,
    TEXT_EXAMPLE,
    Accepted,
    NewMessage,
    NewSession,
    SessionOpened,
)
from bot.channels.webchat.desk import START, FrontDesk
from bot.channels.webchat.events import ReplyShown, Streams
from bot.core.language import LANGUAGES, known
from bot.core.message import Attached
from bot.core.ports import WebSession

_log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024
MOST_ATTACHED = 20 * 1024 * 1024

AnyRequest = Request[Any, Any, Any]
Desk = NamedDependency[SkipValidation[FrontDesk]]
Chat = NamedDependency[SkipValidation[WebSession]]
Flow = NamedDependency[SkipValidation[Streams]]
Visitor = NamedDependency[SkipValidation[str]]

# For OpenAPIConfig(components=...): how the token is sent along.
SECURITY = Components(
    security_schemes={
        "chat": SecurityScheme(
            type="http", scheme="bearer", description="The token from POST /api/chat/sessions. Never put it into a URL."
        )
    }
)
_BEARER: list[dict[str, list[str]]] = [{"chat": []}]


@post(
    "/sessions",
    request_max_body_size=MOST_BYTES,
    summary="Open a chat",
    description="With a language (and a place) the conversation begins at the notice, otherwise with the languages.",
    raises=[ClientException, TooManyRequestsException],
)
async def open_session(
    data: Annotated[NewSession, BodyKwarg(examples=[START_EXAMPLE])], desk: Desk, visitor: Visitor, request: AnyRequest
) -> SessionOpened:
    """Open a chat; 201 with session and token."""
    _must_be_json(request)
    slow_down(desk.wait_for_opening(visitor))
    language = known(data.language)
    if data.language is not None and language is None:
        tags = ", ".join(LANGUAGES)
        raise ClientException(f"language: {data.language!r} is not one of {tags}", extra=[{"key": "language"}])
    given = {"language": language, "place": data.place, "page": data.page}
    wishes = {name: value for name, value in given.items() if value}
    opened = await desk.open(wishes, _device_language(request))
    return SessionOpened(opened.session, opened.token)


@post(
    "/messages",
    status_code=HTTP_202_ACCEPTED,
    request_max_body_size=MOST_BYTES,
    summary="Say something",
    description="202 when the message is stored for good. Send it again with the same id whenever in doubt.",
    raises=[ClientException, NotAuthorizedException, TooManyRequestsException],
    security=_BEARER,
)
async def say(
    data: Annotated[NewMessage, BodyKwarg(examples=[TEXT_EXAMPLE, PRESS_EXAMPLE])],
    desk: Desk,
    chat: Chat,
    request: AnyRequest,
) -> Accepted:
    """Store a message; 202 with its id."""
    _must_be_json(request)
    slow_down(desk.wait_for_message(chat))
    said = {"text": data.text} if data.payload is None else {"payload": data.payload}
    await desk.accept(chat, data.id, {**said, "accept_language": _device_language(request)})
    return Accepted(data.id)


@post(
    "/attachments",
    status_code=HTTP_202_ACCEPTED,
    request_max_body_size=MOST_ATTACHED,
    summary="Send a file",
    description="The assistant reads text only: the file is not kept, and the answer says so. The body is the file.",
    raises=[ClientException, NotAuthorizedException, TooManyRequestsException],
    security=_BEARER,
)
async def attach(
    message_id: Annotated[str, QueryParameter(name="id", pattern=ID, description="As the id of a message")],
    desk: Desk,
    chat: Chat,
    request: AnyRequest,
) -> Accepted:
    """Note that a file was sent and drop it; 202 with the id."""
    slow_down(desk.wait_for_message(chat))
    if message_id == START:
        raise ClientException("id: 'start' is taken", extra=[{"key": "id"}])
    async for _ in request.stream():
        pass
    kind = _attached(request.headers.get("content-type", ""))
    await desk.accept(chat, message_id, {"attached": kind.value, "accept_language": _device_language(request)})
    return Accepted(message_id)


@get(
    "/events",
    summary="Receive replies",
    description=(
        "Server-Sent Events: everything after `Last-Event-ID` (without it from the beginning), then `event: ready`, "
        "then live. `event: typing` says that an answer is on its way. A comment every 15 seconds keeps the line open. "
        "Read it with fetch: the token goes into the header, never into the URL."
    ),
    responses={
        200: ResponseSpec(
            ReplyShown,
            description="One reply in `data:`",
            media_type="text/event-stream",
            generate_examples=False,
            examples=[REPLY_EXAMPLE],
        )
    },
    raises=[ClientException, NotAuthorizedException, TooManyRequestsException],
    security=_BEARER,
)
async def events(
    chat: Chat,
    streams: Flow,
    request: AnyRequest,
    last_event_id: Annotated[int, HeaderParameter(name="Last-Event-ID", ge=0, le=2**53)] = 0,
) -> Stream:
    """Stream replies."""
    return Stream(
        streams.follow(chat, bearer(request), last_event_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@get(
    "/documents/{position:int}",
    summary="Download the file of a reply",
    media_type="application/octet-stream",
    raises=[NotAuthorizedException, NotFoundException],
    security=_BEARER,
)
async def document(position: FromPath[int], desk: Desk, chat: Chat) -> Response[bytes]:
    """Return the file as a download."""
    if not 0 < position < 2**53:
        raise NotFoundException("no such file in this chat")
    found = await desk.sessions.events(chat.chat_key, after=position - 1, limit=1)
    if not found or found[0].position != position or (file := found[0].reply.document) is None:
        raise NotFoundException("no such file in this chat")
    return Response(
        file.content,
        media_type=file.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"},
    )


@delete(
    "/sessions/current",
    summary="End the chat",
    description="The token is void from now on.",
    raises=[NotAuthorizedException],
    security=_BEARER,
)
async def close_session(desk: Desk, chat: Chat, streams: Flow, request: AnyRequest) -> None:
    """Forget the token; 204."""
    await desk.close(chat, bearer(request))
    streams.end(chat)


HANDLERS = (open_session, say, attach, events, document, close_session)


async def find_chat(request: AnyRequest, desk: Desk) -> WebSession:
    """Return the session whose token came along; 401 otherwise."""
    if chat := await desk.find(bearer(request)):
        return chat
    raise NotAuthorizedException(
        "the token is missing, wrong or has ended; open a new session", headers={"WWW-Authenticate": "Bearer"}
    )


def bearer(request: AnyRequest) -> str:
    """Return the token of a request, empty if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def bad_json(request: AnyRequest, exc: Exception) -> Response[dict[str, object]]:
    """Answer 400 to a body that breaks the JSON reader: nested too deep, or not UTF-8."""
    del request, exc
    return Response({"status_code": 400, "detail": "the body is not JSON in UTF-8"}, status_code=400)


def not_stored(request: AnyRequest, exc: Exception) -> Response[dict[str, object]]:
    """Answer 503 while the database is away: nothing was stored, the same request may be sent again."""
    del request
    _log.error("webchat.storage_failed", exc_info=exc)
    return Response(
        {"status_code": 503, "detail": "nothing was stored; send it again"},
        status_code=503,
        headers={"Retry-After": "5"},
    )


def slow_down(wait: float) -> None:
    """Answer 429 with Retry-After if there is anything to wait for (seconds)."""
    if wait:
        raise TooManyRequestsException(
            "too many at once; try again after the seconds in Retry-After",
            headers={"Retry-After": str(math.ceil(wait))},
        )


def _must_be_json(request: AnyRequest) -> None:
    # A form of another web site cannot send this type, so it cannot open chats in somebody's name.
    if request.content_type[0] != "application/json":
        raise ClientException("send application/json", status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)


def _device_language(request: AnyRequest) -> str | None:
    return request.headers.get("accept-language", "")[:200] or None


def _attached(content_type: str) -> Attached:
    kinds = {"image": Attached.PHOTO, "audio": Attached.VOICE, "video": Attached.VIDEO}
    return kinds.get(content_type.partition("/")[0].strip().lower(), Attached.DOCUMENT)
