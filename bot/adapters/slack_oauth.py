"""Installing the app in a workspace, by Slack's OAuth; the flow is slack-bolt's own.

What is installed can be answered for, or it is not kept: the installation for a whole organisation, with tokens that
expire, or with fewer scopes than the bot needs is undone at once, and the page says why.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_checks import SCOPES
from bot.adapters.slack_events import PLATFORM, slack_id
from bot.adapters.slack_oauth_pages import page
from bot.core.installations import Installation, Installations
from bot.core.limits import RateLimit
from bot.core.service import Core

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
_BEGINNINGS_PER_MINUTE = 120
"""Anybody can begin, and each beginning is a row until it is ten minutes old."""

log = logging.getLogger(__name__)


class RefusedError(BoltError):
    """An installation that is not kept.

    Args:
        reason: name of the sentence that says why.
    """


class States(AsyncOAuthStateStore):
    """What Bolt asks of a store of states."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    async def async_issue(self, *arguments: Any, **more: Any) -> str:
        return await self._installations.issue_state()

    async def async_consume(self, state: str) -> bool:
        return await self._installations.consume_state(state)


class Store(AsyncInstallationStore):
    """What Bolt asks of a store of installations when one is made; :class:`Workspaces` finds and removes them."""

    def __init__(self, core: Core, installations: Installations) -> None:
        self._core, self._installations = core, installations

    async def async_save(self, installation: SlackInstallation) -> None:
        """Keep it.

        Raises:
            RefusedError: if it cannot be answered for.
        """
        team, user = slack_id(installation.team_id), slack_id(installation.bot_user_id)
        if installation.is_enterprise_install or not team:
            raise RefusedError("oauth_organisation")
        if installation.bot_token_expires_at is not None or installation.bot_refresh_token:
            raise RefusedError("oauth_rotation")
        if SCOPES - set(installation.bot_scopes or ()):
            raise RefusedError("oauth_scopes")
        if not installation.bot_token or not user:
            raise RefusedError("oauth_failed")
        bot = slack_id(installation.bot_id)
        now = self._core.clock.now()
        await self._installations.save(Installation(PLATFORM, team, installation.bot_token, user, bot, now))
        self._core.counters.add("workspaces_installed", platform=PLATFORM)
        log.info("a workspace installed the app", extra={"event": "slack_workspace_installed"})


class Flow(AsyncOAuthFlow):
    """Bolt's flow, which undoes what is not kept."""

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        """Where to send a person. Only an id is passed on: anything else could ask for scopes that we do not."""
        team = slack_id((request.query.get("team") or [""])[0])
        return self.settings.authorize_url_generator.generate(state=state, team=team or None)

    async def store_installation(self, request: AsyncBoltRequest, installation: SlackInstallation) -> None:
        """Keep it, or see that Slack does not keep it either."""
        try:
            await super().store_installation(request, installation)
        except Exception as error:
            with suppress(SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
                secrets = {"client_id": self.settings.client_id, "client_secret": self.settings.client_secret}
                await self.client.apps_uninstall(token=installation.bot_token, **secrets)
            if isinstance(error, RefusedError):
                raise
            log.error("installation not kept", extra={"event": "installation_failed", "kind": type(error).__name__})
            raise RefusedError("oauth_failed") from None


def make_flow(
    core: Core,
    installations: Installations,
    client: AsyncWebClient,
    client_id: str,
    client_secret: str,
    redirect_uri: str | None,
) -> Flow:
    """The flow.

    Args:
        core: the bot.
        installations: where they are kept.
        client: of the Web API, without a token.
        client_id: of the app.
        client_secret: the same.
        redirect_uri: where Slack sends people back to; that of the app's settings if None.
    """
    site = client.base_url.removesuffix("api/")

    async def done(arguments: AsyncSuccessArgs) -> BoltResponse:
        installed = arguments.installation
        found = urlencode({"team": slack_id(installed.team_id), "app": slack_id(installed.app_id)})
        return page(core.language, "oauth_done", 200, f"{site}app_redirect?{found}")

    async def failed(arguments: AsyncFailureArgs) -> BoltResponse:
        sentence, status = _said(arguments)
        core.counters.add("installations_failed", reason=sentence)
        return page(core.language, sentence, status)

    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=sorted(SCOPES),
        user_scopes=[],
        redirect_uri=redirect_uri,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        install_page_rendering_enabled=False,
        callback_options=AsyncCallbackOptions(success=done, failure=failed),
        authorization_url=site + "oauth/v2/authorize",
        installation_store=Store(core, installations),
        state_store=States(installations),
        logger=logging.getLogger("slack_bolt.nunchi"),
    )
    return Flow(client=client, logger=logging.getLogger("slack_bolt.nunchi"), settings=settings)


def _said(arguments: AsyncFailureArgs) -> tuple[str, int]:
    """The sentence for a failure, and the status. What Slack calls it came through a browser: it is not repeated."""
    if isinstance(arguments.error, RefusedError):
        sentence = str(arguments.error)
        return sentence, 500 if sentence == "oauth_failed" else 403
    known = {"access_denied": "oauth_denied", "invalid_code": "oauth_failed"}
    stale = ("invalid_browser", "invalid_state", "missing_code")
    if arguments.reason in stale:
        return "oauth_stale", arguments.suggested_status_code
    return known.get(arguments.reason, "oauth_failed"), arguments.suggested_status_code


def oauth_routes(flow: Flow, core: Core) -> list[web.RouteDef]:
    """The two addresses that a browser comes to."""
    limit = RateLimit(core.clock, _BEGINNINGS_PER_MINUTE)

    async def install(request: web.Request) -> web.StreamResponse:
        if limit.ask("install") != "yes":
            return await to_aiohttp_response(page(core.language, "oauth_busy", 429))
        return await _answer(request, flow.handle_installation)

    async def redirect(request: web.Request) -> web.StreamResponse:
        return await _answer(request, flow.handle_callback)

    async def _answer(
        request: web.Request, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> web.StreamResponse:
        try:
            bolt_request = AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers.items()))
            return await to_aiohttp_response(await handle(bolt_request))
        except Exception as error:  # the store, or Slack, cannot be reached
            log.error("installing failed", extra={"event": "oauth_failed", "kind": type(error).__name__})
            core.counters.add("installations_failed", reason=type(error).__name__)
            return await to_aiohttp_response(page(core.language, "oauth_failed", 503))

    return [web.get(INSTALL_PATH, install, allow_head=False), web.get(REDIRECT_PATH, redirect, allow_head=False)]
