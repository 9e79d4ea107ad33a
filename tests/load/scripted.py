"""Knowledge without the sentence encoder: the proofs of delivery do not ask what a text means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.bootstrap.knowledge import Knowledge
from bot.core.message import Guess, Understood
from bot.core.ports import Hit
from bot.library.snapshot import Library
from bot.settings import Settings

INTENT = "housing.find_flat"


class Scripted:
    """Every text asks for a flat. See bot.core.ports.Understands and Searches."""

    async def warm(self) -> None:
        pass

    async def understand(self, text: str, *, chosen_language: str | None) -> Understood:
        return Understood(text, chosen_language, INTENT, 0.99, alternatives=(Guess(INTENT, 0.99),))

    async def search(self, text: str, *, language: str | None, limit: int = 10) -> list[Hit]:
        return [Hit(INTENT, 0.9)]


class _NoIndex:
    async def rebuild(self, _findable: object) -> None:
        pass


async def scripted_knowledge(settings: Settings, load: Callable[[Path], Library]) -> Knowledge:
    """Stand in for Knowledge.open."""
    return Knowledge(settings, load(settings.content_dir), Scripted(), str, _NoIndex(), asyncio.Event())  # type: ignore[arg-type]
