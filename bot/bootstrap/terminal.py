"""`lotse ask`: one person in a terminal, on the real path, with a database that is thrown away."""

from __future__ import annotations

import asyncio
import json
import tempfile
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


async def ask_once(settings: Settings, text: str, *, language: str | None, place: str) -> list[Reply]:
    """Welcome a person of that language and place, let it write a text, and return the answers to it."""
    with tempfile.TemporaryDirectory(prefix="lotse-ask-") as folder:
        database = Path(folder) / "ask.db"
        alone = settings.model_copy(
            update={"database_url": f"sqlite:///{database}", "key_file": Path(folder) / "key", "telegram_token": None}
        )
        async with open_lotse(alone, {"terminal": TerminalChannel()}) as lotse:
            indexing = asyncio.create_task(lotse.knowledge.index())
            if language is None:
                language = (await lotse.house.understands.understand(text, chosen_language=None)).language or "de"
            address = new_id()
            begin = write("begin", {"language": language, "place": place or _PLACE_FOR_ALL})
            await _say(lotse, address, payload=begin)
            await _say(lotse, address, payload="/accept_notice")
            said: dict[str, Any] = {"payload": text} if text.startswith("/") else {"text": text}
            replies = await _say(lotse, address, **said)
            lotse.knowledge.stop()
            await asyncio.gather(indexing, return_exceptions=True)
            return replies


async def _say(lotse: Lotse, address: str, **said: Any) -> list[Reply]:  # noqa: ANN401 - fields of Incoming
    inbox, sessions = lotse.stores.inbox, lotse.stores.sessions
    key = inbox.chat_key("terminal", "terminal", address)
    before = await sessions.events(key, after=0, limit=1_000)
    await inbox.accept([Arrival("terminal", "terminal", address, new_id(), json.dumps(said).encode())])
    for claim in await inbox.claim(1):
        await take_turn(claim, lotse.house)
    after = before[-1].position if before else 0
    return [event.reply for event in await sessions.events(key, after=after, limit=1_000)]
