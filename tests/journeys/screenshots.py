"""`make screenshots`: real runs for the README, at phone width, left-to-right and right-to-left.

Starts Lotse, talks to it in Chromium at 360 px, and writes docs/images/*.png.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.server import LotseProcess

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
RUNS = {
    "ar": ("العربية", "أبحث عن شقة"),
    "uk": ("Українська", "Шукаю квартиру"),
    "ti": ("ትግርኛ", "ገዛ ይደሊ ኣለኹ"),
    "tr": ("Türkçe", "Kiralık ev arıyorum"),
    "de": ("Deutsch", "Mein Mann schlägt mich"),
}


def talk(browser: Browser, url: str, language: str, folder: Path, *, dark: bool) -> None:
    endonym, question = RUNS[language]
    page = browser.new_page(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, color_scheme="dark" if dark else "light",
        locale="en-GB",
    )  # fmt: skip
    page.goto(url)
    name = f"{language}{'-dark' if dark else ''}"
    _shoot(page, folder / f"{name}-1-welcome.png")
    _press(page, endonym)
    _shoot(page, folder / f"{name}-2-notice.png")
    page.get_by_role("log").get_by_role("button").nth(-3).click()
    _settle(page)
    _say(page, "Musterstadt")
    _shoot(page, folder / f"{name}-3-menu.png")
    _say(page, question)
    _shoot(page, folder / f"{name}-4-page.png")
    page.close()


def _press(page: Page, title: str) -> None:
    page.get_by_role("button", name=title, exact=True).last.click()
    _settle(page)


def _say(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    _settle(page)


def _settle(page: Page) -> None:
    page.wait_for_timeout(1_500)


def _shoot(page: Page, path: Path) -> None:
    _settle(page)
    page.screenshot(path=path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("docs/images"))
    parser.add_argument("--languages", default=",".join(RUNS))
    parser.add_argument("--dark", action="store_true")
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = LotseProcess(Path(folder))
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for language in given.languages.split(","):
            talk(browser, server.url, language, given.to, dark=given.dark)
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
