"""The words that the page itself says."""

from __future__ import annotations

import msgspec

from bot.core.i18n import Catalogues
from bot.core.language import LANGUAGES

# The script asks for these by their English text.
MESSAGES = (
    "Lotse – help for newcomers",
    "Write your question",
    "Send",
    "Leave quickly",
    "Closes this page and opens a weather page. The chat is removed from this device.",
    "Conversation",
    "You",
    "Assistant",
    "Counsellor",
    "Emergency",
    "Language",
    "Connecting …",
    "No connection. Your messages are kept and sent as soon as you are online again.",
    "Sending …",
    "Sent",
    "Not sent",
    "Try again",
    "Lotse is writing …",
    "New messages",
    "Skip to the text field",
    "This chat needs JavaScript. In an emergency call 112 or 110.",
    "End chat",
    "End this chat and remove it from this device?",
    "Back",
    "This chat has ended.",
    "Start a new chat",
    "Download file",
    "Send my location",
    "Which town or district do you live in? Write its name or postal code.",
    "That was very fast. Please wait a moment.",
)


class PageWords(msgspec.Struct):
    """What the page says in one language; `html` is the tag for the lang attribute."""

    language: str
    html: str
    dir: str
    words: dict[str, str]


def page_words(catalogues: Catalogues, language: str) -> PageWords:
    """Return the words of the page in one of our languages."""
    words = catalogues[language]
    about = LANGUAGES[language]
    return PageWords(language, about.html, about.direction, {message: words(message) for message in MESSAGES})
