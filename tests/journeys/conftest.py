"""Servers for journeys: a PostgreSQL database for as long as a module's tests run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def module_postgres_url(_postgres: Any) -> Iterator[str]:
    """An empty PostgreSQL database, dropped after the module."""
    fresh = _postgres.fresh()
    loop = asyncio.new_event_loop()
    yield loop.run_until_complete(fresh.__aenter__())
    loop.run_until_complete(fresh.__aexit__(None, None, None))
    loop.close()
