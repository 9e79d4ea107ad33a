"""Which page folders have passed all checks, so that a start need not look at a thousand texts again.

A folder is known by the SHA-256 of its files and of the code that checks them: whatever changes is checked anew. The
file may be deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.core import scripts
from bot.library import formats, markdown_subset, translations

_SIZE = 16


@dataclass
class Passed:
    """Digests of folders without a fault; without a file nothing is remembered."""

    file: Path | None = None
    known: set[bytes] = field(default_factory=set)
    seen: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read what is remembered; what cannot be read is forgotten."""
        try:
            content = self.file.read_bytes() if self.file else b""
        except OSError:
            content = b""
        self.known = {content[start : start + _SIZE] for start in range(0, len(content) - _SIZE + 1, _SIZE)}

    def digest(self, demands: str, files: Iterable[Path]) -> bytes:
        """Return what files of which something is demanded are known by."""
        digest = hashlib.sha256(_code() + demands.encode())
        for path in files:
            content = path.read_bytes()
            digest.update(f"\0{path.name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.digest()[:_SIZE]

    def has(self, digest: bytes) -> bool:
        """Return whether a folder has passed before."""
        return digest in self.known

    def add(self, digest: bytes) -> None:
        """Remember a folder that passed."""
        self.seen.add(digest)

    def another(self) -> Passed:
        """Return what is known so far, to be added to apart."""
        apart = Passed()
        apart.known = self.known
        return apart

    def take(self, other: Passed) -> None:
        """Take over which folders passed elsewhere."""
        self.seen |= other.seen

    def save(self) -> None:
        """Keep what passed this time, if that is news; if it cannot be written, the next start takes longer."""
        if self.file is None or self.seen == self.known:
            return
        partial = self.file.with_name(self.file.name + ".part")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(b"".join(sorted(self.seen)))
            partial.replace(self.file)
        except OSError:
            return


@cache
def _code() -> bytes:
    """Return a hash of the modules that say what is right."""
    here = Path(__file__).parent
    files = [Path(str(module.__file__)) for module in (formats, markdown_subset, scripts, translations)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in [*files, here / "load_texts.py"])).digest()


def passed_file(cache_dir: Path) -> Path:
    """Return where is remembered which pages have passed all checks."""
    return cache_dir / "content-passed.bin"
