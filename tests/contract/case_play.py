"""Discord and Slack with a moderators' channel: what is needed to play moderators and authors of cases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol

from bot.adapters.slack_service import SlackConfig, SlackService
from bot.core.events import ChannelSettings, Place
from bot.core.moderation import Rule
from bot.core.service import Core
from tests.contract.discord_platform import PLACE, DiscordHarness, discord
from tests.contract.slack_platform import SlackHarness
from tests.servers import discord_payloads, slack_payloads
from tests.servers.discord import DiscordServer, Mishap, buttons
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.servers.slack import Mishap as SlackMishap
from tests.servers.slack_oauth import Tenant

ADMIN_TOKEN = "xoxp-admin"


class Play(Protocol):
    """A platform with a watched channel and a moderators' channel. Each method waits until the bot is done."""

    place: Place
    moderators: Place

    async def watch(self, **rule: Any) -> None:
        """Watch the channel: negative reviews get a card."""
        ...

    async def say(self, text: str, message: str, author: str = "") -> None:
        """Somebody writes a review."""
        ...

    async def press(self, label: str, *, person: str = "21", moderator: bool = True, card: int = -1) -> str:
        """Somebody presses a button of a card; gives what only they see."""
        ...

    def old_press(self, label: str, card: int = -1) -> Any:
        """The same button pressed later, as the card is now; call and await it with a person."""
        ...

    async def contest(self, person: str) -> str:
        """Somebody presses the button of the newest notice."""
        ...

    async def delete(self, message: str) -> None:
        """The author deletes the message."""
        ...

    async def edit(self, message: str, text: str) -> None:
        """The author changes the message."""
        ...

    def cards(self) -> list[str]:
        """The words of what is in the moderators' channel."""
        ...

    def notices(self) -> list[str]:
        """The words of what authors were told in private."""
        ...

    def labels(self, card: int = -1) -> list[str]:
        """The words of a card's buttons."""
        ...

    def hidden(self, message: str) -> bool:
        """Whether the bot had a message deleted."""
        ...

    def refuse(self, times: int, *, dropped: bool = False, hide: bool = False, edit: bool = False) -> None:
        """Refuse the next posts, deletions or edits; or do them and break the connection off."""
        ...

    def remove_cards(self) -> None:
        """Somebody deletes the cards."""
        ...


def settings(**rule: Any) -> ChannelSettings:
    return ChannelSettings(watch=True, mode="silent", rule=Rule(**{"negative": ("log", "card"), **rule}))


class DiscordPlay:
    place = PLACE
    moderators = replace(PLACE, channel="3000000000000000009")

    def __init__(self, core: Core, harness: DiscordHarness) -> None:
        self.core, self.harness, self.server = core, harness, harness.server

    async def watch(self, **rule: Any) -> None:
        await self.core.configure(self.place, settings(**{"moderators": self.moderators.channel, **rule}))

    async def say(self, text: str, message: str, author: str = "") -> None:
        await self.harness.say(text, "watched", message, author=author)

    def _cards(self) -> list[Any]:
        return [post for post in self.server.posts if post.channel == self.moderators.channel]

    async def _press(self, custom_id: str, on: Any, person: str, *, permissions: int, **more: Any) -> str:
        before = {post.id for post in self.server.posts}
        payload = discord_payloads.button(custom_id, on, person=person, permissions=permissions, **more)
        await self.harness.deliver("INTERACTION_CREATE", payload)
        said = [post for post in self.server.posts if post.id not in before and post.only_for]
        for post in said:
            self.server.posts.remove(post)
        return "\n".join(post.text for post in said)

    async def press(self, label: str, *, person: str = "21", moderator: bool = True, card: int = -1) -> str:
        return str(await self.old_press(label, card)(person, moderator))

    def old_press(self, label: str, card: int = -1) -> Any:
        post = self._cards()[card]
        custom_id, on = buttons(post.payload["components"])[label], self.server.show(post)

        async def press(person: str = "21", moderator: bool = True) -> str:
            permissions = 1 << 13 if moderator else 0
            return await self._press(custom_id, on, person, permissions=permissions, where=self.moderators.channel)

        return press

    async def contest(self, person: str) -> str:
        post = [post for post in self.server.posts if post.channel.startswith("7")][-1]
        custom_id = buttons(post.payload["components"])["이의제기"]
        on = self.server.show(post)
        return await self._press(custom_id, on, person, permissions=0, where=post.channel, guild_id=None)

    async def delete(self, message: str) -> None:
        await self.harness.delete(message)

    async def edit(self, message: str, text: str) -> None:
        await self.harness.edit(message, text)

    def cards(self) -> list[str]:
        return [post.text for post in self._cards()]

    def notices(self) -> list[str]:
        return [post.text for post in self.server.posts if post.channel.startswith("7")]

    def labels(self, card: int = -1) -> list[str]:
        found: list[str] = []

        def look(components: list[Any]) -> None:
            for component in components:
                if component["type"] == 2:
                    found.append(component["label"])
                look(component.get("components", []))

        look(self._cards()[card].payload["components"])
        return found

    def hidden(self, message: str) -> bool:
        at = self.harness._sent[message]["id"]
        return any(name == "DELETE message" and path.endswith(f"/{at}") for name, path, _ in self.server.calls)

    def refuse(self, times: int, *, dropped: bool = False, hide: bool = False, edit: bool = False) -> None:
        name = "DELETE message" if hide else "PATCH message" if edit else "POST message"
        for _ in range(times):
            self.server.mishaps[name].append(Mishap("dropped" if dropped else "error", code=50001))

    def remove_cards(self) -> None:
        self.server.posts.clear()


class SlackPlay:
    place = Place("slack", "T1", "C1")
    moderators = Place("slack", "T1", "C9")

    def __init__(self, core: Core, harness: SlackHarness) -> None:
        self.core, self.harness, self.server = core, harness, harness.server
        self.server.channels["C9"] = {"is_private": True}

    async def watch(self, **rule: Any) -> None:
        await self.core.configure(self.place, settings(**{"moderators": self.moderators.channel, **rule}))

    async def say(self, text: str, message: str, author: str = "") -> None:
        await self.harness.say(text, "watched", message, author=author)

    def _cards(self) -> list[Any]:
        return [post for post in self.server.posts if post.channel == "C9" and post.only_for is None]

    async def _press(self, value: str, channel: str, person: str) -> str:
        before = {post.ts for post in self.server.posts}
        user = person if person.startswith("U") else f"U{person}"
        payload = slack_payloads.why(value, self.server.response_url(channel, user), user=user, channel=channel)
        payload["actions"][0]["action_id"] = "nunchi_button_0"
        await self.harness.deliver("interactive", payload)
        said = [post for post in self.server.posts if post.ts not in before and post.only_for]
        for post in said:
            self.server.posts.remove(post)
        return "\n".join(post.text for post in said)

    @staticmethod
    def _buttons(post: Any) -> dict[str, Any]:
        elements = [e for block in post.blocks if block["type"] == "actions" for e in block["elements"]]
        return {element["text"]["text"]: element for element in elements}

    async def press(self, label: str, *, person: str = "21", moderator: bool = True, card: int = -1) -> str:
        return str(await self.old_press(label, card)(person, moderator))

    def old_press(self, label: str, card: int = -1) -> Any:
        value = self._buttons(self._cards()[card])[label]["value"]

        async def press(person: str = "21", moderator: bool = True) -> str:
            self.server.channels["C9"] = {"is_private": moderator}
            return await self._press(value, "C9", person)

        return press

    async def contest(self, person: str) -> str:
        post = [post for post in self.server.posts if post.only_for and post.channel == "C1"][-1]
        return await self._press(self._buttons(post)["이의제기"]["value"], "C1", person)

    async def delete(self, message: str) -> None:
        await self.harness.delete(message)

    async def edit(self, message: str, text: str) -> None:
        await self.harness.edit(message, text)

    def cards(self) -> list[str]:
        return ["\n".join([post.text, *self._buttons(post)]) for post in self._cards()]

    def notices(self) -> list[str]:
        return [post.text for post in self.server.posts if post.only_for and post.channel == "C1"]

    def labels(self, card: int = -1) -> list[str]:
        return list(self._buttons(self._cards()[card]))

    def hidden(self, message: str) -> bool:
        at = self.harness._ts[message]
        return any(
            name == "chat.delete" and arguments["ts"] == at and arguments["token"] == ADMIN_TOKEN
            for name, arguments in self.server.calls
        )

    def refuse(self, times: int, *, dropped: bool = False, hide: bool = False, edit: bool = False) -> None:
        name = "chat.delete" if hide else "chat.update" if edit else "chat.postMessage"
        for _ in range(times):
            self.server.mishaps[name].append(SlackMishap("dropped" if dropped else "error", "channel_not_found"))

    def remove_cards(self) -> None:
        self.server.posts.clear()


@asynccontextmanager
async def discord_play(core: Core) -> AsyncIterator[DiscordPlay]:
    server = DiscordServer()
    (guild,) = server.gateway.guilds.values()
    guild["channels"].append(discord_payloads.channel(DiscordPlay.moderators.channel, name="관리"))
    async with discord(core, server) as harness:
        yield DiscordPlay(core, harness)


@asynccontextmanager
async def slack_play(core: Core, *, admin: bool = True) -> AsyncIterator[SlackPlay]:
    async with SlackServer() as server:
        server.oauth.tenants[ADMIN_TOKEN] = Tenant("T1", "UADMIN", "BADMIN")
        config = SlackConfig(
            BOT_TOKEN, APP_TOKEN, None, server.base_url, admin_user_token=ADMIN_TOKEN if admin else None
        )
        service = SlackService(core, config)
        await service.open()
        await server.connected.wait()
        try:
            yield SlackPlay(core, SlackHarness(core, server))
        finally:
            await service.stop_listening()
            await core.close()
            await service.close()


async def quiet(core: Core) -> None:
    """Return when the bot has nothing left to do."""
    while running := set(core._running):
        await asyncio.wait(running)
        await asyncio.sleep(0)
