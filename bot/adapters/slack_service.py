"""The Slack bot as a whole: checked, opened, closed."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from bot.adapters.slack_adapter import SlackAdapter
from bot.adapters.slack_checks import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Identity, check_app, check_bot, check_shape
from bot.adapters.slack_http import HttpServer, make_web_app
from bot.adapters.slack_platform import make_client
from bot.adapters.slack_socket import PING_SECONDS, Socket
from bot.core.service import Core


@dataclass(frozen=True, slots=True, repr=False)
class SlackConfig:
    """What the Slack bot is given.

    Attributes:
        bot_token: ``xoxb-...``
        app_token: ``xapp-...``, for Socket Mode.
        signing_secret: for HTTP.
        base_url: of the Web API, with a slash at its end.
        http: whether Slack calls the bot, rather than the bot Slack.
        host: address to listen on with HTTP.
        port: the same.
        ping: seconds between two pings of Socket Mode.
    """

    bot_token: str | None
    app_token: str | None
    signing_secret: str | None
    base_url: str
    http: bool = False
    host: str = "127.0.0.1"
    port: int = 3000
    ping: float = PING_SECONDS


async def check(config: SlackConfig) -> Identity:
    """Check the configuration without starting anything.

    Raises:
        UserError: what is to be mended first.
    """
    bot_token = check_shape(BOT_TOKEN, config.bot_token)
    app_token = None if config.http else check_shape(APP_TOKEN, config.app_token)
    if config.http:
        check_shape(SIGNING_SECRET, config.signing_secret)
    async with aiohttp.ClientSession() as session:
        client = make_client(bot_token, config.base_url, session)
        identity = await check_bot(client)
        if app_token is not None:
            await check_app(client, app_token)
    return identity


class SlackService:
    """Runs the Slack bot.

    Args:
        core: what answers.
        config: see there.
    """

    def __init__(self, core: Core, config: SlackConfig) -> None:
        self._core, self._config = core, config
        self._session: aiohttp.ClientSession | None = None
        self.front: Socket | HttpServer | None = None

    async def open(self) -> None:
        """Check, connect and listen.

        Raises:
            UserError: if the configuration is wrong or Slack cannot be reached.
        """
        config = self._config
        identity = await check(config)
        self._session = aiohttp.ClientSession()
        client = make_client(config.bot_token, config.base_url, self._session)
        app = SlackAdapter(self._core, client, identity.user).app()
        if config.http:
            application = make_web_app(app, config.signing_secret or "", self._core.counters)
            self.front = HttpServer(application, config.host, config.port)
        else:
            self.front = Socket(app, config.app_token or "", self._core.counters, ping=config.ping)
        await self.front.open()

    async def stop_listening(self) -> None:
        """Take nothing more in. What is on its way can still be answered."""
        if self.front is not None:
            await self.front.close()

    async def close(self) -> None:
        """Let go of Slack, after the core has finished."""
        if self._session is not None:
            await self._session.close()
