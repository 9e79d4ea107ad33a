"""A real Chromium in front of a real server with a scripted assistant. Any request to another host, any error in
the console, any breach of the page's policy fails the test.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

from tests.journeys.webchat.assistant import answer
from tests.unit.channels.webchat.fakes import Served, serve

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PHONE = {"width": 360, "height": 740}
expect.set_options(timeout=8_000)
WEATHER = "https://www.dwd.de/"


def _missing(what: str) -> None:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        _missing(f"there is no Chromium at {CHROMIUM}")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def chat() -> AsyncIterator[Served]:
    async with serve(answer, thinks=0.05) as served:
        yield served


class Visit:
    """A page and what went wrong in it."""

    def __init__(self, context: BrowserContext, page: Page, faults: list[str]) -> None:
        self.context = context
        self.page = page
        self.faults = faults

    async def write(self, text: str) -> None:
        await expect(self.bubbles("bot").first).to_be_visible()  # who writes faster stands above the greeting
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")

    def bubbles(self, kind: str = "message") -> Any:
        return self.page.locator(f".{kind} .bubble")


Visits = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, chat: Served) -> AsyncIterator[Visits]:
    """Open the chat as somebody would; `axe=True` brings the accessibility checker along."""
    opened: list[Visit] = []
    async with AsyncExitStack() as stack:

        async def open_page(path: str = "/?lang=de", *, axe: bool = False, **options: Any) -> Visit:
            context = await browser.new_context(**{"viewport": PHONE, "locale": "de-DE", **options})
            stack.push_async_callback(context.close)
            faults: list[str] = []

            async def elsewhere(route: Route) -> None:
                if route.request.url.startswith(WEATHER):
                    await route.fulfill(body="sunny", content_type="text/html")
                else:
                    faults.append(f"request to {route.request.url}")
                    await route.abort()

            await context.route(lambda url: not url.startswith((chat.url, "blob:", "data:")), elsewhere)
            if axe:
                if not AXE.exists():
                    _missing(f"there is no {AXE}")
                await context.add_init_script(path=AXE)
            page = await context.new_page()
            page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.set_default_timeout(8_000)
            await page.goto(chat.url + path)
            opened.append(Visit(context, page, faults))
            return opened[-1]

        yield open_page
        for one in opened:
            assert one.faults == []
