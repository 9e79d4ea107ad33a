"""The `lotse` command."""

from __future__ import annotations

import gc

# Looking for garbage among modules that are being imported takes a fifth of the start; they stay for good.
gc.disable()

import typer  # noqa: E402 - see above

from bot.cli import ask, check, content, database, intents, learn, serve  # noqa: E402 - see above

gc.freeze()
gc.enable()

app = typer.Typer(
    name="lotse",
    help="The messaging assistant of municipal integration management.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("serve")(serve.serve)
app.command("actions")(serve.actions)
app.command("check")(check.check)
app.command("ask")(ask.ask)
app.command("understand")(ask.understand)
app.command("search")(ask.search)
app.command("train")(learn.train)
app.command("evaluate")(learn.evaluate)
app.add_typer(content.app, name="content")
app.add_typer(intents.app, name="intents")
app.add_typer(database.app, name="db")
app.add_typer(database.messages, name="messages")
