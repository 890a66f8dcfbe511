"""A bot in Slack: a local Slack, the real clients, the real model."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import nlp
from tests.bot.core.fakes import make_core
from tests.contract.slack_platform import SlackHarness, slack


@pytest.fixture
async def bot(model: nlp.Analyzer) -> AsyncIterator[SlackHarness]:
    async with slack(make_core(model)) as harness:
        yield harness
