"""``nunchi run discord|slack|all``: the bot, until it is told to stop. However many platforms, one model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bot.commands.model import load_model, load_tested
from bot.commands.monitor import Monitor
from bot.commands.store import configured_fingerprint, make_announcer, make_cases, open_configured, open_installations
from bot.core.errors import ExitStatus, UserError
from bot.core.file_work import FileLimits
from bot.core.messages import Messages
from bot.core.service import Core, Limits
from bot.ops.hearing import Hears
from bot.ops.logs import set_up_logs
from bot.ops.monitoring import monitoring_routes
from bot.ops.renewal import ModelWatch, change_over_again_and_again
from bot.ops.running import (
    LoopLag,
    announce_again_and_again,
    purge_again_and_again,
    simulate_again_and_again,
    spare_what_stays,
    tend_again_and_again,
    until_told_to_stop,
)
from bot.settings import Settings, load_settings
from bot.terminal import complain
from nlp.modelstore import ModelStore

if TYPE_CHECKING:
    from aiohttp import web

    from bot.adapters.discord_service import DiscordConfig
    from bot.adapters.slack_service import SlackConfig

PLATFORMS = {"discord": ("discord",), "slack": ("slack",), "all": ("discord", "slack")}

log = logging.getLogger(__name__)


def run(messages: Messages, platform: str, *, http: bool, model: Path | None) -> ExitStatus:
    """Run a bot.

    Args:
        messages: the language to speak on the terminal.
        platform: which, or ``all`` of them.
        http: whether Slack calls the bot.
        model: folder of the model; that of the settings if None.

    Raises:
        UserError: if it cannot be started.
    """
    if platform not in PLATFORMS:
        raise UserError(ExitStatus.USAGE, "usage_action", actions=", ".join(f"run {name}" for name in PLATFORMS))
    settings = load_settings()
    set_up_logs(settings.log_level)
    return asyncio.run(_run(messages, settings, PLATFORMS[platform], http, model))


def discord_config(settings: Settings) -> DiscordConfig:
    """What the settings say to the Discord bot."""
    from bot.adapters.discord_addresses import Addresses
    from bot.adapters.discord_service import DiscordConfig

    token = settings.discord_token
    return DiscordConfig(
        None if token is None else token.get_secret_value(),
        Addresses(settings.discord_base, settings.discord_gateway),
        shard_ids=settings.discord_shards,
        shard_count=settings.discord_shard_count,
    )


def slack_config(settings: Settings, *, http: bool) -> SlackConfig:
    """What the settings say to the Slack bot."""
    from bot.adapters.slack_service import SlackConfig

    bot, app, signing, client, admin = (
        None if value is None else value.get_secret_value()
        for value in (
            settings.slack_bot_token,
            settings.slack_app_token,
            settings.slack_signing_secret,
            settings.slack_client_secret,
            settings.slack_admin_user_token,
        )
    )
    return SlackConfig(
        bot,
        app,
        signing,
        settings.slack_base,
        http=http,
        host=settings.http_host,
        port=settings.http_port,
        client_id=settings.slack_client_id,
        client_secret=client,
        redirect_uri=None if settings.slack_redirect_uri is None else str(settings.slack_redirect_uri),
        admin_user_token=admin,
    )


class Service(Protocol):
    """A platform's bot, as this command runs it."""

    async def open(self) -> None:
        """Check, connect and listen; :class:`UserError` if it cannot."""
        ...

    async def stop_listening(self) -> None:
        """Take nothing more in; what is on its way can still be answered. Also when :meth:`open` failed."""
        ...

    async def close(self) -> None:
        """Let go of the platform."""
        ...


@runtime_checkable
class CanBeLost(Protocol):
    """A service that a platform can let go for good while it runs."""

    async def wait(self) -> None:
        """Return when there is nothing left to listen to; :class:`UserError` if something is to be mended."""
        ...


async def make_service(
    name: str, core: Core, settings: Settings, routes: Sequence[web.RouteDef], *, http: bool
) -> Service:
    """A platform's bot. Its library is only imported if it is wanted: each costs time and memory.

    Args:
        name: of the platform.
        core: what answers.
        settings: see there.
        routes: more that is answered where a platform calls the bot.
        http: whether Slack does.

    Raises:
        UserError: if the key is wrong that the tokens of workspaces are sealed with.
    """
    if name == "discord":
        from bot.adapters.discord_service import DiscordService

        return DiscordService(core, discord_config(settings))
    from bot.adapters.slack_service import SlackService

    config = slack_config(settings, http=http)
    installations = await open_installations(settings, core) if config.oauth else None
    return SlackService(core, config, installations, routes)


async def make_core(settings: Settings, model: Path | None) -> Core:
    """The core on the settings' model and store.

    Raises:
        UserError: if one of them cannot be had.
    """
    analyzer = load_model(model or settings.model)
    fingerprint = configured_fingerprint(settings)
    store = await open_configured(settings, fingerprint)
    limits = Limits(
        room=settings.queue,
        person=settings.person_per_minute,
        channel=settings.channel_per_minute,
        backlog=settings.backlog,
        files=FileLimits(bytes=settings.file_megabytes << 20, rows=settings.file_rows),
    )
    core = Core(analyzer, store, fingerprint, language=settings.lang, limits=limits)
    core.announcer = make_announcer(core, store)
    core.cases = make_cases(core, store, settings)
    return core


def _model_chores(core: Core, settings: Settings, model: Path | None) -> list[asyncio.Task[None]]:
    """Watching for a newer model, unless the operator named one."""
    if model or settings.model:
        return []
    watch = ModelWatch(ModelStore(settings.home), load_tested, core.inference.model_id)
    return [asyncio.create_task(change_over_again_and_again(core.inference, watch))]


async def _run(
    messages: Messages, settings: Settings, names: Sequence[str], http: bool, model: Path | None
) -> ExitStatus:
    core = await make_core(settings, model)
    lag = LoopLag()
    port = settings.metrics_port
    heard: dict[str, Hears] = {}
    services: list[Service] = [] if port is None else [Monitor(core, lag, port, heard)]
    chores = [
        *_model_chores(core, settings, model),
        asyncio.create_task(purge_again_and_again(core, settings.retention_days)),
        asyncio.create_task(lag.measure()),
        asyncio.create_task(simulate_again_and_again(core)),
    ]
    told = asyncio.create_task(until_told_to_stop())
    try:
        routes = monitoring_routes(core, lag, metrics=port is None, heard=heard)
        bots = {name: await make_service(name, core, settings, routes, http=http) for name in names}
        heard.update({name: bot for name, bot in bots.items() if isinstance(bot, Hears)})
        services += bots.values()
        if await _open(services, told):
            chores.append(asyncio.create_task(tend_again_and_again(core)))
            spare_what_stays()
            if core.announcer is not None:  # now that there is somebody to post
                chores.append(asyncio.create_task(announce_again_and_again(core.announcer, core.clock)))
            for name in names:
                complain(messages, f"{name}_ready")
            await _until_told_or_lost(services, told)
    finally:
        told.cancel()
        await asyncio.gather(*(service.stop_listening() for service in services), return_exceptions=True)
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        abandoned = await core.close()
        await asyncio.gather(*(service.close() for service in services), return_exceptions=True)
    log.info("stopped", extra={"event": "stopped", "count": abandoned, "ms": round(1000 * lag.longest)})
    complain(messages, "run_stopped", abandoned=abandoned)
    return ExitStatus.OK


async def _open(services: Sequence[Service], told: asyncio.Task[None]) -> bool:
    """Open all at once; if one cannot be opened, or the bot is told to stop already, none is waited for.

    Returns:
        False if it was told to stop.
    """
    opening = asyncio.create_task(_all(services))
    try:
        await asyncio.wait({opening, told}, return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            opening.result()
        return opening.done()
    finally:
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)


async def _all(services: Sequence[Service]) -> None:
    tasks = [asyncio.create_task(service.open()) for service in services]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until_told_or_lost(services: Sequence[Service], told: asyncio.Task[None]) -> None:
    """Return when told to stop.

    Raises:
        UserError: if a platform let the bot go for good: whoever keeps it running should know.
    """
    ends = [asyncio.create_task(service.wait()) for service in services if isinstance(service, CanBeLost)]
    try:
        done, _ = await asyncio.wait({told, *ends}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
