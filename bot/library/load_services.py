"""Reading the folder of the regular services."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bot.core.language import DEFAULT
from bot.core.yaml_lines import Document
from bot.library.reader import Reader
from bot.library.referral import Service, Services
from bot.library.services_format import ServiceEntry, ServicesFile, ServiceTexts
from bot.library.sheets import Sheet, methods_of, read_sheets

FOLDER = "services"


def read_services(reader: Reader, content_dir: Path, pages: Collection[str]) -> Services:
    """Return the regular services; `pages` are the ids of topics. No folder: no services."""
    listed = content_dir / FOLDER / "services.yml"
    read = reader.file(ServicesFile, listed)
    if read is None:
        return Services({})
    found, document = read
    _check(reader, listed, document, found.services, pages)
    sheets = read_sheets(reader, listed.parent, ServiceTexts, base=listed.stem)
    named = sheets[DEFAULT].file.services if sheets else {}
    for number, entry in enumerate(found.services):
        if sheets and entry.id not in named:
            line = document.line(("services", number))
            reader.fault(listed, line, f"{entry.id}: {DEFAULT}.yml does not describe it")
    by_id = {entry.id: _service(entry, sheets) for entry in found.services if entry.id in named}
    return Services(by_id, methods_of(sheets))


def _check(reader: Reader, path: Path, document: Document, entries: list[ServiceEntry], pages: Collection[str]) -> None:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.id in seen:
            reader.fault(path, document.line(("services", number, "id")), f"id: {entry.id} is already another service")
        seen.add(entry.id)
        for place, topic in enumerate(entry.topics):
            if topic not in pages:
                line = document.line(("services", number, "topics", place))
                reader.fault(path, line, f"topics: there is no page {topic}")


def _service(entry: ServiceEntry, sheets: dict[str, Sheet[ServiceTexts]]) -> Service:
    texts = {tag: text for tag, sheet in sheets.items() if (text := sheet.file.services.get(entry.id))}
    return Service(
        id=entry.id,
        office=entry.office,
        word=entry.name,
        names={tag: text.name for tag, text in texts.items()},
        does={tag: text.does for tag, text in texts.items()},
        topics=tuple(entry.topics),
        audience=tuple(entry.audience),
        free=entry.free,
        confidential=entry.confidential,
        finder=entry.finder,
        phone=entry.phone,
    )
