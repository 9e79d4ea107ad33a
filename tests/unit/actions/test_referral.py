"""Who helps with a topic, what is near, and handing a page on."""

from dataclasses import replace

import pytest

from bot.core.ports import Hit
from bot.library.referral import Service, Services
from tests.house import Talk, TestHouse, means


def service(key: str, *topics: str, **more: object) -> Service:
    values: dict[str, object] = {
        "id": key, "office": None, "word": key.upper(), "names": {"de": key.upper(), "en": f"English {key}"},
        "does": {"de": "hilft", "en": f"{key} helps."}, "topics": topics, "audience": ("all",), "free": True,
        "confidential": False, "finder": None, "phone": None,
    }  # fmt: skip
    return Service(**{**values, **more})  # type: ignore[arg-type]


SERVICES = Services(
    {
        one.id: one
        for one in (
            service("jobcenter", "money.debts", "money.jobcenter", office="jobcenter"),
            service("debts", "money.debts", confidential=True, finder="https://www.example.org/find"),
            service("line", "rights.consumer", "money.debts", phone="0800 111 0 111"),
            service("other", "rights.consumer"),
        )
    }
)


@pytest.fixture
async def talk(house: TestHouse) -> Talk:
    house.library = replace(house.library, services=SERVICES)
    return await house.settled()


async def test_who_helps_with_a_topic(talk: Talk) -> None:
    await talk.press("/open_page", page="money.debts")
    replies = await talk.tap("Who helps with this?")
    heads = [line for line in replies.text.splitlines() if line.startswith("**")]
    assert heads == ["**English debts** (DEBTS)  ", "**English jobcenter** (JOBCENTER)  ", "**English line** (LINE)  "]
    assert "What you say there stays there." in replies.text
    assert "[+49 800 1110111](tel:+498001110111)" in replies.text
    assert replies.buttons["Find English debts near you"] == "https://www.example.org/find"
    assert "Jobcenter Musterstadt" in (await talk.press(replies.buttons["Jobcenter (basic income support)"])).text


async def test_where_no_service_is_known_people_are_shown(talk: Talk) -> None:
    assert "Who helps with this?" not in (await talk.press("/open_page", page="housing.find_flat")).buttons
    replies = await talk.press("/who_helps", page="housing.find_flat")
    assert replies.text.startswith("These people can help you:")
    assert "+49 30 23125001" in replies.text


async def test_an_office_that_serves_a_topic_comes_first(talk: Talk) -> None:
    talk.home.searching.hits["where is the office"] = [Hit("money.jobcenter", 1.0)]
    replies = await talk.say("where is the office")
    assert replies.text == "Which office are you looking for?"
    assert next(iter(replies.buttons)) == "Jobcenter (basic income support)"


async def test_a_page_for_somebody_else(talk: Talk) -> None:
    await talk.press("/more", page="money.debts")
    replies = await talk.tap("Send this to somebody")
    assert "https://lotse.example/?page=money.debts" in replies.text
    assert (await talk.tap("Back to the page")).pages == ["money.debts"]


async def test_a_local_page_is_handed_on_with_its_place(talk: Talk) -> None:
    replies = await talk.press("/share_page", page="housing.household")
    assert "https://lotse.example/?page=housing.household&place=musterstadt" in replies.text


async def test_a_link_leads_through_the_welcome_to_the_page(house: TestHouse) -> None:
    talk = house.meet()
    await talk.press("/begin", page="housing.find_flat", language="en", place="musterstadt")
    replies = await talk.press("/accept_notice")
    assert replies.pages == ["housing.find_flat"]
    assert (await talk.press("/begin", page="money.debts")).pages == ["money.debts"]
    assert "How can I help you?" in (await talk.press("/begin")).text


async def test_a_link_of_telegram(house: TestHouse) -> None:
    talk = await house.settled()
    assert (await talk.say("/start page-housing--find_flat")).pages == ["housing.find_flat"]
    assert "How can I help you?" in (await talk.say("/start page-")).text + (await talk.say("/start")).text


async def test_a_link_to_danger_is_answered_at_once(house: TestHouse) -> None:
    talk = house.meet()
    replies = await talk.press("/begin", page="crisis.violence", language="en")
    assert "110" in replies.text


async def test_what_is_nearest(talk: Talk) -> None:
    talk.home.change_office("jobcenter", lat=48.52, lon=9.05)
    talk.home.change_office("buergeramt", lat=48.60, lon=9.05)
    await talk.press("/find_office")
    replies = await talk.tap("Nearest to me")
    assert replies.all[0].ask_location
    replies = await talk.share(48.521, 9.05)
    assert replies.text.splitlines()[1:] == [
        "- Jobcenter (basic income support): about 0.1 km", "- Residents' office (Bürgeramt): about 8.8 km"
    ]  # fmt: skip
    assert talk.slots["place"] == "musterstadt"
    assert "9.05" not in str(talk.tracker["slots"])


async def test_an_office_that_is_called_by_its_own_name(talk: Talk) -> None:
    talk.home.change_office("buergeramt", names={"de": "Familienzentrum Nordstadt"})
    talk.home.understanding.meanings["where is the Familienzentrum Nordstat?"] = means("find_office")
    replies = await talk.say("where is the Familienzentrum Nordstat?")
    assert "Familienzentrum Nordstadt" in replies.text
    assert "Jobcenter" not in replies.text


async def test_a_position_answers_only_the_question_before_it(talk: Talk) -> None:
    talk.home.change_office("jobcenter", lat=48.52, lon=9.05)
    await talk.press("/near_me")
    await talk.say("I am looking for a flat")
    assert "Tübingen" in (await talk.share(48.52, 9.05)).text


async def test_a_checked_text_says_so_no_more(talk: Talk) -> None:
    note = "This text was written with the help of a machine. No person has checked it yet."
    for method, expected in (("machine", note), ("human", None)):
        talk.home.library = replace(talk.home.library, services=Services(SERVICES.by_id, {"en": method}))  # type: ignore[dict-item]
        assert (await talk.press("/who_helps", page="money.debts")).all[0].note == expected


async def test_without_positions_nothing_is_promised(talk: Talk) -> None:
    assert "Nearest to me" not in (await talk.press("/find_office")).buttons
    await talk.press("/near_me")
    assert (await talk.share(48.5, 9.0)).text == "I do not know where the offices here are."


async def test_a_position_sent_otherwise_is_a_place(talk: Talk) -> None:
    assert "Tübingen" in (await talk.share(48.52, 9.05)).text


async def test_a_very_long_page_comes_in_pieces(talk: Talk) -> None:
    body = "\n\n".join(f"## Teil {number}\n\n" + "Wort " * 300 for number in range(1, 5))
    talk.home.change_text("money.debts", "en", body=body)
    replies = await talk.press("/more", page="money.debts")
    seen = [replies.text]
    while on := next((title for title in replies.buttons if title.startswith("Read on")), None):
        replies = await talk.tap(on)
        seen.append(replies.text)
    assert [text.count("## Teil") for text in seen] == [1, 1, 1, 1]
    assert "You may also want to read:" in replies.text
    assert (await talk.press("/more", page="money.debts", part=99)).text.startswith("## Teil 4")
