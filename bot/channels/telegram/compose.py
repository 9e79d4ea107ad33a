"""From a reply to the messages that Telegram takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
)

from bot.channels.markup import Mark, Styled, styled, with_note
from bot.channels.telegram.api import Keyboard
from bot.channels.telegram.split import LONGEST, split, units
from bot.core.message import Button, Document, Reply
from bot.core.ports import Buttons

LONGEST_DATA = 64  # bytes of callback_data
_IN_A_ROW, _IN_ALL = 8, 100


@dataclass(frozen=True, slots=True)
class Part:
    """One message: a text or a file, with a keyboard if it is the last."""

    text: str = ""
    entities: tuple[MessageEntity, ...] = ()
    keyboard: Keyboard | None = None
    document: Document | None = None


def compose(reply: Reply, keyboard: InlineKeyboardMarkup | None, location_label: str) -> list[Part]:
    """Return the messages of a reply, in order: texts, then the file, then the offer of the phone's position.

    A message has one keyboard, below itself or in place of the phone's own. Where a reply wants both, a short
    message of its own offers the position.
    """
    whole = styled(reply.text, reply.language, markup=reply.markup)
    texts = split(with_note(whole, reply.note, reply.language) if reply.note else whole)
    parts = [Part(text=part.text, entities=_entities(part)) for part in texts]
    if reply.document:
        parts.append(Part(document=reply.document))
    if keyboard and parts:
        parts[-1] = replace(parts[-1], keyboard=keyboard)
    if reply.ask_location:
        offer = ReplyKeyboardMarkup(
            [[KeyboardButton(location_label, request_location=True)]], resize_keyboard=True, one_time_keyboard=True
        )
        if keyboard or not parts:
            parts.append(Part(text=f"📍 {location_label}", keyboard=offer))
        else:
            parts[-1] = replace(parts[-1], keyboard=offer)
    return parts


def compose_simply(part: Part) -> Part:
    """Return a part that was refused as plain as can be: links spelt out, and none among the buttons."""
    links = [entity.url for entity in part.entities if entity.url and entity.url not in part.text]
    spelt_out = "\n".join([part.text, *links])
    keyboard = part.keyboard
    if isinstance(keyboard, InlineKeyboardMarkup):
        rows = [[button for button in row if not button.url] for row in keyboard.inline_keyboard]
        keyboard = InlineKeyboardMarkup([row for row in rows if row]) if any(rows) else None
    text = spelt_out if units(spelt_out) <= LONGEST else part.text
    return replace(part, text=text, entities=(), keyboard=keyboard)


async def inline_keyboard(
    rows: Sequence[Sequence[Button]], chat_key: str, buttons: Buttons
) -> InlineKeyboardMarkup | None:
    """Return the buttons below a message; payloads too long for Telegram are kept under an id.

    Telegram knows no tel: links; the number is in the text.
    """
    wanted = [[button for button in row if _is_possible(button)] for row in rows]
    long = [b.payload for row in wanted for b in row if b.payload and len(b.payload.encode()) > LONGEST_DATA]
    ids = dict(zip(long, await buttons.keep(chat_key, long), strict=True)) if long else {}
    drawn = [[_draw(button, ids) for button in row] for row in wanted]
    keyboard = [row[start : start + _IN_A_ROW] for row in drawn for start in range(0, len(row), _IN_A_ROW)]
    return InlineKeyboardMarkup(keyboard[:_IN_ALL]) if keyboard else None


def _is_possible(button: Button) -> bool:
    wanted = button.payload or (button.url and button.url.startswith("https://"))
    return bool(wanted and button.title.strip())


def _draw(button: Button, ids: dict[str, str]) -> InlineKeyboardButton:
    if not button.payload:
        return InlineKeyboardButton(button.title, url=button.url)
    data = f"~{ids[button.payload]}" if button.payload in ids else button.payload
    return InlineKeyboardButton(button.title, callback_data=data)


def _entities(part: Styled) -> tuple[MessageEntity, ...]:
    """Return the marks as Telegram counts: in UTF-16 units, without white space at the end."""
    found = []
    for mark in part.marks:
        inside = part.text[mark.start : mark.end].rstrip()
        found.append(MessageEntity(_kind(mark), units(part.text[: mark.start]), units(inside), url=mark.url))
    return tuple(found)


def _kind(mark: Mark) -> str:
    """Return what shows a mark; Telegram has no small print, italics come nearest."""
    if mark.small:
        return MessageEntity.ITALIC
    return MessageEntity.TEXT_LINK if mark.url else MessageEntity.BOLD
