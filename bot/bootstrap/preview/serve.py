"""Running the preview on this machine until it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import uvicorn

from bot.bootstrap.preview.app import Desk, make_app
from bot.bootstrap.terminal import lotse_alone
from bot.errors import ConfigurationError, Fault
from bot.settings import Settings


async def serve_preview(settings: Settings, *, place: str, port: int, said: Callable[[str], None]) -> None:
    """Serve the preview on 127.0.0.1 until it is told to stop; raise ConfigurationError for an unknown place."""
    async with lotse_alone(settings) as lotse:
        if place and place not in lotse.knowledge.library.places:
            raise ConfigurationError([Fault("--place", 0, f"places.yml has no {place}")])
        watching = asyncio.create_task(lotse.knowledge.follow())
        said(f"Preview: http://127.0.0.1:{port} (stop with Ctrl-C)")
        config = uvicorn.Config(make_app(Desk(lotse, place)), host="127.0.0.1", port=port, log_level="error")
        try:
            await uvicorn.Server(config).serve()
        finally:
            lotse.knowledge.stop()
            await watching
