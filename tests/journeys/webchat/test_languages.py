"""Thirteen languages, two directions, light and dark, with the keyboard alone and for a screen reader."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from bot.core.message import Button, Reply
from tests.journeys.webchat.conftest import Visits
from tests.unit.channels.webchat.fakes import Served, all_words

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_page_follows_the_language_of_the_conversation(chat: Served, visit: Visits) -> None:
    me = await visit("/")
    await me.page.get_by_role("button", name="العربية").click()
    html = me.page.locator("html")
    await expect(html).to_have_attribute("lang", "ar")
    await expect(html).to_have_attribute("dir", "rtl")
    await expect(me.page).to_have_title(all_words()["ar"]("Lotse – help for newcomers"))
    await expect(me.page.locator("#language")).to_have_value("ar")
    await expect(me.page.locator("#text")).to_have_attribute("placeholder", all_words()["ar"]("Write your question"))
    first, second = me.bubbles("bot").nth(0), me.bubbles("bot").nth(1)
    assert [await first.get_attribute(name) for name in ("lang", "dir")] == ["de", "ltr"]
    assert [await second.get_attribute(name) for name in ("lang", "dir")] == ["ar", "rtl"]


async def test_right_to_left_is_mirrored(visit: Visits) -> None:
    me = await visit("/?lang=ar")
    await me.write("wohnung ar")
    await expect(me.bubbles("bot")).to_have_count(3)
    own, send = await me.bubbles("own").bounding_box(), await me.page.locator("#send").bounding_box()
    assert own
    assert send
    assert own["x"] < 20
    assert send["x"] < 20


async def test_a_number_on_a_button_is_read_from_left_to_right(chat: Served, visit: Visits) -> None:
    me = await visit("/?lang=ar")
    await expect(me.bubbles("bot")).to_have_count(1)
    row = (Button("📞 116 016", url="tel:116016"),)
    chat.chats.deliver(Reply("نساء", "ar", buttons=(row,), urgent=True))
    link = me.page.locator('a[href="tel:116016"]')
    lefts = await link.evaluate(
        """one => { const text = one.lastChild, range = document.createRange();
          return ["116", "016"].map((part) => { const at = text.data.indexOf(part);
            range.setStart(text, at); range.setEnd(text, at + 3); return range.getBoundingClientRect().left; }); }"""
    )
    assert lefts[0] < lefts[1]


async def test_the_language_can_be_chosen_at_the_top(chat: Served, visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    await me.page.select_option("#language", "ti")
    await expect(me.page.locator("html")).to_have_attribute("lang", "ti")
    await expect(me.bubbles("own")).to_have_text("ትግርኛ")
    await expect(me.bubbles("bot").nth(1)).to_have_attribute("lang", "ti")
    assert [one["payload"] for one in chat.chats.said()] == ['/set_language{"language":"ti"}']


async def test_a_page_in_another_language_does_not_change_the_rest(visit: Visits) -> None:
    me = await visit("/?lang=uk")
    await me.write("wohnung de")  # its second reply speaks the person's language again
    await expect(me.bubbles("bot").nth(1)).to_have_attribute("lang", "de")
    await me.write("hallo uk")
    await expect(me.bubbles("bot").last).to_have_attribute("lang", "uk")
    await expect(me.page.locator("html")).to_have_attribute("lang", "uk")


async def test_the_keyboard_is_enough(chat: Served, visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    await me.page.keyboard.press("Tab")
    await expect(me.page.get_by_text(all_words()["de"]("Skip to the text field"))).to_be_focused()
    await me.page.keyboard.press("Enter")
    await expect(me.page.locator("#text")).to_be_focused()
    await me.page.keyboard.type("hallo de")
    await me.page.keyboard.press("Shift+Enter")
    await me.page.keyboard.press("Enter")
    await expect(me.bubbles("bot").nth(1)).to_have_text("Antwort auf: hallo de")
    await me.page.keyboard.press("Shift+Tab")
    button = me.page.locator("button[data-payload]")
    await expect(button).to_be_focused()
    await me.page.keyboard.press("Enter")
    await expect(me.bubbles("own").last).to_have_text(all_words()["de"]("Talk to a person"))
    assert await me.page.evaluate("document.activeElement.className") == "message own"


async def test_a_screen_reader_hears_who_speaks(visit: Visits) -> None:
    me = await visit()
    await me.write("hallo de")
    await expect(me.bubbles("bot")).to_have_count(2)
    log = me.page.get_by_role("log", name=all_words()["de"]("Conversation"))
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).to_have_attribute("aria-busy", "false")
    assert await me.page.locator(".message > .unseen").all_text_contents() == [
        all_words()["de"](who) for who in ("Assistant", "You", "Assistant")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "ar"])
async def test_the_accessibility_checker_finds_nothing(chat: Served, visit: Visits, language: str, scheme: str) -> None:
    me = await visit(f"/?lang={language}", axe=True, color_scheme=scheme)
    for text, count in (("wohnung", 3), ("hilfe", 4), ("datei", 5), ("mensch", 5)):
        await me.write(f"{text} {language}")
        await expect(me.bubbles("bot")).to_have_count(count)
    await expect(me.bubbles("human")).to_have_count(1)
    assert await _violations(me.page) == []
    await me.page.click("#end")
    assert await _violations(me.page) == []


async def _violations(page: Any) -> list[str]:
    found = await page.evaluate("axe.run()")
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


async def test_dark_is_dark(visit: Visits) -> None:
    me = await visit(color_scheme="dark")
    ground = await me.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(15, 23, 22)"


async def test_nothing_moves_for_those_who_do_not_want_it(visit: Visits) -> None:
    me = await visit(reduced_motion="reduce")
    assert await me.page.locator(".dots i").first.evaluate("one => getComputedStyle(one).animationName") == "none"


async def test_the_log_can_be_printed(visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    await me.page.emulate_media(media="print")
    await expect(me.page.locator("#leave")).to_be_hidden()
    await expect(me.bubbles("bot")).to_be_visible()
    await expect(me.page.get_by_text("Assistent")).to_be_visible()
