"""`lotse search`: which pages answer a question."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.ask import Lang, knowledge_of, language_of, lines
from bot.cli.shell import AsJson, out, print_json, progress, run


def search(
    lang: Lang = "",
    content: Annotated[Path | None, typer.Option(help="Another content folder.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Read one question a line and print the ten pages that fit best."""

    async def work() -> None:
        language = language_of(lang)
        knowledge = await knowledge_of(content)
        with progress("Reading the pages") as step:
            await knowledge.index(progress=lambda done, of: step("new passages", done, of))
        async for line in lines():
            hits = await knowledge.pipeline.search(line, language=language, limit=10)
            found = [{"page": hit.page, "score": round(hit.score, 4)} for hit in hits]
            if as_json:
                print_json({"query": line, "results": found})
            else:
                for hit in hits:
                    out.print(f"{hit.score:8.4f}  {hit.page}", markup=False)

    run(work)
