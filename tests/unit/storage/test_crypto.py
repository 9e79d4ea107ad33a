"""Sealing, and key files that are refused with what to do."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import KeyRefused
from bot.storage.crypto import KeyRing, load, load_or_create, new_ring, save

RING = new_ring()


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_what_is_sealed_opens_in_its_own_column_alone(plain: bytes) -> None:
    sealed = RING.seal(plain, bound_to="chat.address")
    assert RING.open(sealed, bound_to="chat.address") == plain
    assert RING.seal(plain, bound_to="chat.address") != sealed
    with pytest.raises(KeyRefused):
        RING.open(sealed, bound_to="inbox.raw")


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_anything_else_is_refused(data: bytes) -> None:
    for sealed in (data, bytes([RING.active]) + data):
        with pytest.raises(KeyRefused):
            RING.open(sealed, bound_to="chat.address")


def test_old_keys_still_open_until_they_are_dropped() -> None:
    sealed = RING.seal(b"x", bound_to="c")
    newer = RING.with_new_key()
    assert newer.open(sealed, bound_to="c") == b"x"
    assert newer.seal(b"x", bound_to="c")[0] == newer.active != RING.active
    with pytest.raises(KeyRefused, match="needs key 1"):
        newer.with_active_only().open(sealed, bound_to="c")


def test_names_do_not_change_with_rotation_nor_run_together() -> None:
    assert RING.with_new_key().name("chat", "a", "b") == RING.name("chat", "a", "b")
    assert RING.name("chat", "a", "bc") != RING.name("chat", "ab", "c")
    assert RING.name("chat", "\ud800") != RING.name("button", "\ud800")
    assert new_ring().fingerprint != RING.fingerprint
    assert str(RING.keys[1]) not in repr(RING)


def test_a_missing_file_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "lotse.key"
    first = load_or_create(path)
    assert load_or_create(path) == first == load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    save(first.with_new_key(), path)
    assert len(load(path).keys) == 2
    save(new_ring(), path, must_be_new=True)  # the first one counts
    assert load(path).index == first.index
    assert [one.name for one in path.parent.iterdir()] == ["lotse.key"]


def test_key_numbers_wrap_around() -> None:
    ring = KeyRing(RING.index, 255, {255: RING.keys[1], 1: RING.keys[1]})
    assert ring.with_new_key().active == 2


@pytest.mark.parametrize("change", [
    lambda _: "[]", lambda _: "{", lambda _: "7", lambda d: json.dumps(d | {"keys": []}),
    lambda d: json.dumps(d | {"active": 2}), lambda d: json.dumps(d | {"format": "other"}),
    lambda d: json.dumps(d | {"index": "AAAA"}), lambda d: json.dumps(d | {"keys": {"1": "?"}}),
    lambda d: json.dumps(d | {"keys": {"1": "AAAA"}}),
])  # fmt: skip
def test_a_damaged_file_is_refused(tmp_path: Path, change) -> None:  # noqa: ANN001 - a lambda
    path = tmp_path / "k"
    save(RING, path)
    path.write_text(change(json.loads(path.read_text())))
    with pytest.raises(KeyRefused, match="not a key file of Lotse, or damaged"):
        load(path)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k"
    save(RING, path)
    path.chmod(0o640)
    with pytest.raises(KeyRefused, match="chmod 600"):
        load(path)


def test_a_file_that_cannot_be_read_or_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="LOTSE_KEY_FILE"):
        load(tmp_path / "missing")
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyRefused, match="LOTSE_KEY_FILE"):
        load_or_create(tmp_path / "file" / "k")
