"""The pages and files that the browser loads."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import FromPath, FromQuery, SkipValidation

from bot.channels.webchat.page.files import HERE, File, Files, read_files, served
from bot.channels.webchat.page.safety import embed_origins, page_headers
from bot.channels.webchat.page.words import PageWords, page_words
from bot.channels.webchat.visitors import best_language
from bot.core.i18n import Catalogues
from bot.core.language import DEFAULT, LANGUAGES, known

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything the pages are made of."""

    words: Catalogues
    files: Files
    embed_script: File
    embedders: tuple[str, ...]
    environment: Environment

    def page(self, *, embedded: bool, language: str, start: dict[str, str | None]) -> str:
        """Return the page; `start` is what the link that led here asks for: language, place, page."""
        return self.environment.get_template("chat.html").render(
            address=self.files.address,
            embedded=embedded,
            languages=LANGUAGES.values(),
            language=LANGUAGES[language],
            say=self.words[language],
            start=start,
            words={"language": language, "words": page_words(self.words, language).words},
        )


def make_shell(words: Catalogues, embedders: str) -> Shell:
    """Read templates and files; `embedders` is the setting LOTSE_EMBED_ORIGINS."""
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    titles = {tag: words[tag]("Lotse – help for newcomers") for tag in LANGUAGES}
    directions = {tag: about.direction for tag, about in LANGUAGES.items()}
    script = (HERE / "embed.js").read_text("utf-8")
    for name, value in (("TITLES", titles), ("DIRECTIONS", directions)):
        script = script.replace(f"/*{name}*/ {{}}", json.dumps(value, ensure_ascii=False))
    embed_script = served(script.encode("utf-8"), "text/javascript")
    return Shell(words, read_files(), embed_script, embed_origins(embedders), environment)


@dataclass(frozen=True, slots=True)
class Link:
    """What the link that led here asks for."""

    language: str | None
    place: str | None
    page: str | None


AnyRequest = Request[Any, Any, Any]
Pages = NamedDependency[SkipValidation[Shell]]
Wish = FromQuery[str | None]


@get(["/", "/chat"], include_in_schema=False, media_type=MediaType.HTML)
async def page(
    request: AnyRequest, shell: Pages, lang: Wish = None, place: Wish = None, page: Wish = None
) -> Response[str]:
    """Return the page of the web chat."""
    html = _page(request, shell, Link(lang, place, page), None, embedded=False)
    return Response(html, headers=page_headers())


@get("/embed", include_in_schema=False, media_type=MediaType.HTML)
async def embedded_page(
    request: AnyRequest, shell: Pages, lang: Wish = None, place: Wish = None, page: Wish = None, hint: Wish = None
) -> Response[str]:
    """Return the page for a frame in another web site; `hint` is the language of the page around it."""
    html = _page(request, shell, Link(lang, place, page), hint, embedded=True)
    return Response(html, headers=page_headers(embedders=shell.embedders))


def _page(request: AnyRequest, shell: Shell, link: Link, hint: str | None, *, embedded: bool) -> str:
    wanted = known(link.language)
    language = wanted or known(hint) or best_language(request.headers.get("accept-language")) or DEFAULT
    ids = {"place": link.place, "page": link.page}
    start = {
        "language": wanted,
        **{name: value if value and _ID.fullmatch(value) else None for name, value in ids.items()},
    }
    return shell.page(embedded=embedded, language=language, start=start)


@get(
    "/api/chat/words",
    summary="The page's own words",
    description="What the web chat itself says, by its English text; for switching the language without reloading.",
    raises=[ClientException],
)
async def words(shell: Pages, lang: FromQuery[str]) -> Response[PageWords]:
    """Return the words of the page in a language."""
    language = known(lang)
    if language is None:
        raise ClientException(f"lang: not one of {', '.join(LANGUAGES)}", extra=[{"key": "lang"}])
    return Response(page_words(shell.words, language), headers={"Cache-Control": "max-age=300"})


@get("/webchat/{version:str}/{name:str}", include_in_schema=False, media_type="application/octet-stream")
async def file(request: AnyRequest, shell: Pages, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Return a file of the page; under its own version it never changes."""
    found = shell.files.by_name.get(name)
    if found is None:
        raise NotFoundException
    return _send(
        request, found, f"public, max-age={_YEAR}, immutable" if version == shell.files.version else "no-cache"
    )


@get("/embed.js", include_in_schema=False, media_type="application/octet-stream")
async def embed_script(request: AnyRequest, shell: Pages) -> Response[bytes]:
    """Return the script that other web sites include."""
    return _send(request, shell.embed_script, "public, max-age=3600")


def _send(request: AnyRequest, found: File, cache: str) -> Response[bytes]:
    headers = {
        "Cache-Control": cache,
        "ETag": found.etag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        # Scripts of other origins may include embed.js.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.gzipped, headers=headers, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)


HANDLERS = (page, embedded_page, words, file, embed_script)
