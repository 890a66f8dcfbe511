"""The Slack bot as a whole: checked, opened, closed."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.adapters.http_server import HttpServer
from bot.adapters.slack_adapter import SlackAdapter
from bot.adapters.slack_checks import (
    ADMIN_TOKEN,
    APP_TOKEN,
    BOT_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_SECRET,
    Identity,
    check_admin,
    check_app,
    check_bot,
    check_credentials,
    check_shape,
)
from bot.adapters.slack_events import PLATFORM
from bot.adapters.slack_http import make_web_app
from bot.adapters.slack_oauth import make_flow, oauth_routes
from bot.adapters.slack_platform import make_client
from bot.adapters.slack_socket import PING_SECONDS, Socket
from bot.adapters.slack_workspaces import WorkspacePlatforms, Workspaces
from bot.core.errors import ExitStatus, UserError
from bot.core.installations import Installations
from bot.core.service import Core

_SWEEP_SECONDS = 3_600.0

log = logging.getLogger(__name__)


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
        client_id: of the app, if many workspaces may install it; with HTTP only.
        client_secret: the same.
        redirect_uri: where Slack sends people back to after installing; that of the app's settings if None.
        admin_user_token: ``xoxp-...`` of an admin, by which messages of others are deleted; of one workspace only.
    """

    bot_token: str | None
    app_token: str | None
    signing_secret: str | None
    base_url: str
    http: bool = False
    host: str = "127.0.0.1"
    port: int = 3000
    ping: float = PING_SECONDS
    client_id: str | None = None
    client_secret: str | None = None
    redirect_uri: str | None = None
    admin_user_token: str | None = None

    @property
    def oauth(self) -> bool:
        """Whether workspaces install the app by themselves, each with a token of its own."""
        return self.http and bool(self.client_id or self.client_secret)


async def check(config: SlackConfig) -> Identity | None:
    """Check the configuration without starting anything.

    Returns:
        Who the bot is; None if it is somebody else in each workspace.

    Raises:
        UserError: what is to be mended first.
    """
    if config.http:
        check_shape(SIGNING_SECRET, config.signing_secret)
    async with aiohttp.ClientSession() as session:
        if config.oauth:
            client_id, secret = (
                check_shape(CLIENT_ID, config.client_id),
                check_shape(CLIENT_SECRET, config.client_secret),
            )
            if config.bot_token:
                raise UserError(ExitStatus.CONFIG, "slack_two_ways", name=BOT_TOKEN, other=CLIENT_ID)
            await check_credentials(make_client(None, config.base_url, session), client_id, secret)
            return None
        bot_token = check_shape(BOT_TOKEN, config.bot_token)
        app_token = None if config.http else check_shape(APP_TOKEN, config.app_token)
        client = make_client(bot_token, config.base_url, session)
        identity = await check_bot(client)
        if app_token is not None:
            await check_app(client, app_token)
        if config.admin_user_token:
            token = check_shape(ADMIN_TOKEN, config.admin_user_token)
            await check_admin(make_client(token, config.base_url, session), identity.workspace)
    return identity


class SlackService:
    """Runs the Slack bot.

    Args:
        core: what answers.
        config: see there.
        installations: of workspaces; needed if they install the app by themselves.
        routes: more that the HTTP server answers.
    """

    def __init__(
        self,
        core: Core,
        config: SlackConfig,
        installations: Installations | None = None,
        routes: Sequence[web.RouteDef] = (),
    ) -> None:
        self._core, self._config, self._installations = core, config, installations
        self._routes = list(routes)
        self._session: aiohttp.ClientSession | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self.front: Socket | HttpServer | None = None

    async def open(self) -> None:
        """Check, connect and listen.

        Raises:
            UserError: if the configuration is wrong or Slack cannot be reached.
        """
        config = self._config
        identity = await check(config)
        self._session = aiohttp.ClientSession()
        if identity is None:
            app = self._many_workspaces(self._session)
        else:
            client = make_client(config.bot_token, config.base_url, self._session)
            token = config.admin_user_token
            admin = make_client(token, config.base_url, self._session) if token else None
            adapter = SlackAdapter(self._core, client, identity.user, admin)
            self._core.posters[PLATFORM] = adapter.platform
            app = adapter.app()
        if config.http:
            application = make_web_app(app, config.signing_secret or "", self._core.counters, routes=self._routes)
            self.front = HttpServer(application, config.host, config.port)
        else:
            self.front = Socket(app, config.app_token or "", self._core.counters, ping=config.ping)
        await self.front.open()

    def _many_workspaces(self, session: aiohttp.ClientSession) -> AsyncApp:
        config, core, installations = self._config, self._core, self._installations
        assert installations is not None  # noqa: S101 - whoever configures it gives them
        client = make_client(None, config.base_url, session)
        flow = make_flow(
            core, installations, client, config.client_id or "", config.client_secret or "", config.redirect_uri
        )
        self._routes += oauth_routes(flow, core)
        workspaces = Workspaces(core, installations, config.base_url, session)
        core.posters[PLATFORM] = WorkspacePlatforms(workspaces)
        self._sweeping = asyncio.create_task(_look_after(workspaces, installations), name="nunchi-slack-sweep")
        return workspaces.app(flow)

    @property
    def silence(self) -> float | None:
        """Seconds since Slack was last heard; None while no socket is open, and always where Slack calls the bot."""
        return self.front.silence if isinstance(self.front, Socket) else None

    @property
    def most_silence(self) -> float:
        """Seconds of it after which the bot is unwell."""
        return self.front.most_silence if isinstance(self.front, Socket) else math.inf

    async def stop_listening(self) -> None:
        """Take nothing more in. What is on its way can still be answered."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        if self.front is not None:
            await self.front.close()

    async def close(self) -> None:
        """Let go of Slack, after the core has finished."""
        if self._session is not None:
            await self._session.close()


async def _look_after(workspaces: Workspaces, installations: Installations) -> None:
    """See each hour that nothing is left of who left, and each day who did."""
    for hour in count():
        try:
            if hour % 24 == 0:
                await workspaces.ask_after_all()
            await installations.sweep()
        except Exception as error:
            log.error("not swept", extra={"event": "sweep_failed", "kind": type(error).__name__})
        await asyncio.sleep(_SWEEP_SECONDS)
