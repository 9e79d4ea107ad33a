"""Replies as the messages of rasa-sdk actions, and back.

A Rasa server understands `text` and `buttons`; everything else travels in `custom.lotse`.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.core.message import Button, Document, Reply

Rows = Sequence[Sequence[Button]]


def to_rasa(reply: Reply) -> dict[str, Any]:
    """Return the keyword arguments of `CollectingDispatcher.utter_message`."""
    extra: dict[str, Any] = {
        "language": reply.language,
        "markup": reply.markup,
        "rows": [len(row) for row in reply.buttons],
        "page": reply.page,
        "ask_location": reply.ask_location,
        "urgent": reply.urgent,
        "note": reply.note,
    }
    if reply.due_at:
        extra |= {"due_at": reply.due_at.isoformat(), "once": reply.once}
    if reply.document:
        content = base64.b64encode(reply.document.content).decode()
        extra["document"] = [reply.document.name, reply.document.media_type, content]
    flat = [button for row in reply.buttons for button in row]
    buttons = [_button(button) for button in flat]
    return {"text": reply.text, "buttons": buttons, "json_message": {"lotse": extra}}


def from_rasa(message: dict[str, Any], language: str) -> Reply:
    """Return the reply in a message of an action, ours or anybody's."""
    extra = (message.get("custom") or {}).get("lotse", {})
    buttons = [Button(b["title"], b.get("payload"), b.get("url")) for b in message.get("buttons") or ()]
    document = None
    if stored := extra.get("document"):
        document = Document(stored[0], stored[1], base64.b64decode(stored[2]))
    return Reply(
        text=message.get("text") or "",
        language=extra.get("language", language),
        markup=extra.get("markup", False),
        buttons=_rows(buttons, extra.get("rows") or [1] * len(buttons)),
        page=extra.get("page"),
        document=document,
        ask_location=extra.get("ask_location", False),
        urgent=extra.get("urgent", False),
        note=extra.get("note"),
        due_at=datetime.fromisoformat(extra["due_at"]) if extra.get("due_at") else None,
        once=extra.get("once"),
    )


def _button(button: Button) -> dict[str, str]:
    target = {"payload": button.payload} if button.payload else {"url": button.url or ""}
    return {"title": button.title, **target}


def _rows(buttons: list[Button], lengths: list[int]) -> tuple[tuple[Button, ...], ...]:
    rows, start = [], 0
    for length in lengths:
        rows.append(tuple(buttons[start : start + length]))
        start += length
    return tuple(row for row in rows if row)
