import copy
import random
import warnings
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram.arrivals import arrivals
from bot.channels.telegram.read import LONGEST_TEXT, hear
from bot.core.message import Attached, Incoming
from bot.errors import MessageRefused
from tests.fake_bot_api import callback_query, person, private_message

SENT = datetime.fromtimestamp(1_795_000_000, UTC)
FILE = {"file_id": "f", "file_unique_id": "u"}
PICTURE = [{**FILE, "width": 1, "height": 1}]
PLACE = {"latitude": 48.5, "longitude": 9.25}
STICKER = {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
POLL = {
    "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
    "type": "regular", "allows_multiple_answers": False,
}  # fmt: skip
CONTENTS: dict[Attached, dict[str, Any]] = {
    Attached.PHOTO: {"photo": PICTURE},
    Attached.VOICE: {"voice": {**FILE, "duration": 3}},
    Attached.VIDEO: {"video_note": {**FILE, "duration": 3, "length": 9}},
    Attached.DOCUMENT: {"document": FILE},
    Attached.STICKER: {"sticker": STICKER},
    Attached.CONTACT: {"contact": {"phone_number": "+49711", "first_name": "x"}},
    Attached.OTHER: {"dice": {"emoji": "🎲", "value": 3}},
}
GROUP = {"id": -100, "type": "supergroup", "title": "Team"}


def raw(**update: Any) -> bytes:
    return arrivals([{"update_id": 7, **update}], "telegram:1")[0].raw


def said(**content: Any) -> Incoming | None:
    return hear(raw(message=private_message(5, **content)), "LotseBot").incoming


def in_group(text: str, name: str | None = "LotseBot", **more: Any) -> Incoming | None:
    return hear(raw(message={**private_message(5, text=text), "chat": GROUP, **more}), name).incoming


def mention(text: str) -> dict[str, Any]:
    start = text.index("@")
    return {"entities": [{"type": "mention", "offset": start, "length": len(text[start:].split()[0])}]}


def test_text_is_read_with_the_language_of_the_phone() -> None:
    assert said(text="مرحبا") == Incoming(text="مرحبا", language_hint="ar", sent_at=SENT)


def test_commands_are_texts() -> None:
    assert said(text="/start abc") == Incoming(text="/start abc", language_hint="ar", sent_at=SENT)


@pytest.mark.parametrize(("kind", "content"), CONTENTS.items())
def test_every_kind_of_attachment_is_named(kind: Attached, content: dict[str, Any]) -> None:
    assert said(**content) == Incoming(attached=kind, language_hint="ar", sent_at=SENT)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"audio": {**FILE, "duration": 3}}, Attached.VOICE),
        ({"video": {**FILE, "duration": 3, "width": 1, "height": 1}}, Attached.VIDEO),
        ({"animation": {**FILE, "duration": 3, "width": 1, "height": 1}, "document": FILE}, Attached.VIDEO),
        ({"poll": POLL}, Attached.OTHER),
        ({"checklist": {"title": "t", "tasks": []}}, Attached.OTHER),
        ({"story": {"id": 1, "chat": {"id": 9, "type": "private"}}}, Attached.OTHER),
    ],
)
def test_other_kinds_find_their_name(content: dict[str, Any], kind: Attached) -> None:
    found = said(**content)
    assert found
    assert found.attached == kind


@pytest.mark.parametrize(
    "more",
    [
        {"reply_to_message": {"poll": {"new": "shape"}}},
        {"entities": [{"type": 5}]},
        {"quote": 7},
        {"link_preview_options": []},
        {"forward_origin": {"type": "next_year"}},
    ],
)
def test_a_text_is_heard_whatever_hangs_on_to_it(more: dict[str, Any]) -> None:
    assert said(text="help me", **more) == Incoming(text="help me", language_hint="ar", sent_at=SENT)


def test_a_caption_is_heard_like_a_text() -> None:
    assert said(photo=PICTURE, caption="he beats me") == Incoming(
        text="he beats me", attached=Attached.PHOTO, language_hint="ar", sent_at=SENT
    )


@pytest.mark.parametrize(
    "content", [{"location": PLACE}, {"location": PLACE, "venue": {"location": PLACE, "title": "t", "address": "a"}}]
)
def test_a_position_is_no_attachment(content: dict[str, Any]) -> None:
    assert said(**content) == Incoming(location=(48.5, 9.25), language_hint="ar", sent_at=SENT)


@pytest.mark.parametrize("place", [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))])
def test_an_impossible_position_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(MessageRefused):
        said(location={"latitude": place[0], "longitude": place[1]})


def test_an_edited_text_is_read_again() -> None:
    edited = {**private_message(5, text="new"), "edit_date": 1_795_000_060}
    found = hear(raw(edited_message=edited)).incoming
    assert found == Incoming(
        text="new", edited=True, language_hint="ar", sent_at=datetime.fromtimestamp(1_795_000_060, UTC)
    )


def test_a_moving_position_is_silent() -> None:
    assert hear(raw(edited_message=private_message(5, location=PLACE))).incoming is None


def test_a_press_carries_its_payload_and_wants_an_answer() -> None:
    heard = hear(raw(callback_query=callback_query(5, '/open_page{"page":"a"}', 9)))
    assert heard.incoming == Incoming(payload='/open_page{"page":"a"}', language_hint="ar")
    assert heard.press == "9"


def test_a_press_on_an_inaccessible_message_counts() -> None:
    query = callback_query(5, "/help")
    query["message"] = {"chat": {"id": 5, "type": "private"}, "message_id": 1, "date": 0}
    assert hear(raw(callback_query=query)).incoming == Incoming(payload="/help", language_hint="ar")


@pytest.mark.parametrize("data", ["", "help", "/" + "a" * 64, "\u202e/help", "~" * 80])
def test_a_payload_that_cannot_be_ours_is_stale(data: str) -> None:
    heard = hear(raw(callback_query=callback_query(5, data)))
    assert heard.incoming == Incoming(stale_button=True, language_hint="ar")
    assert heard.press


def test_a_press_by_somebody_else_is_stale() -> None:
    query = {**callback_query(5, "/help"), "from": person(6)}
    assert hear(raw(callback_query=query)).incoming == Incoming(stale_button=True, language_hint="ar")


def test_a_press_on_an_inline_message_is_silent() -> None:
    query = callback_query(5, "/help")
    del query["message"]
    assert hear(raw(callback_query={**query, "inline_message_id": "1"})).incoming is None


@pytest.mark.parametrize("text", ["/help", "/help@LotseBot", "/HELP@lotsebot now"])
def test_a_command_in_a_group_is_for_the_bot(text: str) -> None:
    assert in_group(text) == Incoming(text=text, in_group=True, language_hint="ar", sent_at=SENT)


def test_a_mention_in_a_group_is_for_the_bot() -> None:
    text = "hello @lotsebot"
    assert in_group(text, **mention(text)) == Incoming(text=text, in_group=True, language_hint="ar", sent_at=SENT)


@pytest.mark.parametrize("text", ["hello", "/help@OtherBot", "me@lotsebot.example"])
def test_talk_in_a_group_is_not_for_the_bot(text: str) -> None:
    assert in_group(text) is None


def test_a_mention_of_somebody_else_is_not_for_the_bot() -> None:
    assert in_group("hello @other", **mention("hello @other")) is None
    assert in_group("hello @lotsebot", None, **mention("hello @lotsebot")) is None


@pytest.mark.parametrize(
    "update",
    [
        {"channel_post": {**private_message(5, text="x"), "chat": {"id": -1, "type": "channel", "title": "c"}}},
        {"poll": POLL},
        {"message": private_message(5, new_chat_members=[person(6)])},
        {"message": private_message(5)},
        {"message": {**private_message(5, text="x"), "from": {**person(6), "is_bot": True}}},
        {"something_new": {"x": 1}},
        {},
    ],
)
def test_what_nobody_said_is_silent(update: dict[str, Any]) -> None:
    assert hear(raw(**update)).incoming is None


def test_lone_surrogates_and_nul_cannot_reach_the_database() -> None:
    found = said(text="a\ud800b\x00c\ude00 \ud83d\ude00")
    assert found
    assert found.text == "a\ufffdbc\ufffd 😀"
    assert found.text.encode()


def test_endless_text_is_cut() -> None:
    found = said(text="a" * 100_000)
    assert found
    assert found.text == "a" * LONGEST_TEXT


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"\xff\xfe", b"[" * 100_000, b'{"update_id":1,"message":5}'])
def test_what_is_no_update_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(MessageRefused) as refused:
        hear(body)
    assert 0 < len(refused.value.reason) <= 64


def test_a_refusal_quotes_nothing() -> None:
    with pytest.raises(MessageRefused) as refused:
        hear(b'{"update_id":1,"message":{"text":"SECRET","date":"SECRET"}}')
    assert "SECRET" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("given", ["SECRET", "\ud800", "", None, {"x": 1}])
def test_a_reason_is_never_taken_from_the_update(given: object) -> None:
    with pytest.raises(MessageRefused) as refused:
        hear(raw(refused=given))
    assert refused.value.reason == "refused"


STRANGE: list[Any] = [
    None, True, -1, 0, 2**63, 10**400, 1e308, float("nan"), "", "x", "\ud800", "\x00", "a" * 5_000, [], {}, [[]],
    {"id": 1}, [None], {"type": "private"}, "private", -(2**70),
]  # fmt: skip


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return every container with each of its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        found.append((value, key))
        places(inner, found)
    return found


def mutated(update: dict[str, Any], dice: random.Random) -> Any:
    for _ in range(dice.randint(1, 4)):
        possible = places(update, [])
        if not possible:
            break
        container, key = dice.choice(possible)
        if dice.random() < 0.3 and isinstance(container, dict):
            del container[key]
        else:
            container[key] = copy.deepcopy(dice.choice(STRANGE))
    return update


def test_mutated_updates_are_read_silent_or_refused_and_nothing_else() -> None:
    dice = random.Random(20261123)
    whole: list[dict[str, Any]] = [
        {"update_id": 7, "message": private_message(5, text="hello", caption="hello", quote={"text": "x"})},
        {"update_id": 7, "callback_query": callback_query(5, "/help")},
        {"update_id": 7, "edited_message": {**private_message(5, text="hello"), "edit_date": 1_795_000_060}},
        {"update_id": 7, "message": {**private_message(5, text="@LotseBot", **mention("@LotseBot")), "chat": GROUP}},
        {"update_id": 7, "message": private_message(5, location=PLACE)},
    ]
    whole += [{"update_id": 7, "message": private_message(5, **content)} for content in CONTENTS.values()]
    seen = {"read": 0, "silent": 0, "refused": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2_500):
            for stored in arrivals([mutated(copy.deepcopy(dice.choice(whole)), dice)], "telegram:1"):
                try:
                    heard = hear(stored.raw, "LotseBot").incoming
                except MessageRefused:
                    seen["refused"] += 1
                    continue
                seen["silent" if heard is None else "read"] += 1
                if heard is not None:
                    assert_is_sound(heard)
    assert all(count > 100 for count in seen.values()), seen


def assert_is_sound(incoming: Incoming) -> None:
    for text in (incoming.text, incoming.payload, incoming.language_hint):
        assert text is None or text.encode("utf-8") is not None
    assert incoming.sent_at is None or incoming.sent_at.tzinfo is not None
    assert incoming.location is None or all(isinstance(value, float) for value in incoming.location)
