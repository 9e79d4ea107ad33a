"""The `lotse` command."""

from __future__ import annotations

import typer

from bot.cli.lazy import later

app = typer.Typer(
    name="lotse",
    help="The messaging assistant of municipal integration management.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    cls=later(
        {
            "serve": "bot.cli.serve:serve",
            "actions": "bot.cli.serve:actions",
            "check": "bot.cli.check:check",
            "ask": "bot.cli.ask:ask",
            "understand": "bot.cli.ask:understand",
            "search": "bot.cli.search:search",
            "train": "bot.cli.learn:train",
            "evaluate": "bot.cli.learn:evaluate",
            "content": "bot.cli.content:app",
            "intents": "bot.cli.intents:app",
            "db": "bot.cli.database:app",
            "messages": "bot.cli.database:messages",
        }
    ),
)


@app.callback()
def lotse() -> None:
    """The messaging assistant of municipal integration management."""
