"""What is stored about somebody: shown, handed over, deleted."""

import json
from html.parser import HTMLParser

from tests.house import Talk, TestHouse

ATTACK = "<script src=https://evil.example/x.js></script><img src=x onerror=alert(1)>&amp;\"'"


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


async def copy_of(talk: Talk) -> tuple[Page, dict[str, object]]:
    await talk.press("/my_data")
    page, data = (await talk.tap("Get a copy")).documents
    assert (page.name, page.media_type) == ("my-data.html", "text/html")
    assert (data.name, data.media_type) == ("my-data.json", "application/json")
    return Page(page.content.decode()), json.loads(data.content)


async def test_the_summary(talk: Talk) -> None:
    replies = await talk.say("what do you know about me")
    assert replies.texts == [
        "This is what I store about you:\n\n- Language: English\n- Place: Musterstadt\n"
        f"- You agreed to the privacy notice (version {talk.home.house.notice_version}) on 23 November 2026.\n"
        "- 4 messages, encrypted"
    ]


async def test_the_summary_before_anything_is_known(stranger: Talk) -> None:
    await stranger.press("/greet")
    replies = await stranger.say("/data")
    assert replies.texts[0] == (
        "This is what I store about you:\n\n- Language: -\n- Place: not given\n- 2 messages, encrypted"
    )


async def test_the_files_hold_everything_that_was_said(talk: Talk) -> None:
    await talk.say("I am looking for a flat")
    page, data = await copy_of(talk)
    assert "I am looking for a flat" in page.text
    assert "Language: English" in page.text
    said = {(line["sender"], line["text"]) for line in data["transcript"]}  # type: ignore[attr-defined]
    assert ("you", "I am looking for a flat") in said
    assert data["person"]["place"] == "musterstadt"  # type: ignore[index]
    assert set(data["records"]) == {"person", "consent"}  # type: ignore[call-overload]


async def test_nothing_that_was_written_becomes_part_of_the_page(talk: Talk) -> None:
    await talk.say(ATTACK)
    page, data = await copy_of(talk)
    assert ATTACK in page.text
    assert page.tags == {"html", "meta", "title", "h1", "p", "ul", "li", "small", "br", "span"}
    assert ATTACK in {line["text"] for line in data["transcript"]}  # type: ignore[attr-defined]


async def test_the_page_asks_nothing_of_the_network(talk: Talk) -> None:
    await talk.say("https://example.org/")
    page, _ = await copy_of(talk)
    assert "https://example.org/" in page.text
    assert set(page.attributes) == {"lang", "dir", "charset", "name", "content"}


async def test_the_page_reads_from_right_to_left_where_the_person_does(house: TestHouse) -> None:
    talk = await house.settled(language="ar")
    page = (await talk.press("/my_data", copy=True)).documents[0].content.decode()
    assert page.startswith('<!doctype html><html lang="ar" dir="rtl">')


async def test_half_a_character_does_not_keep_anybody_from_the_own_data(talk: Talk) -> None:
    await talk.say("broken \ud83d emoji")
    page, data = await copy_of(talk)
    assert "broken ? emoji" in page.text
    assert any("broken" in line["text"] for line in data["transcript"])  # type: ignore[attr-defined]


async def test_delete_asks_does_and_confirms(talk: Talk, house: TestHouse) -> None:
    await talk.say("I am looking for a flat")
    person = talk.slots["person"]
    asked = await talk.say("delete everything")
    assert list(asked.buttons) == ["Yes, delete everything", "No, keep it"]
    gone = await talk.say("yes")
    assert gone.text.startswith("Everything about you has been deleted.")
    rows = house.memory.rows
    assert (rows.erased, rows.people, rows.consents, talk.chat.tracker) == ([person], {}, [], None)
    assert [row.text for row in rows.inbox.values() if row.text] == []


async def test_who_was_forgotten_is_a_stranger_of_whom_nothing_is_known(talk: Talk, house: TestHouse) -> None:
    await talk.say("I am looking for a flat")
    person = talk.slots["person"]
    await talk.press("/delete_data")
    await talk.say("yes")
    await talk.settle()
    assert talk.slots["person"] != person
    _, data = await copy_of(talk)
    assert "I am looking for a flat" not in json.dumps(data)
    assert person not in json.dumps(data)
