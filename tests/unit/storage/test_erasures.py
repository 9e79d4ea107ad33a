"""The ledger of erasures survives torn writes and several writers."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import StorageError
from bot.storage.crypto import new_ring
from bot.storage.erasures import Ledger, beside

RING = new_ring()


def hashes(number: int) -> list[str]:
    return [RING.name("erased", str(one)) for one in range(number)]


def test_it_lies_beside_the_key_file(tmp_path: Path) -> None:
    assert beside(tmp_path / "lotse.key").path == tmp_path / "lotse.key.erased"


def test_what_is_added_is_read_and_kept_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    one, two, three = hashes(3)
    assert ledger.read() == set()
    ledger.add([])
    assert not ledger.path.exists()
    ledger.add([one, two])
    ledger.add([two, three])
    assert Ledger(ledger.path).read() == {one, two, three}
    assert len([line for line in ledger.path.read_text().splitlines() if line]) == 3
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


@settings(deadline=None)
@given(cut=st.integers(1, 26))
def test_a_torn_last_line_loses_nothing_else(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("torn") / "l")
    one, two, three = hashes(3)
    ledger.add([one])
    with ledger.path.open("a") as file:
        file.write(two[:cut])
    assert ledger.read() >= {one}
    ledger.add([three])
    assert ledger.read() == {one, three} | ({two} if cut == 26 else set())


def test_rubbish_is_left_out(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    (one,) = hashes(1)
    ledger.path.write_bytes(b"\xff\x00rubbish\n" + one.encode() + b"\n\n" + one[:-1].encode() + b"!\n")
    assert ledger.read() == {one}


def test_several_writers_lose_nothing(tmp_path: Path) -> None:
    all_of_them = hashes(40)
    writers = [threading.Thread(target=Ledger(tmp_path / "l").add, args=([one],)) for one in all_of_them]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert Ledger(tmp_path / "l").read() == set(all_of_them)


def test_a_ledger_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "l").mkdir()
    with pytest.raises(StorageError, match="cannot be read"):
        Ledger(tmp_path / "l").add(hashes(1))
    with pytest.raises(StorageError, match="cannot be written"):
        Ledger(tmp_path / "missing" / "l").add(hashes(1))
