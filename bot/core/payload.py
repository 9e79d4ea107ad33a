"""The `/intent{json}` of buttons, as Rasa writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.core.message import Command

_SHAPE = re.compile(r"/(?P<intent>[a-z][a-z0-9_.]{0,63})(?P<values>\{.*\})?", re.DOTALL)
LONGEST = 2_000


def write(intent: str, values: Mapping[str, Any] | None = None) -> str:
    """Return the payload of a button.

    >>> write("open_page", {"page": "housing.find_flat"})
    '/open_page{"page":"housing.find_flat"}'
    """
    if not values:
        return f"/{intent}"
    return f"/{intent}{json.dumps(dict(values), ensure_ascii=False, separators=(',', ':'))}"


def read(payload: str) -> Command | None:
    """Return what a payload says, or None if it is not one (too long, malformed, values not an object)."""
    if len(payload) > LONGEST or not (match := _SHAPE.fullmatch(payload)):
        return None
    try:
        values = json.loads(match["values"] or "{}")
    except (ValueError, RecursionError):
        return None
    return Command(match["intent"], values)
