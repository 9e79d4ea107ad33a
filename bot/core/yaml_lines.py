"""YAML that remembers on which line everything stands, without the surprises of YAML 1.1.

`10:00` is text, not 600; `no` and `on` are text, not truth values; `08111` keeps its zero. Anchors are refused,
so that a small file cannot unfold into a huge one, and so is deep nesting: PyYAML's own composer recurses in C and
takes the process down with it (20 kB of `[` do), which is why the events are put together here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

Where = tuple[str | int, ...]

DEEPEST = 20

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class NotYamlError(ValueError):
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
    """Read one YAML document; `first_line` is the line of the file on which the text starts. Raises NotYamlError."""
    reading = _Reading(yaml.parse(text, Loader=yaml.CSafeLoader), first_line)
    try:
        return Document(reading.document(), reading.lines)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line if exc.problem_mark else 0
        raise NotYamlError(line + first_line, f"not YAML: {exc.problem or exc.context}") from exc
    except (yaml.YAMLError, UnicodeEncodeError) as exc:
        raise NotYamlError(first_line, f"not YAML: {str(exc).splitlines()[0]}") from exc


class _Reading:
    """One walk over the events of a text; `lines` fills on the way."""

    def __init__(self, events: Iterator[yaml.Event], first_line: int) -> None:
        self.lines: dict[Where, int] = {(): first_line}
        self._events = events
        self._first_line = first_line

    def document(self) -> Any:  # noqa: ANN401 - YAML holds anything
        value = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if value is not None:
                    raise NotYamlError(self._line(event), "a second document starts here")
                value = self._value(next(self._events), ())
        return value

    def _value(self, event: yaml.Event, where: Where) -> Any:  # noqa: ANN401
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise NotYamlError(self._line(event), "anchors and aliases (& and *) are not allowed; write it out")
        if getattr(event, "tag", None):
            raise NotYamlError(self._line(event), "tags (!) are not allowed")
        if len(where) > DEEPEST:
            raise NotYamlError(self._line(event), "nested too deeply")
        self.lines.setdefault(where, self._line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(where)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(where)
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - nothing else begins a value
        return self._scalar(event)

    def _mapping(self, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise NotYamlError(self._line(event), "a key must be a plain word")
            key = str(event.value)
            if key in found:
                raise NotYamlError(self._line(event), f"{key} stands here twice")
            self.lines[(*where, key)] = self._line(event)
            found[key] = self._value(next(self._events), (*where, key))
        return found

    def _sequence(self, where: Where) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*where, len(found))))
        return found

    def _scalar(self, event: yaml.ScalarEvent) -> str | int | float | bool | date | None:
        text = str(event.value)
        if event.style in ("'", '"', "|", ">"):
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        return self._date(text, event) if _DATE.fullmatch(text) else text

    def _date(self, text: str, event: yaml.Event) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as exc:
            raise NotYamlError(self._line(event), f"{text} is not a date of the calendar") from exc

    def _line(self, event: yaml.Event) -> int:
        return (event.start_mark.line if event.start_mark else 0) + self._first_line
