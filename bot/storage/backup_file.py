"""The file of a backup: a header in the clear, then encrypted chunks that tell any damage.

`magic | length | header as JSON | chunks`, a chunk being `length | value sealed under the active key`. Each seal is
bound to the header, to the chunk's number and to whether it is the last one (as in STREAM, Hoang et al. 2015), so that
cutting off, swapping, repeating or altering any part of the file is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from bot.errors import BackupRefused, KeyRefused
from bot.storage.crypto import KeyRing, sync_folder

MAGIC = b"LOTSE-BACKUP\n"
FORMAT = 1
_CHUNK = 256 * 1024
_LONGEST_HEADER = 4_096
_LONGEST_CHUNK = _CHUNK + 64
_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself before it is opened: `keys` are the numbers of the keys it takes to read it.

    `stream` is random, so that chunks of two backups are never mistaken for each other.
    """

    format: int
    revision: str
    fingerprint: str
    keys: list[int]
    created_at: str
    stream: str


class Writer:
    """Gathers lines into sealed chunks."""

    def __init__(self, file: BinaryIO, header: Header, ring: KeyRing) -> None:
        """Write the header."""
        told = json.dumps(asdict(header)).encode()
        file.write(MAGIC + len(told).to_bytes(_NUMBER, "big") + told)
        self._file, self._ring, self._binding = file, ring, _binding(told)
        self._waiting = bytearray()
        self._count = 0

    def write(self, line: bytes) -> None:
        """Add a line."""
        self._waiting += line
        while len(self._waiting) > _CHUNK:
            self._seal(self._waiting[:_CHUNK], last=False)
            del self._waiting[:_CHUNK]

    def finish(self) -> None:
        """Write the last chunk."""
        self._seal(self._waiting, last=True)

    def _seal(self, part: bytearray, *, last: bool) -> None:
        sealed = self._ring.seal(bytes(part), bound_to=_bound(self._binding, self._count, last=last))
        self._file.write(len(sealed).to_bytes(_NUMBER, "big") + sealed)
        self._count += 1


def read_header(file: BinaryIO) -> tuple[Header, bytes]:
    """Return the header and what the chunks are bound to; raise BackupRefused."""
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupRefused("this is not a backup of Lotse, or its beginning is damaged: choose another file")
    told = file.read(min(int.from_bytes(file.read(_NUMBER), "big"), _LONGEST_HEADER))
    try:
        values = json.loads(told)
        if int(values["format"]) > FORMAT:
            raise BackupRefused("this backup was made by a newer Lotse: install that version, then restore")
        header = Header(**values)
    except (ValueError, TypeError, KeyError, RecursionError) as exc:
        raise BackupRefused("the beginning of this backup is damaged: take another copy of it") from exc
    return header, _binding(told)


def check_header(header: Header, ring: KeyRing, revisions: set[str]) -> None:
    """Raise BackupRefused, with what to do, if this installation cannot use the backup."""
    if header.fingerprint != ring.fingerprint:
        raise BackupRefused(
            "this backup belongs to another installation: set LOTSE_KEY_FILE to that one's key file, or choose "
            "another backup"
        )
    if missing := sorted(set(header.keys) - set(ring.keys)):
        raise BackupRefused(
            f"this backup was made before the keys were changed: it needs key {missing[0]}, which the key file has no "
            "more. Choose a later backup, or set LOTSE_KEY_FILE to the copy of the key file of that time"
        )
    if header.revision not in revisions:
        raise BackupRefused(
            f"this backup was made by a newer Lotse (revision {header.revision}): install that version, then restore"
        )


def lines(file: BinaryIO, binding: bytes, ring: KeyRing) -> Iterator[bytes]:
    """Return the lines after the header, each once its chunk was found sound; raise BackupRefused at any damage."""
    rest = b""
    for part in _chunks(file, binding, ring):
        *whole, rest = (rest + part).split(b"\n")
        yield from whole
    if rest:
        raise BackupRefused(_DAMAGED)


_DAMAGED = "this backup is damaged or cut off: take another copy of it, or choose an earlier backup"


def _chunks(file: BinaryIO, binding: bytes, ring: KeyRing) -> Iterator[bytes]:
    count, last = 0, False
    while not last:
        length = int.from_bytes(file.read(_NUMBER), "big")
        sealed = file.read(length) if length <= _LONGEST_CHUNK else b""
        following = file.read(1)
        last = not following
        file.seek(-len(following), os.SEEK_CUR)
        try:
            yield ring.open(sealed, bound_to=_bound(binding, count, last=last))
        except KeyRefused as exc:
            raise BackupRefused(_DAMAGED) from exc
        count += 1


def _binding(told: bytes) -> bytes:
    return hashlib.sha256(MAGIC + told).digest()


def _bound(binding: bytes, count: int, *, last: bool) -> str:
    return f"backup|{binding.hex()}|{count}|{'last' if last else 'more'}"


@contextmanager
def written_whole(target: Path) -> Iterator[BinaryIO]:
    """Open a file that appears at `target` complete, on disk and readable by its owner alone, or not at all."""
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
        sync_folder(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
