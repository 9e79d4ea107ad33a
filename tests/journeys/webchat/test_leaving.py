"""People who are watched must be gone in a moment, and leave nothing behind. And the chat inside other web sites."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.fakes import until
from tests.journeys.webchat.conftest import WEATHER, Visit, Visits
from tests.unit.channels.webchat.fakes import Served, all_words

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _gone(chat: Served, me: Visit) -> None:
    await me.page.wait_for_url(WEATHER)
    await until(lambda: not chat.chats.token_hashes, seconds=3)
    await me.page.goto(f"{chat.url}/?lang=de")
    await expect(me.bubbles("own")).to_have_count(0)
    await expect(me.bubbles("bot")).to_have_count(1)


async def test_leaving_quickly_leaves_nothing(chat: Served, visit: Visits) -> None:
    me = await visit()
    await me.write("geheim de")
    await expect(me.bubbles("bot")).to_have_count(2)
    entries = await me.page.evaluate("history.length")
    await me.page.get_by_role("link", name=all_words()["de"]("Leave quickly")).click()
    await me.page.wait_for_url(WEATHER)
    assert await me.page.evaluate("history.length") == entries, "the chat's own entry was replaced"
    await _gone(chat, me)


async def test_escape_three_times_leaves_too(chat: Served, visit: Visits) -> None:
    me = await visit()
    await me.write("geheim de")
    await expect(me.bubbles("bot")).to_have_count(2)
    await me.page.keyboard.press("Escape")
    await me.page.keyboard.press("Escape")
    await expect(me.bubbles("bot")).to_have_count(2)
    await me.page.keyboard.press("Escape")
    await _gone(chat, me)


async def test_the_page_is_empty_before_the_weather_has_come(visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    seen: list[list[object]] = []
    await me.page.expose_function("seen", lambda state: seen.append(state))
    await me.page.evaluate(
        """new MutationObserver(() => seen([document.body.childElementCount, document.title, sessionStorage.length]))
           .observe(document.body, {childList: true})"""
    )
    come = asyncio.Event()

    async def slow(route: Route) -> None:
        await come.wait()
        await route.fulfill(body="sunny", content_type="text/html")

    await me.context.route(f"{WEATHER}**", slow)
    await me.page.locator("#leave").click(no_wait_after=True)
    await until(lambda: bool(seen), seconds=3)
    assert seen == [[0, "www.dwd.de", 0]]
    come.set()
    await me.page.wait_for_url(WEATHER)


async def test_leaving_works_without_javascript(visit: Visits) -> None:
    me = await visit(java_script_enabled=False)
    assert "112" in await me.page.locator("noscript").inner_html()
    await expect(me.page.locator("#state")).to_be_hidden()
    await me.page.locator("#leave").click()
    await me.page.wait_for_url(WEATHER)


async def test_ending_the_chat_asks_first(chat: Served, visit: Visits) -> None:
    me = await visit()
    await me.write("geheim de")
    await expect(me.bubbles("bot")).to_have_count(2)
    await me.page.click("#end")
    await me.page.get_by_role("button", name=all_words()["de"]("Back")).click()
    await expect(me.bubbles("bot")).to_have_count(2)
    await me.page.click("#end")
    await me.page.get_by_role("dialog").get_by_role("button", name=all_words()["de"]("End chat")).click()
    await expect(me.page.locator("#state")).to_have_text(all_words()["de"]("This chat has ended."))
    await expect(me.bubbles()).to_have_count(0)
    await expect(me.page.get_by_role("button", name=all_words()["de"]("Start a new chat"))).to_be_focused()
    assert await me.page.evaluate("sessionStorage.length") == 0
    await until(lambda: not chat.chats.token_hashes, seconds=3)  # the browser tells the server a moment later


async def test_another_web_site_opens_the_chat_in_a_frame(chat: Served, visit: Visits) -> None:
    me = await visit("/?lang=de")  # any page of an allowed site will do; it is ours here
    await expect(me.bubbles("bot")).to_have_count(1)  # its chat has begun before the page is left
    town = f'<!doctype html><html lang="tr"><title>Town</title><script src="{chat.url}/embed.js" async></script>'
    await me.context.route(f"{chat.url}/town", lambda route: route.fulfill(body=town, content_type="text/html"))
    await me.page.goto(f"{chat.url}/town")
    button = me.page.get_by_role("button", name=all_words()["tr"]("Lotse – help for newcomers"))
    await expect(button).to_have_attribute("aria-expanded", "false")
    assert len(chat.chats.token_hashes) == 1, "nothing is asked of the server before somebody opens it"
    await button.focus()
    await me.page.keyboard.press("Enter")
    await expect(button).to_have_attribute("aria-expanded", "true")
    frame = me.page.frame_locator("iframe")
    await expect(frame.locator(".message.bot")).to_have_count(1)
    await button.press("Escape")
    await expect(me.page.locator("iframe")).to_be_hidden()
    await expect(button).to_be_focused()
    await button.click()
    await frame.locator("#leave").click()
    await me.page.wait_for_url(WEATHER)
