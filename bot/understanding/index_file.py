"""The finished index on disk, so that a start with thousands of pages need not build it again.

It belongs to the texts, encoders and code that it was made from; whatever of them changes makes it worthless. The file
may be deleted.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.understanding import features, index, normalise, passages, spelling_index, subjects
from bot.understanding.index import Index
from bot.understanding.passages import Findable
from bot.understanding.spelling_index import Spelling

_LANGUAGE, _SPELLING = "language_", "spelling_"
_BROKEN = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


class IndexFile:
    """One index in a file; `made_by` names the encoders and the classifier that it depends on."""

    def __init__(self, path: Path, made_by: Iterable[str]) -> None:
        """Keep it at this path."""
        self._path = path
        self._made_by = "\0".join(made_by)

    def load(self, findable: Findable) -> Index | None:
        """Return the index of just this content, None if the file has another one or is damaged."""
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                if stored["key"].tobytes() != self._key(findable):
                    return None
                return _index({name: stored[name] for name in stored.files})
        except _BROKEN:
            return None

    def save(self, findable: Findable, made: Index) -> None:
        """Keep an index; if it cannot be written, the next start takes longer."""
        partial = self._path.with_name(f"{self._path.name}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                arrays = {"key": np.frombuffer(self._key(findable), dtype=np.uint8), **_arrays(made)}
                np.savez(file, allow_pickle=False, **arrays)
            partial.replace(self._path)
        except OSError:
            partial.unlink(missing_ok=True)

    def _key(self, findable: Findable) -> bytes:
        digest = hashlib.sha256(_code() + self._made_by.encode())
        for one in findable.passages:
            digest.update(f"\0{one.page}\0{one.language}\0{one.text}".encode("utf-8", "surrogatepass"))
        for page, words in sorted(findable.keywords.items()):
            digest.update(f"\1{page}\1{words!r}".encode("utf-8", "surrogatepass"))
        return digest.digest()


@cache
def _code() -> bytes:
    """Return a hash of the modules that decide what stands in an index."""
    files = (Path(str(module.__file__)) for module in (features, index, normalise, passages, spelling_index, subjects))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()


def _arrays(made: Index) -> dict[str, Any]:
    names = {"pages": made.pages, "keywords": made.keywords, "languages": list(made.of_language)}
    there = {"page_of": made.page_of, "vectors": made.vectors, "about": made.about, "meant": made.meant}
    return {
        "names": np.frombuffer(json.dumps(names).encode(), dtype=np.uint8),
        **{f"{_LANGUAGE}{number}": rows for number, rows in enumerate(made.of_language.values())},
        **{f"{_SPELLING}{one.name}": getattr(made.spelling, one.name) for one in fields(Spelling)},
        **{name: array for name, array in there.items() if array is not None},
    }


def _index(arrays: dict[str, Any]) -> Index:
    names = json.loads(arrays["names"].tobytes())
    return Index(
        pages=names["pages"],
        page_of=arrays["page_of"],
        of_language={name: arrays[f"{_LANGUAGE}{number}"] for number, name in enumerate(names["languages"])},
        keywords=[(word, place) for word, place in names["keywords"]],
        spelling=Spelling(**{one.name: arrays[f"{_SPELLING}{one.name}"] for one in fields(Spelling)}),
        vectors=arrays.get("vectors"),
        about=arrays.get("about"),
        meant=arrays.get("meant"),
    )
