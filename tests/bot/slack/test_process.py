"""``nunchi run slack`` as a process: it starts, answers, drains at SIGTERM, and leaves no text behind."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from bot.core.messages import Messages
from tests.bot.running import start
from tests.servers import slack_payloads as payloads
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SlackServer

CANARY = "카나리아 문장은 어디에도 남지 않아요 정말 좋아요"


async def test_a_process_answers_drains_and_leaves_no_text(tmp_path: Path) -> None:
    async with SlackServer() as server:
        process = await start(server, tmp_path, "run", "slack")
        await asyncio.wait_for(server.connected.wait(), 90)
        # Acknowledged is promised: the bot is told to stop the moment it has acknowledged the last one.
        acks = [
            server.send_only("events_api", payloads.mention(f"{CANARY} {n}", payloads.ts(n), user=f"U{n}"))
            for n in range(40)
        ]
        await asyncio.wait_for(asyncio.gather(*acks), 90)
        process.send_signal(signal.SIGTERM)
        out, err = await asyncio.wait_for(process.communicate(), 90)
        assert process.returncode == 0, err.decode()
        assert len(server.posts) == 40
    written = out + err + b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (tmp_path / "nunchi.db").stat().st_size > 0
    for secret in (CANARY[:6], CANARY[8:], BOT_TOKEN, APP_TOKEN):
        assert secret.encode() not in written
    assert b"Traceback" not in err
    assert b"Task was destroyed" not in err


async def test_doctor_and_run_end_in_a_sentence(tmp_path: Path) -> None:
    async with SlackServer() as server:
        process = await start(server, tmp_path, "doctor", "slack")
        out, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert out.decode().count("SLACK_") == 2
        server.scopes = "chat:write"
        for words in (("doctor", "slack"), ("run", "slack")):
            process = await start(server, tmp_path, *words)
            out, err = await asyncio.wait_for(process.communicate(), 90)
            assert process.returncode == 78
            lines = [line for line in err.decode().splitlines() if not line.startswith("{")]
            assert len(lines) == 1
            assert "app_mentions:read" in lines[0]


async def test_two_processes_on_one_file_answer_once(tmp_path: Path) -> None:
    async with SlackServer() as server:
        first = await start(server, tmp_path, "run", "slack")
        await asyncio.wait_for(server.connected.wait(), 90)
        server.connected.clear()
        second = await start(server, tmp_path, "run", "slack")
        await asyncio.wait_for(server.connected.wait(), 90)
        for number in range(30):
            payload = payloads.mention(f"좋아요 {number}번", payloads.ts(number), user=f"U{number}")
            await asyncio.gather(*(server.send_only("events_api", payload, socket=s) for s in (0, 1, 0, 1)))
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 90) == 0
        assert len(server.posts) == 30


async def test_a_file_leaves_nothing_behind_also_when_the_bot_is_told_to_stop(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    content = ("리뷰\n" + f"{CANARY}\n" * 20_000).encode()
    async with SlackServer() as server:
        process = await start(server, tmp_path, "run", "slack", more={"TMPDIR": str(temporary)})
        await asyncio.wait_for(server.connected.wait(), 90)
        for number, part in enumerate((content[: len(content) // 400], content)):
            file = server.file(f"F{number}", f"{CANARY}.csv", part[: part.rindex(b"\n") + 1])
            more = {"subtype": "file_share", "files": [file], "user": f"U{number}"}
            payload = payloads.message("", payloads.ts(number), channel="D1", **more)
            await server.send("events_api", payload)
            async with asyncio.timeout(90):
                while len(server.posts) <= number or (number == 0 and not server.uploads):
                    await asyncio.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        out, err = await asyncio.wait_for(process.communicate(), 90)
        assert process.returncode == 0, err.decode()
        said = [post.text for post in server.posts]
        assert len(said) == 2
        assert said[1] == Messages()("file_stopped") or "20,000" in said[1]
    assert list(temporary.iterdir()) == []
    written = out + err + b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for secret in (CANARY[:6], CANARY[8:], BOT_TOKEN):
        assert secret.encode() not in written
    assert b"Traceback" not in err
