"""`lotse content export`: every page in every language as a file that needs no server and no script."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.core.i18n import Words
from bot.core.language import LANGUAGES
from bot.library.model import Page, PageText
from bot.library.page_html import html
from bot.library.snapshot import Library

STYLE = "site.css"
Progress = Callable[[int, int], None]
_HERE = Path(__file__).parent
_OTHERS = "other"  # pages that belong to no area: imported ones


@dataclass(frozen=True, slots=True)
class Speech:
    """What the site says besides the pages: titles of areas (in order) and the line below a page."""

    words: Mapping[str, Words]
    areas: Mapping[str, str]
    source_line: Callable[[Page, PageText, Words], str]


def write_site(library: Library, place: str | None, target: Path, speech: Speech, progress: Progress) -> int:
    """Write the site of a place, or the common one, into a folder; return how many pages it has.

    Files of an earlier site with the same names are replaced, others stay.
    """
    files = list(build(library, place, speech))
    for number, (name, content) in enumerate(files, start=1):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        progress(number, len(files))
    return len(library.pages_at(place))


def build(library: Library, place: str | None, speech: Speech) -> Iterator[tuple[str, str]]:
    """Yield (path, content) of every file of the site; `index.html` lets choose a language."""
    yield STYLE, (_HERE / STYLE).read_text(encoding="utf-8")
    title = library.places[place].name if place else "Baden-Württemberg"
    yield "index.html", _render("languages.html", title=title, languages=LANGUAGES.values())
    pages = library.pages_at(place)
    ids = {page.id for page in pages}
    for tag, language in LANGUAGES.items():
        words = speech.words[tag]
        shared = {"language": language, "languages": LANGUAGES.values(), "words": words, "site": title}
        yield (
            f"{tag}/index.html",
            _render("contents.html", areas=_contents(pages, tag, speech), file="index.html", **shared),
        )
        for page in pages:
            text = page.text(tag)
            related = [(other, found.text(tag).title) for other in page.related if (found := _of(pages, other))]
            body = html(text.body, text.language, lambda other: f"{other}.html" if other in ids else None)
            yield (
                f"{tag}/{page.id}.html",
                _render(
                    "page.html",
                    page=page,
                    file=f"{page.id}.html",
                    text=text,
                    of=LANGUAGES[text.language],
                    body=Markup(body),  # noqa: S704 - made safe by `html`
                    source=speech.source_line(page, text, words),
                    related=related,
                    **shared,
                ),
            )


def _of(pages: Sequence[Page], page_id: str) -> Page | None:
    return next((page for page in pages if page.id == page_id), None)


def _contents(pages: Sequence[Page], tag: str, speech: Speech) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return (title of the area, its pages as (id, title, language)) in the order of the areas."""
    found: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for page in pages:
        area = page.id.split(".")[0]
        text = page.text(tag)
        found[area if area in speech.areas else _OTHERS].append((page.id, text.title, text.language))
    words = speech.words[tag]
    named = [(words(title), found[area]) for area, title in speech.areas.items() if found[area]]
    return [*named, *([("…", found[_OTHERS])] if found[_OTHERS] else [])]


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values) + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), undefined=StrictUndefined, autoescape=select_autoescape(), trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
