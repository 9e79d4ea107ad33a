"""What each column holds about people, said in the schema itself.

The record of processing (Art. 30 GDPR), the daily purge and the export walk over these classifications; a column
without one fails the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """Kinds of data, as the record of processing names them."""

    CONVERSATION = "conversation"  # what was written, both ways
    PROFILE = "profile"  # language, place, settings
    CONTACT = "contact"  # how to reach the person
    CONSENT = "consent"  # what was agreed to and when
    DELIVERY = "delivery"  # states and times of messages
    LEARNING = "learning"  # questions that were not understood, without names and numbers
    FIGURE = "figure"  # counts that belong to nobody
    TECHNICAL = "technical"  # keeps the system running


class Retention(StrEnum):
    """How long a value is kept."""

    CONVERSATION = "conversation"  # LOTSE_RETENTION_DAYS after it was written
    PERSON = "person"  # until the person deletes it or has been silent for LOTSE_INACTIVE_DAYS
    PROOF = "proof"  # as long as it must be shown that something was deleted
    UNLIMITED = "unlimited"  # nobody's data


@dataclass(frozen=True, slots=True)
class Privacy:
    """The classification of one column. `personal` means: relates to an identifiable person (Art. 4 GDPR)."""

    category: Category
    personal: bool
    retention: Retention


@dataclass(frozen=True, slots=True)
class Ageing:
    """When rows of a table may go: retention counts from the moment in column `since`.

    `states` names the states in which a row may go; empty where the table has none.
    """

    since: str
    states: tuple[str, ...] = ()


def ages(since: str, *states: str) -> dict[str, Any]:
    """Return what `__table_args__` takes as its last element for a table whose rows go with conversation retention."""
    return {"info": {"ageing": Ageing(since, states)}}


def info(category: Category, retention: Retention, *, personal: bool) -> dict[str, Any]:
    """Return what `mapped_column(info=...)` takes."""
    return {"privacy": Privacy(category, personal, retention)}


SAID = info(Category.CONVERSATION, Retention.CONVERSATION, personal=True)
CONTACT = info(Category.CONTACT, Retention.PERSON, personal=True)
PROFILE = info(Category.PROFILE, Retention.PERSON, personal=True)
CONSENT = info(Category.CONSENT, Retention.PERSON, personal=True)
DELIVERY = info(Category.DELIVERY, Retention.CONVERSATION, personal=True)
CHAT_STATE = info(Category.TECHNICAL, Retention.PERSON, personal=True)
LEARNING = info(Category.LEARNING, Retention.CONVERSATION, personal=True)
FIGURE = info(Category.FIGURE, Retention.UNLIMITED, personal=False)
TECHNICAL = info(Category.TECHNICAL, Retention.UNLIMITED, personal=False)
PROOF = info(Category.TECHNICAL, Retention.PROOF, personal=False)
