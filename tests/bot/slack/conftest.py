"""A bot in Slack: a local Slack, the real clients, the real model."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import nlp
from tests.bot.core.fakes import make_core
from tests.contract.slack_platform import SlackHarness, slack


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever asks for the address of another machine forgot that ``SLACK_API_URL`` says where Slack is."""
    asked: list[object] = []
    real = socket.getaddrinfo

    def find(host: Any, *rest: Any, **more: Any) -> Any:
        if host not in ("127.0.0.1", "::1", "localhost", None):
            asked.append(host)
            raise socket.gaierror(socket.EAI_NONAME, "only this machine")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    yield
    assert asked == []


@pytest.fixture
async def bot(model: nlp.Analyzer) -> AsyncIterator[SlackHarness]:
    async with slack(make_core(model)) as harness:
        yield harness
