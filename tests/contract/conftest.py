"""The adapters that keep the contract. A new one is a line here."""

from __future__ import annotations

import pytest

from tests.contract.console_platform import console
from tests.contract.discord_platform import discord
from tests.contract.harness import MakeHarness
from tests.contract.slack_platform import slack
from tests.contract.stub_platform import pigeon

PLATFORMS: dict[str, MakeHarness] = {"console": console, "discord": discord, "pigeon": pigeon, "slack": slack}


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> MakeHarness:
    return PLATFORMS[request.param]
