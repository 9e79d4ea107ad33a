"""`lotse ask`, `lotse understand`: trying the assistant in a terminal."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import anyio.to_thread
import typer

from bot.bootstrap.knowledge import Knowledge
from bot.bootstrap.terminal import ask_once
from bot.cli.shell import AsJson, out, print_json, run, settings_and_log
from bot.core.language import LANGUAGES, known
from bot.core.message import Reply, Understood
from bot.core.text import without_direction_marks
from bot.errors import ConfigurationError, Fault
from bot.library.load import load as load_library

Lang = Annotated[str, typer.Option("--lang", help=f"The person's language: {', '.join(LANGUAGES)}.")]


def language_of(tag: str) -> str | None:
    """Return the language of the option, None if it is not given. Raises ConfigurationError for one we do not speak."""
    if tag and known(tag) is None:
        raise ConfigurationError([Fault("--lang", 0, f"knows no {tag}; choose from {', '.join(LANGUAGES)}")])
    return known(tag)


def ask(
    text: Annotated[str, typer.Argument(help="What the person writes, or a payload such as /help.")],
    lang: Lang = "",
    place: Annotated[str, typer.Option(help="Id of the place, as in content/places.yml.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Take one turn, through inbox and outbox of a throw-away database, and print the answer."""

    async def work() -> None:
        settings = settings_and_log(quiet=True)
        replies = await ask_once(settings, text, language=language_of(lang), place=place)
        for reply in replies:
            _show(reply, as_json=as_json)

    run(work)


def _show(reply: Reply, *, as_json: bool) -> None:
    note = without_direction_marks(reply.note or "")
    text = without_direction_marks(reply.text)
    buttons = [{"title": b.title, "payload": b.payload, "url": b.url} for row in reply.buttons for b in row]
    if as_json:
        print_json({"text": text, "language": reply.language, "page": reply.page, "note": note, "buttons": buttons})
        return
    out.print(text, markup=False)
    if note:
        out.print(note, style="dim", markup=False)
    for row in reply.buttons:
        out.print("   ".join(f"[{button.title}]" for button in row), style="cyan", markup=False)
    out.print()


async def lines() -> AsyncIterator[str]:
    """Yield what stands on each line of stdin, as it comes."""
    while line := await anyio.to_thread.run_sync(sys.stdin.readline):
        if line.strip():
            yield line.rstrip("\n")


def understand(lang: Lang = "", *, as_json: AsJson = False) -> None:
    """Read one text a line and print what it is taken to mean."""

    async def work() -> None:
        language = language_of(lang)
        pipeline = (await knowledge_of(None)).pipeline
        async for line in lines():
            began = perf_counter()
            found = await pipeline.understand(line, chosen_language=language)
            answer = _as_json(found, milliseconds=(perf_counter() - began) * 1000)
            if as_json:
                print_json(answer)
            else:
                mark = "  DANGER" if found.crisis else ""
                out.print(f"{found.language or '?':9} {found.confidence:.2f} {answer['intent']}{mark}", markup=False)

    run(work)


async def knowledge_of(content: Path | None) -> Knowledge:
    """Return what is known, of the content folder of the settings or another one."""
    settings = settings_and_log(quiet=True)
    if content is not None:
        settings = settings.model_copy(update={"content_dir": content})
    return await Knowledge.open(settings, load_library)


def _as_json(found: Understood, *, milliseconds: float) -> dict[str, Any]:
    return {
        "text": found.text,
        "language": found.language,
        "intent": found.crisis or found.intent,
        "confidence": round(found.confidence, 4),
        "crisis": found.crisis is not None,
        "alternatives": [
            {"intent": guess.intent, "confidence": round(guess.confidence, 4)} for guess in found.alternatives
        ],
        "ms": round(milliseconds, 1),
    }
