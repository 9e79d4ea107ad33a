"""The tracker: what a conversation remembers between two messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.conversation.domain import Domain

# Enough for any action that looks back; the whole transcript is in the inbox and the outbox.
_REMEMBERED = 20


@dataclass
class State:
    """A Rasa tracker, as far as the embedded core needs one."""

    chat_key: str
    slots: dict[str, Any]
    active_form: str | None = None
    requested_slot: str | None = None
    paused: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)
    latest_message: dict[str, Any] = field(default_factory=dict)
    latest_action: str | None = None
    followups: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, stored: dict[str, Any] | None, chat_key: str, domain: Domain) -> State:
        """Return the stored tracker; slots and forms that no longer exist are dropped."""
        state = cls(chat_key, domain.fresh_slots())
        if not stored:
            return state
        state.slots |= {name: value for name, value in stored["slots"].items() if name in domain.slots}
        form = stored.get("form")
        state.active_form = form if form in domain.forms else None
        state.requested_slot = stored.get("requested") if state.active_form else None
        state.paused = bool(stored.get("paused"))
        state.events = list(stored.get("events", ()))
        state.latest_action = stored.get("action")
        return state

    def to_json(self) -> dict[str, Any]:
        """Return what has to be stored."""
        return {
            "slots": {name: value for name, value in self.slots.items() if value is not None},
            "form": self.active_form,
            "requested": self.requested_slot,
            "paused": self.paused,
            "events": self.events[-_REMEMBERED:],
            "action": self.latest_action,
        }

    def hear(self, message: dict[str, Any]) -> None:
        """Note what the person said, as Rasa's parse data."""
        self.latest_message = message
        about = message["metadata"]
        danger = bool(about.get("crisis") or about.get("near_crisis"))
        heard = {"intent": message["intent"], "danger": danger}
        self.events.append({"event": "user", "text": message.get("text"), "parse_data": heard})

    def apply(self, events: Iterable[dict[str, Any]]) -> None:
        """Take over events of an action: slot, reset_slots, active_loop, pause, resume, followup."""
        for event in events:
            self._apply(event)
            self.events.append(event)

    def _apply(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "slot":
            if event["name"] == "requested_slot":
                self.requested_slot = event["value"]
            elif event["name"] in self.slots:
                self.slots[event["name"]] = event["value"]
        elif kind == "reset_slots":
            self.slots = dict.fromkeys(self.slots)
        elif kind == "active_loop":
            self.active_form, self.requested_slot = event["name"], None
        elif kind in {"pause", "resume"}:
            self.paused = kind == "pause"
        elif kind == "followup":
            self.followups.append(event["name"])

    def for_action(self) -> dict[str, Any]:
        """Return the tracker as rasa-sdk actions read it."""
        return {
            "sender_id": self.chat_key,
            "slots": {**self.slots, "requested_slot": self.requested_slot},
            "latest_message": self.latest_message,
            "events": self.events,
            "paused": self.paused,
            "followup_action": None,
            "active_loop": {"name": self.active_form} if self.active_form else {},
            "latest_action_name": self.latest_action,
        }
