"""The way there: a map that needs no account (OpenStreetMap)."""

from __future__ import annotations

from urllib.parse import quote

from bot.core.i18n import Words
from bot.core.message import Button
from bot.library.model import Event, Office

_MAP = "https://www.openstreetmap.org"


def map_row(where: Office | Event, words: Words) -> list[Button]:
    """Return the button that opens a map, none where nobody can go: fictional, or without address."""
    url = map_url(where)
    return [Button(words("Show on a map"), url=url)] if url else []


def map_url(where: Office | Event) -> str | None:
    """Return the address of a map of that place, None if there is none."""
    if where.lat is not None and where.lon is not None:
        return f"{_MAP}/?mlat={where.lat}&mlon={where.lon}#map=17/{where.lat}/{where.lon}"
    if where.address and not where.fictional:
        return f"{_MAP}/search?query={quote(where.address, safe='')}"
    return None
