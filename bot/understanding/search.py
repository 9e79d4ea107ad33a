"""Finding pages for a question: an index that is rebuilt beside the one in use and then takes its place."""

from __future__ import annotations

import asyncio

from bot.core.ports import Hit
from bot.understanding.encoder import Encoder, Vector
from bot.understanding.index import Index
from bot.understanding.normalise import tidy
from bot.understanding.passages import Findable
from bot.understanding.vectors import VectorFile


class Search:
    """Pages found by meaning, spelling and office words. Finds nothing until the first `rebuild`."""

    def __init__(self, encoder: Encoder, vectors: VectorFile) -> None:
        """Encode passages with `encoder` and keep their vectors in the file."""
        self._encoder = encoder
        self._vectors = vectors
        self._index = Index(Findable())
        self._rebuilding = asyncio.Lock()

    async def rebuild(self, findable: Findable) -> None:
        """Take up changed content, in a thread of its own.

        New passages need 0.1 s each for their vectors. Until those are there, the new content is found by spelling
        and office words alone; of content known before, everything is there at once.
        """
        async with self._rebuilding:
            if await asyncio.to_thread(self._missing, findable):
                self._index = await asyncio.to_thread(Index, findable)
            self._index = await asyncio.to_thread(self._built, findable)

    def find(self, text: str, vector: Vector, *, language: str | None, limit: int) -> list[Hit]:
        """Return the best pages for a tidy text and its vector, best first; takes a few milliseconds."""
        return self._index.find(text, vector, limit, language)

    def _missing(self, findable: Findable) -> bool:
        return not self._vectors.knows([tidy(passage.text) for passage in findable.passages])

    def _built(self, findable: Findable) -> Index:
        texts = [tidy(passage.text) for passage in findable.passages]
        return Index(findable, self._vectors.vectors(texts, self._encoder.passage))
