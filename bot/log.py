"""Structured logs for operators: one line per thing that happened, ids only.

Message text, names, tokens and contact data never reach a log: what is logged is chosen word by word, the loggers
of libraries that print contents or addresses are silenced, and exceptions show their type and place, not their text.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

# These print URLs with tokens, texts or SQL values below WARNING.
_QUIET = (
    "httpx",
    "httpcore",
    "telegram",
    "argostranslate",
    "sqlalchemy",
    "aiosqlite",
    "rasa_sdk",
    "asyncio",
    "litestar",
)


def configure(level: str, style: str) -> None:
    """Set up logging for the process; call once, at the start."""
    number = getattr(logging, level.upper())
    renderer: Any = structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty()
    )  # fmt: skip
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _place_of_exception,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[*shared, _without_text], processor=renderer)
    )
    logging.basicConfig(level=max(number, logging.INFO), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def _place_of_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and the innermost line of ours: its text may quote a message."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    exception = info[1] if isinstance(info, tuple) else info
    if isinstance(exception, BaseException):
        frames = traceback.extract_tb(exception.__traceback__)
        ours = [frame for frame in frames if "/bot/" in frame.filename] or frames
        event["error"] = type(exception).__name__
        if ours:
            event["at"] = f"{ours[-1].filename.rpartition('/bot/')[2]}:{ours[-1].lineno}"
    return event


def _without_text(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Show of a library's line no more than who said it and where: its text may quote a message or an address."""
    record = event.get("_record")
    if record is not None:
        event["event"] = f"{record.name}: {record.levelname.lower()}"
        event["at"] = f"{record.module}:{record.lineno}"
    return event
