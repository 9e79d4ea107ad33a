"""Somebody writes on a small phone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.core.message import Reply
from tests.journeys.webchat.conftest import Visits
from tests.unit.channels.webchat.fakes import Served, all_words

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
OFFLINE = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


async def test_a_question_gets_an_answer(chat: Served, visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    await me.write("wohnung de")
    await expect(me.bubbles("own")).to_have_text("wohnung de")
    await expect(me.page.locator(".own .sent > span")).to_have_text(all_words()["de"]("Sent"))
    await expect(me.bubbles("bot").nth(1).locator("li")).to_have_count(3)
    links = me.bubbles("bot").nth(1).locator("a")
    await expect(links.nth(0)).to_have_attribute("href", "https://www.service-bw.de")
    await expect(links.nth(1)).to_have_attribute("href", "tel:075319000")
    assert [one["text"] for one in chat.chats.said()] == ["wohnung de"]
    width = await me.page.evaluate("document.documentElement.scrollWidth")
    assert width == 360
    assert await me.context.cookies() == []


async def test_a_pressed_button_becomes_an_own_message(chat: Served, visit: Visits) -> None:
    me = await visit()
    await me.page.get_by_role("button", name="Wohnen").click()
    await expect(me.bubbles("own")).to_have_text("Wohnen")
    await expect(me.bubbles("bot").nth(1)).to_have_text("Sie haben gedrückt: open_area")
    assert [one["payload"] for one in chat.chats.said()] == ['/open_area{"area":"housing"}']
    await expect(me.page.get_by_role("button", name="Wohnen")).to_have_count(0)
    await expect(me.page.locator("button[data-payload]")).to_have_count(1)


async def test_what_was_offered_waits_until_a_written_question_is_answered(chat: Served, visit: Visits) -> None:
    chat.chats.thinks = 0.5
    me = await visit()
    await expect(me.page.locator("button[data-payload]")).to_have_count(5)
    await me.write("hallo de")
    await expect(me.page.locator("button[data-payload]")).to_have_count(5)
    await expect(me.bubbles("bot")).to_have_count(2)
    await expect(me.page.locator("button[data-payload]")).to_have_count(1)
    await me.page.reload()
    await expect(me.bubbles()).to_have_count(3)
    await expect(me.page.locator("button[data-payload]")).to_have_count(1)


async def test_the_phone_can_tell_where_it_is(chat: Served, visit: Visits) -> None:
    me = await visit(permissions=["geolocation"], geolocation={"latitude": 48.521637, "longitude": 9.057645})
    await me.write("ort de")
    await me.page.get_by_role("button", name=all_words()["de"]("Send my location")).click()
    await expect(me.bubbles("own")).to_have_count(2)
    await expect(me.bubbles("bot")).to_have_count(3)  # it has arrived when it is answered
    assert chat.chats.said()[-1]["payload"] == '/set_place{"place":"@48.522,9.058"}'
    await expect(me.page.locator('[data-payload="position"]')).to_have_count(0)


async def test_who_refuses_the_position_is_asked_for_the_name(visit: Visits) -> None:
    me = await visit("/?lang=ar")
    await me.write("ort ar")
    await me.page.get_by_role("button", name=all_words()["ar"]("Send my location")).click()
    asked = all_words()["ar"]("Which town or district do you live in? Write its name or postal code.")
    await expect(me.page.locator("#state")).to_have_text(asked)
    await expect(me.page.locator("#text")).to_be_focused()


async def test_small_print_stands_below_the_answer(visit: Visits) -> None:
    me = await visit()
    await me.write("wohnung de")
    small = me.bubbles("bot").nth(1).locator(":scope > .small")
    await expect(small).to_contain_text("Stadt Musterstadt")
    assert await small.evaluate("e => e === e.parentElement.lastElementChild")


async def test_everything_is_large_enough_to_touch(visit: Visits) -> None:
    me = await visit("/")
    await expect(me.page.locator("button[data-payload]")).to_have_count(13)
    for one in await me.page.locator("button:visible, select, header a, textarea").all():
        box = await one.bounding_box()
        assert box
        assert min(box["height"], box["width"]) >= 44, await one.text_content()


async def test_the_narrowest_phone_shows_everything(visit: Visits) -> None:
    me = await visit("/?lang=uk", viewport={"width": 320, "height": 568})
    await me.write("wohnung uk")
    await expect(me.bubbles("bot")).to_have_count(3)
    assert await me.page.evaluate("document.documentElement.scrollWidth") == 320
    for name in ("#leave", "#language", "#end", "#send"):
        box = await me.page.locator(name).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320


async def test_danger_is_told_by_word_and_number(visit: Visits) -> None:
    me = await visit()
    await me.write("hilfe de")
    urgent = me.page.locator(".urgent")
    await expect(urgent.locator(".alarm")).to_have_text(all_words()["de"]("Emergency"))
    await expect(urgent.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")


async def test_reloading_loses_nothing_and_doubles_nothing(chat: Served, visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    await me.write("eins de")
    await expect(me.bubbles("bot")).to_have_count(2)
    await me.write("zwei de")
    await expect(me.bubbles("bot")).to_have_count(3)
    before = await me.bubbles().all_text_contents()
    await me.page.reload()
    await expect(me.bubbles()).to_have_count(5)
    assert await me.bubbles().all_text_contents() == before
    assert len(chat.chats.said()) == 2
    assert len(chat.chats.token_hashes) == 1
    await me.write("drei de")
    await expect(me.bubbles("bot").last).to_have_text("Antwort auf: drei de")


async def test_without_a_network_a_message_waits_and_goes_once(chat: Served, visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    await me.context.set_offline(True)
    await me.write("eins de")
    await me.write("zwei de")
    await expect(me.page.locator(".own .sent > span").first).to_have_text(all_words()["de"]("Not sent"))
    await expect(me.page.locator("#state")).to_contain_text("Keine Verbindung")
    assert chat.chats.said() == []
    await me.context.set_offline(False)
    await expect(me.bubbles("bot")).to_have_count(3)
    await expect(me.page.locator(".own .sent > span").last).to_have_text(all_words()["de"]("Sent"))
    await expect(me.page.locator("#state")).to_be_empty()
    assert [one["text"] for one in chat.chats.said()] == ["eins de", "zwei de"]
    assert set(me.faults) == {OFFLINE}
    me.faults.clear()


async def test_a_message_whose_acknowledgement_was_lost_is_not_doubled(chat: Served, visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    lost = []

    async def lose_the_answer(route) -> None:  # noqa: ANN001
        if lost:
            await route.fallback()
            return
        lost.append(await route.fetch())  # it arrives, the answer does not
        await route.abort()

    await me.context.route("**/api/chat/messages", lose_the_answer)
    await me.write("eins de")
    await expect(me.page.locator(".own .sent > span")).to_have_text(all_words()["de"]("Sent"))
    await expect(me.bubbles("bot")).to_have_count(2)
    assert len(chat.chats.said()) == 1
    assert me.faults == ["Failed to load resource: net::ERR_FAILED"]
    me.faults.clear()


async def test_an_unsent_message_survives_a_reload(chat: Served, visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    await me.context.route("**/api/chat/messages", lambda route: route.abort())
    await me.write("eins de")
    await expect(me.page.get_by_role("button", name=all_words()["de"]("Try again"))).to_be_visible()
    await me.context.unroute("**/api/chat/messages")
    await me.page.reload()
    await expect(me.bubbles("bot").last).to_have_text("Antwort auf: eins de")
    assert len(chat.chats.said()) == 1
    me.faults.clear()


async def test_a_session_that_is_gone_says_so_and_starts_anew(chat: Served, visit: Visits) -> None:
    me = await visit()
    await expect(me.bubbles("bot")).to_have_count(1)
    chat.chats.token_hashes.clear()
    await me.write("hallo de")
    await expect(me.page.locator("#state")).to_have_text(all_words()["de"]("This chat has ended."))
    await expect(me.bubbles()).to_have_count(0)
    await me.page.get_by_role("button", name=all_words()["de"]("Start a new chat")).click()
    await expect(me.bubbles("bot")).to_have_count(1)
    await expect(me.page.locator("#text")).to_be_visible()
    assert all("401" in fault for fault in me.faults)
    me.faults.clear()


async def test_a_file_comes_as_a_download(visit: Visits) -> None:
    me = await visit()
    await me.write("datei de")
    async with me.page.expect_download() as download:
        await me.page.get_by_role("button", name=all_words()["de"]("Download file")).click()
    assert (await download.value).suggested_filename == "meine-daten.json"


async def test_a_human_is_told_apart_and_late_news_can_be_reached(chat: Served, visit: Visits) -> None:
    me = await visit()
    for number in range(2):
        await me.write("wohnung de")
        await expect(me.bubbles("bot")).to_have_count(3 + 2 * number)
    await me.page.locator("#scroll").focus()
    await me.page.keyboard.press("Home")
    await expect(me.page.locator("#why")).to_be_in_viewport()
    chat.chats.deliver(Reply("Guten Tag, hier ist Frau Muster.", "de", sender="human"))
    await expect(me.page.locator(".human .who")).to_contain_text(all_words()["de"]("Counsellor"))
    await expect(me.bubbles("human")).not_to_be_in_viewport()
    await me.page.get_by_role("button", name=all_words()["de"]("New messages")).click()
    await expect(me.bubbles("human")).to_be_in_viewport()


async def test_a_long_answer_is_read_from_its_beginning(visit: Visits) -> None:
    me = await visit(viewport={"width": 360, "height": 500})
    await me.write("wohnung de")
    await expect(me.bubbles("bot")).to_have_count(3)
    await expect(me.bubbles("own")).to_be_in_viewport()
    await expect(me.page.get_by_role("button", name=all_words()["de"]("New messages"))).to_be_visible()
