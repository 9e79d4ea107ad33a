"""Writing into sheets of short texts to which German texts their parts belong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.core.language import DEFAULT
from bot.library import load_glossary, load_professions, load_services
from bot.library.glossary_format import MeaningsFile
from bot.library.professions_format import ProfessionTexts
from bot.library.reader import Reader
from bot.library.services_format import ServiceTexts
from bot.library.sheets import HASHES, SheetFile, part_hash, part_key, read_sheets

FOLDERS: dict[str, tuple[str, type[SheetFile]]] = {
    load_glossary.FOLDER: ("words", MeaningsFile),
    load_services.FOLDER: ("services", ServiceTexts),
    load_professions.FOLDER: ("professions", ProfessionTexts),
}
_BLOCK = re.compile(rf"^{HASHES}:[^\n]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n(?=[ \t]))*", re.MULTILINE)


def sheet_changes(
    reader: Reader, content_dir: Path, folder: str | None, language: str | None
) -> Iterator[tuple[Path, bytes]]:
    """Yield the sheets that are not stamped as they should be, with their new content."""
    for name, (base, model) in FOLDERS.items():
        path = content_dir / name
        if folder not in (None, name) or not (path / f"{base}.yml").exists():
            continue
        sheets = read_sheets(reader, path, model, base=base)
        german = sheets[DEFAULT].file.parts() if sheets else {}
        for tag, sheet in sheets.items():
            if tag == DEFAULT or language not in (None, tag):
                continue
            hashes = {
                part_key(where): part_hash(german[where]) for where in sorted(sheet.file.parts()) if where in german
            }
            if hashes != sheet.file.source_hashes:
                yield sheet.path, _with_hashes(sheet.path, hashes)


def _with_hashes(path: Path, hashes: dict[str, str]) -> bytes:
    """Return a file whose last part are these hashes; everything else stays as it is."""
    text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    rest = _BLOCK.sub("", text if text.endswith("\n") else text + "\n").rstrip("\n")
    lines = "".join(f'  {key}: "{value}"\n' for key, value in hashes.items())
    return f"{rest}\n{HASHES}:\n{lines}".encode()
