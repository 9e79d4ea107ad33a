"""Addresses that open a page of this Lotse for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from bot.bootstrap.messengers import Telegram
from bot.conversation.listen import start_value
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Called with a page and the place whose own page it is (None: it holds everywhere)."""

    settings: Settings
    telegram: Telegram | None

    async def __call__(self, page: str, place: str | None) -> list[str]:
        """Return the address in the web chat, and the one in Telegram if there is a bot."""
        wishes = {"page": page, **({"place": place} if place else {})}
        here = self.settings.public_url or f"http://{self.settings.host}:{self.settings.port}"
        links = [f"{here}/?{urlencode(wishes)}"]
        name = await self.telegram.api.username() if self.telegram else None
        if name:
            links.append(f"https://t.me/{name}?start={start_value(page)}")
        return links
