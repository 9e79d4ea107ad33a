"""The preview's web application: a list of pages, each page in all languages, reloaded when a file is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar, MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bot.bootstrap.lotse import Lotse
from bot.bootstrap.preview.look import Shown, in_telegram, in_webchat
from bot.bootstrap.terminal import Talk, welcome
from bot.channels.webchat.page.files import HERE as WEB_CHAT
from bot.core.language import LANGUAGES
from bot.core.message import Reply
from bot.core.payload import write
from bot.errors import ConfigurationError
from bot.library.hashing import version_of
from bot.library.load import load
from bot.library.model import Page

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class InALanguage:
    """A page as somebody who speaks a language sees it."""

    tag: str
    endonym: str
    state: str
    telegram: Sequence[Shown]
    webchat: Sequence[Shown]


@dataclass
class Desk:
    """What an editor looks at: one person a language, all at the same place."""

    lotse: Lotse
    place: str
    _talks: dict[str, Talk] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def library(self) -> Any:  # noqa: ANN401 - as it is now
        """Return the content as it is served now."""
        return self.lotse.knowledge.library

    async def look_at(self, page: Page) -> list[InALanguage]:
        """Return the page in every language, short and long text."""
        return [await self._in(tag, page) for tag in LANGUAGES]

    async def _in(self, tag: str, page: Page) -> InALanguage:
        async with self._turn:
            if tag not in self._talks:
                self._talks[tag] = await welcome(self.lotse, language=tag, place=self.place)
            replies: list[Reply] = []
            for intent in ("open_page", "more"):
                replies += await self._talks[tag].say(write(intent, {"page": page.id}))
        telegram = [shown for reply in replies for shown in in_telegram(reply)]
        webchat = [shown for reply in replies for shown in in_webchat(reply)]
        return InALanguage(tag, LANGUAGES[tag].endonym, _state(page, tag), telegram, webchat)

    async def faults(self) -> list[str]:
        """Return what keeps the folder as it is now from being served."""
        return await asyncio.to_thread(self._faults)

    def _faults(self) -> list[str]:
        folder = self.lotse.settings.content_dir
        if version_of(folder) == self.library.version:
            return []
        try:
            load(folder)
        except ConfigurationError as exc:
            return [str(fault) for fault in exc.faults]
        return []


def _state(page: Page, tag: str) -> str:
    text = page.texts.get(tag)
    if text is None:
        return "missing"
    return text.method if text.current else "belongs to an older German text"


def make_app(desk: Desk) -> Litestar:
    """Return the application."""

    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def contents() -> str:
        pages = desk.library.pages_at(desk.place or None)
        return _render("contents.html", pages=pages, version=desk.library.version)

    @get("/pages/{page_id:str}", media_type=MediaType.HTML)
    async def page(page_id: FromPath[str]) -> str:
        found = desk.library.page(page_id, desk.place or None)
        if found is None:
            raise NotFoundException(f"there is no page {page_id}")
        looks = await desk.look_at(found)
        return _render("page.html", page=found, looks=looks, version=desk.library.version)

    @get("/version")
    async def version() -> dict[str, Any]:
        return {"version": desk.library.version, "faults": await desk.faults()}

    @get("/chat.css", sync_to_thread=False)
    def style() -> Response[str]:
        return Response((WEB_CHAT / "chat.css").read_text("utf-8"), media_type="text/css")

    return Litestar([contents, page, version, style], openapi_config=None)


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
