"""The ledger of erasures: a file beside the key file, so that erased stays erased whatever happens to the database.

One keyed hash a line, only ever appended. A restored backup is cleaned of everybody who stands here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from bot.errors import StorageError
from bot.storage.crypto import sync_folder
from bot.storage.database import Database
from bot.storage.tables import ErasureRow

_HASH = re.compile(r"[a-z2-7]{26}")


class Ledger:
    """Hashes of erased persons in an append-only file."""

    def __init__(self, path: Path) -> None:
        """Use this file; it is made with the first erasure."""
        self.path = path

    def read(self) -> set[str]:
        """Return all hashes; a line torn by a power failure is left out. Raises StorageError."""
        try:
            lines = self.path.read_text("ascii", "replace").splitlines()
        except FileNotFoundError:
            return set()
        except OSError as exc:
            raise StorageError(f"{self.path}: the ledger of erasures cannot be read ({exc.strerror})") from exc
        return {line for line in lines if _HASH.fullmatch(line)}

    def add(self, hashes: Iterable[str]) -> None:
        """Append hashes that are not there yet and wait until the disk has them. Raises StorageError."""
        new = sorted(set(hashes) - self.read())
        if not new:
            return
        try:
            is_new = not self.path.exists()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # The leading newline ends a line that an earlier writer left torn; empty lines mean nothing.
                os.write(descriptor, ("\n" + "\n".join(new) + "\n").encode("ascii"))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if is_new:
                sync_folder(self.path.parent)
        except OSError as exc:
            raise StorageError(f"{self.path}: the ledger of erasures cannot be written ({exc.strerror})") from exc


def beside(key_file: Path) -> Ledger:
    """Return the ledger that belongs to a key file: `<key file>.erased`."""
    return Ledger(key_file.with_name(f"{key_file.name}.erased"))


async def reconcile(database: Database, ledger: Ledger) -> int:
    """Write erasures to the ledger that a crash kept from it; return how many. Run at every start."""
    async with database.read() as connection:
        proved = set((await connection.execute(select(ErasureRow.person_hash))).scalars())
    missing = proved - ledger.read()
    ledger.add(missing)
    return len(missing)
