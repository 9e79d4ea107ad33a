"""Writing into translations to which German text they belong."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from bot.core.language import DEFAULT, LANGUAGES
from bot.errors import ConfigurationError
from bot.library.hashing import source_hash
from bot.library.load_pages import page_folders
from bot.library.load_texts import Demands, read_texts
from bot.library.markdown_subset import checker
from bot.library.reader import Reader
from bot.library.stamping_sheets import sheet_changes

_FENCE = re.compile(rb"^---[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE)
_FIELD = re.compile(rb"^source_hash:[^\r\n]*", re.MULTILINE)


def stamp(content_dir: Path, topic: str | None = None, language: str | None = None) -> list[Path]:
    """Write the hash of the present German text into translations; return the files that changed.

    All pages and languages, or one topic, or one language; the glossary and the like as if their folder were a topic.
    Everything else in a file stays as it is. To be used when somebody has made sure that the translation fits. Raises
    ConfigurationError, before anything is written, if a German text cannot be read.
    """
    reader = Reader(content_dir.resolve())
    changes = list(_changes(reader, content_dir, topic, language))
    changes += sheet_changes(reader, content_dir, topic, language)
    if reader.faults:
        raise ConfigurationError(reader.faults)
    for path, content in changes:
        _replace(path, content)
    return [path for path, _ in changes]


def stamped(content: bytes, hash_: str) -> bytes:
    """Return a text file with this hash in its front matter; ValueError if it has no front matter."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    content = content.removeprefix(mark)
    fences = list(_FENCE.finditer(content))[:2]
    if len(fences) < 2 or fences[0].start() != 0:
        raise ValueError("must start with front matter between two lines of ---")
    start, end = fences[0].end(), fences[1].start()
    front, line = content[start:end], f"source_hash: {hash_}".encode()
    if _FIELD.search(front):
        front = _FIELD.sub(line, front, count=1)
    else:
        newline = b"\r\n" if fences[0][0].endswith(b"\r\n") else b"\n"
        front += line + newline
    return mark + content[:start] + front + content[end:]


def _changes(
    reader: Reader, content_dir: Path, topic: str | None, language: str | None
) -> Iterator[tuple[Path, bytes]]:
    for folder in _folders(content_dir):
        if topic not in (None, folder.name) or not (folder / f"{DEFAULT}.md").exists():
            continue
        hash_ = _german_hash(reader, folder)
        for path in sorted(folder.glob("*.md")):
            wanted = path.stem in LANGUAGES and path.stem != DEFAULT and language in (None, path.stem)
            if wanted and hash_ and (changed := _changed(reader, path, hash_)):
                yield path, changed


def _folders(content_dir: Path) -> list[Path]:
    places = page_folders(content_dir / "places")
    return [*page_folders(content_dir / "common"), *(page for place in places for page in page_folders(place))]


def _german_hash(reader: Reader, folder: Path) -> str | None:
    # Only the German file is looked at: faults of others are no reason not to stamp.
    german = read_texts(reader, folder, Demands(), checker(), only=DEFAULT).get(DEFAULT)
    return source_hash(german.title, german.short, german.body) if german else None


def _changed(reader: Reader, path: Path, hash_: str) -> bytes | None:
    if reader.text(path) is None:
        return None
    before = path.read_bytes()
    try:
        after = stamped(before, hash_)
    except ValueError as exc:
        reader.fault(path, 1, str(exc))
        return None
    return after if after != before else None


def _replace(path: Path, content: bytes) -> None:
    """Put the new content in place at once, so that no reader sees half of it."""
    real = path.resolve()
    beside = real.with_name(f".{real.name}.stamp")
    beside.write_bytes(content)
    beside.chmod(real.stat().st_mode & 0o777)
    beside.replace(real)
