"""Finding pages for a question: an index that is rebuilt beside the one in use and then takes its place."""

from __future__ import annotations

import asyncio

from bot.core.ports import Hit
from bot.understanding.encoder import Encoder, Vector
from bot.understanding.heads import Floats
from bot.understanding.index import Index
from bot.understanding.index_file import IndexFile
from bot.understanding.normalise import tidy
from bot.understanding.passages import Findable, heads
from bot.understanding.subjects import Subject, Subjects, joined
from bot.understanding.vectors import Progress, VectorFile

_THREADS = 2


class Search:
    """Pages found by meaning, spelling and office words. Finds nothing until the first `rebuild`."""

    def __init__(
        self,
        encoder: Encoder,
        vectors: VectorFile,
        subjects: Subjects | None = None,
        kept: IndexFile | None = None,
    ) -> None:
        """Encode passages with `encoder` and keep their vectors in the file; `subjects` tell what pages are about.

        The finished index is `kept` as well.
        """
        self._encoder = encoder
        self._vectors = vectors
        self._subjects = subjects
        self._kept = kept
        self._index = Index.of(Findable())
        self._rebuilding = asyncio.Lock()

    async def rebuild(self, findable: Findable, progress: Progress | None = None) -> None:
        """Take up changed content, in a thread of its own.

        New passages need 0.1 s each for their vectors. Until those are there, the new content is found by spelling
        and office words alone; of content known before, everything is there at once.
        """
        async with self._rebuilding:
            if self._kept and (ready := await asyncio.to_thread(self._kept.load, findable)):
                self._index = ready
                return
            if await asyncio.to_thread(self._missing, findable):
                self._index = await asyncio.to_thread(Index.of, findable)
            self._index = await asyncio.to_thread(self._built, findable, progress)
            self._vectors.forget()  # the index has its own

    def find(
        self,
        text: str,
        vector: Vector,
        *,
        language: str | None,
        limit: int,
        meant: tuple[Floats, Vector] | None = None,
    ) -> list[Hit]:
        """Return the best pages for a tidy text and its vector, best first; takes a few milliseconds.

        `meant` is what the classifier makes of the text, a probability for each intent, and the vector it has seen.
        """
        about = self._subjects.of_question(*meant) if self._subjects and meant is not None else None
        return self._index.find(text, vector, limit, language, about)

    def _missing(self, findable: Findable) -> bool:
        return not self._vectors.knows([tidy(passage.text) for passage in findable.passages])

    def _built(self, findable: Findable, progress: Progress | None) -> Index:
        texts = [tidy(passage.text) for passage in findable.passages]
        vectors = self._vectors.vectors(texts, self._encoder.passage, threads=_THREADS, progress=progress)
        made = Index.of(findable, vectors, self._about(findable, progress))
        if self._kept:
            self._kept.save(findable, made)
        return made

    def _about(self, findable: Findable, progress: Progress | None) -> dict[str, Subject]:
        """Return what each page is about, the mean over its languages."""
        if self._subjects is None:
            return {}
        found = heads(findable.passages)
        rows = iter(self._subjects.of_pages([tidy(text) for texts in found.values() for text in texts], progress))
        return {page: joined([next(rows) for _ in texts]) for page, texts in found.items()}
