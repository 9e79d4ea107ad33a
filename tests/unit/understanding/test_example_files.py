"""A sentence is put where an editor would put it."""

from __future__ import annotations

import pytest

from bot.errors import ConfigurationError
from bot.understanding import examples
from bot.understanding.example_files import add_example
from tests.unit.understanding.conftest import WriteIntents


@pytest.mark.parametrize("intent", ["greet", "housing.find_flat", "crisis.medical"])
@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_a_sentence_joins_its_intent(write_intents: WriteIntents, intent: str, language: str) -> None:
    folder = write_intents()
    before = examples.load(folder).examples
    path = add_example(folder, language=language, intent=intent, text="  noch ein   Satz ")
    after = examples.load(folder).examples
    (new,) = [one for one in after if one.text not in {other.text for other in before}]
    assert (new.text, new.intent, new.language, new.path) == ("noch ein Satz", intent, "de", str(path))
    assert [one.text for one in after if one is not new] == [one.text for one in before]


def test_an_intent_without_examples_is_named(write_intents: WriteIntents) -> None:
    with pytest.raises(ConfigurationError, match=r"there are no examples of money\.taxes"):
        add_example(write_intents(), language="de", intent="money.taxes", text="Steuern")
