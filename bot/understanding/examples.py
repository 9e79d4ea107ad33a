"""What people say: `intents/nlu/<language>/<area>.yml`, training data of Rasa 3.1.

Supported is `nlu:` with `intent` and `examples: |`, entities marked as `[Jobcenter](office)`, and lookup tables: each
wording of `lookup: office` has its value in one `synonym:` of the same language. Everything else (regular expressions,
entity roles) is refused with file and line rather than silently ignored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.language import LANGUAGES
from bot.core.message import Entity
from bot.core.yaml_lines import Document, NotYamlError, Where, parse
from bot.errors import ConfigurationError, Fault
from bot.understanding.normalise import tidy

BUTTONS_ONLY = frozenset(
    {
        "accept_notice", "ask_recognition", "ask_word", "begin", "confirm_danger", "event_file", "explain_word",
        "find_recognition", "forget_reminder", "keep_question", "more", "near_me", "no_danger", "none_of_these",
        "open_area", "open_event", "open_page", "read_notice", "remind_event", "set_language", "set_place",
        "share_page", "stop_learning", "who_helps",
    }
)  # fmt: skip
"""Intents that only buttons carry: they get no examples and are never guessed."""

NOT_SAID = frozenset({"in_group", "nlu_fallback", "not_text", "stale_button", "too_long"})
"""Intents of the machine room: what people do beside writing and pressing, and what is not understood."""

_MARK = re.compile(r"\[(?P<value>[^\[\]]+)\]\((?P<entity>[a-z_]+)\)")
_BAD_MARK = re.compile(r"\[[^\[\]]*\][({]")


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence and what it means; `path` and `line` say where it stands."""

    text: str
    intent: str
    language: str
    path: str
    line: int
    entities: tuple[Entity, ...] = ()


def trained(intents: Iterable[str]) -> list[str]:
    """Return which intents of a domain need examples, in their order."""
    return [intent for intent in intents if intent not in BUTTONS_ONLY | NOT_SAID]


def is_held_out(text: str) -> bool:
    """Return whether an example is one of the tenth that the encoder is not tuned on, told from its text alone."""
    return int(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) % 10 == 0


@dataclass(frozen=True, slots=True)
class Wording:
    """How something is called in a language: `wording` means `value` of `entity`."""

    entity: str
    value: str
    language: str
    wording: str


@dataclass(frozen=True, slots=True)
class Training:
    """All that is learned from: sentences and names."""

    examples: list[Example]
    wordings: list[Wording]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of it all in its order, not of the files' names."""
        lines = [f"{e.language}\0{e.intent}\0{tidy(e.text)}" for e in self.examples]
        lines += [f"{w.language}\0{w.entity}\0{w.value}\0{w.wording}" for w in self.wordings]
        return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def load(intents_dir: Path) -> Training:
    """Return everything, ordered by file and line; raise ConfigurationError with every fault."""
    reading = _Reading(_intents_of(intents_dir / "domain.yml"))
    folders = sorted((intents_dir / "nlu").glob("*/"))
    examples = [example for folder in folders for example in reading.folder(folder)]
    if not examples and not reading.faults:
        reading.faults.append(Fault(str(intents_dir / "nlu"), 0, "holds no examples"))
    reading.faults.extend(_repeated(examples))
    wordings = reading.wordings()
    if reading.faults:
        raise ConfigurationError(reading.faults)
    return Training(examples, wordings)


def read_yaml(path: Path) -> Document:
    """Read a YAML file; raise ConfigurationError if that is impossible."""
    try:
        return parse(path.read_text("utf-8"))
    except OSError as exc:
        raise ConfigurationError([Fault(str(path), 0, f"cannot be read ({exc.strerror})")]) from exc
    except UnicodeDecodeError as exc:
        raise ConfigurationError([Fault(str(path), 0, "is not UTF-8")]) from exc
    except NotYamlError as exc:
        raise ConfigurationError([Fault(str(path), exc.line, str(exc))]) from exc


def _intents_of(path: Path) -> frozenset[str]:
    value = read_yaml(path).value
    names = value.get("intents") if isinstance(value, Mapping) else None
    if not isinstance(names, list):
        raise ConfigurationError([Fault(str(path), 1, "intents must be a list of names")])
    return frozenset(name for name in names if isinstance(name, str))


def _repeated(examples: list[Example]) -> Iterator[Fault]:
    """Yield a fault for every text that stands twice in one language."""
    seen: dict[tuple[str, str], Example] = {}
    for example in examples:
        first = seen.setdefault((example.language, tidy(example.text).casefold()), example)
        if first is example:
            continue
        where = f"{first.path}:{first.line}"
        if first.intent == example.intent:
            yield Fault(example.path, example.line, f"this example stands at {where} already")
        else:
            yield Fault(example.path, example.line, f"this example stands under {first.intent} too ({where})")


class _Reading:
    """One walk over all files, collecting faults."""

    def __init__(self, intents: frozenset[str]) -> None:
        self.faults: list[Fault] = []
        self._intents = intents
        self._lookups: dict[tuple[str, str], tuple[str, str, int]] = {}  # (language, wording): entity, file, line
        self._synonyms: dict[tuple[str, str], tuple[str, str, int]] = {}  # (language, wording): value, file, line

    def wordings(self) -> list[Wording]:
        """Join lookup tables and synonyms, once all files were read."""
        for known, others, what in (
            (self._lookups, self._synonyms, "has no synonym that says what it means"),
            (self._synonyms, self._lookups, "stands in no lookup table"),
        ):
            for (language, wording), (_, path, line) in known.items():
                if (language, wording) not in others:
                    self.faults.append(Fault(path, line, f"{wording} {what}"))
        return [
            Wording(entity, self._synonyms[key][0], *key)
            for key, (entity, _, _) in self._lookups.items()
            if key in self._synonyms
        ]

    def folder(self, folder: Path) -> Iterator[Example]:
        if folder.name not in LANGUAGES or folder.name == "de-simple":
            self.faults.append(Fault(str(folder), 0, "is not a language of topics.yml (plain German shares de)"))
            return
        for path in sorted(folder.glob("*.yml")):
            try:
                yield from self._file(path, folder.name)
            except ConfigurationError as exc:
                self.faults.extend(exc.faults)

    def _file(self, path: Path, language: str) -> Iterator[Example]:
        document = read_yaml(path)
        whole = document.value if isinstance(document.value, dict) else {}
        if whole.get("version") != "3.1":
            self._fault(path, document, ("version",), 'version must be "3.1"')
        for key in whole.keys() - {"version", "nlu"}:
            self._fault(path, document, (key,), f"{key} is not supported here (supported: nlu, version)")
        items = whole.get("nlu")
        if not isinstance(items, list):
            self._fault(path, document, ("nlu",), "nlu must be a list")
            return
        for number, item in enumerate(items):
            yield from self._item(path, document, ("nlu", number), item, language)

    def _item(self, path: Path, document: Document, where: Where, item: Any, language: str) -> Iterator[Example]:  # noqa: ANN401
        for kind, kept in (("lookup", self._lookups), ("synonym", self._synonyms)):
            if isinstance(item, dict) and set(item) == {kind, "examples"}:
                self._names(path, document, (*where, "examples"), item, kept, str(item[kind]), language)
                return
        if not isinstance(item, dict) or set(item) != {"intent", "examples"}:
            self._fault(path, document, where, "must hold examples and one of intent, lookup, synonym")
            return
        intent, block = item["intent"], item["examples"]
        if intent in BUTTONS_ONLY:
            self._fault(path, document, where, f"{intent} comes from buttons alone and must have no examples")
        elif intent not in self._intents:
            self._fault(path, document, where, f"{intent} is not among the intents of domain.yml")
        elif not isinstance(block, str) or not block.strip():
            self._fault(path, document, where, f"{intent} has no examples")
        else:
            first = document.line((*where, "examples")) + 1
            for offset, line in enumerate(block.splitlines()):
                yield from self._example(path, first + offset, line.strip(), intent, language)

    def _names(
        self, path: Path, document: Document, where: Where, item: dict[str, Any],
        kept: dict[tuple[str, str], tuple[str, str, int]], name: str, language: str,
    ) -> None:  # fmt: skip
        """Take the wordings of a lookup table or a synonym."""
        first = document.line(where) + 1
        for offset, line in enumerate(str(item["examples"] or "").splitlines()):
            wording = line.strip().removeprefix("-").strip()
            if not line.strip().startswith("-") or not tidy(wording):
                self.faults.append(Fault(str(path), first + offset, 'must be "- " and a wording'))
            elif (language, wording) in kept:
                what = f"{wording} stands under {kept[language, wording][0]} already"
                self.faults.append(Fault(str(path), first + offset, what))
            else:
                kept[language, wording] = (name, str(path), first + offset)

    def _example(self, path: Path, number: int, line: str, intent: str, language: str) -> Iterator[Example]:
        if not line:
            return
        text, entities = without_marks(line.removeprefix("-").strip())
        if not line.startswith("-"):
            self.faults.append(Fault(str(path), number, 'must start with "- "'))
        elif not tidy(text):
            self.faults.append(Fault(str(path), number, "is empty"))
        elif _BAD_MARK.search(text):
            self.faults.append(Fault(str(path), number, "an entity is marked as [word](entity), nothing else"))
        else:
            yield Example(text, intent, language, str(path), number, entities)

    def _fault(self, path: Path, document: Document, where: Where, what: str) -> None:
        self.faults.append(Fault(str(path), document.line(where), what))


def without_marks(line: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the text without entity marks, and the entities with their places in it.

    >>> without_marks("wo ist das [Jobcenter](office)?")[0]
    'wo ist das Jobcenter?'
    """
    text, end, entities = "", 0, []
    for mark in _MARK.finditer(line):
        text += line[end : mark.start()]
        value = mark["value"]
        entities.append(Entity(mark["entity"], value, len(text), len(text) + len(value)))
        text, end = text + value, mark.end()
    return text + line[end:], tuple(entities)
