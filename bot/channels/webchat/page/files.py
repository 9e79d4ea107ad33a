"""The page's files: read once, compressed once, under an address that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_NAMES = ("chat.css", "chat.js", "leave.js", "outbox.js", "server.js", "store.js", "view.js", "mark.svg")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is served."""

    content: bytes
    gzipped: bytes
    media_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class Files:
    """All files; `version` names this set of them."""

    version: str
    by_name: Mapping[str, File]

    def address(self, name: str) -> str:
        """Return where the browser finds a file."""
        return f"/webchat/{self.version}/{name}"


def read_files() -> Files:
    """Read all files of the page."""
    by_name = {name: served((HERE / name).read_bytes(), _TYPES[Path(name).suffix]) for name in _NAMES}
    together = "".join(file.etag for file in by_name.values())
    return Files(hashlib.sha256(together.encode()).hexdigest()[:12], by_name)


def served(content: bytes, media_type: str) -> File:
    """Return content ready for serving."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    return File(content, gzip.compress(content, mtime=0), media_type, etag)
