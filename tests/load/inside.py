"""A whole Lotse inside the test: nothing is left out but the sentence encoder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from sqlalchemy import select

from bot import catalogues
from bot.bootstrap import lotse as joining
from bot.bootstrap.knowledge import Knowledge
from bot.bootstrap.lotse import Lotse, open_lotse
from bot.bootstrap.terminal import TerminalChannel
from bot.channels.limits import Rates
from bot.library.load import load as load_library
from bot.serving import _supervised
from bot.settings import Settings
from bot.storage.tables import Base
from tests.fake_bot_api import TOKEN, FakeBotApi
from tests.load.scripted import scripted_knowledge

# Ten times Telegram's: for the proofs that are about something else.
QUICK = Rates(total=300, reserve=5, private=20, group=1_000)

_library, _words = cache(load_library), cache(catalogues.load)


@asynccontextmanager
async def opened(
    url: str, folder: Path, telegram: FakeBotApi | None = None, *, rates: Rates = QUICK, **settings: Any
) -> AsyncIterator[Lotse]:
    """Join everything; nothing runs yet."""
    if telegram:
        settings |= {"telegram_token": TOKEN, "telegram_api_url": telegram.url}
    chosen = Settings(database_url=url, key_file=folder / "lotse.key", cache_dir=folder, **settings)
    with (
        patch.object(Knowledge, "open", scripted_knowledge),
        patch.object(joining, "load_library", _library),
        patch.object(catalogues, "load", _words),
    ):
        async with open_lotse(chosen, {"terminal": TerminalChannel()}) as lotse:
            if lotse.telegram:
                lotse.telegram.limits.__init__(rates)  # type: ignore[misc]
            yield lotse


@asynccontextmanager
async def running(lotse: Lotse, *parts: str) -> AsyncIterator[None]:
    """Let the parts run as `lotse serve` does."""
    tasks = [
        asyncio.create_task(_supervised(name, part, lotse.stopping), name=name)
        for name, part in lotse.background(frozenset(parts)).items()
        if name not in {"commands", "purge"}
    ]
    try:
        yield
    finally:
        lotse.stop()
        _, late = await asyncio.wait(tasks, timeout=15)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def browser(lotse: Lotse) -> httpx.AsyncClient:
    """Return a client of the web app, without sockets."""
    app: Any = lotse.web_app()
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://lotse")


async def rows(lotse: Lotse, table: type[Base], *where: Any) -> list[Any]:
    """Return the rows of a table, oldest first."""
    async with lotse.stores.database.read() as connection:
        return list((await connection.execute(select(table).where(*where).order_by(table.id))).all())  # type: ignore[attr-defined]


async def eventually(condition: Any, seconds: float = 30.0, every: float = 0.1) -> None:
    """Wait until an awaitable condition is true."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(every)
