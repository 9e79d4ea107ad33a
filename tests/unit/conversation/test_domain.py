from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.conversation import domain, rules
from bot.errors import ConfigurationError

GOOD_DOMAIN = """\
version: "3.1"
intents: [greet, ask]
slots:
  place:
    type: text
    mappings:
      - type: from_text
        conditions:
          - active_loop: place_form
forms:
  place_form:
    required_slots: [place]
actions: [action_hello]
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return put


def faults(path: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        domain.load(path)
    return [f"{fault.line}: {fault.what}" for fault in caught.value.faults]


def test_our_own_domain_and_rules_load() -> None:
    ours = domain.load(Path("intents/domain.yml"))
    assert set(rules.load(Path("intents/rules.yml"), ours).by_intent) == ours.intents


def test_intents_are_those_of_the_training_data() -> None:
    ours = domain.load(Path("intents/domain.yml")).intents
    for path in Path("intents/nlu").rglob("*.yml"):
        trained = {entry["intent"] for entry in yaml.safe_load(path.read_text("utf-8"))["nlu"] if "intent" in entry}
        assert trained <= ours, path


def test_slot_fillings_are_read(write: Callable[[str, str], Path]) -> None:
    slot = domain.load(write("domain.yml", GOOD_DOMAIN)).slots["place"]
    assert slot.mappings == (domain.Filling("from_text", conditions=(("place_form", None),)),)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"3.1"', '"2.0"', '1: must be "3.1"'),
        ("[greet, ask]", "[greet, greet]", "2: greet stands here twice"),
        ("type: text", "type: novel", "5: must be one of any, bool, float, list, text"),
        ("from_text", "from_trigger_intent", "7: type must be one of from_entity, from_intent, from_text, custom"),
        ("required_slots: [place]", "required_slots: [town]", "12: town is not one of the slots"),
        ("actions:", "responses: {}\nactions:", "13: responses is not supported here"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(
    write: Callable[[str, str], Path], old: str, new: str, fault: str
) -> None:
    assert old in GOOD_DOMAIN
    assert any(found.startswith(fault) for found in faults(write("domain.yml", GOOD_DOMAIN.replace(old, new, 1))))


def test_missing_file_is_one_clear_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"domain\.yml: cannot be read"):
        domain.load(tmp_path / "domain.yml")


def test_rules_name_only_what_exists(write: Callable[[str, str], Path]) -> None:
    known = domain.load(write("domain.yml", GOOD_DOMAIN))
    text = """\
version: "3.1"
rules:
  - rule: unknown intent
    steps:
      - intent: dance
      - action: action_hello
  - rule: unknown action
    steps:
      - intent: greet
      - action: action_dance
  - rule: nothing
    steps:
      - intent: ask
"""
    with pytest.raises(ConfigurationError) as caught:
        rules.load(write("rules.yml", text), known)
    assert [(fault.line, fault.what.split(" ")[0]) for fault in caught.value.faults] == [
        (5, "dance"), (10, "action_dance"), (11, "the"),
    ]  # fmt: skip


def test_two_rules_for_one_intent_are_refused(write: Callable[[str, str], Path]) -> None:
    known = domain.load(write("domain.yml", GOOD_DOMAIN))
    rule = "  - rule: a\n    steps:\n      - intent: greet\n      - action: action_hello\n"
    with pytest.raises(ConfigurationError, match="greet has a rule already"):
        rules.load(write("rules.yml", f'version: "3.1"\nrules:\n{rule}{rule}'), known)


def test_actions_that_do_not_exist_and_forms_without_their_questions_are_named(
    write: Callable[[str, str], Path],
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        domain.load(write("domain.yml", GOOD_DOMAIN), frozenset({"action_bye"}))
    assert [(fault.line, fault.what) for fault in caught.value.faults] == [
        (11, "the form needs action_ask_place_form_place among the actions"),
        (11, "the form needs validate_place_form among the actions"),
        (13, "action_hello is not an action of this Lotse"),
    ]
