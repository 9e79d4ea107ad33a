"""Column types: moments in UTC and sealed values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from bot.storage.crypto import KeyRing

_RING = "lotse_key_ring"


def give_keys(dialect: Dialect, ring: KeyRing) -> None:
    """Let the sealed columns of one engine use these keys."""
    setattr(dialect, _RING, ring)


def keys_of(dialect: Dialect) -> KeyRing:
    """Return the keys given to this engine's dialect."""
    ring: KeyRing = getattr(dialect, _RING)
    return ring


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; naive ones are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Say UTC on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that the database never sees in the clear. `column` is bound into the seal."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        """Bind to a column, written `table.column`."""
        super().__init__()
        self.column = column

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seal."""
        return None if value is None else keys_of(dialect).seal(value, bound_to=self.column)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Open."""
        return None if value is None else keys_of(dialect).open(bytes(value), bound_to=self.column)


class SealedText(TypeDecorator[str]):
    """Text that the database never sees in the clear."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        """Bind to a column, written `table.column`."""
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal; half a surrogate pair from a broken keyboard must not stop the service."""
        if value is None:
            return None
        return keys_of(dialect).seal(value.encode("utf-8", "surrogatepass"), bound_to=self.column)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Open."""
        if value is None:
            return None
        return keys_of(dialect).open(bytes(value), bound_to=self.column).decode("utf-8", "surrogatepass")


class SealedJson(TypeDecorator[Any]):
    """A JSON value that the database never sees in the clear."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        """Bind to a column, written `table.column`."""
        super().__init__()
        self.column = column

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ANN401 - any JSON value
        """Seal."""
        if value is None:
            return None
        return keys_of(dialect).seal(json.dumps(value, separators=(",", ":")).encode(), bound_to=self.column)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ANN401 - any JSON value
        """Open."""
        return None if value is None else json.loads(keys_of(dialect).open(bytes(value), bound_to=self.column))
