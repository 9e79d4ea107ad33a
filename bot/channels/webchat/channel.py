"""The web chat as a channel: reads what browsers sent. Replies are fetched, never pushed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.channels.webchat.desk import NAME
from bot.channels.webchat.visitors import best_language
from bot.core import payload
from bot.core.message import Attached, Incoming
from bot.core.ports import Claim, Delivery
from bot.errors import DeliveryRefused, MessageRefused

# PostgreSQL cannot hold NUL in text, and nobody types the others.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class WebChatChannel:
    """See bot.core.ports.Channel."""

    name = NAME

    async def read(self, claim: Claim) -> Incoming | None:
        """Return what the browser sent; raise MessageRefused if it cannot be read."""
        try:
            said = json.loads(claim.raw)
        except (ValueError, RecursionError) as exc:
            raise MessageRefused("bad_json") from exc
        if not isinstance(said, dict):
            raise MessageRefused("not_an_object")
        if said.get("start") is True:
            return _start(said)
        return _message(said)

    async def deliver(self, delivery: Delivery) -> str | None:
        """Refuse: a reply of the web chat is delivered when it is committed."""
        del delivery
        raise DeliveryRefused("pull_channel")


def _start(said: Mapping[str, Any]) -> Incoming:
    hint = best_language(_string(said, "accept_language"))
    wishes = {name: value for name in ("language", "place", "page") if (value := _string(said, name))}
    return Incoming(payload=payload.write("begin" if wishes else "greet", wishes), language_hint=hint)


def _message(said: Mapping[str, Any]) -> Incoming:
    hint = best_language(_string(said, "accept_language"))
    text, pressed, attached = (_string(said, name) for name in ("text", "payload", "attached"))
    if text is not None:
        return Incoming(text=_CONTROLS.sub("", text), language_hint=hint)
    if pressed is not None:
        return Incoming(payload=pressed, language_hint=hint)
    if attached is not None:
        return Incoming(attached=_kind(attached), language_hint=hint)
    raise MessageRefused("nothing_said")


def _kind(word: str) -> Attached:
    try:
        return Attached(word)
    except ValueError:
        return Attached.OTHER


def _string(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise MessageRefused(f"bad_{name}")
    return value
