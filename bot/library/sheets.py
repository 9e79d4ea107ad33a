"""Short texts by key, a file a language: the meanings of office words, what services do, names of professions.

A translator has one file in one language. Below it stands by `source_hashes` to which German text each part belongs;
`lotse content stamp` writes them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import Field, model_validator

from bot.core import scripts
from bot.core.language import DEFAULT, LANGUAGES
from bot.core.yaml_lines import Document
from bot.library.formats import Format, Text
from bot.library.hashing import source_hash
from bot.library.model import Method
from bot.library.reader import Reader

HASHES = "source_hashes"
_SHOWN = 5


class SheetFile(Format):
    """<language>.yml: texts of one language."""

    method: Method
    reviewer: Text | None = None
    source_hashes: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]] = Field(
        {}, description="The German texts that these belong to; written by `lotse content stamp`."
    )

    @model_validator(mode="after")
    def _reviewed_by_someone(self) -> SheetFile:
        if self.method == "machine_reviewed" and not self.reviewer:
            raise ValueError("method machine_reviewed needs a reviewer")
        return self

    @abstractmethod
    def parts(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Return the texts by where they stand in the file."""

    def texts(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Return everything that people read, by where it stands; `parts` alone are compared with the German ones."""
        return self.parts()


S = TypeVar("S", bound=SheetFile)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[S]):
    """The texts of one language, with the lines of their file; `stale` are the parts that need a look."""

    path: Path
    file: S
    document: Document
    stale: frozenset[tuple[str, ...]] = frozenset()


def part_key(where: tuple[str, ...]) -> str:
    """Return by what a part is known under `source_hashes`."""
    return ".".join(where)


def part_hash(texts: tuple[str, ...]) -> str:
    """Return by what a translation knows the German text it belongs to."""
    return source_hash("", "", "\n".join(texts))


def read_sheets(reader: Reader, folder: Path, model: type[S], *, base: str) -> dict[str, Sheet[S]]:
    """Return the sheets of a folder by language; `base` is the file in it that holds for every language.

    Languages and parts that are missing are gaps; without the German sheet there is nothing to compare with.
    """
    sheets = dict(_each(reader, folder, model, base))
    german = sheets.get(DEFAULT)
    if german is None:
        reader.fault(folder / f"{DEFAULT}.yml", 0, "the German texts are missing")
        return {}
    wanted = german.file.parts()
    found = {DEFAULT: german}
    for tag in LANGUAGES:
        if tag == DEFAULT:
            continue
        if tag not in sheets:
            reader.gap(folder / f"{tag}.yml", "this language is missing")
            continue
        found[tag] = _compared(reader, sheets[tag], wanted)
    return found


def methods_of(sheets: Mapping[str, Sheet[S]]) -> dict[str, Method]:
    """Return how the texts of each language were written."""
    return {tag: sheet.file.method for tag, sheet in sheets.items()}


def _each(reader: Reader, folder: Path, model: type[S], base: str) -> Iterator[tuple[str, Sheet[S]]]:
    for path in sorted(folder.glob("*.yml")):
        if path.stem == base or path.stem.startswith("."):
            continue
        if path.stem not in LANGUAGES:
            reader.fault(path, 0, f"unknown language {path.stem}; known are {', '.join(LANGUAGES)}")
            continue
        document = reader.yaml(path)
        found = reader.fit(model, path, document) if document else None
        if document is not None and found is not None:
            _check(reader, path, found, document)
            yield path.stem, Sheet(path, found, document)


def _check(reader: Reader, path: Path, file: SheetFile, document: Document) -> None:
    for where, texts in file.texts().items():
        for text in texts:
            for _, word in scripts.mixed_words(text):
                reader.fault(path, document.line(where), f"{where[-1]}: {word} mixes letters of different scripts")
            for _, code in scripts.invisible_characters(text):
                reader.fault(path, document.line(where), f"{where[-1]}: invisible character {code}; remove it")


def _compared(reader: Reader, sheet: Sheet[S], wanted: Mapping[tuple[str, ...], tuple[str, ...]]) -> Sheet[S]:
    here = sheet.file.parts()
    for where in here.keys() - wanted.keys():
        reader.fault(sheet.path, sheet.document.line(where), f"{where[-1]}: {DEFAULT}.yml has no such entry")
    if missing := wanted.keys() - here.keys():
        reader.gap(sheet.path, f"missing: {_listed(missing)}")
    hashes = sheet.file.source_hashes
    stale = {where for where in here if where in wanted and hashes.get(part_key(where)) != part_hash(wanted[where])}
    if stale:
        reader.warn(sheet.path, 0, f"belong to an older German text, or were never stamped: {_listed(stale)}")
    return Sheet(sheet.path, sheet.file, sheet.document, frozenset(stale))


def _listed(parts: set[tuple[str, ...]]) -> str:
    keys = sorted(part_key(where) for where in parts)
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return ", ".join(keys[:_SHOWN]) + more
