"""Telegram, if a token is set."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from litestar.handlers import HTTPRouteHandler

from bot.channels.limits import Limits
from bot.channels.telegram.api import TelegramApi
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.commands import register_commands
from bot.channels.telegram.poll import Poller
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.webhook import register, webhook
from bot.core.i18n import Catalogues
from bot.core.ports import Buttons, Inbox, Signals
from bot.settings import Settings
from bot.storage.crypto import KeyRing


@dataclass
class Telegram:
    """One bot: how it reads and sends, and how updates come in."""

    api: TelegramApi
    channel: TelegramChannel
    limits: Limits
    updates: Updates
    words: Catalogues
    public_url: str | None
    secret: str

    def background(
        self, inbox: Inbox, signals: Signals, stops: list[Callable[[], None]]
    ) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return what has to run, by name."""
        running: dict[str, Callable[[], Awaitable[None]]] = {
            "webhook": partial(register, self.api, self.public_url, self.secret),
            "commands": partial(register_commands, self.api, self.words),
        }
        if not self.public_url:
            poller = Poller(self.updates, inbox, signals, self.api.bot)
            stops.append(poller.stop)
            running["poller"] = poller.run
        return running

    def webhook(self, inbox: Inbox, signals: Signals) -> HTTPRouteHandler:
        """Return the route of the webhook."""
        return webhook(inbox, signals, self.api.bot, self.secret)

    async def close(self) -> None:
        """Close all connections."""
        await self.updates.close()
        await self.channel.close()


def open_telegram(settings: Settings, buttons: Buttons, words: Catalogues, ring: KeyRing) -> Telegram | None:
    """Return the bot, None if no token is set."""
    if settings.telegram_token is None:
        return None
    token = settings.telegram_token.get_secret_value()
    given = settings.webhook_secret
    api = TelegramApi(token, settings.telegram_api_url)
    limits = Limits()
    return Telegram(
        api=api,
        channel=TelegramChannel(api, buttons, words, limits),
        limits=limits,
        updates=Updates(token, settings.telegram_api_url),
        words=words,
        public_url=settings.public_url,
        secret=given.get_secret_value() if given else ring.name("webhook", api.bot),
    )
