"""Pages in an editor's browser, as Telegram and the web chat show them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from bot.bootstrap.preview.app import Desk, make_app
from bot.bootstrap.terminal import lotse_alone
from bot.core.language import LANGUAGES
from bot.settings import Settings

CONTENT = Path(__file__).parents[3] / "content"
PAGE = "/pages/health.find_doctor"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
async def browser(content: Path) -> AsyncIterator[AsyncTestClient]:  # type: ignore[type-arg]
    async with (
        lotse_alone(Settings(content_dir=content)) as lotse,
        AsyncTestClient(make_app(Desk(lotse, "musterstadt"))) as client,
    ):
        yield client


async def test_a_page_is_shown_in_every_language_and_as_both_channels_show_it(browser: AsyncTestClient) -> None:  # type: ignore[type-arg]
    shown = (await browser.get(PAGE)).text
    assert [tag for tag in LANGUAGES if f'<h2 id="{tag}">' in shown] == list(LANGUAGES)
    assert shown.count('<section class="phone telegram">') == shown.count('<section class="phone webchat">') == 13
    assert '<div class="said" lang="ar" dir="rtl"><b>المرض' in shown  # Telegram's bold
    assert '<div class="said bubble" lang="ar" dir="rtl"><p><strong>المرض' in shown
    assert "<span>قراءة المزيد</span>" in shown


async def test_the_list_leads_to_every_page(browser: AsyncTestClient) -> None:  # type: ignore[type-arg]
    shown = (await browser.get("/")).text
    assert f'<a href="{PAGE}">health.find_doctor</a>' in shown
    assert (await browser.get("/pages/no.page")).status_code == 404


async def test_a_faulty_file_is_named_while_the_old_page_stays(
    browser: AsyncTestClient,  # type: ignore[type-arg]
    content: Path,
) -> None:
    assert (await browser.get("/version")).json()["faults"] == []
    file = content / "common" / "health.find_doctor" / "en.md"
    file.write_text(file.read_text("utf-8") + "\n*slanted*\n", encoding="utf-8")
    [fault] = (await browser.get("/version")).json()["faults"]
    assert fault.endswith("italics is not allowed")
    assert (await browser.get(PAGE)).status_code == 200
