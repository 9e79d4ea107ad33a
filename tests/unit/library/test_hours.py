from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.hours import Doors, doors, is_open, next_opening
from bot.library.model import DatedException, Office, Opening

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
Make = Callable[..., Office]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), BERLIN)


def test_doors_open_at_the_first_minute_and_close_at_the_last(make_office: Make) -> None:
    office = make_office()
    times = [(7, 59), (8, 0), (11, 59), (12, 0), (14, 0), (15, 59), (16, 0)]
    assert [doors(office, at(MONDAY, *when)).value for when in times] == [
        "closed",
        "open",
        "open",
        "closed",
        "by_appointment",
        "by_appointment",
        "closed",
    ]
    assert (is_open(office, at(MONDAY, 9)), is_open(office, at(MONDAY, 15))) == (True, False)


def test_the_moment_counts_not_the_zone_it_is_told_in(make_office: Make) -> None:
    office = make_office()
    assert doors(office, datetime(2026, 11, 23, 7, 30, tzinfo=UTC)) is Doors.OPEN
    assert doors(office, datetime(2026, 11, 23, 16, 30, tzinfo=ZoneInfo("Asia/Tokyo"))) is Doors.OPEN


def test_naive_moments_are_refused(make_office: Make) -> None:
    naive = at(MONDAY, 9).replace(tzinfo=None)
    for question in (doors, is_open, next_opening):
        with pytest.raises(ValueError, match="needs its time zone"):
            question(make_office(), naive)


def test_the_next_opening_is_after_now_and_without_appointment(make_office: Make) -> None:
    office = make_office()
    walk_in = next_opening(office, at(MONDAY, 8))
    booked = next_opening(office, at(MONDAY, 8), by_appointment=True)
    assert walk_in is not None
    assert booked is not None
    assert (walk_in.opens, walk_in.closes) == (at(MONDAY + timedelta(7), 8), at(MONDAY + timedelta(7), 12))
    assert (booked.opens, booked.appointment_only) == (at(MONDAY, 14), True)


def test_an_exception_replaces_the_hours_of_its_days(make_office: Make) -> None:
    closed = DatedException(MONDAY, MONDAY + timedelta(1), ())
    instead = DatedException(MONDAY + timedelta(7), MONDAY + timedelta(7), (Opening(time(10), time(11)),))
    office = make_office(exceptions=(closed, instead))
    assert doors(office, at(MONDAY, 9)) is Doors.CLOSED
    found = next_opening(office, at(MONDAY, 7))
    assert found is not None
    assert found.opens == at(MONDAY + timedelta(7), 10)


def test_an_office_that_never_opens_has_no_next_opening(make_office: Make) -> None:
    assert next_opening(make_office(hours=((),) * 7), at(MONDAY, 9)) is None


@pytest.mark.parametrize(("day", "offset"), [(date(2026, 10, 25), 1), (date(2027, 3, 28), 2)])
def test_nine_is_nine_on_the_days_when_the_clocks_change(make_office: Make, day: date, offset: int) -> None:
    office = make_office(hours=(*[()] * 6, (Opening(time(9), time(12)),)))
    found = next_opening(office, datetime.combine(day, time(0), BERLIN))
    assert found is not None
    assert found.opens.astimezone(UTC) == datetime.combine(day, time(9 - offset), UTC)
    assert is_open(office, found.opens)
    assert not is_open(office, found.opens - timedelta(seconds=1))


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    opens=st.integers(0, 22),
    length=st.integers(1, 12),
)
def test_doors_are_open_from_the_next_opening_on(moment: datetime, opens: int, length: int) -> None:
    spans = (Opening(time(opens), time(min(23, opens + length))),)
    office = Office(
        "a", "b", "jobcenter", {"de": "A"}, None, None, None, None, None, None, (spans,) * 7, (), (), None,
        "Europe/Berlin", fictional=True,
    )  # fmt: skip
    found = next_opening(office, moment)
    assert found is not None
    assert moment < found.opens.astimezone(UTC) <= moment + timedelta(hours=26)
    if found.opens.astimezone(UTC) < found.closes.astimezone(UTC):
        assert is_open(office, found.opens)
    assert not is_open(office, found.closes)
