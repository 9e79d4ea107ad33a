"""Reading the folders of pages: common ones, and those with which a place overrides or adds to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from bot.core.language import DEFAULT, LANGUAGES
from bot.core.yaml_lines import Document
from bot.library.formats import PageFile, page_over
from bot.library.load_texts import Demands, read_texts
from bot.library.model import Page
from bot.library.reader import Reader

_LISTS = ("audience", "keywords", "notranslate", "offices", "related")


def page_folders(folder: Path) -> list[Path]:
    """Return the folders of pages in a folder, sorted."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def read_pages(
    reader: Reader,
    folders: Iterable[Path],
    *,
    place: str | None,
    common: Mapping[str, Page],
    known: Collection[str],
    parser: MarkdownIt,
) -> Iterator[Page]:
    """Yield the pages in these folders.

    A place's page.yml may leave out what the common page says. If it has texts of its own, these replace the
    common ones in all languages: a general answer in the right language must not contradict the local one.
    `known` holds the ids that pages may be related to.
    """
    for path in folders:
        base = common.get(path.name) if place else None
        document, head = _head(reader, path, base)
        demands = Demands(head.notranslate, bool(head.origin), head.section) if head else Demands()
        texts = read_texts(reader, path, demands, parser)
        if head is not None:
            page = _page(head, place, texts if texts or base is None else base.texts)
            _check(reader, path, page, document, known)
            yield page


def _head(reader: Reader, path: Path, base: Page | None) -> tuple[Document, PageFile | None]:
    file = path / "page.yml"
    document = Document({}, {}) if base and not file.exists() else reader.yaml(file)
    if document is None:
        return Document({}, {}), None
    whole = page_over(_as_file(base) if base else {}, document.value)
    head = reader.fit(PageFile, file, Document(whole, document.lines))
    if head and head.id != path.name:
        reader.fault(file, document.line(("id",)), f"id: {head.id} must be the name of its folder, {path.name}")
    return document, head


def _as_file(page: Page) -> dict[str, Any]:
    return {name: _plain(getattr(page, name)) for name in PageFile.model_fields}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _page(head: PageFile, place: str | None, texts: Mapping[str, Any]) -> Page:
    values = head.model_dump()
    return Page(place=place, texts=texts, **{**values, **{name: tuple(values[name]) for name in _LISTS}})


def _check(reader: Reader, path: Path, page: Page, document: Document, known: Collection[str]) -> None:
    file = path / "page.yml"
    for number, other in enumerate(page.related):
        line = document.line(("related", number))
        if other not in known:
            reader.fault(file, line, f"related: there is no page {other}")
        elif other == page.id:
            reader.fault(file, line, "related: a page is not related to itself")
    if page.origin:
        return  # which languages there are is decided elsewhere
    if DEFAULT not in page.texts and not (path / f"{DEFAULT}.md").exists():
        reader.fault(path / f"{DEFAULT}.md", 0, "the German text is missing")
    if missing := [tag for tag in LANGUAGES if tag not in page.texts and tag != DEFAULT]:
        reader.gap(path, f"missing languages: {', '.join(missing)}")
