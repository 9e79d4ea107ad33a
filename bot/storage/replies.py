"""Replies as JSON for the outbox, and back."""

from __future__ import annotations

import base64
from typing import Any

from bot.core.message import Button, Document, Reply

_PLAIN = ("text", "language", "markup", "page", "sender", "ask_location", "urgent", "note")


def to_json(reply: Reply) -> dict[str, Any]:
    """Return a reply as a JSON object; `from_json` gives an equal reply back."""
    data: dict[str, Any] = {name: getattr(reply, name) for name in _PLAIN}
    data["buttons"] = [[[button.title, button.payload, button.url] for button in row] for row in reply.buttons]
    if reply.document:
        content = base64.b64encode(reply.document.content).decode()
        data["document"] = [reply.document.name, reply.document.media_type, content]
    return data


def from_json(data: dict[str, Any]) -> Reply:
    """Return the reply stored by `to_json`."""
    document = None
    if stored := data.get("document"):
        document = Document(stored[0], stored[1], base64.b64decode(stored[2]))
    return Reply(
        **{name: data[name] for name in _PLAIN if name in data},  # an older Lotse knew fewer
        buttons=tuple(tuple(Button(*parts) for parts in row) for row in data["buttons"]),
        document=document,
    )
