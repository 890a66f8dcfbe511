"""Listens on a port for HTTP."""

from __future__ import annotations

import logging

from aiohttp import web

from bot.core.errors import ExitStatus, UserError

log = logging.getLogger(__name__)


class HttpServer:
    """Listens on a port.

    Args:
        application: what answers.
        host: address to listen on.
        port: 0 for any that is free.
        settings: where host and port were chosen, to say which to mend.
    """

    def __init__(
        self, application: web.Application, host: str, port: int, settings: str = "NUNCHI_HTTP_HOST, NUNCHI_HTTP_PORT"
    ) -> None:
        self._host, self._port, self._settings = host, port, settings
        # Nobody we listen to compresses: what claims to be is not unpacked before anybody knows who sent it.
        self._runner = web.AppRunner(
            application, access_log=None, handle_signals=False, shutdown_timeout=3, auto_decompress=False
        )

    async def open(self) -> None:
        """Listen.

        Raises:
            UserError: if the port cannot be had.
        """
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            reason = error.strerror or type(error).__name__
            values = {"host": self._host, "port": self._port, "reason": reason, "settings": self._settings}
            raise UserError(ExitStatus.CONFIG, "http_port", **values) from None
        log.info(f"listening on {self._host}:{self.port}", extra={"event": "listening"})

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening; requests that are being answered are."""
        await self._runner.cleanup()
