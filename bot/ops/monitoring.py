"""What a load balancer and a monitoring system ask for: ``/healthz`` and ``/metrics``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from aiohttp import web

from bot.core.events import Place
from bot.core.service import Core
from bot.ops.hearing import Hears, is_well
from bot.ops.metrics import CONTENT_TYPE, as_text, registry_of
from bot.ops.running import LoopLag

HEALTH_PATH, METRICS_PATH = "/healthz", "/metrics"
STORE_SECONDS, MODEL_SECONDS = 5.0, 60.0
"""How long the store may take to answer, and the model for one batch."""


async def health(
    core: Core, model_seconds: float = MODEL_SECONDS, heard: Mapping[str, Hears] | None = None
) -> dict[str, object]:
    """What works: ``{"status": "ok", "store": true, "model": true, "slack": true, "model_id": "..."}``.

    Args:
        core: the bot.
        model_seconds: how long the model may take for one batch.
        heard: platforms that should be heard, by name.
    """
    found = {"store": await _store_answers(core), "model": core.inference.busy <= model_seconds}
    found.update({name: is_well(service) for name, service in (heard or {}).items()})
    return {"status": "ok" if all(found.values()) else "unwell", **found, "model_id": core.inference.model_id}


async def _store_answers(core: Core) -> bool:
    try:
        await asyncio.wait_for(core.store.settings(Place("", "", "")), STORE_SECONDS)
    except Exception:  # whatever it is, it is not well
        return False
    return True


def monitoring_routes(
    core: Core, lag: LoopLag, *, metrics: bool = True, heard: Mapping[str, Hears] | None = None
) -> list[web.RouteDef]:
    """What answers them.

    Args:
        core: the bot.
        lag: of its event loop.
        metrics: whether there are metrics, or health only.
        heard: platforms that should be heard, by name; looked at anew each time.
    """
    registry = registry_of(core, lag, heard)

    async def tell_health(request: web.Request) -> web.Response:
        found = await health(core, heard=heard)
        status = 200 if found["status"] == "ok" else 503
        return web.json_response(found, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))

    async def tell_metrics(request: web.Request) -> web.Response:
        return web.Response(body=as_text(registry), headers={"Content-Type": CONTENT_TYPE})

    routes = [web.get(HEALTH_PATH, tell_health)]
    return [*routes, web.get(METRICS_PATH, tell_metrics)] if metrics else routes
