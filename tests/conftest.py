"""What all tests share."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import nlp
from tests.scratch import keep_bytecode, write_to_memory

if TYPE_CHECKING:
    from tests.servers.postgres import PostgresServer

# A busy machine is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

keep_bytecode()  # before the tests are read


def pytest_configure() -> None:
    """Undo what background jobs do to signals, which programs under test would inherit; and write to memory."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)
    write_to_memory()


_LONGEST = ("training/test_shop.py", "training/test_fit.py", "test_style.py", "bot/test_score_interruptions.py")
"""Files that take longest. What begins with them does not end with one worker at one of them and the others idle."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first; otherwise the order stays."""
    first = {config.rootpath / "tests" / name: at for at, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: first.get(item.path, len(first)))


def pytest_collection_finish() -> None:
    """Let no collection of garbage go through three thousand tests and what they import: those stay to the end."""
    gc.freeze()


@pytest.fixture(scope="session")
def model() -> nlp.Analyzer:
    """The model that comes along, loaded once."""
    return nlp.load()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started at the first test that wants it."""
    from tests.servers.postgres import PostgresServer  # not needed by most tests

    with PostgresServer() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with postgres_server.database() as url:
        yield url
