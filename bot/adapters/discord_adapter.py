"""Discord: what comes in by every way there is, handed to the core. :mod:`bot.adapters.discord_platform` answers.

Every listener only begins a task that the core waits for when the bot stops.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import discord

from bot.adapters import discord_events as events
from bot.adapters.discord_asked import DEFER_SECONDS, Asked, delivered
from bot.adapters.discord_buttons import Opinion, OpinionName, PostButton
from bot.adapters.discord_cards import view
from bot.adapters.discord_client import Client
from bot.adapters.discord_events import PLATFORM
from bot.adapters.discord_files import attachments
from bot.adapters.discord_permissions import Permissions
from bot.adapters.discord_places import Places
from bot.adapters.discord_platform import DiscordPlatform
from bot.core.commands import Asker, Command, obey, parse
from bot.core.events import Incoming, Place, Pressed, Reply, Way
from bot.core.file_work import is_for_scoring
from bot.core.messages import Messages
from bot.core.ports import DeliveryError
from bot.core.records import Claim
from bot.core.service import Core

Interaction = discord.Interaction[Any]
Work = Callable[[], Coroutine[Any, Any, Any]]

_LONGEST_RULE = 64 * 1024
"""Bytes; a rule is a tenth of it."""


class DiscordAdapter:
    """Listens to Discord for the core.

    Args:
        core: what answers.
        client: of discord.py; its listeners are set.
        defer_after: see :class:`~bot.adapters.discord_asked.Asked`.
    """

    def __init__(self, core: Core, client: Client, *, defer_after: float = DEFER_SECONDS) -> None:
        self.core, self._client, self._defer_after = core, client, defer_after
        self.permissions = Permissions(core, self._tell_admin)
        self.platform = DiscordPlatform(client, self.permissions)
        core.posters[PLATFORM] = self.platform
        self._places = Places(core, client)
        self.listening = True
        for listener in (
            self.on_message,
            self.on_raw_message_edit,
            self.on_raw_message_delete,
            self.on_raw_bulk_message_delete,
            self.on_guild_channel_update,
            self.on_guild_role_update,
            self.on_member_update,
            self.on_guild_remove,
        ):
            client.event(listener)
        client.opinion = self._on_opinion
        client.pressed = self._on_pressed
        client.add_dynamic_items(Opinion, PostButton)

    @property
    def reads_content(self) -> bool:
        """Whether Discord tells what was not said to the bot."""
        return self._client.intents.message_content

    # What Discord tells

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        self._heard(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody edited something, or a link in it unfolded."""
        revision = events.revision(payload.message)
        if revision:
            self._heard(payload.message, revision)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message is gone."""
        self.core.spawn(self._deleted(payload.guild_id, payload.channel_id, {payload.message_id}))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many are."""
        self.core.spawn(self._deleted(payload.guild_id, payload.channel_id, payload.message_ids))

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Its permissions may be others."""
        self.permissions.changed(after.guild.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Its permissions may be others."""
        self.permissions.changed(after.guild.id)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """The bot itself may have got another role."""
        self.permissions.changed(after.guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was put out of a guild, or the guild is no more. An outage is not told here."""
        self.core.spawn(self._left(guild))

    def _heard(self, message: discord.Message, revision: str = "") -> None:
        bot = self._client.user
        incoming = events.from_message(message, bot.id, revision=revision) if bot is not None else None
        if incoming is None or bot is None or message.author.id == bot.id:
            return
        parent = events.parent(message) if incoming.way == "mention" else None
        if incoming.by_bot:
            self._begin(incoming, partial(self.core.handle, incoming, self.platform))  # it is only counted
        elif incoming.way == "watched":
            if incoming.text:  # else Discord does not tell the words, or there are none
                self._begin(incoming, partial(self._watched, incoming))
        elif message.attachments and is_for_scoring(incoming.text, attachments(message.attachments)):
            self._begin(incoming, partial(self._file, incoming, message.attachments))
        elif parent is None:
            self._begin(incoming, partial(self._asked, incoming, message))
        elif not revision:
            self._begin(incoming, partial(self._about, incoming, message, parent))

    def _begin(self, incoming: Incoming, work: Work) -> None:
        """Work on something if there is room; who asked is told if there is none."""
        if self.listening:
            self.core.start(incoming, self.platform, work)

    # What is done with it

    async def _watched(self, incoming: Incoming) -> None:
        found = await self._places.of_watched(incoming)
        if found is not None:
            await self.core.handle(found, self.platform)

    async def _file(self, incoming: Incoming, files: Sequence[discord.Attachment]) -> None:
        found = await self._places.of_asked(incoming)
        await self.core.files.handle(found, attachments(files), self.platform)

    async def _about(self, incoming: Incoming, message: discord.Message, parent: int) -> None:
        """A mention that replies to another message asks about that one."""
        bot = self._client.user
        resolved = message.reference.resolved if message.reference is not None else None
        if isinstance(resolved, discord.DeletedReferencedMessage):
            resolved = None
        elif resolved is None:
            with suppress(DeliveryError):
                where = self._client.get_partial_messageable(message.channel.id)
                resolved = await delivered(where.fetch_message(parent))
        if parse(incoming.text or "-") is not None or (resolved and bot and resolved.author.id == bot.id):
            await self._asked(incoming, message)
        elif resolved is None:
            await self._judged(replace(incoming, text=""))
        elif not resolved.content and not self.reads_content and message.guild is not None:
            await self._say(incoming, "discord_parent_hidden")
        else:
            await self._judged(replace(incoming, text=resolved.content, source=str(resolved.id)))

    async def _asked(self, incoming: Incoming, message: discord.Message) -> None:
        """A review or a command."""
        command = None if incoming.revision else parse(incoming.text)
        if command is None:
            await self._judged(incoming)
            return
        member = message.author
        admin = isinstance(member, discord.Member) and member.guild_permissions.manage_guild
        in_channel = incoming.way != "direct"
        asker = Asker(
            incoming.place,
            incoming.author,
            admin,
            incoming.language,
            in_channel=in_channel,
            moderator=_moderates(message),
            everywhere=admin,
        )
        await self._obeyed(incoming, asker, command)

    async def _judged(self, incoming: Incoming) -> None:
        await self.core.handle(await self._places.of_asked(incoming), self.platform)

    async def _obeyed(self, incoming: Incoming, asker: Asker, command: Command) -> None:
        claim = Claim(incoming.place, incoming.message)
        if not await self.core.store.claim(claim):
            return
        sentences = [await obey(self.core, asker, command)]
        reads = (command.verb, command.value) == ("watch", "on") or (
            command.verb == "simulate" and command.value != "stop"
        )
        if asker.admin and asker.in_channel and reads:
            sentences += await self._places.obstacles(asker, reads_content=self.reads_content)
        elif asker.admin and asker.in_channel and command.verb == "rule" and command.value != "export":
            sentences += await self._places.closed_to_cards(asker)
        with suppress(DeliveryError):
            await self.platform.whisper(incoming, "\n".join(sentences))
        await self.core.store.settle(claim, "silent")

    async def _say(self, incoming: Incoming, sentence: str) -> None:
        """Answer with a sentence, at most once."""
        claim = Claim(incoming.place, incoming.message)
        if not await self.core.store.claim(claim):
            return
        settings = await self.core.settings(incoming.place)
        with suppress(DeliveryError):
            await self.platform.whisper(incoming, self.core.speak(settings, incoming.language)(sentence))
        await self.core.store.settle(claim, "silent")

    async def _deleted(self, guild: int | None, channel: int, messages: set[int]) -> None:
        for place, message in await self._places.all_of(guild, channel, messages):
            await self.core.forget(place, message, self.platform)

    async def _left(self, guild: discord.Guild) -> None:
        await self.permissions.left(channel.id for channel in guild.channels)
        await self.core.left(self.platform.name, str(guild.id))

    # Interactions

    def judge(
        self,
        interaction: Interaction,
        text: str,
        *,
        about: discord.Message | None = None,
        file: discord.Attachment | None = None,
        public: bool = False,
    ) -> None:
        """A command or a menu hands in a text or a file.

        Args:
            interaction: it.
            text: to be judged.
            about: the message whose menu it is; None for a command.
            file: to be scored instead.
            public: whether everybody may see the answer.
        """
        asked = Asked(interaction, public=public, defer_after=self._defer_after)
        way: Way = "command" if about is None else "menu"
        source = None if about is None else str(about.id)
        incoming = events.from_interaction(interaction, text, way, asked, source)
        if incoming is not None:
            work = partial(self._judged, incoming) if file is None else partial(self._file, incoming, [file])
            self._begin(incoming, partial(asked.during, work))

    def obey(self, interaction: Interaction, command: Command, channel: int | None = None) -> None:
        """A command that is none of a review.

        Args:
            interaction: it.
            command: what is to be done.
            channel: which channel it is about; the one it is given in if None.
        """
        asked = Asked(interaction, defer_after=self._defer_after)
        incoming = events.from_interaction(interaction, "", "command", asked)
        if incoming is None:
            return
        asker = self._asker(interaction, incoming, channel)
        self._begin(incoming, partial(asked.during, partial(self._obeyed, incoming, asker, command)))

    def _asker(self, interaction: Interaction, incoming: Incoming, channel: int | None) -> Asker:
        place = incoming.place if channel is None else replace(incoming.place, channel=str(channel))
        rights = interaction.permissions  # Discord says them anew each time; that it hid the command is no proof
        admin = rights.manage_guild or rights.administrator
        in_channel = interaction.guild_id is not None
        return Asker(
            place,
            incoming.author,
            admin,
            incoming.language,
            in_channel=in_channel,
            moderator=rights.manage_messages and place == incoming.place,
            everywhere=admin,
        )

    def import_rule(self, interaction: Interaction, file: discord.Attachment, channel: int | None = None) -> None:
        """A command hands in a file with the rule of a channel."""
        asked = Asked(interaction, defer_after=self._defer_after)
        incoming = events.from_interaction(interaction, "", "command", asked)
        if incoming is not None:
            self._begin(incoming, partial(asked.during, partial(self._import, incoming, interaction, file, channel)))

    async def _import(
        self, incoming: Incoming, interaction: Interaction, file: discord.Attachment, channel: int | None
    ) -> None:
        (attachment,) = attachments([file])
        text = bytearray()
        try:
            async for part in self.platform.download(attachment):
                text += part
                if len(text) > _LONGEST_RULE:
                    break
        except DeliveryError:
            await self._say(incoming, "file_not_fetched")
            return
        command = Command("rule", f"import\n{text[:_LONGEST_RULE].decode('utf-8', 'replace')}")
        await self._obeyed(incoming, self._asker(interaction, incoming, channel), command)

    async def _on_opinion(self, interaction: Interaction, opinion: OpinionName, about: str) -> None:
        asked = Asked(interaction, defer_after=self._defer_after)
        incoming = events.from_interaction(interaction, "", "menu", asked, about)
        if incoming is None:
            return
        work: Work = partial(self.core.why, incoming, self.platform)
        if opinion != "why":
            work = partial(self._feedback, incoming, about, opinion == "right")
        self._begin(incoming, partial(asked.during, work))

    async def _on_pressed(self, interaction: Interaction, button: str) -> None:
        asked = Asked(interaction, defer_after=self._defer_after)
        incoming = events.from_interaction(interaction, "", "menu", asked)
        if incoming is None:
            return
        rights = interaction.permissions
        moderator = interaction.guild_id is not None and (
            rights.manage_messages or rights.manage_guild or rights.administrator
        )
        work = partial(self.core.press, Pressed(incoming, button, moderator), self.platform)
        self._begin(incoming, partial(asked.during, work))

    async def _feedback(self, incoming: Incoming, verdict: str, right: bool) -> None:
        known = await self.core.feedback(verdict, self.platform.name, incoming.author, right)
        settings = await self.core.settings(incoming.place)
        messages = self.core.speak(settings, incoming.language)
        with suppress(DeliveryError):
            await self.platform.whisper(incoming, messages("feedback_thanks" if known else "feedback_gone"))

    # What goes to the admin

    async def _tell_admin(self, place: Place, channel: int) -> None:
        guild = self._client.get_guild(int(place.workspace))
        if guild is None or guild.owner_id is None:
            return
        language = events.language(guild.preferred_locale if guild.preferred_locale.value == "ko" else None)
        sentence = Messages(language or self.core.language)("discord_no_permission", channel=f"<#{channel}>")
        with suppress(DeliveryError):
            direct = await delivered(self._client.create_dm(discord.Object(guild.owner_id)))
            await delivered(direct.send(view=view(Reply(sentence)), suppress_embeds=True))


def _moderates(message: discord.Message) -> bool:
    """Whether its author moderates the channel of a message, by what roles may do in that channel."""
    member, channel = message.author, message.channel
    if not isinstance(member, discord.Member) or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return False
    return channel.permissions_for(member).manage_messages
