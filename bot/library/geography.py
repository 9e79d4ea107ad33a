"""From a position to a district, roughly: enough to offer a place, never to decide it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import asin, cos, hypot, isfinite, radians, sin, sqrt

from bot.library.model import Place

EARTH_KM = 6371.0
TOLERANCE_KM = 5.0
"""The outline is that rough."""
CITY_KM = 8.0
"""A Stadtkreis ends about that far from its seat; beyond, it is not offered."""

# Outline of Baden-Württemberg, drawn by hand along the Rhine, Neckar-Odenwald, Tauber, Jagst, Ries, Iller and
# Lake Constance: (latitude, longitude).
_OUTLINE: Sequence[tuple[float, float]] = (
    (47.57, 7.61),
    (47.70, 7.52),
    (48.03, 7.58),
    (48.33, 7.74),
    (48.57, 7.80),
    (48.85, 8.10),
    (49.04, 8.29),
    (49.25, 8.40),
    (49.49, 8.44),
    (49.60, 8.43),
    (49.59, 8.70),
    (49.49, 8.88),
    (49.58, 9.08),
    (49.74, 9.30),
    (49.79, 9.50),
    (49.68, 9.80),
    (49.55, 9.92),
    (49.48, 10.10),
    (49.20, 10.13),
    (49.03, 10.32),
    (48.85, 10.47),
    (48.68, 10.49),
    (48.45, 10.25),
    (48.38, 10.02),
    (48.10, 10.10),
    (47.83, 10.14),
    (47.67, 10.13),
    (47.60, 9.75),
    (47.53, 9.55),
    (47.63, 9.25),
    (47.66, 8.90),
    (47.80, 8.60),
    (47.58, 8.55),
    (47.58, 8.20),
    (47.54, 7.90),
    (47.53, 7.68),
    (47.57, 7.61),
)


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance of two positions in degrees (haversine)."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def in_baden_wuerttemberg(lat: float, lon: float) -> bool:
    """Return whether a position lies in the Land or within 5 km of a rough outline of it."""
    if not (isfinite(lat) and isfinite(lon)):
        return False
    return _inside(lat, lon) or any(
        _distance_to_edge((lat, lon), start, end) <= TOLERANCE_KM for start, end in pairwise(_OUTLINE)
    )


def nearest(places: Iterable[Place], lat: float, lon: float) -> Place | None:
    """Return the place whose seat is nearest, None when the position is clearly outside Baden-Württemberg.

    The nearest seat need not be that of the own district: offer it, and let the person confirm.
    """
    if not in_baden_wuerttemberg(lat, lon):
        return None
    best: tuple[float, bool, Place] | None = None
    for place in places:
        if place.lat is None or place.lon is None or place.fictional:
            continue
        city = place.kind == "stadtkreis"
        away = distance_km((lat, lon), (place.lat, place.lon))
        if (not city or away <= CITY_KM) and (best is None or (away, not city) < best[:2]):
            best = (away, not city, place)
    return best[2] if best else None


def _inside(lat: float, lon: float) -> bool:
    """Count how often a ray to the east crosses the outline."""
    crossings = 0
    for (lat1, lon1), (lat2, lon2) in pairwise(_OUTLINE):
        if (lat1 > lat) != (lat2 > lat) and lon < lon1 + (lat - lat1) / (lat2 - lat1) * (lon2 - lon1):
            crossings += 1
    return crossings % 2 == 1


def _distance_to_edge(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return kilometres to a segment; flat, which is exact enough over one Land."""
    scale = cos(radians(point[0]))
    px, py = (point[1] - start[1]) * scale, point[0] - start[0]
    ex, ey = (end[1] - start[1]) * scale, end[0] - start[0]
    along = max(0.0, min(1.0, (px * ex + py * ey) / (ex * ex + ey * ey)))
    return radians(hypot(px - along * ex, py - along * ey)) * EARTH_KM
