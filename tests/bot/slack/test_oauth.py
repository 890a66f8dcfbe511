"""Installing the app: the whole dance in a real HTTP client, and whatever can go wrong with it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
import pytest
from yarl import URL

import nlp
from bot.adapters.slack_checks import SCOPES
from bot.core.messages import Messages
from tests.bot.core.fakes import HandClock
from tests.bot.slack.oauth import GOOD, Worker, cookies, mention, of, worker
from tests.servers import slack_payloads as payloads
from tests.servers.slack import Mishap, SlackServer

SAID = Messages("ko")


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer() as running:
        yield running


@pytest.fixture
async def bot(server: SlackServer, model: nlp.Analyzer, tmp_path: Path) -> AsyncIterator[Worker]:
    async with worker(server, model, tmp_path) as running:
        yield running


async def begin(bot: Worker, query: str = "") -> tuple[str, dict[str, list[str]]]:
    """The state that somebody is given, and what Slack is asked for."""
    async with bot.browser.get(bot.url + "/slack/install" + query, allow_redirects=False) as response:
        assert response.status == 302
        asked = parse_qs(urlsplit(response.headers["Location"]).query)
        cookie = response.headers["Set-Cookie"]
        assert all(word in cookie for word in ("HttpOnly", "Secure", "Path=/"))
    return asked["state"][0], asked


async def test_two_workspaces_are_answered_each_with_its_own_token_and_name(bot: Worker) -> None:
    for team in ("T1", "T2"):
        status, text = await bot.install(team)
        assert (status, SAID("oauth_done") in text) == (200, True)
        assert f"team={team}" in text
    for number, team in enumerate(("T1", "T2", "T1"), 1):
        assert await bot.send(mention(team, number)) == 200
    tokens = [bot.server.oauth.token(team) for team in ("T1", "T2", "T1")]
    assert [post.token for post in bot.server.posts] == tokens
    assert len(set(tokens)) == 2
    verdicts = [(row["workspace"], row["band"]) async for row in bot.store.records()]
    assert sorted(verdicts) == [("T1", "positive"), ("T1", "positive"), ("T2", "positive")]


async def test_files_and_why_are_each_workspaces_own(bot: Worker) -> None:
    for number, team in enumerate(("T1", "T2"), 1):
        await bot.install(team)
        token, url = bot.server.oauth.token(team), bot.server.response_url("D1", "U1")
        file = bot.server.file(f"F{number}", "리뷰.csv", f"리뷰\n{GOOD}\n".encode())
        at = payloads.ts(number)
        await bot.send(of(team, payloads.message("", at, channel="D1", subtype="file_share", files=[file])))
        assert (f"/files/F{number}", f"Bearer {token}") in bot.server.shown
        assert len(bot.server.uploads) == number
        bot.server.threads[at], before = GOOD, len(bot.server.calls)
        await bot.send(of(team, payloads.why(at, url, channel="D1")), form=True)
        assert ("conversations.replies", token) in [(name, asked["token"]) for name, asked in bot.server.calls[before:]]
        assert SAID("label_positive") in bot.server.posts[-1].text
    assert bot.core.counters.get("whys", outcome="replied") == 2


async def test_a_mention_is_one_under_the_name_that_the_bot_has_there(bot: Worker) -> None:
    await bot.install("T1")
    await bot.install("T2")
    await bot.send(mention("T2", 1, "help"))
    foreign = mention("T2", 2, "help")
    foreign["event"]["text"] = "<@UBOTT1> help"
    await bot.send(foreign)
    assert [post.text for post in bot.server.posts] == [SAID("admin_help"), SAID("answer_not_korean")]


async def test_exactly_the_scopes_of_the_manifest_are_asked_for(bot: Worker) -> None:
    for query in ("", "?team=T9", "?" + "team=" + quote("T1&scope=admin&user_scope=admin&redirect_uri=http://evil")):
        _, asked = await begin(bot, query)
        assert set(asked["scope"][0].split(",")) == SCOPES
        assert not {"user_scope", "redirect_uri"} & set(asked)
        assert asked.get("team", []) == (["T9"] if query == "?team=T9" else [])


async def test_an_own_address_to_return_to_is_said_both_times(
    server: SlackServer, model: nlp.Analyzer, tmp_path: Path
) -> None:
    async with worker(server, model, tmp_path, redirect_uri="http://127.0.0.1:1/slack/oauth_redirect") as bot:
        async with bot.browser.get(bot.url + "/slack/install", allow_redirects=False) as response:
            to_slack = response.headers["Location"]
        async with bot.browser.get(to_slack, allow_redirects=False) as response:
            back = URL(response.headers["Location"])
        assert str(back.with_query(None)) == "http://127.0.0.1:1/slack/oauth_redirect"
        assert (await bot.get("/slack/oauth_redirect", params=back.query))[0] == 200


async def test_who_denies_it_has_changed_nothing(bot: Worker) -> None:
    status, text = await bot.install(None)
    assert (status, SAID("oauth_denied") in text) == (200, True)
    assert await bot.store.installed() == []


async def test_a_state_that_is_wrong_old_or_used_is_refused(
    server: SlackServer, model: nlp.Analyzer, tmp_path: Path
) -> None:
    clock = HandClock()
    async with worker(server, model, tmp_path, clock=clock) as bot:
        calls = len(server.calls)

        async def come_back(state: str, browser: aiohttp.ClientSession | None = None) -> int:
            status, text = await bot.get("/slack/oauth_redirect", browser, params={"code": "c", "state": state})
            assert SAID("oauth_stale") in text
            return status

        state, _ = await begin(bot)
        assert await come_back("made up") == 400
        async with aiohttp.ClientSession(cookie_jar=cookies(bot.url)) as other:
            assert await come_back(state, other) == 400, "the state of one browser in another"
        forged = {"Cookie": "slack-app-oauth-state=forged"}
        async with aiohttp.ClientSession(headers=forged, cookie_jar=aiohttp.DummyCookieJar()) as other:
            assert await come_back("forged", other) == 401, "nobody issued it"
        late, _ = await begin(bot)
        clock.pass_by(601)
        assert await come_back(late) == 401
        assert await bot.get("/slack/oauth_redirect") == await bot.get("/slack/oauth_redirect", params={"code": "c"})
        assert len(server.calls) == calls, "Slack was never asked for a token"

        held, _ = await begin(bot)
        cookie = {"Cookie": f"slack-app-oauth-state={held}"}
        async with aiohttp.ClientSession(headers=cookie, cookie_jar=aiohttp.DummyCookieJar()) as same:
            query = {"code": "c", "state": held}
            first, _ = await bot.get("/slack/oauth_redirect", same, params=query)
            assert await come_back(held, same) == 401, "the same address once more"
        assert first == 401
        assert [name for name, _ in server.calls[calls:]] == ["oauth.v2.access"]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "organisation": (
        {"is_enterprise_install": True, "team": None, "enterprise": {"id": "E1", "name": "큰 회사"}},
        "oauth_organisation",
    ),
    "rotation": ({"refresh_token": "xoxe-1-canary", "expires_in": 43200}, "oauth_rotation"),
    "scopes": ({"scope": "chat:write"}, "oauth_scopes"),
    "no bot": ({"bot_user_id": None}, "oauth_failed"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_answered_for_is_undone(bot: Worker, case: str) -> None:
    bot.server.oauth.more, sentence = REFUSED[case]
    status, text = await bot.install("T2")
    assert status == (500 if sentence == "oauth_failed" else 403)
    assert SAID(sentence) in text
    assert await bot.store.installed() == []
    assert bot.server.oauth.tenants[bot.server.oauth.token("T2")].dead, "Slack keeps no token for it either"


async def test_a_workspace_of_an_organisation_is_as_any_other(bot: Worker) -> None:
    bot.server.oauth.more = {"enterprise": {"id": "E1", "name": "큰 회사"}}
    assert (await bot.install("T2"))[0] == 200
    await bot.send(mention("T2"))
    assert [post.token for post in bot.server.posts] == [bot.server.oauth.token("T2")]


@pytest.mark.parametrize("kind", ["error", "broken", "dropped"])
async def test_slack_fails_at_the_last_moment(bot: Worker, kind: Any, caplog: pytest.LogCaptureFixture) -> None:
    for method in ("oauth.v2.access", "auth.test"):
        bot.server.mishaps[method].append(Mishap(kind, "fatal_error"))
        status, text = await bot.install("T2")
        assert status in (401, 500, 503)
        assert SAID("oauth_failed") in text
        assert await bot.store.installed() == []
    assert "Traceback" not in caplog.text
    assert (await bot.install("T2"))[0] == 200


async def test_a_database_that_fails_is_a_page_and_undone(bot: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*arguments: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr(bot.installations, "save", fail)
    status, text = await bot.install("T2")
    assert (status, SAID("oauth_failed") in text) == (500, True)
    assert bot.server.oauth.tenants[bot.server.oauth.token("T2")].dead
    monkeypatch.setattr(bot.installations, "issue_state", fail)
    assert (await bot.install("T2"))[0] == 503


async def test_who_begins_again_and_again_is_told_to_wait(bot: Worker) -> None:
    options = {"allow_redirects": False}
    statuses = [(await bot.get("/slack/install", **options))[0] for _ in range(125)]
    assert statuses == [302] * 120 + [429] * 5


async def test_no_hostile_request_of_a_browser_is_more_than_a_page(
    bot: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    pick = random.Random(6)
    names = ("error", "state", "code", "team", "scope", "<script>", "가")
    parts = (
        "<script>alert(1)</script>",
        "%0d%0aX:%20y",
        "%00",
        "%ff%fe",
        "a" * 1500,
        "access_denied",
        "%ED%A0%80",
        "=&;",
    )
    with caplog.at_level(logging.DEBUG):
        for _ in range(300):
            query = "&".join(f"{quote(pick.choice(names))}={pick.choice(parts)}" for _ in range(pick.randint(0, 4)))
            path = pick.choice(("/slack/install", "/slack/oauth_redirect"))
            cookie = {"Cookie": f"slack-app-oauth-state={pick.choice(parts)}"}
            target = URL(f"{bot.url}{path}?{query}", encoded=True)
            async with bot.browser.get(target, headers=cookie, allow_redirects=False) as response:
                text = await response.text()
            assert response.status in (200, 302, 400, 401, 429), query
            assert "<script" not in text
            assert "X" not in response.headers
    assert "Traceback" not in caplog.text


async def test_no_token_is_in_a_log_a_page_or_the_file(
    bot: Worker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        pages = [(await bot.install(team))[1] for team in ("T1", "T2")]
        await bot.send(mention("T1"))
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for team in ("T1", "T2"):
        token = bot.server.oauth.token(team)
        assert token not in ours + "".join(pages)
        assert token.encode() not in raw
    assert b"canary" not in raw
    assert "회사".encode() not in raw, "nor the name of a company"
    assert b"UADMIN" not in raw, "nor who installed it"


async def test_worker_two_answers_for_what_worker_one_installed(
    server: SlackServer, model: nlp.Analyzer, tmp_path: Path, postgres: str
) -> None:
    async with (
        worker(server, model, tmp_path, url=postgres) as one,
        worker(server, model, tmp_path, url=postgres) as two,
    ):
        async with aiohttp.ClientSession(cookie_jar=cookies(one.url, two.url)) as browser:
            # Begun at one, ended at the other, as behind a load balancer; cookies know no ports.
            server.oauth.team = "T2"
            assert (await one.get("/slack/install", browser))[0] == 200
        event = mention("T2")
        assert await asyncio.gather(one.send(event), two.send(event), two.send(event)) == [200] * 3
        assert [post.token for post in server.posts] == [server.oauth.token("T2")]
        await two.send(mention("T2", 2))
        assert len(server.posts) == 2
