"""Any damage to a backup file is noticed, wherever it is."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BackupRefused
from bot.storage import backup_file
from bot.storage.backup_file import Header, Writer, check_header, lines, read_header
from bot.storage.crypto import KeyRing, new_ring

RING = new_ring()
HEADER = Header(1, "0001", RING.fingerprint, [RING.active], "2026-11-23T09:00:00+00:00", "stream")
CHUNK = 1_000
CONTENT = [json.dumps(["row", number, "x" * (number * 53 % 700)]).encode() for number in range(40)]


def make(content: list[bytes], header: Header = HEADER, ring: KeyRing = RING) -> bytes:
    file = io.BytesIO()
    whole = backup_file._CHUNK
    backup_file._CHUNK = CHUNK
    try:
        writer = Writer(file, header, ring)
        for line in content:
            writer.write(line + b"\n")
        writer.finish()
    finally:
        backup_file._CHUNK = whole
    return file.getvalue()


def read(data: bytes, ring: KeyRing = RING) -> list[bytes]:
    file = io.BytesIO(data)
    header, binding = read_header(file)
    check_header(header, ring, {"0001"})
    return list(lines(file, binding, ring))


WHOLE = make(CONTENT)


def borders(data: bytes = WHOLE) -> list[int]:
    """Return where the chunks begin, and the end."""
    at = len(backup_file.MAGIC)
    at += 4 + int.from_bytes(data[at : at + 4], "big")
    found = [at]
    while at < len(data):
        at += 4 + int.from_bytes(data[at : at + 4], "big")
        found.append(at)
    return found


def test_it_reads_as_it_was_written() -> None:
    assert read(WHOLE) == CONTENT
    assert len(borders()) > 10
    assert read(make([])) == []


def test_a_line_may_be_longer_than_many_chunks() -> None:
    long = [b"a" * (7 * CHUNK), b"", b"b"]
    assert read(make(long)) == long


def test_cut_off_at_every_border_it_is_refused() -> None:
    for at in borders()[:-1]:
        with pytest.raises(BackupRefused, match="damaged"):
            read(WHOLE[:at])


def test_cut_off_anywhere_it_is_refused() -> None:
    for at in range(0, len(WHOLE), 7):
        with pytest.raises(BackupRefused):
            read(WHOLE[:at])


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_flipped_anywhere_it_is_refused(at: int, flip: int) -> None:
    data = bytearray(WHOLE)
    data[at] ^= flip
    with pytest.raises(BackupRefused):
        read(bytes(data))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    for candidate in (data, backup_file.MAGIC + data, WHOLE[: borders()[0]] + data, WHOLE + data):
        if candidate != WHOLE:
            with pytest.raises(BackupRefused):
                read(candidate)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_chunks_swapped_doubled_or_left_out_are_noticed(data: st.DataObject) -> None:
    at = borders()
    chunks = [WHOLE[start:end] for start, end in pairwise(at)]
    order = data.draw(st.lists(st.integers(0, len(chunks) - 1), max_size=len(chunks) + 2))
    changed = WHOLE[: at[0]] + b"".join(chunks[number] for number in order)
    if changed != WHOLE:
        with pytest.raises(BackupRefused):
            read(changed)


def test_chunks_of_another_backup_do_not_fit() -> None:
    other = make(CONTENT, Header(**{**asdict(HEADER), "stream": "other"}))
    mine, theirs = borders(), borders(other)
    mixed = WHOLE[: mine[1]] + other[theirs[1] :]
    with pytest.raises(BackupRefused, match="damaged"):
        read(mixed)


def test_the_text_says_what_to_do() -> None:
    with pytest.raises(BackupRefused, match="another installation: set LOTSE_KEY_FILE"):
        read(WHOLE, new_ring())
    with pytest.raises(BackupRefused, match=r"revision 0002.*install that version"):
        read(make([], Header(**{**asdict(HEADER), "revision": "0002"})))
    with pytest.raises(BackupRefused, match=r"needs key 7.*later backup"):
        read(make([], Header(**{**asdict(HEADER), "keys": [1, 7]})))


def test_the_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "b"

    def fail() -> None:
        with backup_file.written_whole(target) as file:
            file.write(b"half")
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - any
        fail()
    assert list(tmp_path.iterdir()) == []
    with backup_file.written_whole(target) as file:
        file.write(b"whole")
    assert target.read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
