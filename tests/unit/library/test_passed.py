"""A start need not check again what has passed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import ConfigurationError
from bot.library import load_texts
from bot.library.load import load

if TYPE_CHECKING:
    from tests.unit.library.conftest import Tree


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the texts whose body has been checked."""
    seen: list[str] = []
    check = load_texts._check_body

    def watched(reader: object, path: Path, *rest: object) -> None:
        seen.append(path.name)
        check(reader, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(load_texts, "_check_body", watched)
    return seen


def test_what_has_passed_is_not_checked_again(tree: Tree, tmp_path: Path, looks: list[str]) -> None:
    passed = tmp_path / "var" / "passed.bin"
    first = load(tree.root, passed=passed)
    assert looks == ["de.md", "en.md"]
    second = load(tree.root, passed=passed)
    assert looks == ["de.md", "en.md"]
    assert (first.pages, first.warnings) == (second.pages, second.warnings)


def test_what_has_changed_is_checked_again(tree: Tree, tmp_path: Path, looks: list[str]) -> None:
    passed = tmp_path / "passed.bin"
    load(tree.root, passed=passed)
    tree.change("common/housing.find_flat/en.md", "matters", "is *important*")
    with pytest.raises(ConfigurationError, match="italics"):
        load(tree.root, passed=passed)
    with pytest.raises(ConfigurationError, match="italics"):  # a fault is never remembered as passed
        load(tree.root, passed=passed)
    tree.change("common/housing.find_flat/page.yml", "notranslate: [SCHUFA]", "notranslate: [Portal]")
    tree.change("common/housing.find_flat/en.md", "is *important*", "matters")
    tree.change("common/housing.find_flat/en.md", "[Portal]", "[Website]")
    with pytest.raises(ConfigurationError, match="the office word Portal"):
        load(tree.root, passed=passed)
    assert len(looks) == 8


@pytest.mark.parametrize("damage", [b"", b"x" * 7, b"\0" * 1_000])
def test_a_damaged_memory_is_forgotten(tree: Tree, tmp_path: Path, looks: list[str], damage: bytes) -> None:
    passed = tmp_path / "passed.bin"
    passed.write_bytes(damage)
    load(tree.root, passed=passed)
    assert len(looks) == 2


def test_a_memory_that_cannot_be_kept_is_no_reason_to_stop(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert load(tree.root, passed=tmp_path / "file" / "passed.bin").pages
