"""Reading the folder of the glossary: the words, and what they mean in each language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from bot.core.language import DEFAULT
from bot.core.yaml_lines import Document
from bot.library.glossary import Glossary, Meaning, OfficeWord
from bot.library.glossary_format import MeaningsFile, WordEntry, WordsFile
from bot.library.reader import Reader
from bot.library.sheets import Sheet, read_sheets

FOLDER = "glossary"
_Sheets = Mapping[str, Sheet[MeaningsFile]]


def read_glossary(reader: Reader, content_dir: Path, pages: Collection[str]) -> Glossary:
    """Return the office words; `pages` are the ids that they may point to. No folder: no words."""
    listed = content_dir / FOLDER / "words.yml"
    read = reader.file(WordsFile, listed)
    if read is None:
        return Glossary({})
    found, document = read
    _check(reader, listed, document, found.words, pages)
    sheets = read_sheets(reader, listed.parent, MeaningsFile, base=listed.stem)
    explained = sheets[DEFAULT].file.words if sheets else {}
    for number, entry in enumerate(found.words):
        if sheets and entry.id not in explained:
            reader.fault(listed, document.line(("words", number)), f"{entry.id}: {DEFAULT}.yml does not explain it")
    if strange := sorted(explained.keys() - {entry.id for entry in found.words}):
        line = sheets[DEFAULT].document.line(("words", strange[0]))
        reader.fault(sheets[DEFAULT].path, line, f"{strange[0]}: words.yml has no such word")
    return Glossary({entry.id: _word(entry, sheets) for entry in found.words if entry.id in explained})


def _check(reader: Reader, path: Path, document: Document, entries: list[WordEntry], pages: Collection[str]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(entries):
        for name, value in (("id", entry.id), ("word", entry.word.casefold())):
            if other := seen.get((name, value)):
                line = document.line(("words", number, name))
                reader.fault(path, line, f"{name}: {getattr(entry, name)} is already the word {other}")
            seen[name, value] = entry.id
        if entry.page and entry.page not in pages:
            reader.fault(path, document.line(("words", number, "page")), f"page: there is no page {entry.page}")


def _word(entry: WordEntry, sheets: _Sheets) -> OfficeWord:
    here = {tag: sheet for tag, sheet in sheets.items() if entry.id in sheet.file.words}
    return OfficeWord(
        id=entry.id,
        word=entry.word,
        also=tuple(entry.also),
        page=entry.page,
        names={tag: name for tag, sheet in here.items() if (name := sheet.file.words[entry.id].name)},
        meanings={tag: _meaning(tag, sheet, entry.id) for tag, sheet in here.items()},
    )


def _meaning(language: str, sheet: Sheet[MeaningsFile], word: str) -> Meaning:
    file = sheet.file
    return Meaning(language, file.words[word].means, file.method, ("words", word) not in sheet.stale)
