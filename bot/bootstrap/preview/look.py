"""Replies as the channels show them, as HTML for an editor's browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup, escape
from telegram import Chat, Message

from bot.channels.telegram.compose import Part, compose
from bot.channels.webchat.rendering import as_html
from bot.core.language import LANGUAGES
from bot.core.message import Reply

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message: its HTML, the language it is in, and the titles of the buttons below it."""

    html: Markup
    language: str
    direction: str
    rows: tuple[tuple[str, ...], ...]


def in_telegram(reply: Reply) -> list[Shown]:
    """Return the messages that Telegram would show; the buttons stand below the last."""
    parts = [part for part in compose(reply, None, "") if part.text]
    return [
        _shown(_telegram_html(part), reply, rows=number == len(parts)) for number, part in enumerate(parts, start=1)
    ]


def in_webchat(reply: Reply) -> list[Shown]:
    """Return the one message that the web chat shows."""
    return [_shown(Markup(as_html(reply)), reply, rows=True)]  # noqa: S704 - made safe by as_html


def _shown(html: Markup, reply: Reply, *, rows: bool) -> Shown:
    titles = tuple(tuple(button.title for button in row) for row in reply.buttons) if rows else ()
    return Shown(html, LANGUAGES[reply.language].html, LANGUAGES[reply.language].direction, titles)


def _telegram_html(part: Part) -> Markup:
    """Return a part with its marks, as python-telegram-bot writes HTML; line breaks are kept by the style sheet."""
    message = Message(0, _NEVER, Chat(0, Chat.PRIVATE), text=part.text, entities=part.entities)
    return Markup(message.text_html) if part.entities else escape(part.text)  # noqa: S704 - escaped by the library
