"""The socket: reconnects, deafness, hostile frames, and acknowledgements whatever the model does."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

import nlp
from bot.adapters import slack_events as events
from bot.adapters.slack_service import SlackConfig, SlackService, check
from bot.adapters.slack_socket import Socket
from bot.core.errors import UserError
from bot.ops.hearing import Hears
from bot.ops.monitoring import health
from tests.bot.core.fakes import SlowModel, make_core
from tests.contract.slack_platform import SlackHarness, slack
from tests.servers import slack_payloads as payloads
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, Mishap, SlackServer
from tests.servers.slack_oauth import Tenant

GOOD = "배송도 빠르고 품질도 정말 좋아요"


async def test_events_are_acknowledged_while_the_model_stands_still(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    core = make_core(slow, patience=60, person=1000)
    async with slack(core) as bot:
        acks = [
            bot.server.send_only("events_api", payloads.mention(GOOD, payloads.ts(n), user=f"U{n}")) for n in range(50)
        ]
        # Slack waits for three seconds. How long they are here would be a matter of the machine; that they end at all
        # while the model has given no verdict says that none of them waits for it.
        await asyncio.wait_for(asyncio.gather(*acks), 60)
        assert bot.server.posts == []
        await asyncio.to_thread(slow.began.wait, 60)
        slow.go_on.set()
        while core.in_flight:
            await asyncio.wait(set(core._running))
            await asyncio.sleep(0)
        assert len(bot.server.posts) == 50


async def test_a_refreshed_connection_loses_and_doubles_nothing(bot: SlackHarness) -> None:
    for number in range(3):
        payload = payloads.mention(GOOD, payloads.ts(number))
        await bot.deliver("events_api", payload)
        await bot.server.disconnect()
        await asyncio.wait_for(bot.server.connected.wait(), 90)
        await bot.deliver("events_api", payload, retry_attempt=1)
    assert len(bot.server.posts) == 3
    assert bot.server.connections == 4


@pytest.mark.parametrize("sdk_watches", [True, False])
async def test_a_deaf_socket_is_opened_again(model: nlp.Analyzer, sdk_watches: bool) -> None:
    """Also when the SDK's own watch over it has died, which was seen to happen."""
    core = make_core(model)
    async with SlackServer() as server:
        server.deaf = True
        service = SlackService(core, SlackConfig(BOT_TOKEN, APP_TOKEN, None, server.base_url, ping=0.2))
        await service.open()
        await server.connected.wait()
        assert isinstance(service.front, Socket)
        if not sdk_watches and service.front._client.current_session_monitor is not None:
            service.front._client.current_session_monitor.cancel()
        server.connected.clear()
        server.deaf = False
        await asyncio.wait_for(server.connected.wait(), 90)
        harness = SlackHarness(core, server)
        await harness.deliver("events_api", payloads.mention(GOOD, payloads.ts(1)))
        assert len(server.posts) == 1
        await service.stop_listening()
        await core.close()
        await service.close()


async def test_health_knows_a_platform_that_is_not_heard(model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with SlackServer() as server:
        service = SlackService(core, SlackConfig(BOT_TOKEN, APP_TOKEN, None, server.base_url, ping=0.1))
        assert service.silence is None, "before it listens there is nothing to hear"
        await service.open()
        await server.connected.wait()
        assert isinstance(service, Hears)
        heard = {"slack": service}
        while not (await health(core, heard=heard))["slack"]:  # a busy machine is silent for longer than its pings
            await asyncio.sleep(0.02)
        server.connected.clear()
        server.deaf = True
        server.mishaps["apps.connections.open"].extend([Mishap("error", "internal_error")] * 10_000)
        await server.drop()
        while (await health(core, heard=heard))["slack"]:
            await asyncio.sleep(0.02)
        assert (await health(core, heard=heard))["status"] == "unwell"
        assert core.counters.get("socket_reopened") >= 1, "it was tried to mend, and that is no word from Slack"
        server.deaf = False
        server.mishaps["apps.connections.open"].clear()
        await asyncio.wait_for(server.connected.wait(), 90)
        while not (await health(core, heard=heard))["slack"]:
            await asyncio.sleep(0.02)
        await service.stop_listening()
        await core.close()
        await service.close()


async def test_hostile_frames_do_not_take_the_connection_down(bot: SlackHarness) -> None:
    for frame in ("", "null", "[]", "{", '{"type": 1}', "x" * 100_000, '{"envelope_id": null, "type": "events_api"}'):
        await bot.server.send_raw(frame)
    await bot.deliver("events_api", payloads.mention(GOOD, payloads.ts(1)))
    assert len(bot.server.posts) == 1
    assert bot.server.connections == 1


def _mutated(value: Any, pick: random.Random) -> Any:
    """The value with one thing changed somewhere in it."""
    junk: tuple[Any, ...] = (None, 0, "", [], {}, True, "\x00", "\ud800", "x" * 10_000, -1.5, [[[]]], {"a": {}})
    if isinstance(value, dict) and value and pick.random() < 0.8:
        key = pick.choice(list(value))
        changed = dict(value)
        if pick.random() < 0.3:
            del changed[key]
        else:
            changed[key] = _mutated(value[key], pick)
        return changed
    return pick.choice(junk)


def _all_payloads() -> list[dict[str, Any]]:
    return [
        payloads.message(GOOD, payloads.ts(1)),
        payloads.message(GOOD, payloads.ts(1), channel="D1"),
        payloads.mention(GOOD, payloads.ts(1), thread_ts=payloads.ts(2)),
        payloads.changed(GOOD, payloads.ts(1), payloads.ts(2)),
        payloads.deleted(payloads.ts(1)),
        payloads.command(GOOD, "http://127.0.0.1:1/"),
        payloads.shortcut(GOOD, "http://127.0.0.1:1/"),
    ]


def test_no_payload_of_any_shape_raises() -> None:
    pick, understood = random.Random(1), 0
    for _ in range(20_000):
        payload = pick.choice(PAYLOADS)
        for _ in range(pick.randint(1, 4)):
            payload = _mutated(payload, pick)
        body = events.mapping(payload)
        for read in (
            lambda b: events.from_message(b, "UBOT"),
            lambda b: events.from_mention(b, "UBOT"),
            events.from_command,
            events.from_shortcut,
            events.parent,
        ):
            understood += read(body) not in (None, "")  # type: ignore[no-untyped-call]
    assert understood > 1000, "not all of them are nonsense"


PAYLOADS = _all_payloads()


async def test_mutated_events_over_the_socket(bot: SlackHarness) -> None:
    pick = random.Random(2)
    await bot.watch()
    for _ in range(150):
        payload = pick.choice(PAYLOADS[:5])
        for _ in range(pick.randint(1, 3)):
            payload = {**payload, "event": _mutated(payload["event"], pick)}
        bot.server.send_only("events_api", json.loads(json.dumps(payload, default=str).replace("\\ud800", "?")))
    await bot.deliver("events_api", payloads.mention(GOOD, payloads.ts(77)))
    assert any(post.thread == payloads.ts(77) for post in bot.server.posts)
    assert bot.server.connections == 1


CASES = {
    "no bot token": ({"bot_token": None}, "slack_setting_missing", "SLACK_BOT_TOKEN"),
    "no app token": ({"app_token": None}, "slack_setting_missing", "SLACK_APP_TOKEN"),
    "swapped": ({"bot_token": APP_TOKEN, "app_token": BOT_TOKEN}, "slack_setting_kind", "SLACK_BOT_TOKEN"),
    "bad bot token": ({"bot_token": "xoxb-bad"}, "slack_setting_refused", "SLACK_BOT_TOKEN"),
    "bad app token": ({"app_token": "xapp-bad"}, "slack_app_refused", "SLACK_APP_TOKEN"),
    "no admin": ({"admin_user_token": BOT_TOKEN}, "slack_setting_kind", "SLACK_ADMIN_USER_TOKEN"),
    "bad admin": ({"admin_user_token": "xoxp-bad"}, "slack_setting_refused", "SLACK_ADMIN_USER_TOKEN"),
    "other admin": ({"admin_user_token": "xoxp-t2"}, "slack_other_workspace", "SLACK_ADMIN_USER_TOKEN"),
    "no secret": ({"http": True}, "slack_setting_missing", "SLACK_SIGNING_SECRET"),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_wrong_setting_is_one_sentence_that_names_it(case: str) -> None:
    changes, sentence, name = CASES[case]
    async with SlackServer() as server:
        server.oauth.tenants["xoxp-t2"] = Tenant("T2", "U2", "B2")
        given: dict[str, Any] = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "signing_secret": None, **changes}
        with pytest.raises(UserError) as caught:
            await check(SlackConfig(base_url=server.base_url, **given))
    assert (caught.value.sentence, caught.value.values["name"]) == (sentence, name)


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize(
    "mishap", [Mishap("broken"), Mishap("error", "internal_error"), Mishap("error", "ratelimited")]
)
async def test_a_bad_day_of_slack_is_not_blamed_on_a_token(method: str, mishap: Mishap) -> None:
    async with SlackServer() as server:
        server.mishaps[method].append(mishap)
        with pytest.raises(UserError) as caught:
            await check(SlackConfig(BOT_TOKEN, APP_TOKEN, None, server.base_url))
    assert (caught.value.sentence, caught.value.values["where"]) == ("slack_unreachable", server.base_url)


async def test_a_missing_scope_is_named() -> None:
    async with SlackServer() as server:
        server.scopes = server.scopes.replace("reactions:write,", "").replace("commands,", "")
        with pytest.raises(UserError) as caught:
            await check(SlackConfig(BOT_TOKEN, APP_TOKEN, None, server.base_url))
    assert caught.value.values == {"names": "commands, reactions:write"}


async def test_no_slack_at_all() -> None:
    async with SlackServer() as server:
        gone = server.base_url
        server.mishaps["auth.test"].append(Mishap("dropped"))
        with pytest.raises(UserError) as caught:
            await check(SlackConfig(BOT_TOKEN, APP_TOKEN, None, gone))
        assert caught.value.sentence == "slack_unreachable"
    with pytest.raises(UserError) as caught:
        await check(SlackConfig(BOT_TOKEN, APP_TOKEN, None, gone))
    assert caught.value.sentence == "slack_unreachable"
