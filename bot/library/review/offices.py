"""What is odd about an office: exceptions that are over, numbers that nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.library.model import Office
from bot.library.review.phones import wrong_phone


def odd(office: Office, today: date) -> Iterator[tuple[str, str]]:
    """Yield (passage of offices.yml, what) for everything that should be looked at."""
    for exception in office.exceptions:
        if exception.last < today:
            yield f"date: {exception.first}", f"{office.id}: the exception of {exception.first} is over; remove it"
    if number := wrong_phone(office):
        yield number, f"{office.id}: the number {number} cannot be dialled; correct it"
    if not any(office.hours) and not (office.phone or office.email or office.website):
        yield f"id: {office.id}", f"{office.id}: neither hours nor a way to reach it; add one"
