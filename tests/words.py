"""`make words`: takes the texts of the code up into locales/lotse.pot and every locales/*.po.

New texts come in untranslated, texts that nobody asks for any more go, translations and the comments for translators
stay. Comments are written in lotse.pot, where every catalogue takes them from.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from bot.channels.webchat.page.words import MESSAGES
from bot.core.language import LANGUAGES

CODE, LOCALES = Path("bot"), Path("locales")
TEMPLATE = "lotse.pot"

Text = tuple[str, ...]  # the English text; with its plural where it counts something

# What is called to have a text translated: N_("…"), words("…"), words[language]("…"), words.count("…", "…", number).
_MARKS = {"N_", "words", "_words", "spoken"}
_COUNTS = "count"


def in_code(folder: Path = CODE) -> list[Text]:
    """Return every text of the Python code and of the web chat's page, each once, in the order of the files."""
    found: dict[Text, None] = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (text := _text(node)):
                found[text] = None
    return list(found | {(message,): None for message in MESSAGES})


def _text(call: ast.Call) -> Text | None:
    literals = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    texts = tuple(value for value in literals if isinstance(value, str))
    if _name(call.func) == _COUNTS and len(texts) == 2:
        return texts
    return texts[:1] if _name(call.func) in _MARKS and texts else None


def _name(called: ast.expr) -> str | None:
    if isinstance(called, ast.Subscript):
        return _name(called.value)
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)


def key(message: Message) -> Text:
    """Return the English text of a catalogue's entry."""
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else (str(message.id),)


def entries(catalogue: Catalog) -> Iterator[Message]:
    """Yield every text of a catalogue, without its header."""
    return (message for message in catalogue if message.id)


def read(path: Path) -> Catalog:
    """Return a catalogue; the locale gives the number of plural forms."""
    about = LANGUAGES.get(path.stem)
    with path.open("rb") as file:
        return read_po(file, locale=about.cldr if about else None)


def update(folder: Path = LOCALES, texts: list[Text] | None = None) -> list[Path]:
    """Bring the template and all catalogues up to the code; return the files that changed."""
    wanted = in_code() if texts is None else texts
    template = _merged(wanted, read(folder / TEMPLATE))
    changed = [folder / TEMPLATE] if _write(folder / TEMPLATE, template) else []
    for language in LANGUAGES:
        path = folder / f"{language}.po"
        if _write(path, _merged([key(message) for message in template], read(path), comments=template)):
            changed.append(path)
    return changed


def _merged(wanted: list[Text], old: Catalog, comments: list[Message] | None = None) -> list[Message]:
    known = {key(message): message for message in entries(old)}
    ordered = [text for text in known if text in wanted] if comments is None else []
    merged = []
    for text in dict.fromkeys([*ordered, *wanted]):
        message = known.get(text) or Message(text if len(text) > 1 else text[0], [""] * old.num_plurals)
        if text not in known and len(text) == 1:
            message.string = ""
        merged.append(message)
    for message, commented in zip(merged, comments or (), strict=bool(comments)):
        message.auto_comments = commented.auto_comments
    return merged


def _write(path: Path, messages: list[Message]) -> bool:
    """Write the messages under the header as it stands; return whether anything changed."""
    old = path.read_text("utf-8")
    body = Catalog(locale=LANGUAGES[path.stem].cldr if path.stem in LANGUAGES else None)
    for message in messages:
        body[message.id] = message
    written = io.BytesIO()
    write_po(written, body, width=0, no_location=True, omit_header=True, ignore_obsolete=True)
    new = f"{old.partition(_BLANK)[0]}{_BLANK}{written.getvalue().decode().strip()}\n"
    if new != old:
        path.write_text(new, "utf-8")
    return new != old


_BLANK = "\n\n"


if __name__ == "__main__":
    for changed in update():
        print(changed)
