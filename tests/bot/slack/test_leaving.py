"""A workspace uninstalls the app, or its token dies: all that is kept of it goes, and nobody else notices."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

import nlp
from bot.adapters.slack_workspaces import Workspaces
from bot.core.events import ChannelSettings, Place
from bot.core.messages import Messages
from bot.core.records import Figures
from tests.bot.core.fakes import HandClock, SlowModel, make_core
from tests.bot.slack.oauth import GOOD, Worker, mention, of, revoked, uninstalled, worker
from tests.bot.storage.test_installations import rows
from tests.contract.slack_platform import slack
from tests.servers import slack_payloads as payloads
from tests.servers.slack import Mishap, SlackServer

SAID = Messages("ko")
LONG_AFTER = 2_000_000_000


@pytest.fixture
async def bot(model: nlp.Analyzer, tmp_path: Path) -> AsyncIterator[Worker]:
    """Two workspaces, of each of which something is kept."""
    async with SlackServer() as server, worker(server, model, tmp_path) as running:
        await fill(running)
        yield running


async def fill(bot: Worker) -> None:
    for number, team in enumerate(("T1", "T2")):
        await bot.install(team)
        await bot.core.configure(Place("slack", team, "C1"), ChannelSettings(watch=True, mode="reply"))
        await bot.send(mention(team, number))
    assert await rows(bot.store) == {"T1", "T2"}
    bot.server.posts.clear()


async def t2_is_well(bot: Worker) -> None:
    before = len(bot.server.posts)
    await bot.send(mention("T2", 77))
    assert [post.token for post in bot.server.posts[before:]] == [bot.server.oauth.token("T2")]
    assert (await bot.store.settings(Place("slack", "T2", "C1"))).watch


@pytest.mark.parametrize("event", [uninstalled("T1"), revoked("T1", bot=["UBOTT1"])], ids=["uninstalled", "revoked"])
async def test_who_uninstalls_is_forgotten(bot: Worker, event: dict[str, Any]) -> None:
    bot.server.oauth.uninstall("T1")
    assert await bot.send(event) == 200
    assert await rows(bot.store) == {"T2"}
    assert await bot.send(event) == 200, "both events come, in any order"
    assert await bot.send(mention("T1", 5)) == 200
    assert bot.server.posts == []
    assert bot.core.counters.get("not_installed") == 1
    await t2_is_well(bot)
    assert (await bot.install("T1"))[0] == 200
    await bot.send(mention("T1", 6))
    assert bot.server.posts[-1].token == bot.server.oauth.token("T1")


async def test_slack_need_not_be_asked_whether_it_is_true_long_after(bot: Worker) -> None:
    calls = len(bot.server.calls)
    await bot.send(uninstalled("T1", event_time=LONG_AFTER))
    assert await rows(bot.store) == {"T2"}
    assert len(bot.server.calls) == calls


async def test_if_slack_cannot_be_asked_it_is_believed(bot: Worker) -> None:
    bot.server.mishaps["auth.test"].append(Mishap("dropped"))
    await bot.send(uninstalled("T1"))
    assert await rows(bot.store) == {"T2"}


async def test_what_is_late_is_not_said_of_the_new_installation(bot: Worker) -> None:
    """Uninstalled and installed anew before the event comes: the token works, so it stays."""
    bot.server.oauth.uninstall("T1")
    await bot.install("T1")
    for event in (uninstalled("T1"), revoked("T1", bot=["UBOTT1"])):
        await bot.send(event)
    assert await rows(bot.store) == {"T1", "T2"}
    await bot.send(mention("T1", 5))
    assert bot.server.posts[-1].token == bot.server.oauth.token("T1")


async def test_the_token_of_a_person_is_none_of_ours(bot: Worker) -> None:
    bot.server.oauth.uninstall("T1")  # so that asking Slack would not save it
    await bot.send(revoked("T1", oauth=["UADMIN"]))
    assert await rows(bot.store) == {"T1", "T2"}


@pytest.mark.parametrize("error", ["account_inactive", "token_revoked"])
async def test_a_token_that_died_unnoticed_shows_when_it_is_used(bot: Worker, error: str) -> None:
    """The event came while nobody listened."""
    bot.server.oauth.uninstall("T1", error)
    assert await bot.send(mention("T1", 5)) == 200
    assert "T1" not in {workspace for _, workspace, _ in await bot.store.installed()}
    assert bot.core.counters.get("workspaces_left") == 1
    await t2_is_well(bot)


async def test_who_left_while_nobody_listened_is_forgotten_at_the_next_start(
    model: nlp.Analyzer, tmp_path: Path
) -> None:
    async with SlackServer() as server:
        async with worker(server, model, tmp_path) as bot:
            await fill(bot)
        server.oauth.uninstall("T1")
        async with worker(server, model, tmp_path) as bot:
            while await rows(bot.store) != {"T2"}:
                await asyncio.sleep(0.01)
            await t2_is_well(bot)


@pytest.mark.parametrize("kind", ["broken", "dropped", "error"])
async def test_while_slack_cannot_say_who_left_nobody_is_forgotten(bot: Worker, kind: Any) -> None:
    async with aiohttp.ClientSession() as session:
        workspaces = Workspaces(bot.core, bot.installations, bot.server.base_url, session)
        bot.server.oauth.uninstall("T1")
        bot.server.mishaps["auth.test"].append(Mishap(kind, "internal_error"))
        for kept in ({"T1", "T2"}, {"T2"}):
            await workspaces.ask_after_all()
            while bot.core.in_flight:
                await asyncio.wait(set(bot.core._running))
                await asyncio.sleep(0)
            assert await rows(bot.store) == kept


@pytest.mark.parametrize("error", ["invalid_auth", "not_in_channel", "ratelimited", "internal_error"])
async def test_an_error_that_may_pass_uninstalls_nothing(bot: Worker, error: str) -> None:
    bot.server.oauth.uninstall("T1", error)
    await bot.send(mention("T1", 5))
    assert await rows(bot.store) == {"T1", "T2"}


async def test_uninstalled_while_events_are_in_flight(model: nlp.Analyzer, tmp_path: Path) -> None:
    slow, clock = SlowModel(model), HandClock()
    slow.go_on.set()
    async with SlackServer() as server, worker(server, slow, tmp_path, clock=clock) as bot:
        await fill(bot)
        slow.go_on.clear()
        slow.began.clear()
        for number in range(10, 20):
            assert await bot.send_only(mention("T1", number)) == 200
            assert await bot.send_only(mention("T2", number)) == 200
        await asyncio.to_thread(slow.began.wait, 30)
        server.oauth.uninstall("T1")
        assert await bot.send_only(uninstalled("T1")) == 200
        while await bot.installations.find("slack", "T1") is not None:
            await asyncio.sleep(0.01)
        slow.go_on.set()
        while bot.core.in_flight:
            await asyncio.wait(set(bot.core._running))
            await asyncio.sleep(0)
        assert {post.token for post in server.posts} == {server.oauth.token("T2")}
        assert len(server.posts) == 10
        clock.pass_by(3601)
        await bot.installations.sweep()
        assert await rows(bot.store) == {"T2"}, "what was still written of it is gone too"
        figures = await bot.store.figures("slack", "T2", clock.now().replace(year=2025))
        assert figures == Figures(positive=11)


async def test_a_command_where_it_is_not_installed_is_told_so(bot: Worker) -> None:
    url = bot.server.response_url("C1", "U1")
    assert await bot.send(of("T3", payloads.command(GOOD, url))) == 200
    assert [(post.only_for, post.text) for post in bot.server.posts] == [("U1", SAID("slack_not_installed"))]


async def test_a_channel_shared_by_two_belongs_to_who_installed(bot: Worker) -> None:
    """The outer team may be the other company; who is authorised is the one that counts."""
    payload = mention("T2", 5)
    payload["team_id"] = "T9"
    await bot.send(payload)
    assert [post.token for post in bot.server.posts] == [bot.server.oauth.token("T2")]
    assert "T9" not in await rows(bot.store)


async def test_events_of_a_whole_organisation_are_nobodys(bot: Worker) -> None:
    payload = mention("T2", 5)
    payload["authorizations"][0]["is_enterprise_install"] = True
    assert await bot.send(payload) == 200
    assert bot.server.posts == []


async def test_an_installation_that_cannot_be_read_is_as_none_and_stays(bot: Worker) -> None:
    spoil = text("UPDATE installations SET sealed = :junk WHERE workspace = 'T1'").bindparams(junk=b"junk")
    await bot.store.write(lambda connection: connection.execute(spoil))
    for event in (mention("T1", 5), uninstalled("T1")):
        assert await bot.send(event) == 200
    assert bot.server.posts == []
    assert bot.core.counters.get("installation_unreadable") == 2
    await t2_is_well(bot)


async def test_while_the_store_fails_slack_is_to_try_again(bot: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*arguments: Any) -> None:
        raise OSError("disk")

    event = mention("T2", 5)
    with monkeypatch.context() as patch:
        patch.setattr(bot.installations, "find", fail)
        assert await bot.send(event) == 500
    assert await bot.send(event) == 200
    assert len(bot.server.posts) == 1


async def test_no_signed_event_of_any_shape_is_more_than_refused(bot: Worker, caplog: pytest.LogCaptureFixture) -> None:
    """Slack would not send these; but whoever can sign should not be able to fill a log."""
    pick = random.Random(8)
    junk: tuple[Any, ...] = (None, 0, "", "x", [], [None], [5], {}, {"id": 5}, True, "\x00", [[]], {"team_id": []})
    names = ("team_id", "team", "enterprise", "authorizations", "event", "event_time", "type", "view", "user")
    bases = (mention("T2"), uninstalled("T1"), revoked("T1", bot=["U"]), payloads.command(GOOD, ""))
    for _ in range(300):
        payload = {**pick.choice(bases), **{pick.choice(names): pick.choice(junk) for _ in range(pick.randint(1, 3))}}
        assert await bot.send(payload) in (200, 400, 404, 500), payload
    assert "Traceback" not in caplog.text
    assert {"T1", "T2"} >= await rows(bot.store)
    await t2_is_well(bot)


async def test_with_one_token_uninstalling_forgets_the_workspace_too(model: nlp.Analyzer) -> None:
    async with slack(make_core(model)) as bot:
        await bot.watch()
        event = payloads.event({"type": "app_uninstalled"})
        await bot.deliver("events_api", event)
        assert await bot._core.store.channels() != {}, "its token works: it was installed anew"
        bot.server.oauth.uninstall("T1")
        await bot.deliver("events_api", event)
        assert await bot._core.store.channels() == {}
