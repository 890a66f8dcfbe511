"""The part of Slack that lets workspaces install an app: the page of consent, codes, and tokens for them."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

CLIENT_ID, CLIENT_SECRET = "111.222", "c11e57"


@dataclass
class Tenant:
    """Who a token is for.

    Attributes:
        team: the workspace.
        bot_user: the bot's user id in it.
        bot: the bot's id.
        dead: what Slack says of the token since it is good no more; empty if it is.
    """

    team: str
    bot_user: str
    bot: str
    dead: str = ""


@dataclass
class SlackOAuth:
    """Installs.

    Attributes:
        scopes: that people grant.
        tenants: by token.
        team: the workspace of the person who is asked for consent; None if they deny it.
        redirect_uri: that of the app's settings.
        more: what the next answer of ``oauth.v2.access`` has besides, or instead.
    """

    scopes: str
    tenants: dict[str, Tenant] = field(default_factory=dict)
    team: str | None = "T1"
    redirect_uri: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._codes: dict[str, tuple[str, str | None]] = {}
        self.asked: list[dict[str, str]] = []

    async def authorize(self, request: web.Request) -> web.Response:
        """The person says yes or no, and is sent back to the app."""
        query = dict(request.query)
        self.asked.append(query)
        assert query["client_id"] == CLIENT_ID
        back = {"state": query["state"]}
        if self.team is None:
            back["error"] = "access_denied"
        else:
            back["code"] = f"code{next(self._numbers)}"
            self._codes[back["code"]] = self.team, query.get("redirect_uri")
        raise web.HTTPFound(f"{query.get('redirect_uri', self.redirect_uri)}?{urlencode(back)}")

    def access(self, authorization: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """A token for a code, which is good once."""
        client, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if client != CLIENT_ID:
            return {"ok": False, "error": "invalid_client_id"}
        if secret != CLIENT_SECRET:
            return {"ok": False, "error": "bad_client_secret"}
        team, uri = self._codes.pop(arguments.get("code", ""), ("", None))
        if not team:
            return {"ok": False, "error": "invalid_code"}
        if uri != arguments.get("redirect_uri"):
            return {"ok": False, "error": "bad_redirect_uri"}
        token = f"xoxb-{team}-canary-{next(self._numbers)}"
        self.tenants[token] = Tenant(team, f"UBOT{team}", f"B{team}")
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": self.scopes,
            "bot_user_id": f"UBOT{team}",
            "app_id": "A1",
            "team": {"id": team, "name": "이름은 남지 않는 회사"},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": "UADMIN"},
            **self.more,
        }

    def token(self, team: str) -> str:
        """The newest token of a workspace."""
        return [token for token, tenant in self.tenants.items() if tenant.team == team][-1]

    def uninstall(self, team: str, error: str = "account_inactive") -> None:
        """All tokens of a workspace die."""
        for tenant in self.tenants.values():
            if tenant.team == team:
                tenant.dead = error
