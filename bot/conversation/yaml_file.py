"""Walking through a YAML file and collecting its faults with line numbers."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.core.yaml_lines import Document, NotYamlError, parse
from bot.errors import ConfigurationError, Fault

Where = tuple[str | int, ...]


@dataclass
class YamlFile:
    """A file that was read; questions about its parts note a fault instead of raising."""

    path: Path
    document: Document
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> YamlFile:
        """Read and parse; raise ConfigurationError if that is impossible."""
        try:
            return cls(path, parse(path.read_text("utf-8")))
        except OSError as exc:
            raise ConfigurationError([Fault(str(path), 0, f"cannot be read ({exc.strerror})")]) from exc
        except UnicodeDecodeError as exc:
            raise ConfigurationError([Fault(str(path), 0, "is not UTF-8")]) from exc
        except NotYamlError as exc:
            raise ConfigurationError([Fault(str(path), exc.line, str(exc))]) from exc

    def fault(self, where: Where, what: str) -> None:
        """Note that something is wrong at this part."""
        self.faults.append(Fault(str(self.path), self.document.line(where), what))

    def value(self, where: Where) -> Any:  # noqa: ANN401 - YAML holds anything
        """Return the part, None if there is none."""
        value = self.document.value
        for step in where:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def mapping(self, where: Where) -> dict[str, Any]:
        """Return the part, which must hold keys and values; an absent one is empty."""
        value = self.value(where)
        if isinstance(value, dict):
            return value
        if value is not None or not where:
            self.fault(where, "must hold keys and values")
        return {}

    def places(self, where: Where) -> range:
        """Return the positions of the part, which must be a list; an absent one is empty."""
        value = self.value(where)
        if isinstance(value, list):
            return range(len(value))
        if value is not None:
            self.fault(where, "must be a list")
        return range(0)

    def names(self, where: Where) -> list[str]:
        """Return the part, which must be a list of different names."""
        found: list[str] = []
        for number in self.places(where):
            name = self.value((*where, number))
            if not isinstance(name, str):
                self.fault((*where, number), "must be a plain name (options of Rasa are not supported here)")
            elif name in found:
                self.fault((*where, number), f"{name} stands here twice")
            else:
                found.append(name)
        return found

    def only(self, allowed: AbstractSet[str], where: Where) -> None:
        """Note every key that is not among those supported."""
        value = self.value(where)
        for key in value if isinstance(value, dict) else ():
            if key not in allowed:
                self.fault((*where, key), f"{key} is not supported here (supported: {', '.join(sorted(allowed))})")
