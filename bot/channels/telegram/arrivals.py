"""From raw updates to inbox rows: shallow, so that a strange update is stored like any other and looked at later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import structlog

from bot.core.ports import Arrival
from bot.errors import MessageRefused

_log = structlog.get_logger(__name__)

LONGEST = 1 << 20
_LARGEST_ID = 1 << 63


def arrival(update: object, bot: str) -> Arrival:
    """Return the inbox row of one update. Raises MessageRefused if it has no id to tell it by."""
    if not isinstance(update, dict):
        raise MessageRefused("not_an_object")
    number = update_id(update)
    try:
        raw = json.dumps(update, separators=(",", ":")).encode("ascii")
    except (ValueError, RecursionError):
        raw = _stub(number, "nested_too_deeply")
    if len(raw) > LONGEST:
        raw = _stub(number, "too_large")
    return Arrival(
        channel="telegram", bot=bot, address=_chat(update) or f"none:{number}", update_key=str(number), raw=raw
    )


def arrivals(updates: Sequence[object], bot: str) -> list[Arrival]:
    """Return the inbox rows of a batch; what has no id is logged and left out."""
    found = []
    for update in updates:
        try:
            found.append(arrival(update, bot))
        except MessageRefused as exc:
            _log.warning("telegram.update_refused", reason=exc.reason)
    return found


def update_id(update: dict[Any, Any]) -> int:
    """Return the id of an update. Raises MessageRefused."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < _LARGEST_ID:
        raise MessageRefused("no_update_id")
    return number


def _stub(number: int, reason: str) -> bytes:
    return json.dumps({"update_id": number, "refused": reason}).encode("ascii")


def _chat(update: dict[Any, Any]) -> str | None:
    """Return the id of the chat, wherever the update has it: in a message, or in the message of a pressed button."""
    for value in update.values():
        if not isinstance(value, dict):
            continue
        message = value.get("message")
        chat = value.get("chat") or (message.get("chat") if isinstance(message, dict) else None)
        number = chat.get("id") if isinstance(chat, dict) else None
        if isinstance(number, int) and not isinstance(number, bool) and abs(number) < _LARGEST_ID:
            return str(number)
    return None
