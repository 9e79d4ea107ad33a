from pathlib import Path

import pytest

from bot.conversation import domain
from bot.conversation.domain import Domain
from bot.conversation.state import State


@pytest.fixture(scope="module")
def ours() -> Domain:
    return domain.load(Path("intents/domain.yml"))


def said(text: str) -> dict[str, object]:
    return {"text": text, "intent": {"name": "greet", "confidence": 1.0}, "entities": [], "metadata": {}}


def test_what_is_stored_is_loaded_again(ours: Domain) -> None:
    state = State.load(None, "chat", ours)
    state.apply([{"event": "active_loop", "name": "place_form"}, {"event": "slot", "name": "language", "value": "ar"}])
    state.requested_slot = "new_place"
    again = State.load(state.to_json(), "chat", ours)
    assert (again.slots["language"], again.active_form, again.requested_slot) == ("ar", "place_form", "new_place")


def test_slots_and_forms_that_no_longer_exist_are_dropped(ours: Domain) -> None:
    state = State.load({"slots": {"shoe_size": 44, "language": "de"}, "form": "shoe_form", "requested": "x"}, "c", ours)
    assert "shoe_size" not in state.slots
    assert (state.slots["language"], state.active_form, state.requested_slot) == ("de", None, None)


def test_memory_stays_small_however_long_the_conversation(ours: Domain) -> None:
    state = State.load(None, "chat", ours)
    for number in range(500):
        state.hear(said(f"message {number}"))
    assert len(state.to_json()["events"]) == 20


def test_pause_and_resume_give_the_word_to_a_human_and_back(ours: Domain) -> None:
    state = State.load(None, "chat", ours)
    state.apply([{"event": "pause"}])
    assert state.paused
    state.apply([{"event": "resume"}])
    assert not state.paused


def test_unknown_slots_of_actions_are_ignored(ours: Domain) -> None:
    state = State.load(None, "chat", ours)
    state.apply([{"event": "slot", "name": "shoe_size", "value": 44}])
    assert "shoe_size" not in state.slots
