"""intents/rules.yml: which actions answer which intent (Rasa 3.1, a documented subset).

A rule has a name, at most one condition (`active_loop: form` or `slot_was_set`), and steps: either one `intent` (or
several under `or`) followed by one or more `action`s, the last of which may be a form with `active_loop: form`
after it; or, for the end of a form, the form's name as action, `active_loop: null` and the actions to run then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.conversation.domain import Domain
from bot.conversation.yaml_file import Where, YamlFile
from bot.errors import ConfigurationError

_STEP_KEYS = {"intent", "or", "action", "active_loop", "slot_was_set"}


@dataclass(frozen=True, slots=True)
class Rules:
    """`by_intent`: the actions for an intent, a form's name among them starts the form; `at_end`: after a form."""

    by_intent: Mapping[str, tuple[str, ...]]
    at_end: Mapping[str, tuple[str, ...]]


def load(path: Path, domain: Domain) -> Rules:
    """Return the rules; raise ConfigurationError with every fault."""
    file = YamlFile.read(path)
    file.only({"version", "rules"}, ())
    by_intent: dict[str, tuple[str, ...]] = {}
    at_end: dict[str, tuple[str, ...]] = {}
    for number in file.places(("rules",)):
        where: Where = ("rules", number)
        file.only({"rule", "condition", "steps"}, where)
        reader = _Reader(file, domain, where)
        if reader.ends_form():
            at_end[reader.form()] = reader.actions()[1:]
        else:
            for intent in reader.intents():
                if intent in by_intent:
                    file.fault(where, f"{intent} has a rule already")
                by_intent[intent] = reader.actions()
    if file.faults:
        raise ConfigurationError(file.faults)
    return Rules(by_intent, at_end)


class _Reader:
    """Reads the steps of one rule."""

    def __init__(self, file: YamlFile, domain: Domain, where: Where) -> None:
        self._file = file
        self._domain = domain
        self._where = where
        self._steps: list[Where] = [(*where, "steps", number) for number in file.places((*where, "steps"))]
        for step in self._steps:
            file.only(_STEP_KEYS, step)

    def ends_form(self) -> bool:
        """Return whether the rule says what happens after a form."""
        return bool(self._file.places((*self._where, "condition")))

    def form(self) -> str:
        """Return the form whose end this rule is for."""
        where: Where = (*self._where, "condition", 0)
        self._file.only({"active_loop"}, where)
        form = self._file.value((*where, "active_loop"))
        if form not in self._domain.forms:
            self._file.fault(where, f"{form} is not one of the forms")
        return str(form)

    def intents(self) -> list[str]:
        """Return the intents of the first step."""
        first = self._file.mapping(self._steps[0]) if self._steps else {}
        if "or" in first:
            where: Where = (*self._steps[0], "or")
            found = [str(self._file.value((*where, number, "intent"))) for number in self._file.places(where)]
        elif "intent" in first:
            found = [str(first["intent"])]
        else:
            self._file.fault(self._where, "the first step must be an intent")
            found = []
        for intent in found:
            if intent not in self._domain.intents:
                self._file.fault(self._steps[0], f"{intent} is not one of the intents of domain.yml")
        return found

    def actions(self) -> tuple[str, ...]:
        """Return the actions of the rule, in order."""
        found = []
        for step in self._steps:
            action = self._file.mapping(step).get("action")
            if action is None:
                continue
            if action not in self._domain.actions and action not in self._domain.forms:
                self._file.fault(step, f"{action} is neither an action nor a form of domain.yml")
            found.append(str(action))
        if not found:
            self._file.fault(self._where, "the rule does nothing: it has no action")
        return tuple(found)
