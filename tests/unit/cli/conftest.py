from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app

Lotse = Callable[..., Result]


@pytest.fixture
def lotse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lotse]:
    """Runs a command in this process, with a database and a key of its own."""
    monkeypatch.setenv("LOTSE_DATABASE_URL", f"sqlite:///{tmp_path / 'var' / 'lotse.db'}")
    monkeypatch.setenv("LOTSE_KEY_FILE", str(tmp_path / "var" / "lotse.key"))
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments: str, given: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=given, catch_exceptions=False)

    yield run
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)
