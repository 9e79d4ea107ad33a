"""Nothing is lost and nothing happens twice, whenever Lotse dies; and the proof would notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.counting import Arrived, Counts, Row
from tests.load.kill import IN_FLIGHT, Size, prove, report
from tests.load.killable import Nursery

TEST = Size(kills=15, updates=300, chats=30)
SOAK = Size(kills=1_000, updates=20_000, chats=200, cold=20)


async def test_kill_9_loses_and_doubles_nothing(empty_url: str, tmp_path: Path, nursery: Nursery) -> None:
    await kept(empty_url, tmp_path, nursery, TEST)


@pytest.mark.soak
async def test_a_thousand_kills_lose_and_double_nothing(empty_url: str, tmp_path: Path, nursery: Nursery) -> None:
    await kept(empty_url, tmp_path, nursery, SOAK)


async def kept(url: str, folder: Path, nursery: Nursery, size: Size) -> None:
    counts = await prove(url, folder, nursery, size)
    report(f"kill -9 on {url.partition(':')[0]}", counts)
    assert counts.sound(), counts
    assert counts.uncertain <= size.kills * IN_FLIGHT
    assert counts.points_not_reached <= size.kills / 5


@pytest.mark.parametrize(
    ("sabotage", "point", "found"),
    [
        ("acknowledges-before-commit", "after-commit", "answered"),
        ("forgets-doubt", "after-send", "doubled_unmarked"),
        ("counts-apart-from-the-turn", "before-commit", "effects"),
    ],
)
async def test_a_broken_promise_is_found(
    sabotage: str, point: str, found: str, sqlite_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    # Few of the updates belong to the welcome: a kill has to hit a press to show what is broken.
    size = Size(kills=8, updates=240, chats=12, points=[point], sabotage=sabotage, settle=4.0)
    counts = await prove(sqlite_url, tmp_path, nursery, size)
    report(sabotage, counts)
    assert not counts.sound()
    expected = {"answered": counts.updates, "doubled_unmarked": 0, "effects": counts.effects_due}
    assert getattr(counts, found) != expected[found]


SAID = [Row(1, "a", "sent", "thanks", "11"), Row(2, "a", "sent", "thanks", "12"), Row(3, "b", "sent", "thanks", "13")]
HEARD = [Arrived(11, "a", "thanks"), Arrived(12, "a", "thanks"), Arrived(13, "b", "thanks")]


def counted(rows: list[Row], arrived: list[Arrived]) -> Counts:
    counts = Counts()
    counts.count_replies(rows, arrived)
    return counts


def test_counting_finds_nothing_where_all_is_well() -> None:
    assert counted(SAID, HEARD) == Counts(replies=3)
    assert counted(SAID, HEARD).sound()


@pytest.mark.parametrize(
    ("rows", "arrived", "expected"),
    [
        (SAID, HEARD[:2], {"lost": 1}),
        (SAID, [*HEARD, Arrived(14, "b", "thanks")], {"doubled": 1, "doubled_unmarked": 1}),
        ([Row(1, "a", "queued", "thanks", None), *SAID[1:]], HEARD[1:], {"lost": 1}),
        ([Row(1, "a", "failed", "thanks", None), *SAID[1:]], HEARD[1:], {"lost": 1}),
        ([Row(1, "a", "sent", "thanks", "12"), Row(2, "a", "sent", "thanks", "11"), SAID[2]], HEARD,
         {"out_of_order": 1}),
        # A doubt in one chat does not excuse a double in another.
        ([Row(1, "a", "uncertain", "thanks", "11", 2), *SAID[1:]], [*HEARD, Arrived(14, "b", "thanks")],
         {"uncertain": 1, "doubled": 1, "doubled_unmarked": 1}),
    ],
)  # fmt: skip
def test_counting_finds_each_broken_promise(rows: list[Row], arrived: list[Arrived], expected: dict[str, int]) -> None:
    counts = counted(rows, arrived)
    assert counts == Counts(replies=3, **expected)
    assert not counts.sound()


def test_counting_allows_a_marked_double() -> None:
    rows = [Row(1, "a", "uncertain", "thanks", "11", 2), *SAID[1:]]
    counts = counted(rows, [Arrived(10, "a", "thanks"), *HEARD])
    assert counts.doubled == counts.uncertain == 1
    assert counts.doubled_unmarked == 0
    assert counts.sound()


@pytest.mark.parametrize("broken", [{"answered": 1}, {"effects": 1}, {"quarantined": 1}])
def test_counting_is_not_sound_when_figures_differ(broken: dict[str, int]) -> None:
    assert not Counts(**broken).sound()
