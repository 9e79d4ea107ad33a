from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest

from bot.settings import Settings
from bot.understanding.encoder import E5, Vector
from bot.understanding.features import buckets
from bot.understanding.index import Index
from bot.understanding.index_file import IndexFile
from bot.understanding.model import load_model
from bot.understanding.passages import LONGEST_PASSAGE, Findable, Passage, split
from bot.understanding.search import Search
from bot.understanding.subjects import Subject, Subjects
from bot.understanding.tuned import Encoders
from bot.understanding.vectors import VectorFile
from tests.unit.understanding.conftest import WordEncoder

PAGES = {
    "housing.find_flat": ("Eine Wohnung finden. So suchen Sie eine Mietwohnung.", "Finding a flat to rent."),
    "health.find_doctor": ("Einen Arzt finden. Hilfe, wenn Sie krank sind.", "Finding a doctor when you are ill."),
    "education.school": ("Ihr Kind in der Schule anmelden.", "Registering your child at school."),
    "work.permit": ("Darf ich arbeiten? Die Arbeitserlaubnis.", "May I work? The work permit."),
}
KEYWORDS = {"work.permit": ["Arbeitserlaubnis"], "education.school": ["Vorbereitungsklasse"]}


def findable(*languages: str) -> Findable:
    texts = [("de", 0), ("en", 1)]
    return Findable(
        [Passage(page, tag, both[place]) for page, both in PAGES.items() for tag, place in texts if tag in languages],
        KEYWORDS,
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory, e5: E5) -> VectorFile:
    return VectorFile(tmp_path_factory.mktemp("cache") / "passages.bin", e5.name, e5.dimension)


async def first(search: Search, encoder: E5, text: str, language: str | None = None) -> str:
    return search.find(text, encoder.query(text), language=language, limit=3)[0].page


@pytest.mark.parametrize("languages", [("de", "en"), ("de",)])
async def test_pages_are_found_from_languages_they_are_not_written_in(
    e5: E5, cache: VectorFile, languages: tuple[str, ...]
) -> None:
    search = Search(e5, cache)
    await search.rebuild(findable(*languages))
    assert await first(search, e5, "шукаю квартиру", "uk") == "housing.find_flat"
    assert await first(search, e5, "je suis malade, j'ai besoin d'un médecin", "fr") == "health.find_doctor"
    assert await first(search, e5, "çocuğumu okula kaydettirmek istiyorum") == "education.school"


async def test_a_misspelt_office_word_finds_its_page(e5: E5, cache: VectorFile) -> None:
    search = Search(e5, cache)
    await search.rebuild(findable("de"))
    assert await first(search, e5, "what is Vorbereitungsklase", "en") == "education.school"


def test_a_page_that_is_only_in_german_can_beat_one_in_the_language_of_the_question() -> None:
    words = WordEncoder()
    passages = [
        Passage("a", "en", "the same old words one"),
        Passage("b", "en", "the same old words two"),
        Passage("c", "de", "quite another matter entirely flat"),
        Passage("d", "de", "nothing here fits at all"),
    ]
    texts = Findable(passages)
    index = Index.of(texts, words_to_rows(words, [passage.text for passage in passages]))
    assert index.find("flat matter", words.query("flat matter"), 1, "en")[0].page == "c"


def words_to_rows(words: WordEncoder, texts: list[str]) -> Vector:
    import numpy as np  # noqa: PLC0415

    return np.stack([words.query(text) for text in texts])


def test_scores_fall_and_the_limit_is_kept() -> None:
    words = WordEncoder()
    texts = findable("de")
    index = Index.of(texts, words_to_rows(words, [passage.text for passage in texts.passages]))
    hits = index.find("Wohnung finden", words.query("Wohnung finden"), 3)
    assert len(hits) == 3
    assert hits[0].page == "housing.find_flat"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert 0 < hits[-1].score <= hits[0].score <= 1


async def test_nothing_is_found_in_nothing(tmp_path: Path) -> None:
    words = WordEncoder()
    search = Search(words, VectorFile(tmp_path / "p.bin", words.name, words.dimension))
    assert search.find("Wohnung", words.query("Wohnung"), language="de", limit=3) == []
    await search.rebuild(Findable())
    assert search.find("Wohnung", words.query("Wohnung"), language="de", limit=3) == []


async def test_changed_content_takes_the_place_of_the_old(tmp_path: Path) -> None:
    words = WordEncoder()
    search = Search(words, VectorFile(tmp_path / "p.bin", words.name, words.dimension))
    for page in ("old", "new"):
        await search.rebuild(Findable([Passage(page, "de", "Wohnung finden")]))
        found = search.find("Wohnung finden", words.query("Wohnung finden"), language="de", limit=3)
        assert [hit.page for hit in found] == [page]
    assert words.calls.count("Wohnung finden") == 3  # two questions, one passage that both pages share


class SlowEncoder(WordEncoder):
    """Waits before every passage until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def passage(self, text: str) -> Vector:
        self.go.wait(5)
        return super().passage(text)


async def test_new_content_is_found_by_its_words_before_its_vectors_are_there(tmp_path: Path) -> None:
    slow = SlowEncoder()
    search = Search(slow, VectorFile(tmp_path / "p.bin", slow.name, slow.dimension))
    rebuilding = asyncio.create_task(search.rebuild(findable("de")))
    vector = slow.query("Arbeitserlaubnis")
    for _ in range(200):
        await asyncio.sleep(0.01)
        if early := search.find("Arbeitserlaubnis", vector, language="de", limit=1):
            break
    assert [hit.page for hit in early] == ["work.permit"]
    assert not rebuilding.done()
    slow.go.set()
    await rebuilding
    assert search.find("Arbeitserlaubnis", vector, language="de", limit=1)[0].page == "work.permit"


def test_a_page_is_split_into_title_with_short_text_and_sections() -> None:
    body = "**Wer?** Alle.\n\n## Kosten\n[Hier](https://x.example) steht es.\n" + "Wort " * 200
    passages = split("a.b", "de", title="Titel", short="Kurz.", body=body)
    assert [passage.text for passage in passages[:2]] == ["Titel. Kurz.", "Titel. Wer? Alle."]
    assert passages[2].text.startswith("Titel. Kosten Hier steht es. Wort")
    assert len(passages) == 4
    assert all(len(passage.text) <= len("Titel. ") + LONGEST_PASSAGE for passage in passages)
    assert {(passage.page, passage.language) for passage in passages} == {("a.b", "de")}


def test_of_pages_that_read_alike_the_one_about_the_same_comes_first() -> None:
    words = WordEncoder()
    texts = {"housing.find_flat": "Miete und Wohnung", "money.housing_benefit": "Miete und Wohnung"}
    passages = Findable([Passage(page, "de", text) for page, text in texts.items()])
    vectors = np.array([words.passage(text) for text in texts.values()], np.float32)
    about = {
        "housing.find_flat": Subject(np.array([1.0, 0.0], np.float32), np.array([1.0, 0.0], np.float32)),
        "money.housing_benefit": Subject(np.array([0.0, 1.0], np.float32), np.array([0.0, 1.0], np.float32)),
    }
    index = Index.of(passages, vectors, about)
    question = "Miete und Wohnung"
    found = [
        index.find(question, words.query(question), 2, "de", Subject(wanted, wanted))[0].page
        for wanted in np.eye(2, dtype=np.float32)
    ]
    assert found == ["housing.find_flat", "money.housing_benefit"]
    assert all(
        0 < hit.score <= 1
        for hit in index.find(question, words.query(question), 2, "de", Subject(*[np.ones(2, np.float32) / 2] * 2))
    )


async def test_the_classifier_finds_pages_that_have_no_intent_of_their_own(tmp_path: Path) -> None:
    settings = Settings()
    model = load_model(settings.model_file)
    encoder = Encoders(settings.intents_dir / "encoder.npz", settings.cache_dir).tuned()
    subjects = Subjects(model, encoder, VectorFile(tmp_path / "subjects.bin", encoder.name, encoder.dimension))
    about = subjects.of_pages(["Wohnung suchen. Hier finden Sie Wohnungen.", "Arztsuche. Ärzte in Ihrer Nähe."])
    for text, page in (("أبحث عن شقة للإيجار", 0), ("мені погано, потрібен лікар", 1)):
        vector = encoder.query(text)
        question = subjects.of_question(model.read(vector, buckets(text)).intents, vector)
        assert int(np.argmax([one.topics @ question.topics for one in about])) == page
        assert int(np.argmax([one.meant @ question.meant for one in about])) == page


def test_a_kept_index_is_the_same_until_anything_changes(tmp_path: Path) -> None:
    words = WordEncoder()
    content = findable("de")
    vectors = np.array([words.passage(passage.text) for passage in content.passages], np.float32)
    made = Index.of(content, vectors)
    kept = IndexFile(tmp_path / "index.npz", ("e5", "tuned", "digest"))
    assert kept.load(content) is None
    kept.save(content, made)
    again = kept.load(content)
    assert again
    for question in ("Arbeitserlaubnis", "Wohnung", "etwas ganz anderes"):
        found = made.find(question, words.query(question), 5, "de")
        assert again.find(question, words.query(question), 5, "de") == found
    changed = Findable([*content.passages, Passage("a.b", "de", "neu")], content.keywords)
    assert kept.load(changed) is None
    assert IndexFile(tmp_path / "index.npz", ("e5", "tuned", "other")).load(content) is None
    (tmp_path / "index.npz").write_bytes((tmp_path / "index.npz").read_bytes()[:200])
    assert kept.load(content) is None


async def test_what_is_kept_is_there_at_once_at_the_next_start(tmp_path: Path) -> None:
    words = WordEncoder()
    for _ in range(2):
        kept = IndexFile(tmp_path / "index.npz", (words.name,))
        search = Search(words, VectorFile(tmp_path / "p.bin", words.name, words.dimension), kept=kept)
        await search.rebuild(findable("de"))
        assert search.find("Arbeitserlaubnis", words.query("x"), language="de", limit=1)[0].page == "work.permit"
        (tmp_path / "p.bin").unlink(missing_ok=True)  # so that it is not the vectors that are known
        words.passage = None  # type: ignore[method-assign, assignment] - nothing may be read again
