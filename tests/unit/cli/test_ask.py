"""`lotse ask` and `lotse understand`, with the real classifier."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Lotse


@pytest.mark.parametrize(
    ("arguments", "language"),
    [(["Ich suche eine Wohnung", "--lang", "de", "--place", "musterstadt"], "de"), (["أبحث عن شقة"], "ar")],
)
def test_one_question_and_its_answer(lotse: Lotse, tmp_path: Path, arguments: list[str], language: str) -> None:
    result = lotse("ask", *arguments, "--json")
    assert result.exit_code == 0
    (answer,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (answer["page"], answer["language"]) == ("housing.find_flat", language)
    assert {"title", "payload", "url"} == set(answer["buttons"][0])
    office = [button for button in answer["buttons"] if "find_office" in (button["payload"] or "")]
    assert bool(office) is ("musterstadt" in arguments)
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("command", [["ask", "Hallo"], ["understand"], ["search"]])
def test_an_unknown_language_is_refused(lotse: Lotse, command: list[str]) -> None:
    result = lotse(*command, "--lang", "xx", given="")
    assert result.exit_code == 1
    assert "--lang: knows no xx; choose from de, de-simple, en" in result.stderr


def test_understand_reads_a_text_a_line(lotse: Lotse) -> None:
    texts = ["Ich suche eine Wohnung", "Mein Mann schlägt mich", "Я шукаю квартиру для моєї родини"]
    result = lotse("understand", "--json", given="\n".join([*texts, "", "   "]) + "\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["text"] for answer in answers] == texts
    assert [(a["intent"], a["crisis"]) for a in answers] == [
        ("housing.find_flat", False), ("crisis.violence", True), ("housing.find_flat", False),
    ]  # fmt: skip
    assert [answer["language"] for answer in answers] == ["de", "de", "uk"]
    assert set(answers[0]) == {"text", "language", "intent", "confidence", "crisis", "alternatives", "ms"}
    assert set(answers[0]["alternatives"][0]) == {"intent", "confidence"}
