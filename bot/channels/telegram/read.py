"""One raw update, read with distrust: what comes out is an Incoming, nothing, or MessageRefused."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

from telegram import CallbackQuery, Chat, Location, Message, MessageEntity, User

from bot.core.message import Attached, Incoming
from bot.errors import MessageRefused

LONGEST_TEXT = 10_000
_LONGEST_TAG = 35
_LONGEST_PAYLOAD = 64

# In this order: a GIF comes as animation and document.
_KINDS = {
    "photo": Attached.PHOTO,
    "live_photo": Attached.PHOTO,
    "voice": Attached.VOICE,
    "audio": Attached.VOICE,
    "video": Attached.VIDEO,
    "video_note": Attached.VIDEO,
    "animation": Attached.VIDEO,
    "sticker": Attached.STICKER,
    "document": Attached.DOCUMENT,
    "contact": Attached.CONTACT,
} | dict.fromkeys(("poll", "dice", "game", "story", "checklist", "paid_media", "invoice"), Attached.OTHER)

# All of a message that is parsed. A cry for help must not be lost for a quoted poll of next year's Bot API.
_NEEDED = ("message_id", "date", "edit_date", "chat", "from", "text", "caption", "location")
_NEEDED_IN_GROUPS = (*_NEEDED, "entities", "caption_entities")
_SET_ASIDE = ("nested_too_deeply", "too_large", "unreadable")
_NEEDED_OF_PRESS = ("id", "from", "chat_instance", "data")


@dataclass(frozen=True, slots=True)
class Heard:
    """What an update says, and the press to be answered, if it is one.

    A payload is still as it came: `/intent{...}` or `~id`.
    """

    incoming: Incoming | None
    press: str | None = None


def is_group_update(raw: bytes) -> bool:
    """Return whether the bot's own name is needed to read this update."""
    return b'"type":"group"' in raw or b'"type":"supergroup"' in raw


def hear(raw: bytes, bot_name: str | None = None) -> Heard:
    """Return what an update says; `bot_name` tells mentions of the bot in groups. Raises MessageRefused."""
    try:
        return _hear(raw, bot_name)
    except MessageRefused:
        raise
    except Exception as exc:
        # Of mutated updates half raise something: KeyError, TypeError, OverflowError, RecursionError...
        # The cause is dropped, its text may quote the message.
        raise MessageRefused(f"malformed_{type(exc).__name__}"[:64]) from None


def _hear(raw: bytes, bot_name: str | None) -> Heard:
    data = json.loads(raw)
    if not isinstance(data, dict):
        raise MessageRefused("not_an_object")
    if "refused" in data:  # set aside by arrivals.py or updates.py; whatever else stands there is not ours
        raise MessageRefused(next((code for code in _SET_ASIDE if code == data["refused"]), "refused"))
    if query := _object(data, "callback_query"):
        return _pressed(query)
    if message := _object(data, "message"):
        return Heard(_said(message, bot_name))
    if message := _object(data, "edited_message"):
        return Heard(_corrected(message, bot_name))
    return Heard(None)


def _object(data: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = data.get(name)
    if value is not None and not isinstance(value, dict):
        raise MessageRefused("not_an_object")
    return value


def _parsed(data: dict[str, Any], needed: tuple[str, ...]) -> Message:
    return Message.de_json({name: data[name] for name in needed if name in data}, None)


def _said(data: dict[str, Any], bot_name: str | None) -> Incoming | None:
    message = _parsed(data, _NEEDED)
    sender = message.from_user
    if sender is None or sender.is_bot is not False:
        return None
    text = message.text if message.text is not None else message.caption
    incoming = Incoming(
        text=None if text is None else clean(text),
        attached=None if message.location else next((_KINDS[name] for name in _KINDS if data.get(name)), None),
        location=_position(message.location),
        language_hint=_language(sender),
        sent_at=message.date,
    )
    if incoming.text is None and incoming.attached is None and incoming.location is None:
        return None  # somebody joined, a message was pinned and the like
    if _is_private(message.chat):
        return incoming
    is_meant = _is_addressed(_parsed(data, _NEEDED_IN_GROUPS), incoming.text, bot_name)
    return replace(incoming, in_group=True) if is_meant else None


def _corrected(data: dict[str, Any], bot_name: str | None) -> Incoming | None:
    incoming = _said(data, bot_name)
    if incoming is None or incoming.text is None:
        return None  # a moving live location, a new photo
    return replace(incoming, edited=True, sent_at=_parsed(data, _NEEDED).edit_date or incoming.sent_at)


def _pressed(data: dict[str, Any]) -> Heard:
    message = _object(data, "message")
    if message is None:
        return Heard(None)  # below an inline message, which Lotse never makes
    query = CallbackQuery.de_json({name: data[name] for name in _NEEDED_OF_PRESS if name in data}, None)
    person, chat, payload = query.from_user, _chat(message), query.data
    stale = (
        not _is_private(chat)
        or person.id != chat.id
        or not isinstance(payload, str)
        or not payload.startswith(("/", "~"))
        or len(payload.encode("utf-8", "replace")) > _LONGEST_PAYLOAD
    )
    incoming = Incoming(
        payload=None if stale else payload,
        stale_button=stale,
        in_group=not _is_private(chat),
        language_hint=_language(person),
    )
    return Heard(incoming, _optional(query.id))


def _chat(message: dict[str, Any]) -> Chat:
    """Return the chat of a message that may have become inaccessible."""
    return Chat.de_json(message["chat"], None)


def _is_private(chat: Chat) -> bool:
    return chat.type == Chat.PRIVATE


def _is_addressed(message: Message, text: str | None, bot_name: str | None) -> bool:
    if message.chat.type not in (Chat.GROUP, Chat.SUPERGROUP) or text is None:
        return False
    name = f"@{bot_name}".lower() if bot_name else None
    if text.startswith("/"):
        _, at, whom = text.split(None, 1)[0].lower().partition("@")
        return not at or f"@{whom}" == name
    mentions = message.parse_entities([MessageEntity.MENTION]) or message.parse_caption_entities(
        [MessageEntity.MENTION]
    )
    return any(mention.lower() == name for mention in mentions.values())


def _position(location: Location | None) -> tuple[float, float] | None:
    if location is None:
        return None
    latitude, longitude = float(location.latitude), float(location.longitude)
    if not (math.isfinite(latitude) and abs(latitude) <= 90 and math.isfinite(longitude) and abs(longitude) <= 180):
        raise MessageRefused("no_such_position")
    return latitude, longitude


def _language(person: User) -> str | None:
    tag = _optional(person.language_code)
    return tag if tag and len(tag) <= _LONGEST_TAG and tag.isascii() else None


def _optional(value: Any) -> str | None:  # noqa: ANN401 - mutated updates hold anything
    return value if isinstance(value, str) else None


def clean(text: Any) -> str:  # noqa: ANN401 - as above
    """Return text that can be stored and shown everywhere: no lone surrogates, no NUL, not endless."""
    if not isinstance(text, str):
        raise MessageRefused("text_is_not_text")
    whole = text[:LONGEST_TEXT].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "")
