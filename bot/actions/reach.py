"""What offices and events have in common: how to reach them, and what to know before going."""

from __future__ import annotations

from bot.actions.phone import dialled
from bot.core.i18n import Words
from bot.core.language import LANGUAGES
from bot.library.model import Event, Office


def reach(where: Office | Event, words: Words) -> list[str]:
    """Return address, phone and e-mail as far as they are known, a line each."""
    lines = []
    if where.address:
        lines.append(words("Address: {address}", address=where.address))
    if where.phone:
        lines.append(words("Phone: {number}", number=dialled(where.phone)))
    if where.email:
        lines.append(words("E-mail: {address}", address=where.email))
    return lines


def before_going(where: Office | Event, words: Words) -> list[str]:
    """Return languages spoken, step-free access, and whether it is made up, a line each."""
    lines = []
    if where.languages:
        spoken = [LANGUAGES[tag].endonym for tag in where.languages if tag in LANGUAGES]
        lines.append(words("Languages spoken: {languages}", languages=words.listed(spoken)))
    if where.step_free:
        lines.append(words("Step-free access"))
    if where.fictional:
        lines.append(words("This is a fictional example. The address and numbers do not exist."))
    return lines
