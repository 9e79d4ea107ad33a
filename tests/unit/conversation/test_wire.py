from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.wire import from_rasa, to_rasa
from bot.core.message import Button, Document, Reply

BUTTONS = st.one_of(
    st.builds(Button, st.text(min_size=1), payload=st.just("/help")),
    st.builds(Button, st.text(min_size=1), url=st.just("https://example.org")),
)
ROWS = st.lists(st.lists(BUTTONS, min_size=1, max_size=3).map(tuple), max_size=4).map(tuple)
REPLIES = st.builds(
    Reply, st.text(), st.sampled_from(["de", "ar"]), markup=st.booleans(), buttons=ROWS,
    page=st.none() | st.just("housing.find_flat"), ask_location=st.booleans(), urgent=st.booleans(),
    document=st.none() | st.builds(Document, st.text(), st.just("text/html"), st.binary()),
)  # fmt: skip


@given(REPLIES)
def test_replies_survive_the_way_through_rasa(reply: Reply) -> None:
    dispatcher = CollectingDispatcher()
    dispatcher.utter_message(**to_rasa(reply))
    assert from_rasa(dispatcher.messages[0], "de") == reply


def test_messages_of_foreign_actions_are_understood_too() -> None:
    dispatcher = CollectingDispatcher()
    dispatcher.utter_message(text="Hello", buttons=[{"title": "Yes", "payload": "/affirm"}])
    assert from_rasa(dispatcher.messages[0], "en") == Reply("Hello", "en", buttons=((Button("Yes", "/affirm"),),))
