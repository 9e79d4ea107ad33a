"""What happens next: crisis, then the open form, then the human, then the rules."""

from __future__ import annotations

from typing import Any

from bot.conversation import forms
from bot.conversation.house import House
from bot.conversation.listen import IN_GROUP, NOT_SURE, parse_data, read_payload
from bot.conversation.state import State
from bot.core.message import Reply

WELCOME = "welcome_form"
CRISIS, ASK_DANGER, REMEMBER, OFFER_LANGUAGE, LEARN = (
    "action_crisis",
    "action_ask_danger",
    "action_remember_question",
    "action_offer_language",
    "action_learn",
)

# What may be answered before the privacy notice was accepted. Danger always may.
BEFORE_CONSENT = frozenset(
    {
        "choose_language", "set_language", "help", "bot_identity", "read_notice", "deny", "confirm_danger",
        "no_danger", "stale_button", "delete_data", "my_data",
    }
)  # fmt: skip


# From this confidence on, a message that may speak of danger is answered too, and not only asked about.
CERTAIN = 0.9

# What is no reason to leave a question open: the answer itself may look like this.
NO_INTERRUPTION = frozenset({NOT_SURE, "out_of_scope", "choose_place"})

# Buttons and links that carry a page.
LEADS_TO_A_PAGE = frozenset({"open_page", "begin"})

# What answers a question of the assistant; after anything else a question that waited is forgotten.
ANSWERS = frozenset({"deny", "set_language", "confirm_danger", "no_danger"})


async def decide(state: State, house: House) -> list[Reply]:
    """Act on the latest message and return the replies."""
    replies = await _act(state, house)
    while state.followups:
        name = state.followups.pop(0)
        replies += await (_again(state, house) if name == "action_answer_again" else house.skills.run(name, state))
    return replies


async def _act(state: State, house: House) -> list[Reply]:
    if state.slots["agreed"] != house.notice_version:
        state.slots["agreed"] = None  # the notice has changed: it is shown again
    _take_up_what_was_asked(state)
    message = state.latest_message
    if _is_danger(message):
        state.slots["puzzle"] = None  # what was said in danger is nobody else's business
        return await house.skills.run(CRISIS, state)
    if message["intent"]["name"] == IN_GROUP:
        return await _by_rule(state, house)
    if _must_ask_first(state):
        return await house.skills.run(ASK_DANGER, state)
    if not state.active_form and not state.slots["agreed"]:
        return await _welcome(state, house)
    if state.active_form:
        return await _in_form(state.active_form, state, house)
    if state.paused and not message["metadata"]["pressed"]:
        return []  # a human has the word
    return await _answer(state, house)


async def _answer(state: State, house: House) -> list[Reply]:
    message = state.latest_message
    replies = await _by_rule(state, house)
    if state.slots["erased"]:
        return replies  # there is nobody left to ask anything
    replies += await _offer_language(state, house)
    if message["metadata"].get("near_crisis"):
        message["metadata"]["answered"] = True
        state.slots["puzzle"] = None
        return replies + await house.skills.run(ASK_DANGER, state)
    return replies + await _learn(state, house)


def _is_danger(message: dict[str, Any]) -> bool:
    """Return whether danger was written, confirmed or chosen from the menu: nothing else comes before it."""
    intent = message["intent"]["name"]
    if message["metadata"].get("crisis") or intent == "confirm_danger":
        return True
    topic = _values(message).get("page") if intent in LEADS_TO_A_PAGE else intent
    return str(topic).startswith("crisis.")


def _must_ask_first(state: State) -> bool:
    """Return whether the message may speak of danger, and nothing else can be said with certainty."""
    message = state.latest_message
    if not message["metadata"].get("near_crisis"):
        return False
    return bool(state.active_form or not state.slots["agreed"] or message["intent"]["confidence"] < CERTAIN)


def _values(message: dict[str, Any]) -> dict[str, Any]:
    return {entity["entity"]: entity["value"] for entity in message["entities"]}


def _take_up_what_was_asked(state: State) -> None:
    """A "yes" means the question that was asked, a "no" to danger says so; any other message lets it drop."""
    asked, state.slots["asked"] = state.slots["asked"], None
    if not asked:
        return
    message = state.latest_message
    intent = message["intent"]["name"]
    meant = read_payload(asked)
    if intent == "affirm" and meant:
        state.latest_message = {**meant, "metadata": {**message["metadata"], "confirmed": True}}
    elif intent == "deny" and asked.startswith("/confirm_danger") and (harmless := read_payload("/no_danger")):
        state.latest_message = {**harmless, "metadata": message["metadata"]}
    else:
        # An old button that means something else does not answer what was asked last.
        pressed_it = message["metadata"]["pressed"] and meant is not None and _same(message, meant)
        message["metadata"] |= {"asked": asked, "confirmed": pressed_it}
        if state.slots["agreed"] and intent not in ANSWERS:
            state.slots["open_question"] = None


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["intent"] == other["intent"] and one["entities"] == other["entities"])


async def _welcome(state: State, house: House) -> list[Reply]:
    replies = await house.skills.run(REMEMBER, state)
    state.apply([{"event": "active_loop", "name": WELCOME}])
    if state.latest_message["metadata"]["pressed"]:
        await forms.fill(WELCOME, state, house)
    return replies + await forms.proceed(WELCOME, state, house)


async def _in_form(form: str, state: State, house: House) -> list[Reply]:
    intent = state.latest_message["intent"]["name"]
    if form != WELCOME and _leaves(form, state, house):
        state.apply([{"event": "active_loop", "name": None}])
        return [reply for name in house.rules.by_intent["stop"] for reply in await house.skills.run(name, state)]
    answered, said = await forms.fill(form, state, house)
    if answered:
        return said + await forms.proceed(form, state, house)
    if any(reply.buttons for reply in said):
        return said  # the check offers what may be meant
    if _may_interrupt(intent, state, house):
        said = await _by_rule(state, house)
    elif said:
        return said  # the check has asked again
    elif not state.latest_message["metadata"]["pressed"] and not state.slots["agreed"]:
        await house.skills.run(REMEMBER, state)
    if state.slots["erased"] or state.active_form != form or (intent == "deny" and not state.slots["agreed"]):
        return said  # whoever has just refused is not asked the same again
    return said + await forms.proceed(form, state, house)


def _leaves(form: str, state: State, house: House) -> bool:
    """Return whether the form is to end: on "stop", and on a "no" that answers none of its questions."""
    intent = state.latest_message["intent"]
    if intent["name"] == "deny":
        return intent["confidence"] >= CERTAIN and not forms.asks_for(form, "deny", house.domain)
    return bool(intent["name"] == "stop")


def _may_interrupt(intent: str, state: State, house: House) -> bool:
    if not state.slots["agreed"]:
        return intent in BEFORE_CONSENT
    return intent in house.rules.by_intent and intent not in NO_INTERRUPTION


async def _by_rule(state: State, house: House) -> list[Reply]:
    intent = state.latest_message["intent"]["name"]
    replies: list[Reply] = []
    for name in house.rules.by_intent.get(intent, house.rules.by_intent[NOT_SURE]):
        if name in house.domain.forms:
            replies += await forms.start(name, state, house)
        else:
            replies += await house.skills.run(name, state)
    return replies


async def _again(state: State, house: House) -> list[Reply]:
    """Answer the question that had to wait for the welcome or for another language."""
    question, state.slots["open_question"] = state.slots["open_question"], None
    if not question:
        return []
    if led_to := read_payload(question):  # a link to a page
        state.hear(led_to)
        return await _by_rule(state, house)
    understood = await house.understands.understand(question, chosen_language=state.slots["language"])
    state.hear(parse_data(understood, house.sure))
    if understood.crisis:
        return await house.skills.run(CRISIS, state)
    return await _by_rule(state, house)


async def _learn(state: State, house: House) -> list[Reply]:
    """After a question that was not understood, what comes next says what was meant."""
    if not state.slots["puzzle"] or state.latest_message["intent"]["name"] == NOT_SURE:
        return []
    return await house.skills.run(LEARN, state)


async def _offer_language(state: State, house: House) -> list[Reply]:
    written = state.latest_message["metadata"].get("language")
    chosen = state.slots["language"]
    same = written is None or written.split("-")[0] == chosen.split("-")[0]
    if same or state.slots["language_offered"] == written:
        return []
    return await house.skills.run(OFFER_LANGUAGE, state)
