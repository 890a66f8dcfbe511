"""A bot in Discord: a local Discord, the real client, the real model."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import nlp
from tests.bot.core.fakes import make_core
from tests.contract.discord_platform import DiscordHarness, discord


@pytest.fixture
async def bot(model: nlp.Analyzer) -> AsyncIterator[DiscordHarness]:
    async with discord(make_core(model)) as harness:
        yield harness
