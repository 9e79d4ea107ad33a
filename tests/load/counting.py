"""What the kill proof counts, from what is stored and what has arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """A reply in the outbox."""

    id: int
    chat: str
    state: str
    text: str
    external_id: str | None
    attempts: int = 1


@dataclass(frozen=True)
class Arrived:
    """A message at the Bot API server; its ids count up."""

    id: int
    chat: str
    text: str


@dataclass
class Counts:
    """What the proof found: each press has one thanks in the outbox, each first press on a page one effect."""

    kills: int = 0
    by_point: dict[str, int] = field(default_factory=dict)
    points_not_reached: int = 0
    updates: int = 0
    answered: int = 0
    quarantined: int = 0
    presses: int = 0
    thanks: int = 0
    effects_due: int = 0
    effects: int = 0
    replies: int = 0
    lost: int = 0
    doubled: int = 0
    doubled_unmarked: int = 0
    uncertain: int = 0
    out_of_order: int = 0
    seconds: float = 0.0

    def sound(self) -> bool:
        """Return whether every promise was kept."""
        return (
            self.answered == self.updates
            and self.thanks == self.presses
            and self.effects == self.effects_due
            and self.lost == self.quarantined == self.doubled_unmarked == self.out_of_order == 0
        )

    def count_inbox(self, states: Iterable[str]) -> None:
        """Count updates by what became of them."""
        found = Counter(states)
        self.answered = found["done"]
        self.quarantined = found["quarantined"]

    def count_replies(self, rows: Sequence[Row], arrived: Sequence[Arrived]) -> None:
        """Compare what was to be said with what arrived.

        Which of two alike messages is the second one cannot be told, so alike ones are counted in each chat. A reply
        that arrives in other words (with markup) or in parts is known by its id alone.
        """
        self.replies = len(rows)
        self.uncertain = sum(row.state == "uncertain" for row in rows)
        ids = {str(message.id) for message in arrived}
        gone = {row.id for row in rows if row.state not in {"sent", "uncertain"} or row.external_id not in ids}
        as_said = {row.text for row in rows} & {message.text for message in arrived}
        expected = Counter((row.chat, row.text) for row in rows if row.text in as_said and row.id not in gone)
        doubts: Counter[tuple[str, str]] = Counter()
        for row in rows:
            if row.state == "uncertain":
                doubts[row.chat, row.text] += row.attempts - 1
        there = Counter((message.chat, message.text) for message in arrived if message.text in as_said)
        self.lost = len(gone) + sum((expected - there).values())
        self.doubled = sum((there - expected).values())
        self.doubled_unmarked = sum((there - expected - doubts).values())
        self.out_of_order = out_of_order(rows)


def out_of_order(rows: Sequence[Row]) -> int:
    """Count replies that arrived before an earlier one of the same chat did."""
    last: dict[str, int] = {}
    wrong = 0
    for row in sorted((row for row in rows if row.external_id), key=lambda row: int(row.external_id or 0)):
        wrong += row.id < last.get(row.chat, 0)
        last[row.chat] = max(row.id, last.get(row.chat, 0))
    return wrong
