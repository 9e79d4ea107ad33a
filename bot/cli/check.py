"""`lotse check`: settings, intents, locales, content and database, before anything is started."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import upkeep
from bot.cli.shell import AsJson, print_json, print_table, run, show_faults
from bot.settings import PREFIX, Settings, load


def check(
    *,
    settings: Annotated[bool, typer.Option("--settings", help="List all settings instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at everything that can be wrong; every fault is named with file and line. Leaves with 1 if there is any."""
    if settings:
        _list_settings(as_json=as_json)
        return

    show_faults(*run(lambda: upkeep.check(load())), as_json=as_json)


def _list_settings(*, as_json: bool) -> None:
    rows = [
        (
            PREFIX + name.upper(),
            _kind(field.annotation),
            "" if field.default is None else field.default,
            field.description,
        )
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        for name, kind, default, meaning in rows:
            print_json({"name": name, "type": kind, "default": default, "meaning": meaning})
        return
    print_table("Settings (environment; NAME_FILE reads from a file)", ("name", "default", "meaning"),
                [(name, default, meaning) for name, _, default, meaning in rows], "none")  # fmt: skip


def _kind(annotation: object) -> str:
    return getattr(annotation, "__name__", str(annotation)).replace("typing.", "")
