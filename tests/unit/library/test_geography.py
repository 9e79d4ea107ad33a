from __future__ import annotations

from dataclasses import replace

import pytest

from bot.library.geography import distance_km, in_baden_wuerttemberg, nearest
from bot.library.model import Place

CITY = Place("heilbronn-stadt", "08121", "Heilbronn", "stadtkreis", None, "Heilbronn", (), (), 49.14, 9.22)
DISTRICT = replace(CITY, id="heilbronn-land", kind="landkreis")
ELSEWHERE = replace(CITY, id="ulm", lat=48.40, lon=9.99)
FICTIONAL = replace(CITY, id="musterstadt", kind="gemeinde", lat=49.20, lon=9.00, fictional=True)


def test_the_distance_is_along_the_great_circle() -> None:
    assert round(distance_km((48.78, 9.18), (52.52, 13.41))) == 512
    assert distance_km((1, 2), (1, 2)) == 0


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [
        (48.78, 9.18, True),
        (47.66, 9.18, True),
        (49.49, 8.47, True),
        (49.76, 9.51, True),
        (50.11, 8.68, False),
        (48.14, 11.58, False),
        (47.37, 8.54, False),
        (48.08, 7.36, False),
        (33.51, 36.29, False),
        (float("nan"), 9.0, False),
        (float("inf"), 9.0, False),
    ],
)
def test_what_is_clearly_outside_is_known(lat: float, lon: float, inside: bool) -> None:
    assert in_baden_wuerttemberg(lat, lon) is inside
    assert (nearest([DISTRICT], lat, lon) is None) is not inside


def test_the_city_counts_near_its_seat_only() -> None:
    places = [DISTRICT, CITY, ELSEWHERE, FICTIONAL]
    assert nearest(places, 49.15, 9.22) == CITY
    assert nearest(places, 49.20, 9.00) == DISTRICT
    assert nearest([], 49.15, 9.22) is None
