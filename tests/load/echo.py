"""The ceiling: a bare python-telegram-bot application that echoes, with a network that answers at once."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import BaseRequest

from tests.fake_bot_api import TOKEN, private_message


class _Nowhere(BaseRequest):
    """Answers every call at once."""

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        me = {"id": 1, "is_bot": True, "first_name": "x", "username": "xbot"}
        result = me if url.endswith("getMe") else private_message(1, text="x")
        return 200, json.dumps({"ok": True, "result": result}).encode()


async def _echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message:
        await update.message.reply_text(update.message.text or "")


def rate(updates: int) -> float:
    """Return echoes a second."""
    return asyncio.run(_rate(updates)) if not _in_loop() else _in_thread(updates)


def _in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _in_thread(updates: int) -> float:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only where a loop is running already

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_rate(updates))).result()


async def _rate(updates: int) -> float:
    application = Application.builder().token(TOKEN).request(_Nowhere()).get_updates_request(_Nowhere()).build()
    application.add_handler(MessageHandler(filters.TEXT, _echo))
    async with application:
        began = time.perf_counter()
        for number in range(updates):
            raw = {"update_id": number, "message": private_message(1, number, text="hello")}
            await application.process_update(Update.de_json(raw, application.bot))
        return updates / (time.perf_counter() - began)
