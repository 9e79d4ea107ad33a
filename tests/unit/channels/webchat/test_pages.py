from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.channels.webchat.page.files import HERE
from bot.channels.webchat.page.words import MESSAGES
from bot.core.language import LANGUAGES
from tests.unit.channels.webchat.fakes import all_words, serve


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with serve(embed_origins="https://www.town.example") as chat, httpx.AsyncClient(base_url=chat.url) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "accepted", "opening"),
    [
        ("/", "", '<html lang="de" dir="ltr">'),
        ("/", "prs-AF, de;q=0.5", '<html lang="fa" dir="rtl">'),
        ("/chat?lang=ti", "ar", '<html lang="ti" dir="ltr">'),
        ("/chat?lang=xx", "ar", '<html lang="ar" dir="rtl">'),
        ("/embed?hint=ar", "de", '<html lang="ar" dir="rtl" class="embedded">'),
        ("/embed?lang=ps", "", '<html lang="ps" dir="rtl" class="embedded">'),
    ],
)
async def test_the_page_speaks_the_persons_language(
    http: httpx.AsyncClient, path: str, accepted: str, opening: str
) -> None:
    answer = await http.get(path, headers={"Accept-Language": accepted})
    assert answer.status_code == 200
    assert opening in answer.text
    assert answer.headers["Vary"] == "Accept-Language"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_the_page_is_shut_in(http: httpx.AsyncClient) -> None:
    page, embedded = await http.get("/"), await http.get("/embed")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert embedded.headers["Content-Security-Policy"].endswith("frame-ancestors 'self' https://www.town.example")
    for answer in (page, embedded):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


async def test_what_the_address_says_cannot_leave_its_place(http: httpx.AsyncClient) -> None:
    page = await http.get("/", params={"lang": "</script><script>alert(1)", "place": '"></script><b>'})
    assert page.status_code == 200
    assert "alert(1)" not in page.text
    assert '"></script><b>' not in page.text


async def test_nothing_on_the_page_comes_from_elsewhere(http: httpx.AsyncClient) -> None:
    page = (await http.get("/")).text
    assert set(re.findall(r'(?:src|href)="(https?://[^"]+)"', page)) == {"https://www.dwd.de"}
    assert "style=" not in page
    assert "onclick" not in page


async def test_files_are_cached_for_good_under_their_version(http: httpx.AsyncClient) -> None:
    page = (await http.get("/")).text
    addresses = re.findall(r'"(/webchat/[0-9a-f]{12}/[^"]+)"', page)
    assert len(set(addresses)) == 8
    for address in set(addresses):
        answer = await http.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.content == (HERE / Path(address).name).read_bytes()
        again = await http.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    kinds = {Path(address).suffix: (await http.get(address)).headers["Content-Type"] for address in addresses}
    assert kinds == {
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml",
    }


async def test_a_page_of_an_older_version_still_gets_files(http: httpx.AsyncClient) -> None:
    answer = await http.get("/webchat/000000000000/chat.css", headers={"Accept-Encoding": "identity"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert "Content-Encoding" not in answer.headers


async def test_other_files_are_not_served(http: httpx.AsyncClient) -> None:
    for name in ("shell.py", "chat.html", "..%2Fapi.py", "nothing.js"):
        assert (await http.get(f"/webchat/000000000000/{name}")).status_code == 404


async def test_the_words_can_be_fetched_in_every_language(http: httpx.AsyncClient) -> None:
    for tag, about in LANGUAGES.items():
        words = (await http.get("/api/chat/words", params={"lang": tag})).json()
        assert (words["language"], words["html"], words["dir"]) == (tag, about.html, about.direction)
        assert words["words"]["Send"] == all_words()[tag]("Send")
    assert (await http.get("/api/chat/words?lang=pl")).status_code == 400


def test_the_script_and_the_page_use_no_word_that_is_not_sent_along() -> None:
    used = set(re.findall(r'(?:word|say)\(\s*(?:"\w+", )?"([A-Z][^"]+)"', _sources("*.js")))
    used |= set(re.findall(r"""(?:word|say)\(["']([^"']+)["']\)""", _sources("*.html")))
    used |= set(re.findall(r'data-word-\w+="([^"]+)"', _sources("*.html")))
    assert len(used) > 20
    assert used <= set(MESSAGES)


def test_every_word_of_the_page_is_in_the_catalogue() -> None:
    template = Path("locales/lotse.pot").read_text("utf-8")
    assert [message for message in MESSAGES if f'msgid "{message}"' not in template] == []


async def test_the_script_for_other_web_sites_names_itself_in_every_language(http: httpx.AsyncClient) -> None:
    answer = await http.get("/embed.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert all(f'"{tag}": ' in answer.text for tag in LANGUAGES)
    assert "/*TITLES*/" not in answer.text


def test_the_whole_page_is_small() -> None:
    import gzip  # noqa: PLC0415 - only here

    sizes = [
        len(gzip.compress(path.read_bytes())) for path in HERE.iterdir() if path.suffix in {".js", ".css", ".html"}
    ]
    assert sum(sizes) < 20_000


def _sources(pattern: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in HERE.glob(pattern))
