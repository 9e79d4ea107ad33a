"""Commands whose code is loaded when they are called: `lotse content check` needs neither database nor Telegram."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command


def later(commands: Mapping[str, str]) -> type[TyperGroup]:
    """Return a group with these commands by name; each is "module:function", or "module:app" for a group."""

    class Later(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer has a click of its own
            return [*super().list_commands(ctx), *commands]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
            return _load(cmd_name, commands[cmd_name]) if cmd_name in commands else super().get_command(ctx, cmd_name)

    return Later


def _load(name: str, where: str) -> Any:  # noqa: ANN401 - as above
    module, _, attribute = where.partition(":")
    # Looking for garbage among modules that are being imported takes a fifth of the time; they stay for good.
    gc.disable()
    try:
        found = getattr(import_module(module), attribute)
    finally:
        gc.freeze()
        gc.enable()
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name)(found)
        found = alone
    command = get_command(found)
    command.name = name
    return command
