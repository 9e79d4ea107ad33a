"""Telegram as a channel: what a person sent, and sending what is to be said."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace

import structlog

from bot.channels.limits import Limits
from bot.channels.telegram.api import TelegramApi, is_group
from bot.channels.telegram.compose import Part, compose, compose_simply, inline_keyboard
from bot.channels.telegram.read import hear, is_group_update
from bot.core.i18n import Catalogues
from bot.core.message import Incoming
from bot.core.ports import Buttons, Claim, Delivery
from bot.errors import DeliveryRefused, Unreachable

_log = structlog.get_logger(__name__)

_ASIDE = 100  # courtesies under way at once; the next ones are left out


class TelegramChannel:
    """Reads and delivers for one bot. See bot.core.ports.Channel."""

    name = "telegram"

    def __init__(self, api: TelegramApi, buttons: Buttons, words: Catalogues, limits: Limits) -> None:
        """Use these parts; all messages pass the limits."""
        self._api = api
        self._buttons = buttons
        self._words = words
        self._limits = limits
        self._gone: dict[int, int] = {}  # by delivery: parts that have been sent while later ones have not
        self._aside: set[asyncio.Task[None]] = set()

    async def read(self, claim: Claim) -> Incoming | None:
        """Return what the person sent; None if nothing needs an answer. Raises MessageRefused."""
        name = await self._api.username() if is_group_update(claim.raw) else None
        heard = hear(claim.raw, name)
        if heard.press:
            self._do_aside(self._api.answer_press(heard.press))
        incoming = heard.incoming
        if incoming is None:
            _log.info("telegram.nothing_to_answer", message=claim.inbox_id)
        elif incoming.payload and incoming.payload.startswith("~"):
            payload = await self._buttons.open(claim.chat_key, incoming.payload[1:])
            return replace(incoming, payload=payload, stale_button=payload is None)
        return incoming

    async def deliver(self, delivery: Delivery) -> str | None:
        """Send a reply and return the id of its last message. Raises ChannelError.

        When only a part could be sent, the next attempt of this process goes on after it.
        """
        if delivery.bot != self._api.bot or not delivery.address.removeprefix("-").isdigit():
            raise Unreachable("not_my_chat")
        try:
            message = await self._send_parts(delivery, await self._parts(delivery))
        except (DeliveryRefused, Unreachable):
            self._gone.pop(delivery.id, None)
            raise
        self._gone.pop(delivery.id, None)
        return message

    def partly_sent(self, delivery: Delivery) -> bool:
        """Return whether a part of this reply has gone and only this process knows."""
        return delivery.id in self._gone

    async def close(self) -> None:
        """Let courtesies go and close the connections."""
        for task in self._aside:
            task.cancel()
        await asyncio.gather(*self._aside, return_exceptions=True)
        await self._api.close()

    async def _parts(self, delivery: Delivery) -> list[Part]:
        reply = delivery.reply
        keyboard = await inline_keyboard(reply.buttons, delivery.chat_key, self._buttons)
        parts = compose(reply, keyboard, self._words[reply.language]("Send my location"))
        if not parts:
            raise DeliveryRefused("empty")
        return parts

    async def _send_parts(self, delivery: Delivery, parts: list[Part]) -> str | None:
        message = None
        for number in range(self._gone.get(delivery.id, 0), len(parts)):
            message = await self._send(delivery, parts[number])
            if number + 1 < len(parts):
                self._gone[delivery.id] = number + 1
                self._do_aside(self._api.show_typing(delivery.address))
        return message

    async def _send(self, delivery: Delivery, part: Part) -> str:
        try:
            return await self._send_once(delivery, part)
        except DeliveryRefused as exc:
            if exc.code not in ("bad_entities", "bad_button"):
                raise
            _log.warning("telegram.sent_simply", delivery=delivery.id, code=exc.code)
        return await self._send_once(delivery, compose_simply(part))

    async def _send_once(self, delivery: Delivery, part: Part) -> str:
        chat = delivery.address
        async with self._limits.turn(chat, group=is_group(chat), urgent=delivery.reply.urgent):
            if part.document:
                return await self._api.send_document(chat, part.document, part.keyboard)
            return await self._api.send_text(chat, part.text, part.entities, part.keyboard)

    def _do_aside(self, courtesy: Coroutine[None, None, None]) -> None:
        """Do something nobody waits for."""
        if len(self._aside) >= _ASIDE:
            courtesy.close()
            return
        task = asyncio.create_task(courtesy)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
