"""One person in a terminal, on the real path, with a database that is thrown away: `lotse ask`, previews."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bootstrap.lotse import Lotse, open_lotse
from bot.conversation.turn import take_turn
from bot.core.ids import new_id
from bot.core.message import Incoming, Reply
from bot.core.payload import write
from bot.core.ports import Arrival, Claim, Delivery
from bot.settings import Settings

_PLACE_FOR_ALL = "bw"


class TerminalChannel:
    """What is typed is JSON already. See bot.core.ports.Channel."""

    name = "terminal"

    async def read(self, claim: Claim) -> Incoming | None:
        """Return what was typed."""
        return Incoming(**json.loads(claim.raw))

    async def deliver(self, delivery: Delivery) -> str | None:
        """Never called: a terminal fetches its replies."""
        raise NotImplementedError(delivery.id)


@dataclass(frozen=True, slots=True)
class Talk:
    """A person who has been welcomed."""

    lotse: Lotse
    address: str

    async def say(self, text: str) -> list[Reply]:
        """Say something, or press a button whose payload it is, and return the answers."""
        return await self._send(**({"payload": text} if text.startswith("/") else {"text": text}))

    async def _send(self, **said: Any) -> list[Reply]:  # noqa: ANN401 - fields of Incoming
        inbox, sessions = self.lotse.stores.inbox, self.lotse.stores.sessions
        key = inbox.chat_key("terminal", "terminal", self.address)
        before = await sessions.events(key, after=0, limit=1_000)
        await inbox.accept([Arrival("terminal", "terminal", self.address, new_id(), json.dumps(said).encode())])
        for claim in await inbox.claim(1):
            await take_turn(claim, self.lotse.house)
        after = before[-1].position if before else 0
        return [event.reply for event in await sessions.events(key, after=after, limit=1_000)]


@asynccontextmanager
async def lotse_alone(settings: Settings) -> AsyncIterator[Lotse]:
    """Open Lotse with a database that is thrown away, and no channel but the terminal."""
    with tempfile.TemporaryDirectory(prefix="lotse-alone-") as folder:
        database = Path(folder) / "alone.db"
        alone = settings.model_copy(
            update={"database_url": f"sqlite:///{database}", "key_file": Path(folder) / "key", "telegram_token": None}
        )
        async with open_lotse(alone, {"terminal": TerminalChannel()}) as lotse:
            yield lotse


async def welcome(lotse: Lotse, *, language: str, place: str) -> Talk:
    """Return a person of that language and place (empty: no place) who has read the notice."""
    talk = Talk(lotse, new_id())
    await talk.say(write("begin", {"language": language, "place": place or _PLACE_FOR_ALL}))
    await talk.say("/accept_notice")
    return talk


async def ask_once(settings: Settings, text: str, *, language: str | None, place: str) -> list[Reply]:
    """Welcome a person of that language and place, let it write a text, and return the answers to it."""
    async with lotse_alone(settings) as lotse:
        indexing = asyncio.create_task(lotse.knowledge.index())
        if language is None:
            language = (await lotse.house.understands.understand(text, chosen_language=None)).language or "de"
        replies = await (await welcome(lotse, language=language, place=place)).say(text)
        lotse.knowledge.stop()
        await asyncio.gather(indexing, return_exceptions=True)
        return replies
