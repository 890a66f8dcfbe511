"""Many workspaces, each answered with its own token and as its own bot user; and what is done when one leaves."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters import slack_events as events
from bot.adapters.slack_adapter import SlackAdapter, listen
from bot.adapters.slack_authorize import REVOKED, is_alive
from bot.adapters.slack_call import error_name
from bot.adapters.slack_events import PLATFORM
from bot.adapters.slack_platform import SlackPlatform, make_client
from bot.core.events import Answer, Incoming, Place, Post, Quote
from bot.core.installations import Installation, Installations, UnreadableError
from bot.core.messages import Messages
from bot.core.ports import DeliveryError, Page
from bot.core.service import Core

_REMEMBERED = 1_000
_JUST_INSTALLED = timedelta(minutes=5)
"""As much as Slack's clock and ours may differ: signatures would be refused beyond it."""
_ADAPTER = "nunchi_adapter"

log = logging.getLogger(__name__)


class WatchedClient(AsyncWebClient):
    """A client that says when its token has died.

    Attributes:
        on_revoked: called then.
    """

    on_revoked: Callable[[], object] | None = None

    async def api_call(self, *arguments: Any, **more: Any) -> Any:
        """Call a method; all others come through here."""
        try:
            return await super().api_call(*arguments, **more)
        except SlackApiError as error:
            if self.on_revoked is not None and error_name(error) in REVOKED:
                self.on_revoked()
            raise


class Workspaces(AsyncAuthorize):
    """The workspaces that installed the app.

    An installation is looked up for each event: what one process is told, all know at once. If the store cannot be
    reached the event is not acknowledged, and Slack brings it again.

    Args:
        core: what answers.
        installations: where they are kept.
        base_url: of the Web API.
        session: for all clients.
    """

    def __init__(self, core: Core, installations: Installations, base_url: str, session: aiohttp.ClientSession) -> None:
        self._core, self._installations = core, installations
        self._base_url, self._session = base_url, session
        self._adapters: OrderedDict[str, tuple[Installation, SlackAdapter]] = OrderedDict()

    def app(self, flow: AsyncOAuthFlow) -> AsyncApp:
        """The Bolt app of all workspaces. Signatures are checked before it, see :mod:`bot.adapters.slack_http`.

        Args:
            flow: by which they install it.
        """
        app = AsyncApp(
            client=make_client(None, self._base_url, self._session),
            authorize=self,  # type: ignore[arg-type]  # Bolt takes it, and does not say so
            oauth_flow=flow,
            request_verification_enabled=False,
            user_facing_authorize_error_message=Messages(self._core.language)("slack_not_installed"),
            logger=logging.getLogger("slack_bolt.nunchi"),
        )
        listen(app, lambda context: context[_ADAPTER], self._on_gone)
        return app

    async def __call__(self, **request: Any) -> AuthorizeResult | None:
        """The token for a request, and its adapter into the request's context; None if the app is not installed."""
        context, workspace = request["context"], events.slack_id(request["team_id"])
        installation = None if context.is_enterprise_install else await self._find(workspace)
        if installation is None:
            self._core.counters.add("not_installed", platform=PLATFORM)
            return None
        context[_ADAPTER] = self._adapter(installation)
        return AuthorizeResult(
            enterprise_id=None,
            team_id=workspace,
            bot_user_id=installation.bot_user,
            bot_id=installation.bot,
            bot_token=installation.token,
        )

    async def platform_of(self, workspace: str) -> SlackPlatform | None:
        """By which to speak in a workspace; None if it did not install the app."""
        installation = await self._find(workspace)
        return None if installation is None else self._adapter(installation).platform

    async def ask_after_all(self) -> None:
        """Ask Slack whether each token still works. Who left while nobody listened sends nothing that would show it."""
        for workspace in await self._installations.workspaces(PLATFORM):
            installation = await self._find(workspace)
            if installation is not None:
                with suppress(SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
                    await self._client(installation).auth_test()

    async def _on_gone(self, body: dict[str, Any]) -> None:
        if events.is_gone(body):
            self._core.spawn(self._gone(events.workspace(body), body.get("event_time")))

    async def _gone(self, workspace: str, at: object) -> None:
        installation = await self._find(workspace)
        if installation is None:
            return
        # What is said of an installation may come after a new one has been made, and is not said of that.
        certain = isinstance(at, int) and at > (installation.at + _JUST_INSTALLED).timestamp()
        if certain or not await is_alive(make_client(installation.token, self._base_url, self._session)):
            await self._remove(installation)

    async def _remove(self, installation: Installation) -> None:
        if await self._installations.remove(installation):
            self._adapters.pop(installation.workspace, None)
            self._core.counters.add("workspaces_left", platform=PLATFORM)
            log.info("a workspace left", extra={"event": "slack_workspace_left"})

    async def _find(self, workspace: str) -> Installation | None:
        try:
            return await self._installations.find(PLATFORM, workspace)
        except UnreadableError:
            self._core.counters.add("installation_unreadable", platform=PLATFORM)
            log.error("installation unreadable", extra={"event": "installation_unreadable"})
            return None

    def _client(self, installation: Installation) -> AsyncWebClient:
        client = make_client(installation.token, self._base_url, self._session, WatchedClient)
        assert isinstance(client, WatchedClient)  # noqa: S101 - for the type checker
        client.on_revoked = lambda: self._core.spawn(self._remove(installation))
        return client

    def _adapter(self, installation: Installation) -> SlackAdapter:
        kept = self._adapters.get(installation.workspace)
        if kept is None or kept[0] != installation:
            kept = installation, SlackAdapter(self._core, self._client(installation), installation.bot_user)
            self._adapters[installation.workspace] = kept
            if len(self._adapters) > _REMEMBERED:
                self._adapters.popitem(last=False)
        self._adapters.move_to_end(installation.workspace)
        return kept[1]


class WorkspacePlatforms:
    """Posts in the channels of many workspaces, in each with its own token.

    Args:
        workspaces: those that installed the app.
    """

    name = PLATFORM

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def _of(self, place: Place) -> SlackPlatform:
        platform = await self._workspaces.platform_of(place.workspace)
        if platform is None:
            raise DeliveryError("not_installed")
        return platform

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        return await (await self._of(incoming.place)).send(incoming, answer)

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        return await (await self._of(incoming.place)).update(incoming, reference, answer)

    async def retract(self, place: Place, reference: str) -> None:
        await (await self._of(place)).retract(place, reference)

    async def post(self, place: Place, post: Post, *, thread: str | None = None) -> str:
        return await (await self._of(place)).post(place, post, thread=thread)

    async def history(self, place: Place, before: str | None, limit: int) -> Page:
        return await (await self._of(place)).history(place, before, limit)

    async def revise(self, place: Place, reference: str, post: Post) -> str | None:
        return await (await self._of(place)).revise(place, reference, post)

    async def fetch(self, place: Place, message: str) -> Quote | None:
        platform = await self._workspaces.platform_of(place.workspace)
        return None if platform is None else await platform.fetch(place, message)

    async def link(self, place: Place, message: str) -> str | None:
        platform = await self._workspaces.platform_of(place.workspace)
        return None if platform is None else await platform.link(place, message)

    def hides(self, place: Place) -> bool:
        return False  # an admin's token is good for one workspace only

    async def hide(self, place: Place, message: str) -> None:
        raise DeliveryError("no_admin_token")

    async def tell(self, place: Place, author: str, post: Post) -> None:
        await (await self._of(place)).tell(place, author, post)
