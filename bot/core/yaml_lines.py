"""YAML that remembers on which line everything stands, without the surprises of YAML 1.1.

`10:00` is text, not 600; `no` and `on` are text, not truth values; `08111` keeps its zero. Anchors are refused,
so that a small file cannot unfold into a huge one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

Where = tuple[str | int, ...]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class NotYaml(ValueError):
    """The text cannot be read as YAML; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        """Keep the line."""
        self.line = line
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Document:
    """The value of a YAML text and the line of each of its parts."""

    value: Any
    lines: Mapping[Where, int]

    def line(self, where: Where) -> int:
        """Return the line of a part, or of the nearest part around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def parse(text: str, *, first_line: int = 1) -> Document:
    """Read one YAML document; `first_line` is the line of the file on which the text starts. Raises NotYaml."""
    lines: dict[Where, int] = {(): first_line}
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        value = _Reading(lines, first_line).value(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line if exc.problem_mark else 0
        raise NotYaml(line + first_line, f"not YAML: {exc.problem or exc.context}") from exc
    except yaml.YAMLError as exc:
        raise NotYaml(first_line, f"not YAML: {str(exc).splitlines()[0]}") from exc
    except RecursionError as exc:
        raise NotYaml(first_line, "nested too deeply") from exc
    return Document(value, lines)


class _Reading:
    """One walk over the nodes of a document."""

    def __init__(self, lines: dict[Where, int], first_line: int) -> None:
        self._lines = lines
        self._first_line = first_line
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, where: Where) -> Any:  # noqa: ANN401 - YAML holds anything
        if id(node) in self._seen:
            raise NotYaml(self._line(node), "anchors and aliases (& and *) are not allowed; write it out")
        self._seen.add(id(node))
        self._lines.setdefault(where, self._line(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*where, number)) for number, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise NotYaml(self._line(key_node), "a key must be a plain word")
            key = str(key_node.value)
            if key in found:
                raise NotYaml(self._line(key_node), f"{key} stands here twice")
            self._lines[(*where, key)] = self._line(key_node)
            found[key] = self.value(value_node, (*where, key))
        return found

    def _scalar(self, node: yaml.Node) -> str | int | float | bool | date | None:
        text = str(node.value)
        if getattr(node, "style", None):  # quoted or a block
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        return self._date(text, node) if _DATE.fullmatch(text) else text

    def _date(self, text: str, node: yaml.Node) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as exc:
            raise NotYaml(self._line(node), f"{text} is not a date of the calendar") from exc

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self._first_line
