"""``/healthz`` and ``/metrics``: what they say is so, and nothing of it is a user's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

import nlp
from bot.commands.monitor import Monitor
from bot.core.errors import ExitStatus, UserError
from bot.core.events import Incoming, Place
from bot.core.memory import MemoryStore
from bot.core.service import Core
from bot.ops.hearing import Hears
from bot.ops.metrics import CONTENT_TYPE
from bot.ops.monitoring import health, monitoring_routes
from bot.ops.running import LoopLag
from bot.storage.opening import open_store
from tests.bot.core.fakes import SlowModel, make_core
from tests.contract.stub_platform import PigeonAdapter, PigeonPost

Client = TestClient[web.Request, web.Application]


async def client_of(core: Core, *, metrics: bool = True, heard: Mapping[str, Hears] | None = None) -> Client:
    application = web.Application()
    application.add_routes(monitoring_routes(core, LoopLag(), metrics=metrics, heard=heard))
    client: Client = TestClient(TestServer(application))
    await client.start_server()
    return client


@pytest.fixture
async def core(model: nlp.Analyzer) -> AsyncIterator[Core]:
    made = make_core(model)
    yield made
    await made.close()


@pytest.fixture
async def client(core: Core) -> AsyncIterator[Client]:
    running = await client_of(core)
    yield running
    await running.close()


async def figures(client: Client) -> dict[str, list[Any]]:
    """All samples by name, as Prometheus itself would read them."""
    response = await client.get("/metrics")
    assert (response.status, response.headers["Content-Type"]) == (200, CONTENT_TYPE)
    samples: dict[str, list[Any]] = {}
    for family in text_string_to_metric_families(await response.text()):
        assert family.documentation
        for sample in family.samples:
            samples.setdefault(sample.name, []).append(sample)
    return samples


async def test_a_healthy_bot(client: Client, core: Core) -> None:
    response = await client.get("/healthz")
    assert response.status == 200
    expected = {"status": "ok", "store": True, "model": True, "model_id": core.inference.model_id}
    assert await response.json() == expected


async def test_a_store_that_does_not_answer(model: nlp.Analyzer) -> None:
    class Broken(MemoryStore):
        async def settings(self, place: Place) -> Any:
            raise OSError("secret address")

    core = make_core(model, store=Broken())
    client = await client_of(core)
    response = await client.get("/healthz")
    assert response.status == 503
    assert {**await response.json(), "model_id": ""} == {
        "status": "unwell",
        "store": False,
        "model": True,
        "model_id": "",
    }
    assert "secret" not in await response.text()
    await client.close()
    await core.close()


async def test_a_real_store_that_is_gone(model: nlp.Analyzer, tmp_path: Path) -> None:
    store = await open_store(None, tmp_path)
    core = make_core(model, store=store)
    assert (await health(core))["store"] is True
    async with store._engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE channels")
    assert (await health(core))["status"] == "unwell"
    await core.close()


async def test_a_model_that_stands_still(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    core = make_core(slow)
    judging = asyncio.create_task(core.inference.judge("배송이 빨라요"))
    await asyncio.to_thread(slow.began.wait, 30)
    assert (await health(core, model_seconds=0))["model"] is False
    assert (await health(core))["model"] is True, "it may take its time"
    slow.go_on.set()
    await judging
    assert (await health(core, model_seconds=0))["model"] is True
    await core.close()


@dataclass
class Ear:
    """A platform that was last heard so many seconds ago."""

    silence: float | None
    most_silence: float = 60


async def test_platforms_that_should_be_heard(core: Core) -> None:
    heard = {"slack": Ear(59), "discord": Ear(None)}
    client = await client_of(core, heard=heard)
    response = await client.get("/healthz")
    assert response.status == 200
    assert {name: (await response.json())[name] for name in heard} == {"slack": True, "discord": True}
    silences = (await figures(client))["nunchi_silence_seconds"]
    assert [(sample.labels, sample.value) for sample in silences] == [({"platform": "slack"}, 59)]
    heard["slack"].silence = 61
    response = await client.get("/healthz")
    assert (response.status, (await response.json())["slack"]) == (503, False)
    await client.close()


async def test_what_was_counted_can_be_scraped(client: Client, core: Core) -> None:
    pigeon = PigeonAdapter(core, PigeonPost())
    for number, text in enumerate(("배송이 빨라요", "별로예요", "hello")):
        await core.handle(Incoming(pigeon.place(), f"m{number}", "a", text, "mention"), pigeon)
    core.counters.add("busy", reason='odd "label"\n\\')
    core.counters.add("busy")
    found = await figures(client)
    outcomes = {sample.labels["outcome"]: sample.value for sample in found["nunchi_messages_total"]}
    assert outcomes == {"replied": 2, "not_korean": 1}
    assert {sample.labels["platform"] for sample in found["nunchi_messages_total"]} == {"pigeon"}
    assert {sample.labels["reason"] for sample in found["nunchi_busy_total"]} == {"", 'odd "label"\n\\'}
    assert found["nunchi_model_info"][0].labels == {"model_id": core.inference.model_id}
    assert (found["nunchi_queue_depth"][0].value, found["nunchi_in_flight"][0].value) == (0, 0)
    assert found["nunchi_loop_lag_seconds"][0].value >= 0
    assert "process_resident_memory_bytes" in found
    assert (await figures(client))["nunchi_messages_total"] == found["nunchi_messages_total"]


async def test_the_queue_is_seen_while_it_is_long(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    core = make_core(slow, patience=60)
    client = await client_of(core)
    first = asyncio.create_task(core.inference.judge("첫째"))
    await asyncio.to_thread(slow.began.wait, 30)
    others = [asyncio.create_task(core.inference.judge(f"글 {n}")) for n in range(3)]
    await asyncio.sleep(0)
    found = await figures(client)
    assert found["nunchi_queue_depth"][0].value == 3
    assert found["nunchi_model_busy_seconds"][0].value > 0
    slow.go_on.set()
    await asyncio.gather(first, *others)
    await client.close()
    await core.close()


async def test_nothing_of_a_user_is_in_it(client: Client, core: Core) -> None:
    pigeon = PigeonAdapter(core, PigeonPost())
    for number in range(20):
        place = Place(f"pigeon{number % 2}", "CANARYTEAM", "CANARYCHANNEL")
        await core.handle(Incoming(place, f"CANARYTS{number}", "CANARYUSER", "카나리아 좋아요", "mention"), pigeon)
    told = await (await client.get("/metrics")).text() + await (await client.get("/healthz")).text()
    assert "nunchi_messages_total" in told
    assert "CANARY" not in told
    assert "카나리아" not in told


async def test_metrics_can_be_left_to_a_port_of_their_own(core: Core) -> None:
    client = await client_of(core, metrics=False)
    assert [(await client.get(path)).status for path in ("/healthz", "/metrics")] == [200, 404]
    await client.close()


async def test_a_port_of_its_own_for_this_machine_only(core: Core) -> None:
    monitor = Monitor(core, LoopLag(), 0)
    await monitor.open()
    url = f"http://127.0.0.1:{monitor.server.port}"
    async with aiohttp.ClientSession() as session:
        for path, status in (("/healthz", 200), ("/metrics", 200), ("/slack/events", 404)):
            async with session.get(url + path) as response:
                assert response.status == status
    with pytest.raises(UserError) as caught:
        await Monitor(core, LoopLag(), monitor.server.port).open()
    assert caught.value.status is ExitStatus.CONFIG
    assert caught.value.values["settings"] == "NUNCHI_METRICS_PORT"
    assert [address[0] for address in monitor.server._runner.addresses] == ["127.0.0.1"]
    await monitor.stop_listening()
    await monitor.close()
