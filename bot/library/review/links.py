"""Asking every address whether it is still there (`lotse content check --online`)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from bot.errors import Fault
from bot.library.review.where import Desk
from bot.library.snapshot import Library
from bot.library.translations import fixed_parts

Progress = Callable[[int, int], None]

TIME_OUT = 10.0
"""Seconds for one address."""
_AT_ONCE = 8
_FICTIONAL = ".example"
_MOVED = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
# Some servers answer programs so although the page is there: not worth an editor's time.
_SHY = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True, slots=True)
class Address:
    """A link and the places where it stands, as findings without words."""

    url: str
    stands_at: tuple[Fault, ...]


def addresses(library: Library, desk: Desk) -> list[Address]:
    """Return every address of pages and offices once, with all places where it stands; fictional ones are left out."""
    found: dict[str, list[Fault]] = defaultdict(list)
    for page in library.pages.values():
        found[page.source_url].append(desk.about_page(page, "source_url", ""))
        for language, text in page.texts.items():
            for url in fixed_parts(text.body).links:
                found[url].append(desk.about_text(page, language, url, ""))
    for office in library.offices:
        if office.website:
            found[office.website].append(desk.about_place(office.place, office.website, ""))
    return [Address(url, tuple(places)) for url, places in sorted(found.items()) if not _is_fictional(url)]


async def gone(
    wanted: Iterable[Address], progress: Progress, transport: httpx.AsyncBaseTransport | None = None
) -> list[Fault]:
    """Return a finding for every place with an address that does not answer, is gone or has moved for good."""
    asked = list(wanted)
    turn, done = asyncio.Semaphore(_AT_ONCE), 0
    async with httpx.AsyncClient(timeout=TIME_OUT, follow_redirects=False, transport=transport) as client:

        async def ask(address: Address) -> list[Fault]:
            nonlocal done
            async with turn:
                what = await _answer(client, address.url)
            done += 1
            progress(done, len(asked))
            return list(_faults(address, what))

        found = await asyncio.gather(*map(ask, asked))
    return sorted(fault for faults in found for fault in faults)


async def _answer(client: httpx.AsyncClient, url: str) -> str | None:
    """Return what is wrong with an address, None if nothing is."""
    try:
        async with client.stream("GET", url) as answer:
            status, target = answer.status_code, answer.headers.get("location", "")
    except httpx.TimeoutException:
        return f"no answer within {TIME_OUT:.0f} seconds; try it in a browser"
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as exc:
        return f"cannot be reached ({type(exc).__name__}); correct or remove it"
    if status in _MOVED:
        return f"has moved to {httpx.URL(url).join(target)}; write that address"
    if status >= HTTPStatus.BAD_REQUEST and status not in _SHY:
        return f"answers {status}; correct or remove it"
    return None


def _faults(address: Address, what: str | None) -> Iterator[Fault]:
    for place in address.stands_at if what else ():
        yield Fault(place.where, place.line, f"{address.url} {what}")


def _is_fictional(url: str) -> bool:
    return httpx.URL(url).host.endswith(_FICTIONAL)
