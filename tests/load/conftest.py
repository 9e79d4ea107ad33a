"""Databases and helpers of the long proofs."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from tests.load.killable import Nursery


@pytest.fixture(autouse=True)
def _unwritten_logs() -> Iterator[None]:
    """What these tests do on purpose would fill the screen."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what python-telegram-bot thinks of mutated updates
        yield
    structlog.configure(wrapper_class=before)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Where killable processes come from."""
    with Nursery() as running:
        yield running
