"""How a translation knows which German text it belongs to, and a folder which state it is in."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = (".md", ".yml")


def source_hash(title: str, short: str, body: str) -> str:
    """Return the first 16 hex digits of SHA-256 of a text, whatever its line ends and invisible trailing spaces.

    >>> source_hash("Wohnung", "Kurz.", "Lang. ") == source_hash("Wohnung", "Kurz.", "Lang.")
    True
    """
    # NUL cannot occur in a text file, so moving a word from the title to the body changes the hash.
    whole = "\0".join(_normalised(part) for part in (title, short, body))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _normalised(text: str) -> str:
    # Without split, splitlines would also cut at rarer separators that are part of the text.
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def content_files(content_dir: Path) -> Iterator[Path]:
    """Yield every Markdown and YAML file below a folder, sorted; hidden ones and linked folders are left out."""
    for folder, names, files in os.walk(content_dir):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                yield Path(folder, name)


def version_of(content_dir: Path, *, largest: int = 200_000) -> str:
    """Return a hash of all content files; of files over `largest` bytes only the size counts."""
    digest = hashlib.sha256()
    for path in content_files(content_dir):
        digest.update(f"{path.relative_to(content_dir).as_posix()}\0".encode("utf-8", "surrogateescape"))
        digest.update(hashlib.sha256(_content(path, largest)).digest())
    return digest.hexdigest()[:16]


def _content(path: Path, largest: int) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > largest:
            return f"{found.st_mode} {found.st_size}".encode()
        return path.read_bytes()
    except OSError as exc:
        return type(exc).__name__.encode()
