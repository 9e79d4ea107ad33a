"""Databases and helpers of the long proofs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.load.killable import Nursery


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Where killable processes come from."""
    with Nursery() as running:
        yield running
