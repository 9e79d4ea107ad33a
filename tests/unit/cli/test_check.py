"""`lotse check` names every fault with file and line, and changes nothing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.unit.cli.conftest import Lotse


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of intents, locales and content that the check looks at."""
    for name in ("intents", "locales", "content"):
        shutil.copytree(name, tmp_path / name)
        monkeypatch.setenv(f"LOTSE_{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setenv("LOTSE_MODEL_FILE", str(tmp_path / "intents/model.npz"))
    return tmp_path


@pytest.fixture
def spoil(copies: Path) -> Callable[[str, str, str], str]:
    """Replaces a text of a file once; returns the `file:line` that the check has to name."""

    def change(name: str, old: str, new: str) -> str:
        path = copies / name
        text = path.read_text("utf-8")
        assert old in text, name
        path.write_text(text.replace(old, new, 1), "utf-8")
        return f"{name}:{text[: text.index(old)].count(chr(10)) + 1}:"

    return change


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_ours_has_no_fault_and_nothing_is_written(lotse: Lotse, copies: Path) -> None:
    before = everything_in(copies)
    result = lotse("check")
    assert result.exit_code == 0, result.output
    assert re.search(r"^0 faults, \d+ warnings\.$", result.stdout, re.MULTILINE)
    assert everything_in(copies) == before
    assert not (copies / "var").exists()


def test_every_fault_of_every_file_is_listed(lotse: Lotse, copies: Path, spoil: Callable[[str, str, str], str]) -> None:
    named = [
        spoil("intents/domain.yml", "- action_menu\n", "- action_dance\n"),
        spoil("intents/domain.yml", "    required_slots: [new_place]", "    ignored_intents: [new_place]"),
        spoil("locales/en.po", "{number}: police", "{nummer}: police"),
        spoil("content/common/housing.find_flat/page.yml", "owner:", "ownr:"),
        spoil("content/places/musterstadt/offices.yml", "[08:30-12:00, 13:30", "[08:30-25:00, 13:30"),
    ]
    named[2] = "locales/en.po:"
    (copies / "intents/crisis.yml").write_text("nothing: 1\n", "utf-8")
    (copies / "intents/nlu/de/work.yml").write_text("nlu: 7\n", "utf-8")
    (copies / "intents/model.npz").write_bytes(b"PK")
    (copies / "locales/so.po").unlink()
    named += ["intents/crisis.yml:1:", "intents/nlu/de/work.yml:1:", "intents/model.npz:", "locales/so.po:"]

    before = everything_in(copies)
    result = lotse("check")
    assert result.exit_code == 1
    for place in named:
        assert f"{copies}/{place}" in result.stderr, (place, result.stderr)
    assert len(result.stderr.splitlines()) == len(set(result.stderr.splitlines()))
    assert everything_in(copies) == before

    lines = [json.loads(line) for line in lotse("check", "--json").stdout.splitlines()]
    assert {line["kind"] for line in lines} == {"fault"}
    assert [f"{line['where']}:{line['line']}" for line in lines if line["where"].endswith("domain.yml")] == [
        f"{copies}/{place.rstrip(':')}" for place in sorted(named[:2], key=lambda place: int(place.split(":")[1]))
    ]


def test_rules_are_looked_at_too(lotse: Lotse, copies: Path, spoil: Callable[[str, str, str], str]) -> None:
    place = spoil("intents/rules.yml", "      - intent: goodbye", "      - intent: farewell")
    result = lotse("check")
    assert result.exit_code == 1
    assert f"{copies}/{place} farewell is not one of the intents" in result.stderr


def test_every_wrong_setting_is_named_and_nothing_started(lotse: Lotse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_PORT", "no")
    monkeypatch.setenv("LOTSE_NONSENSE", "1")
    for command in (["check"], ["serve"], ["db", "upgrade"], ["ask", "Hallo"]):
        result = lotse(*command)
        assert result.exit_code == 1
        assert "LOTSE_PORT: " in result.stderr
        assert "LOTSE_NONSENSE: no such setting" in result.stderr
        assert "2 faults; nothing was started." in result.stderr


def test_a_key_that_does_not_fit_the_database_is_a_fault(lotse: Lotse, tmp_path: Path) -> None:
    assert lotse("db", "upgrade").exit_code == 0
    key = tmp_path / "var/lotse.key"
    key.write_text("nonsense")
    result = lotse("check")
    assert (result.exit_code, "LOTSE_KEY_FILE: " in result.stderr) == (1, True)
    assert key.read_text() == "nonsense"


def test_all_settings_are_listed(lotse: Lotse) -> None:
    rows = [json.loads(line) for line in lotse("check", "--settings", "--json").stdout.splitlines()]
    assert {row["name"] for row in rows} == {f"LOTSE_{name.upper()}" for name in Settings.model_fields}
    assert all(row["meaning"] and row["type"] for row in rows)
    assert lotse("check", "--settings").stdout.count("LOTSE_") >= len(rows)
