"""The menu of commands, in the language of each phone."""

from __future__ import annotations

from bot.channels.telegram.api import TelegramApi
from bot.core.i18n import Catalogues, Words
from bot.core.language import LANGUAGES

# Phones in none of our languages: newcomers read English more often than German.
OTHER_PHONES = "en"


def menu(words: Words) -> list[tuple[str, str]]:
    """Return command and description in one language."""
    return [
        ("start", words("Start again")),
        ("help", words("What I can do")),
        ("language", words("Change the language")),
        ("place", words("Change your place")),
        ("human", words("Speak with a person")),
        ("appointment", words("Appointments")),
        ("plan", words("My integration plan")),
        ("data", words("See my data")),
        ("delete", words("Delete my data")),
        ("stop", words("Stop what we are doing")),
    ]


async def register_commands(api: TelegramApi, catalogues: Catalogues) -> None:
    """Show the menu on every phone, if the server can."""
    await api.set_commands(menu(catalogues[OTHER_PHONES]), None)
    for code, tag in phone_languages().items():
        await api.set_commands(menu(catalogues[tag]), code)


def phone_languages() -> dict[str, str]:
    """Return our language for each two-letter code of a phone; Kurmanji is `ku` there, plain German unknown."""
    return {about.cldr.split("_")[0]: tag for tag, about in LANGUAGES.items() if tag != "de-simple"}
