"""Content and understanding: loaded at the start, kept up to date while running."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.errors import ConfigurationError, Fault
from bot.library.load import load
from bot.library.passed import passed_file
from bot.library.snapshot import Library
from bot.library.watch import watch
from bot.settings import Settings
from bot.understanding import crisis_words
from bot.understanding.encoder import Encoder, RememberingEncoder, Vector
from bot.understanding.index_file import IndexFile
from bot.understanding.known_words import KnownWords
from bot.understanding.language import Languages
from bot.understanding.model import Model, load_model
from bot.understanding.normalise import tidy
from bot.understanding.passages import Findable, Passage, heads, split
from bot.understanding.pipeline import Pipeline
from bot.understanding.scrub import Scrubber
from bot.understanding.search import Search
from bot.understanding.subjects import Subjects
from bot.understanding.tuned import Encoders
from bot.understanding.vectors import Progress, VectorFile

PASSAGES, SUBJECTS, INDEX = "passages.bin", "subjects.bin", "index.npz"
_log = structlog.get_logger(__name__)


@dataclass
class Knowledge:
    """What is known now. A changed content folder replaces the library whole, or not at all."""

    settings: Settings
    library: Library
    pipeline: Pipeline
    scrub: Scrubber
    _search: Search
    _stopping: asyncio.Event

    @classmethod
    async def open(cls, settings: Settings, load_library: Callable[..., Library]) -> Knowledge:
        """Load content, classifier and encoder; the search index follows in `follow`."""
        # Unpacking what tells languages apart takes half a second of another core: content is read meanwhile.
        model = load_model(settings.model_file)
        languages = asyncio.create_task(asyncio.to_thread(Languages, model.languages))
        try:
            passed = passed_file(settings.cache_dir)
            library = await asyncio.to_thread(load_library, settings.content_dir, passed=passed)
        finally:
            await asyncio.wait([languages])
        # What is meant is told by the tuned encoder, pages are found by the one that knows all sorts of texts.
        encoders = Encoders(settings.intents_dir / "encoder.npz", settings.cache_dir, settings.encoder_threads)
        encoder = encoders.tuned()
        _must_fit(model, encoder, settings.model_file)
        finder = encoders.plain()
        vectors = passage_vectors(settings, finder)
        meaning = RememberingEncoder(encoder)
        stopping = asyncio.Event()
        subjects = Subjects(model, _Interruptible(encoder, stopping), subject_vectors(settings, encoder))
        kept = IndexFile(settings.cache_dir / INDEX, (finder.name, encoder.name, model.digest))
        search = Search(_Interruptible(finder, stopping), vectors, subjects, kept)
        pipeline = Pipeline(
            model=model,
            encoder=meaning,
            finder=meaning if finder.name == encoder.name else RememberingEncoder(finder),
            languages=languages.result(),
            crisis_words=crisis_words.load(settings.intents_dir / "crisis.yml"),
            search=search,
        )
        pipeline.know(library.names_of_places(), library.names_of_words())
        await pipeline.warm()
        return cls(settings, library, pipeline, Scrubber(KnownWords(model.words)), search, stopping)

    def stop(self) -> None:
        """End `follow`."""
        self._stopping.set()

    async def follow(self) -> None:
        """Index the pages, then watch the folder until `stop`."""
        watching = asyncio.create_task(self._follow())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([watching, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in (watching, stopping):
            task.cancel()
        await asyncio.gather(watching, stopping, return_exceptions=True)

    async def _follow(self) -> None:
        await self.index()
        passed = passed_file(self.settings.cache_dir)
        async for library in watch(self.settings.content_dir, self.library, _report, passed=passed):
            self.library = library
            self.pipeline.know(library.names_of_places(), library.names_of_words())
            _log.info("content.changed", version=library.version, pages=len(library.pages))
            await self.index()

    async def index(self, languages: Container[str] | None = None, progress: Progress | None = None) -> None:
        """Make all pages findable, or only these languages; the old index serves until the new one is ready.

        `progress` is told, from another thread, how many new passages have been read, and of how many.
        """
        everything = findable(self.library)
        passages = [one for one in everything.passages if languages is None or one.language in languages]
        await self._search.rebuild(Findable(passages, everything.keywords), progress)
        _give_back()
        _log.info("search.indexed", pages=len(self.library.pages))


def _give_back() -> None:
    """Return to the system what building the index needed for a moment: glibc would keep tens of megabytes."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)


class _Stopped(Exception):
    """Lotse ends: the pages that have no vectors yet get them at the next start."""


class _Interruptible:
    """An encoder that gives up when Lotse is to end; thousands of passages take minutes."""

    def __init__(self, encoder: Encoder, stopping: asyncio.Event) -> None:
        self._encoder = encoder
        self._stopping = stopping
        self.name = encoder.name
        self.dimension = encoder.dimension

    def query(self, text: str) -> Vector:
        if self._stopping.is_set():
            raise _Stopped
        return self._encoder.query(text)

    def passage(self, text: str) -> Vector:
        if self._stopping.is_set():
            raise _Stopped
        return self._encoder.passage(text)


def passage_vectors(settings: Settings, finder: Encoder) -> VectorFile:
    """Return the vectors of passages that are known, computed here or shipped with the content."""
    return VectorFile(
        settings.cache_dir / PASSAGES, finder.name, finder.dimension, shipped=settings.content_dir / PASSAGES
    )


def subject_vectors(settings: Settings, encoder: Encoder) -> VectorFile:
    """Return the vectors by which the classifier tells what pages are about."""
    return VectorFile(
        settings.cache_dir / SUBJECTS, encoder.name, encoder.dimension, shipped=settings.content_dir / SUBJECTS
    )


def _must_fit(model: Model, encoder: Encoder, path: Path) -> None:
    if model.encoder != encoder.name:
        raise ConfigurationError(
            [Fault(str(path), 0, f"the classifier was trained with the encoder {model.encoder}; run `lotse train`")]
        )


def index_content(settings: Settings, progress: Callable[[int, int], None]) -> int:
    """Write what search needs of all pages beside the content, so that it is ready at the first start.

    Return how many passages there are.
    """
    passages = findable(load(settings.content_dir)).passages
    encoders = Encoders(settings.intents_dir / "encoder.npz", settings.cache_dir)
    finder, meaning = encoders.plain(), encoders.tuned()
    texts = [tidy(passage.text) for passage in passages]
    about = [tidy(text) for texts_of_page in heads(passages).values() for text in texts_of_page]
    target = settings.content_dir
    subject_vectors(settings, meaning).write(target / SUBJECTS, about, meaning.query, progress)
    return passage_vectors(settings, finder).write(target / PASSAGES, texts, finder.passage, progress)


def findable(library: Library) -> Findable:
    """Return what a question is compared with: titles, texts and office words of every page, in all languages."""
    passages: list[Passage] = []
    above = {below: page for page in library.pages.values() if page.origin for below in page.related}
    for page in library.pages.values():
        for text in page.texts.values():
            # "Opening hours" says little; what it stands under says of what.
            over = above[page.id].texts.get(text.language) if page.id in above and page.origin else None
            title = f"{over.title}: {text.title}" if over else text.title
            passages += split(page.id, text.language, title=title, short=text.short, body=text.body)
    return Findable(passages, {page.id: page.keywords for page in library.pages.values()})


def _report(exc: ConfigurationError) -> None:
    for fault in exc.faults:
        _log.error("content.refused", fault=str(fault))
