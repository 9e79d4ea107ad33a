"""Pages that are there twice, and pages to which nothing leads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from bot.core.language import DEFAULT
from bot.library.model import Page, PageText


def twins(pages: Iterable[Page]) -> Iterator[tuple[Page, Page, str]]:
    """Yield (page, earlier page, what they share) for pages of one place with the same German title, short or text."""
    seen: dict[tuple[str | None, str, str], Page] = {}
    for page in pages:
        german = page.texts.get(DEFAULT)
        if german is None:
            continue
        for what, value in _parts(german):
            other = seen.setdefault((page.place, what, value), page)
            if other is not page:
                yield page, other, what


def _parts(text: PageText) -> Iterator[tuple[str, str]]:
    for what, value in (("title", text.title), ("short text", text.short), ("long text", text.body)):
        yield what, " ".join(value.casefold().split())


def lost(pages: Iterable[Page], intents: Collection[str]) -> Iterator[Page]:
    """Yield pages that no question, no other page and no office word leads to: only search may find them."""
    pages = list(pages)
    led_to: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for other in page.related:
            led_to[other].add(page.id)
    for page in pages:
        if page.id not in intents and not page.keywords and not led_to[page.id] - {page.id}:
            yield page
