"""How much one process holds: ``python -m tests.scenarios.discord_bench --rate 200 --channels 50 --seconds 60``.

A local Discord tells ``nunchi run discord`` of messages in watched channels at a steady rate, and notes when each is
replied to. Printed: start to ready, time from dispatch to reply, what was lost or doubled, memory, the event loop's
lag. With ``--all`` Slack is connected too, in the same process, so that the memory is that of the whole bot.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.core.events import ChannelSettings, Place
from bot.storage.opening import open_store
from tests.bot.running import start
from tests.scenarios.figures import NO_LIMIT, TEXTS, longest_lag, memory, spread
from tests.servers import discord_payloads as payloads
from tests.servers.discord import DiscordServer, Posted
from tests.servers.slack import SlackServer


class TimedDiscord(DiscordServer):
    """Notes when it is posted to, and how long it made the bot wait at its beginning."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.at: dict[str, float] = {}

    def _post_message(self, parts: list[str], body: Any, *more: Any) -> Any:
        self.at.setdefault(str(body["message_reference"]["message_id"]), time.monotonic())
        return super()._post_message(parts, body, *more)


async def bench(rate: float, seconds: float, channels: int, both: bool) -> None:
    ids = [str(3_000_000_000_000_001_000 + number) for number in range(channels)]
    server, slack = TimedDiscord(), SlackServer()
    server.gateway.guilds[payloads.GUILD] = payloads.guild(channels=[payloads.channel(each) for each in ids])
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(None, Path(folder))
        for each in ids:
            await store.configure(Place("discord", payloads.GUILD, each), ChannelSettings(watch=True, mode="reply"))
        await store.close()
        async with server, slack:
            begin = time.monotonic()
            more = {**NO_LIMIT, **slack.environment}
            process = await start(server, Path(folder), "run", "all" if both else "discord", more=more)
            assert process.stderr is not None
            lines: list[str] = []
            while "듣고 있습니다" not in "".join(lines[-1:]):
                lines.append((await process.stderr.readline()).decode())
                assert lines[-1], "".join(lines)
            print(f"start to ready: {time.monotonic() - begin:.2f} s")
            rest = asyncio.create_task(process.stderr.read())
            before = processor_time(process.pid)
            sent: dict[str, float] = {}
            begin = time.monotonic()
            for number in range(int(rate * seconds)):
                await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
                at = payloads.snowflake()
                person, where = str(number % 5000), ids[number % channels]
                payload = payloads.message(TEXTS[number % 3], at, where=where, person=person)
                sent[at] = time.monotonic()
                await server.gateway.dispatch("MESSAGE_CREATE", payload)
            took = time.monotonic() - begin
            with suppress(TimeoutError):
                await server.until_posted(lambda: len(server.at) >= len(sent), 20)
            megabytes = memory(process.pid)
            cpu = processor_time(process.pid) - before
            process.send_signal(signal.SIGTERM)
            err = await asyncio.wait_for(rest, 60)
            await process.wait()
    report(sent, took, server.at, server.posts, server.reactions)
    print(f"memory {megabytes} MB, longest loop lag {longest_lag(err)} ms")
    print(f"processor time of the bot: {1000 * cpu / len(sent):.1f} ms a message")


def processor_time(process: int) -> float:
    """Seconds that a process has had of a processor."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(
    sent: dict[str, float],
    took: float,
    at: dict[str, float],
    posts: list[Posted],
    reactions: set[tuple[str, str, str]],
) -> None:
    """Print what was seen."""
    times = [at[message] - when for message, when in sent.items() if message in at]
    busy = len({message for _, message, emoji in reactions if emoji == "⏳"})
    doubled = sum(count - 1 for count in Counter(post.to for post in posts).values())
    lost = len(sent) - len(times) - busy
    print(f"{len(sent)} messages in {took:.1f} s = {len(sent) / took:.1f} a second; replied {len(times)}, busy {busy}")
    print(f"lost {lost}, doubled {doubled}")
    print(spread("dispatch to reply", times))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    asyncio.run(bench(given.rate, given.seconds, given.channels, given.all))
