from telegram import InlineKeyboardMarkup, MessageEntity, ReplyKeyboardMarkup

from bot.channels.telegram.compose import Part, compose, compose_simply, inline_keyboard
from bot.core.message import Button, Document, Reply
from tests.fakes import Memory

FILE = Document("my-data.json", "application/json", b"{}")


async def keyboard(*buttons: Button) -> InlineKeyboardMarkup | None:
    return await inline_keyboard([buttons], "chat", Memory().buttons)


async def test_short_payloads_go_along_and_long_ones_are_kept_under_an_id() -> None:
    memory = Memory()
    short, long = '/open_page{"page":"a"}', '/set_place{"place":"' + "ü" * 40 + '"}'
    made = await inline_keyboard([[Button("A", short), Button("B", long)]], "chat", memory.buttons)
    assert made
    first, second = made.inline_keyboard[0]
    assert first.callback_data == short
    assert isinstance(second.callback_data, str)
    assert second.callback_data.startswith("~")
    assert await memory.buttons.open("chat", second.callback_data[1:]) == long
    assert await memory.buttons.open("another", second.callback_data[1:]) is None


async def test_exactly_64_bytes_still_fit() -> None:
    payload = "/" + "a" * 63
    made = await keyboard(Button("A", payload))
    assert made
    assert made.inline_keyboard[0][0].callback_data == payload


async def test_only_https_links_become_buttons() -> None:
    made = await keyboard(
        Button("web", url="https://a.de"), Button("call", url="tel:+49711"), Button("old", url="http://a.de"),
        Button(" ", "/help"),
    )  # fmt: skip
    assert made
    assert [button.text for row in made.inline_keyboard for button in row] == ["web"]
    assert await keyboard(Button("call", url="tel:+49711")) is None


async def test_a_row_has_at_most_eight_buttons() -> None:
    made = await keyboard(*(Button(str(number), f"/x{number}") for number in range(20)))
    assert made
    assert [len(row) for row in made.inline_keyboard] == [8, 8, 4]


async def test_buttons_stand_below_the_last_part() -> None:
    made = await keyboard(Button("A", "/help"))
    parts = compose(Reply("wort " * 2_000, "de"), made, "here")
    assert [part.keyboard for part in parts] == [None, None, made]


async def test_small_print_is_in_italics_below_the_text() -> None:
    (part,) = compose(Reply("**Flat** 🏠", "en", markup=True, note="Source: city"), None, "here")
    assert part.text == "Flat 🏠\n\nSource: city"
    marks = [(mark.type, mark.offset, mark.length) for mark in part.entities]
    assert marks == [(MessageEntity.BOLD, 0, 4), (MessageEntity.ITALIC, 9, 12)]


async def test_the_file_comes_last_with_the_buttons() -> None:
    made = await keyboard(Button("A", "/help"))
    assert compose(Reply("Here it is", "en", document=FILE), made, "here") == [
        Part(text="Here it is"), Part(document=FILE, keyboard=made),
    ]  # fmt: skip
    assert compose(Reply("", "en", document=FILE), None, "here") == [Part(document=FILE)]


async def test_the_position_is_offered_in_place_of_the_keyboard() -> None:
    (part,) = compose(Reply("Where?", "en", ask_location=True), None, "Send my location")
    assert isinstance(part.keyboard, ReplyKeyboardMarkup)
    (button,) = part.keyboard.keyboard[0]
    assert (button.text, button.request_location) == ("Send my location", True)


async def test_buttons_and_position_share_no_message() -> None:
    made = await keyboard(Button("A", "/help"))
    first, second = compose(Reply("Where?", "en", ask_location=True), made, "Send my location")
    assert first.keyboard == made
    assert second.text == "📍 Send my location"
    assert isinstance(second.keyboard, ReplyKeyboardMarkup)


async def test_entities_count_in_utf16_units() -> None:
    (part,) = compose(Reply("😀 **bold** [link](https://a.de)", "en", markup=True), None, "here")
    assert part.text == "😀 bold link"
    assert part.entities == (
        MessageEntity(MessageEntity.BOLD, 3, 4), MessageEntity(MessageEntity.TEXT_LINK, 8, 4, url="https://a.de"),
    )  # fmt: skip


async def test_the_simple_form_spells_links_out_and_keeps_what_can_be_pressed() -> None:
    made = await keyboard(Button("A", "/help"), Button("web", url="https://b.de"))
    (part,) = compose(Reply("**see** [this](https://a.de)", "en", markup=True), made, "here")
    simple = compose_simply(part)
    assert (simple.text, simple.entities) == ("see this\nhttps://a.de", ())
    assert isinstance(simple.keyboard, InlineKeyboardMarkup)
    assert [button.text for row in simple.keyboard.inline_keyboard for button in row] == ["A"]
    assert compose_simply(Part(text="x", keyboard=await keyboard(Button("web", url="https://b.de")))).keyboard is None
