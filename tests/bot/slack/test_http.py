"""HTTP mode: signatures come first, and nothing hostile is more than 401."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import random
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import aiohttp.web
import pytest

import nlp
from bot.adapters.http_server import HttpServer
from bot.adapters.slack_http import PATH, is_signed
from bot.adapters.slack_service import SlackConfig, SlackService
from bot.core.errors import UserError
from bot.ops.logs import JsonLines
from tests.bot.core.fakes import make_core
from tests.contract.slack_platform import SlackHarness
from tests.servers import slack_payloads as payloads
from tests.servers.slack import BOT_TOKEN, SlackServer

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
GOOD = "배송도 빠르고 품질도 정말 좋아요"

# The example of Slack's documentation.
DOC_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
    b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
    b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
    b"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
DOC_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
DOC_TIME = 1531420618


def sign(body: bytes, at: float, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def test_the_example_of_the_documentation() -> None:
    assert is_signed(SECRET, str(DOC_TIME), DOC_SIGNATURE, DOC_BODY, DOC_TIME)
    assert not is_signed(SECRET, str(DOC_TIME), DOC_SIGNATURE, DOC_BODY + b"&", DOC_TIME)
    assert not is_signed("", str(DOC_TIME), DOC_SIGNATURE, DOC_BODY, DOC_TIME)


@pytest.mark.parametrize(("age", "good"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_a_signature_is_good_for_five_minutes(age: int, good: bool) -> None:
    assert is_signed(SECRET, str(DOC_TIME), DOC_SIGNATURE, DOC_BODY, DOC_TIME + age) is good


def hostile(pick: random.Random) -> tuple[str | None, str | None, bytes]:
    """A timestamp, a signature and a body, each of which may be nearly right."""
    characters = "0123456789abcdefv=-+ ._٣\x00é\ud800"
    junk = "".join(pick.choices(characters, k=pick.randint(0, 70)))
    stamp = pick.choice(
        [str(DOC_TIME), str(DOC_TIME)[::-1], f" {DOC_TIME}", f"+{DOC_TIME}", "٣" * 10, "9" * 400, junk, None]
    )
    signature = pick.choice(
        [DOC_SIGNATURE, DOC_SIGNATURE.upper(), DOC_SIGNATURE[:-1], DOC_SIGNATURE + "\n", junk, None]
    )
    if signature == DOC_SIGNATURE and pick.random() < 0.9:
        place = pick.randrange(3, 67)
        signature = signature[:place] + pick.choice("0123456789abcdef٣") + signature[place + 1 :]
    body = bytes(pick.choices(range(256), k=pick.randint(0, 50)))
    return stamp, signature, body


def test_ten_thousand_hostile_requests_are_just_wrong() -> None:
    pick = random.Random(3)
    assert not any(is_signed(SECRET, *hostile(pick), DOC_TIME) for _ in range(10_000))


@pytest.mark.fuzz
def test_a_million_hostile_requests_are_just_wrong() -> None:
    pick = random.Random(4)
    assert not any(is_signed(SECRET, *hostile(pick), DOC_TIME) for _ in range(1_000_000))


class HttpBot:
    """The bot with its port, and Slack on both sides of it."""

    def __init__(self, harness: SlackHarness, session: aiohttp.ClientSession, url: str) -> None:
        self.harness, self._session, self.url = harness, session, url

    async def post(self, body: bytes, headers: dict[str, str], kind: str = "application/json") -> int:
        before = set(self.harness._core._running)
        async with self._session.post(self.url, data=body, headers={"Content-Type": kind, **headers}) as response:
            await response.read()
        while mine := self.harness._core._running - before:
            await asyncio.wait(mine)
            await asyncio.sleep(0)
        return response.status

    async def send(self, payload: dict[str, Any]) -> int:
        body = json.dumps(payload).encode()
        return await self.post(body, sign(body, time.time()))


@pytest.fixture
async def http(model: nlp.Analyzer) -> AsyncIterator[HttpBot]:
    core = make_core(model)
    async with SlackServer() as server, aiohttp.ClientSession() as session:
        config = SlackConfig(BOT_TOKEN, None, SECRET, server.base_url, http=True, port=0)
        service = SlackService(core, config)
        await service.open()
        assert isinstance(service.front, HttpServer)
        yield HttpBot(SlackHarness(core, server), session, f"http://127.0.0.1:{service.front.port}{PATH}")
        await service.stop_listening()
        await core.close()
        await service.close()


async def test_signed_events_commands_and_buttons_are_answered(http: HttpBot) -> None:
    server = http.harness.server
    assert await http.send(payloads.mention(GOOD, payloads.ts(1))) == 200
    form = urlencode(payloads.command(GOOD, server.response_url("C1", "U1"))).encode()
    assert await http.post(form, sign(form, time.time()), "application/x-www-form-urlencoded") == 200
    shortcut = urlencode({"payload": json.dumps(payloads.shortcut(GOOD, server.response_url("C1", "U2")))}).encode()
    assert await http.post(shortcut, sign(shortcut, time.time()), "application/x-www-form-urlencoded") == 200
    assert [post.only_for for post in server.posts] == [None, "U1", "U2"]


async def test_slacks_first_question_is_answered(http: HttpBot) -> None:
    assert await http.send({"type": "url_verification", "challenge": "c", "token": "t"}) == 200


async def test_a_replayed_request_is_answered_once(http: HttpBot) -> None:
    payload = payloads.mention(GOOD, payloads.ts(1))
    assert [await http.send(payload) for _ in range(4)] == [200] * 4
    assert len(http.harness.server.posts) == 1


@pytest.mark.timeout(900)
@pytest.mark.parametrize("requests", [300, pytest.param(10_000, marks=pytest.mark.fuzz)])
async def test_what_is_not_signed_is_401_and_in_no_log(
    http: HttpBot, caplog: pytest.LogCaptureFixture, requests: int
) -> None:
    pick = random.Random(5)
    body = json.dumps(payloads.mention("카나리아 문장입니다", payloads.ts(1)), ensure_ascii=False).encode()
    with caplog.at_level(logging.DEBUG):
        statuses = set()
        for _ in range(requests):
            stamp, signature, junk = hostile(pick)
            headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
            sendable = {
                name: value.encode("utf-8", "ignore").decode().replace("\x00", "").replace("\n", "")
                for name, value in headers.items()
                if value is not None
            }
            statuses.add(await http.post(pick.choice([body, junk]), sendable))
        statuses.add(await http.post(body, sign(body, time.time() - 400)))
        statuses.add(await http.post(body, sign(body, time.time(), "another secret")))
    assert statuses == {401}
    assert "카나리아" not in caplog.text
    assert "Traceback" not in caplog.text
    assert http.harness._core.counters.get("unsigned") == requests + 2


CANARY = "카나리아".encode()
BROKEN = {
    "not what it says it is": (b"Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + CANARY, 401),
    "too long": (b"Content-Length: 2000000\r\n\r\n" + CANARY.ljust(2_000_000), 401),
    "no letters": (b"X-Slack-Signature: \xff" + CANARY + b"\r\nContent-Length: 12\r\n\r\n" + CANARY, 401),
    "signed twice": (b"X-Slack-Signature: a\r\nX-Slack-Signature: b\r\nContent-Length: 0\r\n\r\n", 401),
    "no such kind": (b"Content-Type: \xff;;;==\r\nContent-Length: 12\r\n\r\n" + CANARY, 401),
    "not HTTP": (b"X-Slack-Signature: \x00" + CANARY + b"\r\nContent-Length: 0\r\n\r\n", 400),
    "no such chunk": (b"Transfer-Encoding: chunked\r\n\r\nzz" + CANARY + b"\r\n", 400),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_what_no_client_would_send_is_refused_and_in_no_log(
    http: HttpBot, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    rest, status = BROKEN[case]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(http.url.split(":")[2].split("/")[0]))
    with caplog.at_level(logging.DEBUG):
        writer.write(f"POST {PATH} HTTP/1.1\r\nHost: nunchi\r\n".encode() + rest)
        answer = await asyncio.wait_for(reader.readline(), 90)
    writer.close()
    assert int(answer.split()[1]) == status
    logged = "".join(map(JsonLines().format, caplog.records))
    assert "카나리아" not in logged
    assert "\\xec" not in logged
    assert "Traceback" not in logged
    if status == 401:
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    body = json.dumps(payloads.mention(GOOD, payloads.ts(9))).encode()
    assert await http.post(body, sign(body, time.time())) == 200, "and the next one is answered"


async def test_a_signed_body_that_is_no_text_is_refused(http: HttpBot) -> None:
    body = b"\xff\xfe\x00"
    assert await http.post(body, sign(body, time.time())) == 400


async def test_a_port_that_is_taken_is_one_sentence(http: HttpBot) -> None:
    port = int(http.url.split(":")[2].split("/")[0])
    server = HttpServer(aiohttp.web.Application(), "127.0.0.1", port)
    with pytest.raises(UserError) as caught:
        await server.open()
    assert (caught.value.sentence, caught.value.values["port"]) == ("http_port", port)
