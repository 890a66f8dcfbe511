"""How much one process holds: ``python -m tests.scenarios.slack_bench --rate 50 --seconds 60``.

A local Slack sends mentions at a steady rate to ``nunchi run slack`` over Socket Mode, and notes when each answer is
posted. Printed: answers a second, time from event to post, time to the acknowledgement, memory, event loop's lag.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bot.running import start
from tests.scenarios.figures import NO_LIMIT, TEXTS, longest_lag, memory, spread
from tests.servers import slack_payloads as payloads
from tests.servers.slack import SlackServer


class TimedSlack(SlackServer):
    """Notes when it is posted to."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.at: dict[str, float] = {}

    def _post(self, arguments: dict[str, Any], raw: str, only_for: str | None = None) -> dict[str, Any]:
        self.at.setdefault(arguments.get("thread_ts", ""), time.monotonic())
        return super()._post(arguments, raw, only_for)


async def bench(rate: float, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with TimedSlack() as server:
            begin = time.monotonic()
            process = await start(server, Path(folder), "run", "slack", more=NO_LIMIT)
            await asyncio.wait_for(server.connected.wait(), 60)
            print(f"start to connected: {time.monotonic() - begin:.2f} s")
            sent: dict[str, float] = {}
            acked: list[float] = []
            begin = time.monotonic()
            for number in range(int(rate * seconds)):
                await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
                ts, now = payloads.ts(number), time.monotonic()
                sent[ts] = now
                payload = payloads.mention(TEXTS[number % 3], ts, user=f"U{number % 500}")
                ack = server.send_only("events_api", payload)
                ack.add_done_callback(lambda _, now=now: acked.append(time.monotonic() - now))  # type: ignore[misc]
            took = time.monotonic() - begin
            await asyncio.wait([ack], timeout=10)  # of the last: before that nothing is promised
            megabytes = memory(process.pid)
            process.send_signal(signal.SIGTERM)
            _, err = await asyncio.wait_for(process.communicate(), 60)
    times = [server.at[ts] - at for ts, at in sent.items() if ts in server.at]
    busy = sum("잠시 후" in post.text for post in server.posts)
    print(f"{len(sent)} events in {took:.1f} s = {len(sent) / took:.1f} a second; answered {len(times)}, busy {busy}")
    print(spread("event to post", times))
    print(spread("event to ack", acked))
    print(f"memory {megabytes} MB, longest loop lag {longest_lag(err)} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    asyncio.run(bench(given.rate, given.seconds))
