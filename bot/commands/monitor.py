"""Health and metrics on a port of their own, for this machine only."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.adapters.http_server import HttpServer
from bot.core.service import Core
from bot.ops.hearing import Hears
from bot.ops.monitoring import monitoring_routes
from bot.ops.running import LoopLag


class Monitor:
    """Runs beside the platforms, and is opened and closed as they are.

    Args:
        core: the bot.
        lag: of its event loop.
        port: 0 for any that is free.
        heard: platforms that should be heard, by name.
    """

    def __init__(self, core: Core, lag: LoopLag, port: int, heard: Mapping[str, Hears] | None = None) -> None:
        application = web.Application()
        application.add_routes(monitoring_routes(core, lag, heard=heard))
        self.server = HttpServer(application, "127.0.0.1", port, "NUNCHI_METRICS_PORT")

    async def open(self) -> None:
        """Listen.

        Raises:
            UserError: if the port cannot be had.
        """
        await self.server.open()

    async def stop_listening(self) -> None:
        """Whoever asks now is to see that the bot stops."""
        await self.server.close()

    async def close(self) -> None:
        """There is nothing left to let go of."""
