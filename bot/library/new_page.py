"""`lotse content new`: a page to be filled in, with every field where it belongs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from bot.core.language import DEFAULT, LANGUAGES
from bot.errors import ConfigurationError, Fault
from bot.library.formats import BODY, PAGE_ID, SHORT
from bot.library.hashing import source_hash
from bot.library.load_texts import Demands, read_texts
from bot.library.markdown_subset import checker
from bot.library.reader import Reader, shown

_REVIEW_AFTER = timedelta(days=180)
_PAGE = """\
# What holds for the page in every language. docs/content.md explains each line.
id: {id}
audience: [all]            # all, asylum, tolerated, recognised, temporary_protection, eu, skilled
owner: {owner}
source_url: https://www.service-bw.de
source_name: Serviceportal Baden-Württemberg
reviewed_on: {today}
review_by: {review_by}
valid_until: null          # set it when the text has a sum, an age or a deadline that changes
keywords: []               # German words on letters and doors that lead here, with usual misspellings
notranslate: []            # office words of the German text that stay German in every language
offices: []                # kinds of offices that help here
related: []                # ids of other pages
"""
_TEXT = """\
---
title: {title}
short: >-
  {short}
method: human
reviewer:
source_hash:{hash}
---
{body}
"""
_SHORT = f"Die Antwort in zwei, drei Sätzen, höchstens {SHORT} Zeichen. Ersetzen Sie diesen Text."
_BODY = f"""\
## Was ist das?
Der lange Text, höchstens {BODY} Zeichen.

## So geht es
1. Zuerst …
2. Dann …

## Mitbringen
- …

**Kostenlose Hilfe:** …"""


def new_page(content_dir: Path, page_id: str, *, title: str, place: str | None, today: date) -> list[Path]:
    """Write a page with a German text to be filled in; return the files. Raises ConfigurationError if it is there."""
    folder = _folder(content_dir, page_id, place)
    if folder.exists():
        raise ConfigurationError([Fault(shown(folder), 0, "is there already; edit it, or take another id")])
    page = _PAGE.format(
        id=page_id, owner=place or "integrationsmanagement", today=today, review_by=today + _REVIEW_AFTER
    )
    files = {"page.yml": page, f"{DEFAULT}.md": _TEXT.format(title=title, short=_SHORT, hash="", body=_BODY)}
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in files]


def new_translation(content_dir: Path, page_id: str, *, language: str, place: str | None) -> Path:
    """Write a copy of the German text, to be translated in place; return the file.

    Raises ConfigurationError if the translation is there already, or the German text is missing.
    """
    folder = _folder(content_dir, page_id, place)
    path = folder / f"{language}.md"
    if language not in LANGUAGES or language == DEFAULT:
        known = ", ".join(tag for tag in LANGUAGES if tag != DEFAULT)
        raise ConfigurationError([Fault("--lang", 0, f"{language} is not one of {known}")])
    if path.exists():
        raise ConfigurationError([Fault(shown(path), 0, "is there already")])
    reader = Reader(content_dir.resolve())
    german = read_texts(reader, folder, Demands(), checker(), only=DEFAULT).get(DEFAULT)
    if german is None:
        raise ConfigurationError(
            reader.faults or [Fault(shown(folder / f"{DEFAULT}.md"), 0, "the German text is missing")]
        )
    hash_ = f" {source_hash(german.title, german.short, german.body)}"
    title = f'"{german.title}"' if ":" in german.title else german.title
    path.write_text(_TEXT.format(title=title, short=german.short, hash=hash_, body=german.body), encoding="utf-8")
    return path


def _folder(content_dir: Path, page_id: str, place: str | None) -> Path:
    if not PAGE_ID.fullmatch(page_id):
        what = f"{page_id} is no id of a page: an area, a dot and a name, in small letters, as in housing.find_flat"
        raise ConfigurationError([Fault("id", 0, what)])
    return content_dir / (Path("places") / place if place else Path("common")) / page_id
