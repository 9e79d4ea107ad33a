"""Reading a whole content folder with a reader's eyes; every finding says what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

from bot.core.cores import spread
from bot.core.language import DEFAULT
from bot.errors import Fault
from bot.library.model import Page
from bot.library.review import numbers, offices, phones, plain_language, reach
from bot.library.review.left_over import german_sentences
from bot.library.review.where import Desk
from bot.library.snapshot import Library


def review(library: Library, content_dir: Path, *, today: date, intents: Collection[str]) -> list[Fault]:
    """Return what an editor should look at, sorted; `intents` are the questions that Lotse understands."""
    desk = Desk(content_dir)
    pages = list(library.pages.values())

    def each(part: Sequence[Page]) -> list[Fault]:
        return [fault for page in part for fault in _page(desk, page, today)]

    found = [fault for part in spread(each, pages) for fault in part]
    found += _among(desk, pages, intents)
    found += [
        desk.about_place(office.place, passage, what)
        for office in library.offices
        for passage, what in offices.odd(office, today)
    ]
    return sorted(found)


def _page(desk: Desk, page: Page, today: date) -> Iterator[Fault]:
    yield from _dates(desk, page, today)
    german = page.texts.get(DEFAULT)
    for language, text in page.texts.items():
        for passage, what in plain_language.hard_to_read(text, page.notranslate):
            yield desk.about_text(page, language, passage, what)
        for sentence in german_sentences(text, page.notranslate):
            yield desk.about_text(page, language, sentence, "this sentence is still German; translate it")
        for number in phones.unreachable(text):
            yield desk.about_text(page, language, number, f"{number} cannot be dialled; correct it")
        if german and text.current and text is not german:
            for what in numbers.changed(german, text):
                yield desk.about_text(page, language, text.title, f"{what}; compare it with {DEFAULT}.md")


def _dates(desk: Desk, page: Page, today: date) -> Iterator[Fault]:
    if page.review_by < today:
        what = f"was to be read again by {page.review_by}; read it, then set reviewed_on and review_by"
        yield desk.about_page(page, "review_by", what)
    if page.valid_until and page.valid_until < today:
        what = f"its sums, ages or deadlines held until {page.valid_until}; correct them, then set valid_until"
        yield desk.about_page(page, "valid_until", what)


def _among(desk: Desk, pages: list[Page], intents: Collection[str]) -> Iterator[Fault]:
    for page, other, part in reach.twins(pages):
        what = f"the German {part} is the same as that of {other.id}; keep one of the two pages"
        yield desk.about_page(page, "id", what)
    for page in reach.lost(pages, intents):
        what = "nothing leads to this page; add keywords, or name it under `related` on another page"
        yield desk.about_page(page, "id", what)
