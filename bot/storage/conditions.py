"""Conditions that the partial indexes are made for, written as constants: a bound parameter would not use them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal_column


def is_pending(state: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column, of the table or of an alias
    """Whether an inbox row waits for its turn."""
    condition: ColumnElement[bool] = state == literal_column("'pending'")
    return condition


def is_quarantined(state: Any) -> ColumnElement[bool]:  # noqa: ANN401 - as above
    """Whether an inbox row was set aside."""
    condition: ColumnElement[bool] = state == literal_column("'quarantined'")
    return condition


def is_waiting(state: Any) -> ColumnElement[bool]:  # noqa: ANN401 - as above
    """Whether an outbox row has still to be delivered."""
    condition: ColumnElement[bool] = state.in_([literal_column("'queued'"), literal_column("'sending'")])
    return condition
