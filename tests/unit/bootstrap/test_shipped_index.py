"""Search is ready at the first start: what it needs of every page lies beside the pages."""

from __future__ import annotations

from pathlib import Path

from bot.bootstrap.knowledge import findable, passage_vectors, subject_vectors
from bot.library.load import load
from bot.settings import Settings
from bot.understanding.normalise import tidy
from bot.understanding.passages import heads
from bot.understanding.tuned import Encoders


def test_every_passage_of_the_content_has_its_vectors(tmp_path: Path) -> None:
    settings = Settings()
    alone = settings.model_copy(update={"cache_dir": tmp_path})  # nothing that was computed here before
    encoders = Encoders(settings.intents_dir / "encoder.npz", settings.cache_dir)
    passages = findable(load(settings.content_dir)).passages
    about = [text for texts in heads(passages).values() for text in texts]
    missing = "run `lotse content index` and commit what it writes"
    assert passage_vectors(alone, encoders.plain()).knows([tidy(one.text) for one in passages]), missing
    assert subject_vectors(alone, encoders.tuned()).knows([tidy(text) for text in about]), missing
