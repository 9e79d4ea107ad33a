"""Reading the <language>.md files of one page."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it import MarkdownIt

from bot.core import scripts
from bot.core.language import DEFAULT, LANGUAGES
from bot.core.yaml_lines import Document
from bot.library import frontmatter, markdown_subset, translations
from bot.library.formats import BODY, LONGEST_IMPORTED, FrontMatter
from bot.library.hashing import source_hash
from bot.library.model import PageText
from bot.library.reader import Reader


@dataclass(frozen=True, slots=True)
class Demands:
    """What the texts of a page must be like. `imported` ones are taken as they are: others look after them."""

    notranslate: Sequence[str] = ()
    imported: bool = False
    section: bool = False

    @property
    def longest(self) -> int:
        """Return how many characters the long text may have."""
        return LONGEST_IMPORTED if self.imported else BODY

    def about(self, reader: Reader) -> Callable[[Path, int, str], None]:
        """Return what to do with slips: a fault for the editors here, a warning about imported texts."""
        return reader.warn if self.imported else reader.fault


@dataclass(frozen=True, slots=True)
class _Draft:
    path: Path
    text: PageText
    head: FrontMatter
    document: Document
    parts: frontmatter.Parts


def read_texts(
    reader: Reader, folder: Path, demands: Demands, parser: MarkdownIt, *, only: str = "*"
) -> dict[str, PageText]:
    """Return the texts of a page by language, each compared with the German one; or `only` one language."""
    drafts = {}
    for path in sorted(folder.glob(f"{only}.md")):
        if path.stem.startswith("."):
            continue
        if path.stem not in LANGUAGES:
            reader.fault(path, 0, f"unknown language {path.stem}; known are {', '.join(LANGUAGES)}")
        elif draft := _read(reader, path):
            drafts[path.stem] = draft
    german = drafts.get(DEFAULT)
    digest = reader.passed.digest(repr(demands), (draft.path for draft in drafts.values()))
    found = reader.found
    if not reader.passed.has(digest):
        _check(reader, drafts, demands, parser)
    if reader.found == found:
        reader.passed.add(digest)
    return {tag: _compared(reader, draft, german) for tag, draft in drafts.items()}


def _read(reader: Reader, path: Path) -> _Draft | None:
    text = reader.text(path)
    if text is None:
        return None
    parts = frontmatter.split(text)
    if parts is None:
        reader.fault(path, 1, "must start with front matter between two lines of ---")
        return None
    document = reader.parse(path, parts.front, first_line=parts.front_line)
    head = reader.fit(FrontMatter, path, document) if document else None
    if document is None or head is None:
        return None
    title, short = (unicodedata.normalize("NFC", value).strip() for value in (head.title, head.short))
    body = unicodedata.normalize("NFC", parts.body)
    page = PageText(path.stem, title, short, body, head.method, head.reviewer, head.source_hash, False)
    return _Draft(path, page, head, document, parts)


def _check(reader: Reader, drafts: Mapping[str, _Draft], demands: Demands, parser: MarkdownIt) -> None:
    german = drafts.get(DEFAULT)
    original = translations.Original.of(german.text.whole, demands.notranslate) if german else None
    complain = demands.about(reader)
    for draft in drafts.values():
        _check_body(reader, draft.path, draft.parts, demands, parser)
        _check_head(complain, draft)
        for what in translations.differences(original, draft.text.whole) if original and draft is not german else ():
            complain(draft.path, 0, what)


def _check_head(complain: Callable[[Path, int, str], None], draft: _Draft) -> None:
    path = draft.path
    for name, value in (("title", draft.head.title), ("short", draft.head.short)):
        line = draft.document.line((name,))
        if "**" in value or "](" in value:
            complain(path, line, f"{name}: plain text only, no Markdown")
        for _, what in _slips(value):
            complain(path, line, f"{name}: {what}")


def _check_body(reader: Reader, path: Path, parts: frontmatter.Parts, demands: Demands, parser: MarkdownIt) -> None:
    body, first, complain = parts.body, parts.body_line, demands.about(reader)
    if not body and not demands.section:
        complain(path, first, "the long text is missing")
    if len(body) > demands.longest:
        reader.fault(path, first, f"the long text has {len(body)} characters; at most {demands.longest} fit")
    for line, what in markdown_subset.outside(parser, body):
        reader.fault(path, first + line, what)
    for position, what in _slips(body):
        complain(path, first + body.count("\n", 0, position), what)


def _slips(text: str) -> list[tuple[int, str]]:
    return [
        *((at, f"{word} mixes letters of different scripts") for at, word in scripts.mixed_words(text)),
        *((at, f"invisible character {code}; remove it") for at, code in scripts.invisible_characters(text)),
    ]


def _compared(reader: Reader, draft: _Draft, german: _Draft | None) -> PageText:
    if german is None or draft is german:
        return replace(draft.text, current=draft is german)
    source = german.text
    current = draft.text.source_hash == source_hash(source.title, source.short, source.body)
    if not current:
        reader.warn(draft.path, 0, "belongs to an older German text, or was never stamped")
    return replace(draft.text, current=current)
