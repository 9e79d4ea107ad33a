"""What a turn needs, joined once in bot.bootstrap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.conversation.domain import Domain
from bot.conversation.rules import Rules
from bot.conversation.skills import Skills
from bot.core.clock import Clock
from bot.core.people import People
from bot.core.ports import Channel, Inbox, Understands, UnitOfWork

# Below this confidence the assistant asks "did you mean" instead of answering.
SURE = 0.5


@dataclass(frozen=True, slots=True)
class House:
    """The parts of the conversation; `sure` is the confidence from which a guess is taken for meant."""

    domain: Domain
    rules: Rules
    skills: Skills
    channels: Mapping[str, Channel]
    understands: Understands
    inbox: Inbox
    people: People
    unit_of_work: UnitOfWork
    clock: Clock
    notice_version: str
    sure: float = SURE
