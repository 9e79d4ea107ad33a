"""Reminders: when they come and what they are known by."""

from __future__ import annotations

import hashlib
from datetime import time

REMIND_AT = time(18)
_LENGTH = 40


def reminder_key(*parts: str) -> str:
    """Return by what a reminder is known: nobody can read from it who is reminded of what."""
    return "remind:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]
