"""The Bot API, as far as Lotse needs it. Raises errors of bot.errors alone; the token stays inside."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
)
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.faults import NOT_FOUND, TOKEN_REFUSED, translated
from bot.core.message import Document
from bot.errors import ChannelError, ConfigurationError, Fault

_log = structlog.get_logger(__name__)

# Nothing else is asked for: what is not needed is not sent to us.
UPDATES = ("message", "edited_message", "callback_query")

_TOKEN = re.compile(r"(\d{1,20}):[A-Za-z0-9_-]{1,200}")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup


class TelegramApi:
    """One bot at one Bot API server."""

    def __init__(self, token: str, api_url: str, *, seconds: float = 20.0) -> None:
        """Speak for the bot of this token; wait `seconds` for an answer. Raises ConfigurationError."""
        match = _TOKEN.fullmatch(token)
        if not match:
            raise ConfigurationError([Fault("LOTSE_TELEGRAM_TOKEN", 0, "must look like 123456:ABC..., see @BotFather")])
        _keep_quiet()
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # else PTB warns at every 429
        self.bot = f"telegram:{match[1]}"
        self._request = _Request(
            connection_pool_size=32, connect_timeout=5.0, pool_timeout=5.0,
            read_timeout=seconds, write_timeout=seconds, media_write_timeout=2 * seconds,
        )  # fmt: skip
        # One request object for both: this Bot never polls.
        self._bot = Bot(token, base_url=f"{api_url}/bot", request=self._request, get_updates_request=self._request)
        self._missing: set[str] = set()
        self._username: str | None = None

    async def close(self) -> None:
        """Close all connections."""
        await self._request.shutdown()

    async def send_text(
        self, chat: str, text: str, entities: Sequence[MessageEntity] = (), keyboard: Keyboard | None = None
    ) -> str:
        """Send a message and return its id. Raises ChannelError."""
        with translated(group=is_group(chat)):
            message = await self._bot.send_message(
                chat, text, entities=entities or None, reply_markup=keyboard, link_preview_options=_NO_PREVIEW
            )
            return str(message.message_id)

    async def send_document(self, chat: str, document: Document, keyboard: Keyboard | None = None) -> str:
        """Send a file and return the message's id. Raises ChannelError."""
        with translated(group=is_group(chat)):
            message = await self._bot.send_document(
                chat, document.content, filename=document.name, reply_markup=keyboard
            )
            return str(message.message_id)

    async def username(self) -> str | None:
        """Return the bot's name without @, None as long as the server does not tell."""
        if self._username is None:
            try:
                with translated():
                    self._username = (await self._bot.get_me()).username
            except ChannelError as exc:
                _log.info("telegram.name_unknown", code=exc.code)
        return self._username

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates sent to an https address. Raises ChannelError."""
        with translated():
            await self._bot.set_webhook(url, allowed_updates=UPDATES, secret_token=secret, drop_pending_updates=False)

    async def delete_webhook(self) -> None:
        """Have updates wait to be polled. Raises ChannelError."""
        with translated():
            await self._bot.delete_webhook(drop_pending_updates=False)

    async def answer_press(self, query: str) -> None:
        """Stop the spinner on a pressed button, if the server can."""
        await self._optional("answerCallbackQuery", lambda: self._bot.answer_callback_query(query))

    async def show_typing(self, chat: str) -> None:
        """Show "typing" for some seconds, if the server can."""
        await self._optional("sendChatAction", lambda: self._bot.send_chat_action(chat, ChatAction.TYPING))

    async def set_commands(self, commands: Sequence[tuple[str, str]], language_code: str | None) -> None:
        """Show these commands and descriptions in private chats, if the server can; None is for all other phones."""
        known = [BotCommand(name, text) for name, text in commands]
        scope = BotCommandScopeAllPrivateChats()
        await self._optional(
            "setMyCommands", lambda: self._bot.set_my_commands(known, scope=scope, language_code=language_code)
        )

    async def _optional(self, method: str, call: Callable[[], Awaitable[object]]) -> None:
        if method in self._missing:
            return
        try:
            with translated():
                await call()
        except ChannelError as exc:
            if exc.code == NOT_FOUND:
                self._missing.add(method)
                _log.warning("telegram.method_missing", method=method)
            elif exc.code == TOKEN_REFUSED:
                _log.error("telegram.token_refused", hint="check LOTSE_TELEGRAM_TOKEN")
            else:
                _log.info("telegram.optional_failed", method=method, code=exc.code)


def is_group(chat: str) -> bool:
    """Return whether an address is a group's: those are negative."""
    return chat.startswith("-")


class _Request(HTTPXRequest):
    """PTB's HTTP client, without its habit of logging answers it cannot parse: they quote the message."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError) as exc:
            raise TelegramError("unreadable") from exc
        if not isinstance(answer, dict):
            raise TelegramError("unreadable")
        return answer


def _keep_quiet() -> None:
    """Silence what logs addresses with the token (httpx at INFO, PTB at DEBUG) or texts, whoever set up logging."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.ERROR)
