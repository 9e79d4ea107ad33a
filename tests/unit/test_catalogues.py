import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import catalogues
from bot.core.language import LANGUAGES
from bot.errors import ConfigurationError, Fault


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    return Path(shutil.copytree("locales", tmp_path / "locales"))


@pytest.fixture
def edit(locales: Path) -> Callable[[str, str, str], None]:
    def change(language: str, old: str, new: str) -> None:
        path = locales / f"{language}.po"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


def faults_of(locales: Path) -> list[Fault]:
    with pytest.raises(ConfigurationError) as caught:
        catalogues.load(locales)
    return caught.value.faults


def test_all_catalogues_are_complete(locales: Path) -> None:
    words = catalogues.load(locales)
    assert all(words[language]("Send") for language in LANGUAGES)


def test_missing_translation_is_named_with_file_and_line(locales: Path, edit: Callable[[str, str, str], None]) -> None:
    edit("fr", 'msgid "Sent"\nmsgstr "Envoyé"', 'msgid "Sent"\nmsgstr ""')
    (fault,) = faults_of(locales)
    assert fault.where.endswith("fr.po")
    assert fault.line > 0
    assert fault.what == "“Sent”: is not translated"


def test_lost_placeholder_is_a_fault(locales: Path, edit: Callable[[str, str, str], None]) -> None:
    edit("en", 'msgstr "{number}: police"', 'msgstr "{numbr}: police"')
    assert "must have the placeholders ['number']" in faults_of(locales)[0].what


def test_missing_file_and_broken_file_are_both_reported(locales: Path) -> None:
    (locales / "so.po").unlink()
    (locales / "ti.po").write_bytes(b'msgid "\xff')
    assert {Path(fault.where).name for fault in faults_of(locales)} == {"so.po", "ti.po"}
