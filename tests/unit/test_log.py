import logging

import pytest
import structlog

from bot import log


@pytest.fixture(autouse=True)
def _restore() -> object:
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


def test_exceptions_show_type_and_place_but_not_their_text(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json")
    try:
        int("canary-text")
    except ValueError:
        structlog.get_logger("x").exception("turn.failed", message=7)
    printed = capsys.readouterr().err
    assert '"error": "ValueError"' in printed
    assert '"message": 7' in printed
    assert "canary-text" not in printed


def test_libraries_that_print_contents_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("debug", "text")
    logging.getLogger("httpx").info("GET https://api/botcanary-token/getMe")
    logging.getLogger("argostranslate.utils").info("canary-text")
    logging.getLogger("any.library").warning("value %s", "canary-value")
    printed = capsys.readouterr().err
    assert "any.library: warning" in printed
    assert "canary" not in printed
