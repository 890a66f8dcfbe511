"""Stores to test: what holds for one holds for all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.core.fingerprint import Fingerprint
from bot.core.memory import MemoryStore
from bot.core.records import Store
from bot.storage.opening import open_store
from tests.bot.core.fakes import KEY

OpenStore = Callable[[], Awaitable[Store]]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> OpenStore:
    """Opens an empty store of each kind; a second call opens the same again."""
    if request.param == "memory":
        memory = MemoryStore()

        async def same() -> Store:
            return memory

        return same
    url = str(request.getfixturevalue("postgres")) if request.param == "postgres" else None

    async def again() -> Store:
        return await open_store(url, tmp_path, Fingerprint(KEY))

    return again
