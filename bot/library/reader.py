"""Reading files that anybody may have edited: whatever is in them becomes a fault with file and line."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.core.yaml_lines import Document, NotYamlError, parse
from bot.errors import Fault
from bot.library.passed import Passed

LARGEST = 400_000
"""Bytes; the longest text that fits the format takes a twentieth of it, a glossary in Tigrinya half."""

M = TypeVar("M", bound=BaseModel)


@dataclass(slots=True)
class Reader:
    """Reads files below `root` (resolved) and collects what is wrong with them.

    With `complete`, gaps such as missing languages count as faults. What has `passed` is not checked again.
    """

    root: Path
    complete: bool = False
    passed: Passed = field(default_factory=Passed)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def found(self) -> int:
        """Return how much has been noted so far."""
        return len(self.faults) + len(self.warnings)

    def fault(self, path: Path, line: int, what: str) -> None:
        """Note something that must be corrected."""
        self.faults.append(Fault(shown(path), line, what))

    def warn(self, path: Path, line: int, what: str) -> None:
        """Note something that should be looked after."""
        self.warnings.append(Fault(shown(path), line, what))

    def gap(self, path: Path, what: str) -> None:
        """Note something that is still to be written."""
        (self.faults if self.complete else self.warnings).append(Fault(shown(path), 0, what))

    def another(self) -> Reader:
        """Return a reader of the same folder that has noted nothing yet."""
        return Reader(self.root, self.complete, self.passed.another())

    def take(self, other: Reader) -> None:
        """Take over what another reader has noted."""
        self.faults += other.faults
        self.warnings += other.warnings
        self.passed.take(other.passed)

    def text(self, path: Path) -> str | None:
        r"""Return the text of a file with `\n` line ends, None (and a fault) if it cannot be used."""
        content = self._bytes(path)
        if content is None:
            return None
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            self.fault(path, content.count(b"\n", 0, exc.start) + 1, "not UTF-8; save it with this encoding")
            return None
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def yaml(self, path: Path) -> Document | None:
        """Return the YAML of a file."""
        text = self.text(path)
        return None if text is None else self.parse(path, text, first_line=1)

    def parse(self, path: Path, text: str, *, first_line: int) -> Document | None:
        """Return the YAML in a part of a file."""
        try:
            return parse(text, first_line=first_line)
        except NotYamlError as exc:
            self.fault(path, exc.line, str(exc))
            return None

    def fit(self, model: type[M], path: Path, document: Document) -> M | None:
        """Return the document as that model, None (and a fault for each part) if it does not fit."""
        try:
            return model.model_validate(document.value)
        except ValidationError as exc:
            for error in exc.errors(include_url=False, include_context=False, include_input=False):
                name = ".".join(str(part) for part in error["loc"])
                what = error["msg"].removeprefix("Value error, ")
                self.fault(path, document.line(error["loc"]), f"{name}: {what}" if name else what)
            return None

    def file(self, model: type[M], path: Path, *, needed: bool = False) -> tuple[M, Document] | None:
        """Return a YAML file as that model with its lines; None if it has faults, or is not there and not `needed`."""
        document = self.yaml(path) if needed or path.exists() else None
        found = self.fit(model, path, document) if document else None
        return (found, document) if document and found else None

    def _bytes(self, path: Path) -> bytes | None:
        try:
            real = path.resolve(strict=True)
            if not real.is_relative_to(self.root):
                self.fault(path, 0, "leads out of the content folder")
                return None
            return self._regular(path, real)
        except (OSError, RuntimeError, ValueError) as exc:  # RuntimeError: a symlink that leads to itself
            self.fault(path, 0, f"cannot be read: {getattr(exc, 'strerror', None) or exc}")
            return None

    def _regular(self, path: Path, real: Path) -> bytes | None:
        found = real.stat()
        if not stat.S_ISREG(found.st_mode):
            self.fault(path, 0, "is not a file")
            return None
        if found.st_size > LARGEST:
            self.fault(path, 0, f"{found.st_size} bytes; at most {LARGEST} are read")
            return None
        return real.read_bytes()


def shown(path: Path) -> str:
    """Return a path as faults name it: relative to the working directory, if it lies below."""
    try:
        return str(Path(os.path.abspath(path)).relative_to(Path.cwd()))  # noqa: PTH100 - resolve() follows links
    except (ValueError, OSError):
        return str(path)
