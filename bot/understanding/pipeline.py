"""The way of a text: tidy -> language -> danger in so many words -> vector -> danger -> intent."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from bot.core.message import Guess, Understood
from bot.core.ports import Hit
from bot.understanding.conclude import by_wording, conclude
from bot.understanding.crisis_words import CrisisWords
from bot.understanding.encoder import RememberingEncoder
from bot.understanding.features import buckets
from bot.understanding.language import Languages
from bot.understanding.model import Model
from bot.understanding.normalise import tidy
from bot.understanding.search import Search

NOTHING = "out_of_scope"
"""What a text without letters, digits or symbols means."""
_REMEMBERED = 4_096

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Pipeline:
    """Implements `Understands` and `Searches`. About 20 ms a new text on one core, nearly all of it the encoder."""

    def __init__(
        self,
        *,
        model: Model,
        encoder: RememberingEncoder,
        languages: Languages,
        crisis_words: CrisisWords,
        search: Search,
    ) -> None:
        """Work with these parts; `model` must have been trained on vectors of `encoder`."""
        self._model = model
        self._encoder = encoder
        self._languages = languages
        self._crisis_words = crisis_words
        self._search = search
        self._remembered: _Latest[tuple[str, str | None], Understood] = _Latest(_REMEMBERED)

    async def warm(self) -> None:
        """Load what is loaded late, so that the first person does not wait for it."""
        await self._encoder.warm()

    async def understand(self, text: str, *, chosen_language: str | None) -> Understood:
        """Return intent, language and danger of one text."""
        key = (text, chosen_language)
        known = self._remembered.get(key)
        if known is None:
            known = await self._read(text, chosen_language)
            self._remembered.put(key, known)
        return known

    async def search(self, text: str, *, language: str | None, limit: int = 10) -> list[Hit]:
        """Return the best pages, best first."""
        readable = tidy(text)
        if not readable:
            return []
        written = self._languages.guess(readable, language) or language
        vector = await self._encoder.query(readable)
        return await asyncio.to_thread(self._search.find, readable, vector, language=written, limit=limit)

    async def _read(self, text: str, chosen_language: str | None) -> Understood:
        readable = tidy(text)
        language = self._languages.guess(readable, chosen_language)
        if kind := self._crisis_words.find(readable):
            return by_wording(text, language, kind)
        if not readable:
            return Understood(text, language, NOTHING, 1.0, alternatives=(Guess(NOTHING, 1.0),))
        reading = self._model.read(await self._encoder.query(readable), buckets(readable))
        return conclude(text, language, self._model, reading)


class _Latest(Generic[_Key, _Value]):
    """A memory of the latest results."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[_Key, _Value] = OrderedDict()

    def get(self, key: _Key) -> _Value | None:
        value = self._items.get(key)
        if value is not None:
            self._items.move_to_end(key)
        return value

    def put(self, key: _Key, value: _Value) -> None:
        self._items[key] = value
        if len(self._items) > self._size:
            self._items.popitem(last=False)
