"""intents/domain.yml: which intents, slots, forms and actions there are (Rasa 3.1, a documented subset).

Supported: `intents` (names), `entities` (names), `slots` with `type`, `initial_value`, `influence_conversation` and
mappings `from_entity`, `from_intent`, `from_text`, `custom` with conditions on `active_loop` and `requested_slot`;
`forms` with `required_slots`; `actions`. Anything else is refused with file and line, so that nobody relies on
what would silently do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.conversation.yaml_file import YamlFile
from bot.errors import ConfigurationError

_KEYS = {"version", "intents", "entities", "slots", "forms", "actions", "session_config"}
_SLOT_KEYS = {"type", "initial_value", "influence_conversation", "mappings"}
_SLOT_TYPES = {"text", "bool", "float", "list", "any"}
_MAPPING_KEYS = {
    "from_entity": {"type", "entity", "intent", "conditions"},
    "from_intent": {"type", "intent", "value", "conditions"},
    "from_text": {"type", "conditions"},
    "custom": {"type", "conditions"},
}
_CONDITION_KEYS = {"active_loop", "requested_slot"}


@dataclass(frozen=True, slots=True)
class Filling:
    """How a slot is filled from a message."""

    kind: str
    entity: str | None = None
    intent: str | None = None
    value: object = None
    conditions: tuple[tuple[str | None, str | None], ...] = ()  # (active_loop, requested_slot)


@dataclass(frozen=True, slots=True)
class Slot:
    """A thing to remember; `initial` is its value at the start."""

    name: str
    initial: object = None
    mappings: tuple[Filling, ...] = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """What the conversation can be about. `raw` is what actions receive as their domain."""

    intents: frozenset[str]
    slots: Mapping[str, Slot]
    forms: Mapping[str, tuple[str, ...]]
    actions: frozenset[str]
    raw: dict[str, Any] = field(repr=False)

    def fresh_slots(self) -> dict[str, Any]:
        """Return the slots of a new conversation."""
        return {name: slot.initial for name, slot in self.slots.items()}


def load(path: Path, implemented: AbstractSet[str] | None = None) -> Domain:
    """Return the domain; raise ConfigurationError with every fault.

    `implemented` are the names of the actions that exist; without it, names are not looked at.
    """
    file = YamlFile.read(path)
    raw = file.mapping(())
    file.only(_KEYS, ())
    if raw.get("version") != "3.1":
        file.fault(("version",), 'must be "3.1"')
    slots = {name: _slot(file, name) for name in file.mapping(("slots",))}
    forms = {name: _form(file, name, slots) for name in file.mapping(("forms",))}
    domain = Domain(
        intents=frozenset(file.names(("intents",))),
        slots=slots,
        forms=forms,
        actions=frozenset(file.names(("actions",))),
        raw=raw,
    )
    file.names(("entities",))
    if implemented is not None:
        _missing_actions(file, domain, implemented)
    if file.faults:
        raise ConfigurationError(file.faults)
    return domain


def _missing_actions(file: YamlFile, domain: Domain, implemented: AbstractSet[str]) -> None:
    for number, action in enumerate(file.value(("actions",)) or ()):
        if action not in implemented:
            file.fault(("actions", number), f"{action} is not an action of this Lotse")
    for form, slots in domain.forms.items():
        for action in (f"validate_{form}", *(f"action_ask_{form}_{slot}" for slot in slots)):
            if action not in domain.actions:
                file.fault(("forms", form), f"the form needs {action} among the actions")


def _form(file: YamlFile, name: str, slots: Mapping[str, Slot]) -> tuple[str, ...]:
    where = ("forms", name)
    file.only({"required_slots"}, where)
    required = tuple(file.names((*where, "required_slots")))
    for slot in required:
        if slot not in slots:
            file.fault((*where, "required_slots"), f"{slot} is not one of the slots")
    return required


def _slot(file: YamlFile, name: str) -> Slot:
    where: tuple[str | int, ...] = ("slots", name)
    about = file.mapping(where)
    file.only(_SLOT_KEYS, where)
    if about.get("type") not in _SLOT_TYPES:
        file.fault((*where, "type"), f"must be one of {', '.join(sorted(_SLOT_TYPES))}")
    mappings = [_mapping(file, (*where, "mappings", number)) for number in file.places((*where, "mappings"))]
    return Slot(name, about.get("initial_value"), tuple(mappings))


def _mapping(file: YamlFile, where: tuple[str | int, ...]) -> Filling:
    about = file.mapping(where)
    kind = str(about.get("type"))
    if kind not in _MAPPING_KEYS:
        file.fault(where, f"type must be one of {', '.join(_MAPPING_KEYS)}")
        return Filling("custom")
    file.only(_MAPPING_KEYS[kind], where)
    conditions = []
    for number in file.places((*where, "conditions")):
        condition = file.mapping((*where, "conditions", number))
        file.only(_CONDITION_KEYS, (*where, "conditions", number))
        conditions.append((condition.get("active_loop"), condition.get("requested_slot")))
    return Filling(kind, about.get("entity"), about.get("intent"), about.get("value"), tuple(conditions))
