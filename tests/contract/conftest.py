"""The adapters that keep the contract. A new one is a line here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import nlp
from bot.core.case_book import Cases
from bot.core.service import Core
from tests.contract.case_core import PLAYS, MakePlay, make
from tests.contract.case_play import Play
from tests.contract.console_platform import console
from tests.contract.discord_platform import discord
from tests.contract.harness import MakeHarness
from tests.contract.slack_platform import slack
from tests.contract.stub_platform import pigeon

PLATFORMS: dict[str, MakeHarness] = {"console": console, "discord": discord, "pigeon": pigeon, "slack": slack}


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> MakeHarness:
    return PLATFORMS[request.param]


@pytest.fixture(params=PLAYS)
def plays(request: pytest.FixtureRequest) -> MakePlay:
    """The platforms that have cases."""
    return PLAYS[request.param]


@pytest.fixture
async def core(model: nlp.Analyzer, tmp_path: Path) -> Core:
    """A core with cases, on a file."""
    core, _ = await make(model, tmp_path)
    return core


@pytest.fixture
def cases(core: Core) -> Cases:
    """Those of the core."""
    assert isinstance(core.cases, Cases)
    return core.cases


@pytest.fixture
async def played(plays: MakePlay, core: Core) -> AsyncIterator[Play]:
    """A platform that the core runs on."""
    async with plays(core) as played:
        yield played
