"""When events take place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.library.happening import next_occurrence, occurrences, takes_place
from bot.library.model import Event, Repetition

WEDNESDAYS = Repetition(date(2026, 11, 4), None, (2,))
CAFE = Event(
    "cafe", "ort", "meeting", {"de": "Café"}, None, False, WEDNESDAYS, time(16), time(18), None, None, None, None, None,
    None, False, True, False, (), None, "Europe/Berlin", False,
)  # fmt: skip


def days(repetition: Repetition, first: date, number: int) -> list[date]:
    return [day for day in (first + timedelta(days=n) for n in range(number)) if takes_place(repetition, day)]


def test_every_week() -> None:
    assert days(WEDNESDAYS, date(2026, 11, 1), 20) == [date(2026, 11, 4), date(2026, 11, 11), date(2026, 11, 18)]


def test_every_second_week_counts_from_the_first() -> None:
    found = days(replace(WEDNESDAYS, every_weeks=2), date(2026, 11, 1), 30)
    assert found == [date(2026, 11, 4), date(2026, 11, 18)]


@pytest.mark.parametrize(
    ("weeks", "found"),
    [((1,), [date(2026, 11, 4)]), ((-1,), [date(2026, 11, 25)]), ((2, 4), [date(2026, 11, 11), date(2026, 11, 25)])],
)
def test_only_in_some_weeks_of_the_month(weeks: tuple[int, ...], found: list[date]) -> None:
    assert days(replace(WEDNESDAYS, weeks_of_month=weeks), date(2026, 11, 1), 30) == found


def test_not_on_public_holidays_nor_where_it_is_left_out() -> None:
    thursdays = replace(WEDNESDAYS, weekdays=(3,), not_on=(date(2027, 5, 20),))
    assert days(thursdays, date(2027, 5, 1), 31) == [date(2027, 5, 13)]  # the 6th and 27th are holidays


def test_school_holidays_only_for_what_pauses() -> None:
    december = (date(2026, 12, 20), 14)
    assert days(replace(WEDNESDAYS, pauses=True), *december) == []
    assert days(WEDNESDAYS, *december) == [date(2026, 12, 23), date(2026, 12, 30)]


def test_a_single_day_was_chosen_even_if_it_is_a_holiday() -> None:
    once = Repetition(date(2026, 12, 25), date(2026, 12, 25), (4,))
    assert days(once, date(2026, 12, 1), 31) == [date(2026, 12, 25)]


def test_nothing_before_the_first_or_after_the_last() -> None:
    short = replace(WEDNESDAYS, last=date(2026, 11, 11))
    assert days(short, date(2026, 10, 1), 60) == [date(2026, 11, 4), date(2026, 11, 11)]


def test_local_times_are_right_on_both_sides_of_a_change_of_clocks() -> None:
    cafe = replace(CAFE, repetition=Repetition(date(2026, 10, 1), None, (5, 6)), starts=time(9), ends=time(11))
    found = occurrences([cafe], datetime(2026, 10, 23, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    assert [one.starts.astimezone(UTC).hour for one in found] == [7, 8]  # Saturday in summer, Sunday in winter time


def test_what_has_begun_is_still_there_and_what_is_over_is_not() -> None:
    until = datetime(2026, 11, 5, tzinfo=UTC)
    assert len(occurrences([CAFE], datetime(2026, 11, 4, 16, tzinfo=UTC), until)) == 1
    assert occurrences([CAFE], datetime(2026, 11, 4, 17, tzinfo=UTC), until) == []


def test_the_next_time_is_found_across_holidays() -> None:
    found = next_occurrence(
        replace(CAFE, repetition=replace(WEDNESDAYS, pauses=True)), datetime(2026, 12, 20, tzinfo=UTC)
    )
    assert found is not None
    assert found.starts.date() == date(2027, 1, 13)


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        occurrences([CAFE], datetime(2026, 1, 1), datetime(2026, 1, 2))  # noqa: DTZ001
