"""One object of Integreat's pages endpoint, as far as Lotse needs it (Integreat CMS, API version 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.core.language import known
from bot.errors import ConfigurationError, Fault
from bot.library.reader import shown

LARGEST = 200_000_000
"""Bytes of one file; a large district has five million."""
# Codes of Integreat that BCP 47 does not explain.
_CODES = {"de-si": "de-simple", "de-sl": "de-simple", "ku": "kmr", "kmr": "kmr", "prs": "fa", "pes": "fa"}


def _text(value: object) -> object:
    return "" if value is None else value


def _mapping(value: object) -> object:
    return value or {}  # an empty list where there is nothing


class Elsewhere(BaseModel):
    """Where a page stands in another language, or its parent."""

    model_config = ConfigDict(extra="ignore")

    id: int
    path: str | None = None


class Answer(BaseModel):
    """A page in one language."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[int, Field(gt=0)]
    path: Annotated[str, Field(min_length=2)]
    url: str | None = None
    title: Annotated[str, BeforeValidator(_text)] = ""
    content: Annotated[str, BeforeValidator(_text)] = ""
    excerpt: Annotated[str, BeforeValidator(_text)] = ""
    modified_gmt: datetime | None = None
    last_updated: datetime | None = None
    parent: Elsewhere | None = None
    order: int = 0
    available_languages: Annotated[dict[str, Elsewhere], BeforeValidator(_mapping)] = {}

    @property
    def code(self) -> str:
        """Return Integreat's code of the language, which is the second part of the path."""
        parts = [part for part in self.path.split("/") if part]
        return parts[1] if len(parts) > 1 else ""

    @property
    def language(self) -> str | None:
        """Return our tag for the language, None if it is not among ours."""
        return language_of(self.code)


@dataclass(frozen=True, slots=True)
class Read:
    """The pages of a file and what was wrong with it."""

    answers: tuple[Answer, ...]
    faults: tuple[Fault, ...]


def language_of(code: str) -> str | None:
    """Return our tag for a code of Integreat, None if the language is not among ours."""
    return _CODES.get(code.lower()) or known(code)


def read_answers(path: Path) -> Read:
    """Return the pages of a file; broken ones are reported and left out.

    Raises ConfigurationError if the file as a whole cannot be used.
    """
    where = shown(path)
    answers, faults = [], []
    for number, value in enumerate(_values(path, where), start=1):
        try:
            answer = Answer.model_validate(value)
        except ValidationError as exc:
            faults += [Fault(where, 0, f"object {number}{_named(value)}: {what}") for what in _whats(exc)]
        else:
            answers.append(answer)
    return Read(tuple(answers), tuple(faults))


def _values(path: Path, where: str) -> list[Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigurationError([Fault(where, 0, f"is larger than {LARGEST // 1_000_000} MB; split it")])
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as exc:
        raise ConfigurationError([Fault(where, 0, f"cannot be read: {exc.strerror}")]) from exc
    except json.JSONDecodeError as exc:
        raise ConfigurationError([Fault(where, exc.lineno, f"not JSON: {exc.msg}")]) from exc
    except (UnicodeDecodeError, RecursionError, ValueError) as exc:
        raise ConfigurationError([Fault(where, 0, f"not JSON in UTF-8 ({type(exc).__name__})")]) from exc
    if not isinstance(found, list):
        raise ConfigurationError([Fault(where, 0, "must be a list of pages, as Integreat's pages endpoint gives it")])
    return found


def _named(value: object) -> str:
    return f" (id {value['id']})" if isinstance(value, dict) and isinstance(value.get("id"), int) else ""


def _whats(exc: ValidationError) -> Iterator[str]:
    for error in exc.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in error["loc"])
        yield f"{name}: {error['msg']}; the page is left out" if name else f"{error['msg']}; it is left out"
