"""Vectors kept on disk, so that a text is encoded once in its life.

Format: a line that names encoder and dimension, then records of 16 bytes (BLAKE2b of the text) and the vector in half
precision. Records are only ever appended; a torn or damaged one is encoded anew. The file may be deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.understanding.encoder import Vector

Progress = Callable[[int, int], None]
"""Called with how many texts are done, and of how many."""

_AT_ONCE = 256
_WRITERS = 2
_KEY_SIZE = 16
_OFF_UNIT = 0.02  # half precision moves the length of a vector by less


class VectorFile:
    """The vectors of texts under one encoder and purpose; one process writes at a time."""

    def __init__(self, path: Path, encoder: str, dimension: int, *, shipped: Path | None = None) -> None:
        """Keep vectors in a file, which is read when it is needed; one of another encoder is begun anew.

        What is `shipped` is known as well, so that not every installation computes it; that file is never written.
        """
        self._path = path
        self._header = f"lotse vectors 1 {encoder} {dimension}\n".encode()
        self._record = np.dtype([("key", f"V{_KEY_SIZE}"), ("vector", "<f2", (dimension,))])
        self._dimension = dimension
        self._shipped = shipped
        self._read_before: dict[bytes, NDArray[np.float16]] | None = None

    @property
    def _known(self) -> dict[bytes, NDArray[np.float16]]:
        if self._read_before is None:
            self._read_before = (self._read(self._shipped) if self._shipped else {}) | self._own()
        return self._read_before

    def forget(self) -> None:
        """Free the memory; what the file holds is read again when it is asked for."""
        self._read_before = None

    def __len__(self) -> int:
        """Return how many texts have a vector."""
        return len(self._known)

    def knows(self, texts: Sequence[str]) -> bool:
        """Return whether every text has its vector already."""
        return all(_key(text) in self._known for text in texts)

    def vectors(
        self,
        texts: Sequence[str],
        encode: Callable[[str], Vector],
        *,
        threads: int = 1,
        progress: Progress | None = None,
    ) -> NDArray[np.float32]:
        """Return a row for each text, encoding and keeping those not yet known."""
        keys = [_key(text) for text in texts]
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}.items())
        with ThreadPoolExecutor(threads) as pool:
            for start in range(0, len(missing), _AT_ONCE):
                some = missing[start : start + _AT_ONCE]
                self._keep([key for key, _ in some], list(pool.map(encode, [text for _, text in some])))
                if progress:
                    progress(min(start + _AT_ONCE, len(missing)), len(missing))
        # Always by way of half precision: fresh and kept vectors train the very same model.
        rows = [self._known[key] for key in keys]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self._dimension)

    def write(self, path: Path, texts: Sequence[str], encode: Callable[[str], Vector], progress: Progress) -> int:
        """Write the vectors of these texts, and no others, as a file to be shipped; return how many there are."""
        texts = list(dict.fromkeys(texts))
        self.vectors(texts, encode, threads=_WRITERS, progress=progress)
        records = np.empty(len(texts), dtype=self._record)
        for number, key in enumerate(sorted(map(_key, texts))):
            records[number] = (key, self._known[key])
        partial = path.with_name(path.name + ".part")
        partial.write_bytes(self._header + records.tobytes())
        partial.replace(path)
        return len(texts)

    def _keep(self, keys: list[bytes], vectors: list[Vector]) -> None:
        records = np.empty(len(keys), dtype=self._record)
        for number, (key, vector) in enumerate(zip(keys, vectors, strict=True)):
            records[number] = (key, vector.astype("<f2"))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            if file.tell() == 0:
                file.write(self._header)
            file.write(records.tobytes())
        self._known.update(zip(keys, records["vector"], strict=True))

    def _own(self) -> dict[bytes, NDArray[np.float16]]:
        if self._path.exists() and not self._is_ours(self._path):
            self._path.unlink()
        if self._path.exists():
            torn = (self._path.stat().st_size - len(self._header)) % self._record.itemsize
            if torn:  # the last writer was interrupted
                with self._path.open("r+b") as file:
                    file.truncate(self._path.stat().st_size - torn)
        return self._read(self._path)

    def _is_ours(self, path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(len(self._header)) == self._header

    def _read(self, path: Path) -> dict[bytes, NDArray[np.float16]]:
        try:
            content = path.read_bytes()
        except OSError:
            return {}
        if not content.startswith(self._header):
            return {}
        whole = (len(content) - len(self._header)) // self._record.itemsize
        records = np.frombuffer(content, dtype=self._record, count=whole, offset=len(self._header))
        lengths = np.linalg.norm(records["vector"].astype(np.float32), axis=1)
        sound = np.abs(lengths - 1) < _OFF_UNIT
        return {
            key.tobytes(): vector
            for key, vector, good in zip(records["key"], records["vector"], sound, strict=True)
            if good
        }


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_SIZE).digest()
