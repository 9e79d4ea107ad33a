"""Loading locales/*.po: every fault with file and line, nothing half-loaded."""

from __future__ import annotations

import gettext
import io
import string
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from bot.core.i18n import Catalogues
from bot.core.language import LANGUAGES
from bot.errors import ConfigurationError, Fault

TEMPLATE = "lotse.pot"


def load(folder: Path) -> Catalogues:
    """Return the words of all languages; raise ConfigurationError with every fault of every file."""
    faults: list[Fault] = []
    template = _read(folder / TEMPLATE, "en", faults)
    expected = [message for message in template if message.id] if template else []
    translations: dict[str, gettext.NullTranslations] = {}
    for language, about in LANGUAGES.items():
        path = folder / f"{language}.po"
        if catalogue := _read(path, about.cldr, faults):
            faults += _compare(path, catalogue, expected)
            translations[language] = _compile(catalogue)
    if faults:
        raise ConfigurationError(faults)
    return Catalogues(translations)


def _read(path: Path, locale: str, faults: list[Fault]) -> Catalog | None:
    try:
        with path.open("rb") as file:
            return read_po(file, locale=locale, abort_invalid=True)
    except OSError as exc:
        faults.append(Fault(str(path), 0, f"cannot be read ({exc.strerror})"))
    except PoFileError as exc:
        faults.append(Fault(str(path), (exc.lineno or 0) + 1, "is not a valid .po file here"))
    except (UnicodeDecodeError, ValueError):
        faults.append(Fault(str(path), 0, "is not a valid .po file in UTF-8"))
    return None


def _compile(catalogue: Catalog) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _compare(path: Path, catalogue: Catalog, expected: list[Message]) -> list[Fault]:
    faults = []
    for wanted in expected:
        key = _key(wanted)
        found = catalogue.get(key)
        if found is None:
            faults.append(Fault(str(path), 0, f"lacks the text {_short(key)}"))
            continue
        faults += [Fault(str(path), found.lineno or 0, f"{_short(key)}: {what}") for what in _wrong(found)]
    known = {_key(message) for message in expected}
    faults += [
        Fault(str(path), message.lineno or 0, "has a text that nobody asks for")
        for message in catalogue
        if message.id and _key(message) not in known
    ]
    return faults


def _key(message: Message) -> str:
    """Return the English text, the singular one where there are two."""
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _wrong(message: Message) -> list[str]:
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    wanted = _fields(ids[-1])
    wrong = []
    if message.fuzzy:
        wrong.append("is marked fuzzy")
    for form in forms:
        if not form or not form.strip():
            wrong.append("is not translated")
        elif (fields := _fields(form)) is None:
            wrong.append("has a broken {placeholder}")
        elif fields != wanted:
            wrong.append(f"must have the placeholders {sorted(wanted or ())}")
    return wrong


def _fields(text: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def _short(text: str) -> str:
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"
