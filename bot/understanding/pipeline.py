"""The way of a text.

Tidy -> language -> own letters -> danger in so many words -> parts of words -> vector -> danger -> intent. Where parts
of words leave no doubt, the encoder is not asked.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Generic, NamedTuple, TypeVar

from bot.core.message import Guess, Understood
from bot.core.ports import Hit
from bot.understanding.conclude import by_wording, conclude, in_doubt
from bot.understanding.crisis_words import CrisisWords
from bot.understanding.encoder import RememberingEncoder
from bot.understanding.entities import Names
from bot.understanding.examples import Wording
from bot.understanding.features import Buckets, buckets
from bot.understanding.known_words import KnownWords
from bot.understanding.language import Languages, scripts_in
from bot.understanding.model import Model, Reading
from bot.understanding.normalise import tidy
from bot.understanding.own_letters import OwnLetters
from bot.understanding.search import Search
from bot.understanding.windows import windows

NOTHING = "out_of_scope"
"""What a text without letters and without pictures means."""
_SAYS_SOMETHING = re.compile(r"[^\W\d_]|[\u2190-\u2bff\U0001f000-\U0001faff]")
_REMEMBERED = 4_096
_SCRIPTS_OF_A_PERSON = 2

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class _Piece(NamedTuple):
    """A piece of a text as it was typed, and in the letters of its language."""

    typed: str
    own: str

    def spellings(self) -> Iterable[str]:
        """Return both, once if they are the same."""
        return dict.fromkeys(self)

    def buckets(self) -> Buckets:
        """Return the parts of the words of both."""
        return buckets(*self)


class Pipeline:
    """Implements `Understands` and `Searches`. About 20 ms a new text on one core, nearly all of it the encoder."""

    def __init__(
        self,
        *,
        model: Model,
        encoder: RememberingEncoder,
        finder: RememberingEncoder,
        languages: Languages,
        crisis_words: CrisisWords,
        search: Search,
    ) -> None:
        """Work with these parts; `model` was trained on vectors of `encoder`, `search` knows those of `finder`."""
        self._model = model
        self._encoder = encoder
        self._finder = finder
        self._languages = languages
        self._crisis_words = crisis_words
        self._search = search
        self._names = Names(model.names)
        self._words = Names(())
        self._known = KnownWords(model.words)
        self._own = OwnLetters(model.lexicon)
        self._remembered: _Latest[tuple[str, str | None], Understood] = _Latest(_REMEMBERED)

    async def warm(self) -> None:
        """Load what is loaded late, so that the first person does not wait for it."""
        await self._encoder.warm()

    def know(self, places: Iterable[tuple[str, str]], words: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        """Find these places in texts from now on, and words of other kinds, by entity; each as (name, id).

        A word may be the name of an office, too: it counts as both.
        """
        named = (Wording("place", place, "", name) for name, place in places)
        self._names = Names((*self._model.names, *named))
        self._words = Names(
            Wording(entity, value, "", name) for entity, names in words.items() for name, value in names
        )
        self._remembered = _Latest(_REMEMBERED)

    async def understand(self, text: str, *, chosen_language: str | None) -> Understood:
        """Return intent, language and danger of one text."""
        key = (text, chosen_language)
        known = self._remembered.get(key)
        if known is None:
            known = await self._read(text, chosen_language)
            language = known.language or chosen_language
            named = (*self._names.find(text, language), *self._words.find(text, language))
            known = replace(known, entities=named)
            self._remembered.put(key, known)
        return known

    async def search(self, text: str, *, language: str | None, limit: int = 10) -> list[Hit]:
        """Return the best pages, best first."""
        readable = tidy(text)
        if not readable:
            return []
        written = self._languages.guess(readable, language) or language
        own = self._own.read(readable, written)
        piece = _Piece(windows(readable)[0], windows(own)[0])
        vector = await self._finder.query(piece.own)
        meant = await self._encoder.query(piece.own)
        intents = self._model.read(meant, piece.buckets()).intents
        return await asyncio.to_thread(
            self._search.find, own, vector, language=written, limit=limit, meant=(intents, meant)
        )

    async def _read(self, text: str, chosen_language: str | None) -> Understood:
        readable = tidy(text)
        language = self._languages.guess(readable, chosen_language)
        first, *others = (
            _Piece(piece, self._own.read(piece, language or chosen_language)) for piece in windows(readable)
        )
        # What makes a wording harmless stands near it, not in another part of a long story.
        spellings = (spelling for piece in (first, *others) for spelling in piece.spellings())
        if kind := next(filter(None, map(self._crisis_words.find, spellings)), None):
            return by_wording(text, language, kind)
        if not _SAYS_SOMETHING.search(readable):
            return Understood(text, language, NOTHING, 1.0, alternatives=(Guess(NOTHING, 1.0),))
        reading = await self._reading(first)
        if others:
            reading = self._graver(reading, await self._reading(self._gravest(others)))
        answer = conclude(text, language, self._model, reading)
        known = self._known.any_of(readable) or self._known.any_of(first.own)
        return answer if known and scripts_in(readable) <= _SCRIPTS_OF_A_PERSON else in_doubt(answer)

    async def _reading(self, piece: _Piece) -> Reading:
        parts = piece.buckets()
        return self._model.read_quickly(parts) or self._model.read(await self._encoder.query(piece.own), parts)

    def _gravest(self, pieces: list[_Piece]) -> _Piece:
        """Return the piece of a long text that speaks most of danger: reading all of them would take too long."""
        return max(pieces, key=lambda piece: float(self._model.danger_sparse.scores(piece.buckets())[0]))

    def _graver(self, first: Reading, other: Reading) -> Reading:
        """Return what a long text is about, as its beginning says, with the danger that another piece speaks of."""
        if other.danger >= self._model.fitted.sure and other.danger > first.danger:
            return other
        return Reading(first.intents, max(first.danger, other.danger))


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
