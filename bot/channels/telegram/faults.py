"""From what goes wrong at the Bot API to what it means for a delivery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import structlog
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import ChannelError, ChatMoved, DeliveryRefused, DeliveryUnknown, TryLater, Unreachable

_log = structlog.get_logger(__name__)

TOKEN_PAUSE = 60.0
NOT_FOUND, TOKEN_REFUSED = "not_found", "token_refused"

# The request never left this machine.
_NOT_SENT = (httpx.ConnectTimeout, httpx.ConnectError, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

# What a 400 says, in lower case, and what it means. The descriptions themselves may quote the message.
_GONE = ("chat not found", "user not found", "peer_id_invalid", "chat was deactivated", "chat was deleted")
_REFUSED = (
    ("can't parse entities", "bad_entities"),
    ("entit", "bad_entities"),
    ("button", "bad_button"),
    ("reply markup", "bad_button"),
    ("keyboard", "bad_button"),
    ("too long", "too_long"),
    ("is empty", "empty"),
    ("not enough rights", "no_rights"),
)


@contextmanager
def translated(*, group: bool = False) -> Iterator[None]:
    """Raise errors of bot.errors instead of Telegram's.

    Telegram's are dropped, not chained: their texts may hold the token or the message.
    """
    try:
        yield
    except TelegramError as exc:
        fault = _fault(exc, group=group)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        # The server said yes in words that cannot be read.
        _log.warning("telegram.answer_unreadable", error=type(exc).__name__)
        fault = DeliveryUnknown("bad_answer")
    else:
        return
    raise fault from None


def _fault(exc: TelegramError, *, group: bool) -> ChannelError:
    if type(exc) is TelegramError:
        return DeliveryUnknown("bad_answer")
    if isinstance(exc.__cause__, TelegramError):
        # Not the Bot API speaks here but something in between: a 403 of a proxy says nothing about a person.
        return TryLater("not_the_bot_api")
    if isinstance(exc, RetryAfter):
        # Groups have a limit of their own; for persons Telegram does not tell whose limit it was.
        return TryLater("flood", _seconds(exc.retry_after), whole_bot=not group)
    return _lasting(exc)


def _lasting(exc: TelegramError) -> ChannelError:
    match exc:
        case ChatMigrated():
            return ChatMoved(str(exc.new_chat_id))
        case Forbidden():
            return Unreachable("forbidden")
        case BadRequest():  # a NetworkError too, in Telegram's tree
            return _refused(exc.message.lower())
        case InvalidToken():
            return token_refused(found="not found" not in exc.message.lower())
        case NetworkError():
            return _network(exc)
        case _:
            return TryLater("conflict")


def token_refused(*, found: bool) -> TryLater:
    """Return the error for a token that the server does not know, or a method it does not have."""
    return TryLater(TOKEN_REFUSED if found else NOT_FOUND, TOKEN_PAUSE, whole_bot=True)


def _seconds(value: float | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def _refused(description: str) -> ChannelError:
    if any(words in description for words in _GONE):
        return Unreachable("chat_gone")
    return DeliveryRefused(next((code for words, code in _REFUSED if words in description), "bad_request"))


def _network(exc: NetworkError) -> ChannelError:
    cause = exc.__cause__
    if isinstance(cause, _NOT_SENT):
        return TryLater("no_connection")
    if isinstance(cause, httpx.HTTPError):
        return DeliveryUnknown("no_answer")
    if "Entity Too Large" in exc.message:
        return DeliveryRefused("too_long")
    return TryLater("server_error")
