"""What the code says stands in locales/, and `make words` keeps it so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.channels.webchat.page.words import MESSAGES
from bot.core.language import LANGUAGES
from tests.words import entries, in_code, key, read, update

PAGE = Path("bot/channels/webchat/page")


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    return Path(shutil.copytree("locales", tmp_path / "locales"))


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    return folder


def texts_of(path: Path) -> list[tuple[str, ...]]:
    return [key(message) for message in entries(read(path))]


def test_the_template_holds_exactly_what_the_code_says() -> None:
    assert set(texts_of(Path("locales/lotse.pot"))) == set(in_code())


def test_there_is_nothing_to_update(locales: Path) -> None:
    assert update(locales) == []


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ('words("Hello")', {("Hello",)}),
        ('words("Hello {name}", name="Ada")', {("Hello {name}",)}),
        ('words(\n    "Two "\n    "halves"\n)', {("Two halves",)}),
        ('TITLE = N_("Title")', {("Title",)}),
        ('spoken("Sorry")', {("Sorry",)}),
        ('self.kit.words[tag]("Which?")', {("Which?",)}),
        ('self._words[reply.language]("Here")', {("Here",)}),
        ('words.count("{n} day", "{n} days", days, n=days)', {("{n} day", "{n} days")}),
        ("words(self.text)", set()),
        ('words.date("x")', set()),
        ('other("Hello")', set()),
        ('"a,b".count(",")', set()),
    ],
)
def test_what_counts_as_a_text(code: Path, line: str, texts: set[tuple[str, ...]]) -> None:
    (code / "some.py").write_text(line)
    assert set(in_code(code)) - {(message,) for message in MESSAGES} == texts


def test_the_page_asks_only_for_words_that_it_is_given() -> None:
    asked = set()
    for path in [*PAGE.glob("*.js"), *PAGE.glob("*.html")]:
        text = path.read_text("utf-8")
        asked |= set(re.findall(r"""\b(?:say|word)\(["']([^"']+)["']\)""", text))
        asked |= set(re.findall(r'data-word(?:-label|-placeholder)?="([^"{]+)"', text))
    assert len(asked) > 15
    assert asked <= set(MESSAGES)


def test_every_word_of_the_page_is_used() -> None:
    source = "".join(path.read_text("utf-8") for path in PAGE.glob("*") if path.suffix in {".js", ".html"})
    python = (PAGE / "shell.py").read_text("utf-8")
    assert [message for message in MESSAGES if message not in source and message not in python] == []


def test_a_new_text_comes_in_untranslated_and_an_old_one_goes(locales: Path) -> None:
    wanted = [text for text in in_code() if text != ("Send",)] + [("Brand new {thing}",), ("{n} cat", "{n} cats")]
    assert len(update(locales, wanted)) == 1 + len(LANGUAGES)
    for name in ("lotse.pot", "ar.po", "de.po"):
        found = {key(message): message for message in entries(read(locales / name))}
        assert ("Send",) not in found
        assert found["Brand new {thing}",].string == ""
        assert not any(found["{n} cat", "{n} cats"].string)
    assert len(found["{n} cat", "{n} cats"].string) == 2
    assert update(locales, wanted) == []


def test_translations_headers_and_comments_stay(locales: Path) -> None:
    before = {path.name: path.read_text("utf-8") for path in locales.iterdir()}
    update(locales, [*in_code(), ("Brand new",)])
    for path in locales.iterdir():
        assert path.read_text("utf-8").startswith(before[path.name].rstrip())
        assert path.read_text("utf-8").removeprefix(before[path.name].rstrip()) == (
            '\n\nmsgid "Brand new"\nmsgstr ""\n'
        )


def test_comments_come_from_the_template(locales: Path) -> None:
    template = locales / "lotse.pot"
    text = template.read_text("utf-8")
    assert 'msgid "Sent"' in text
    template.write_text(re.sub('(#\\. .*\n)*msgid "Sent"', '#. Under a message\nmsgid "Sent"', text), "utf-8")
    update(locales)
    assert '#. Under a message\nmsgid "Sent"' in (locales / "fa.po").read_text("utf-8")
