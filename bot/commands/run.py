"""``nunchi run slack``: the bot, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Protocol

from bot.adapters.slack_service import SlackConfig, SlackService
from bot.commands.model import load_model, load_tested
from bot.commands.monitor import Monitor
from bot.commands.store import configured_fingerprint, open_configured, open_installations
from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages
from bot.core.service import Core, Limits
from bot.ops.logs import set_up_logs
from bot.ops.monitoring import monitoring_routes
from bot.ops.renewal import ModelWatch, change_over_again_and_again
from bot.ops.running import LoopLag, purge_again_and_again, until_told_to_stop
from bot.settings import Settings, load_settings
from bot.terminal import complain
from nlp.modelstore import ModelStore

PLATFORMS = ("slack",)

log = logging.getLogger(__name__)


def run(messages: Messages, platform: str, *, http: bool, model: Path | None) -> ExitStatus:
    """Run a bot.

    Args:
        messages: the language to speak on the terminal.
        platform: which.
        http: whether Slack calls the bot.
        model: folder of the model; that of the settings if None.

    Raises:
        UserError: if it cannot be started.
    """
    if platform not in PLATFORMS:
        raise UserError(ExitStatus.USAGE, "usage_action", actions=", ".join(f"run {name}" for name in PLATFORMS))
    settings = load_settings()
    set_up_logs(settings.log_level)
    return asyncio.run(_run(messages, settings, slack_config(settings, http=http), model))


def slack_config(settings: Settings, *, http: bool) -> SlackConfig:
    """What the settings say to the Slack bot."""
    bot, app, signing, client = (
        None if value is None else value.get_secret_value()
        for value in (
            settings.slack_bot_token,
            settings.slack_app_token,
            settings.slack_signing_secret,
            settings.slack_client_secret,
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


async def make_core(settings: Settings, model: Path | None) -> Core:
    """The core on the settings' model and store.

    Raises:
        UserError: if one of them cannot be had.
    """
    analyzer = load_model(model or settings.model)
    fingerprint = configured_fingerprint(settings)
    store = await open_configured(settings, fingerprint)
    limits = Limits(room=settings.queue, person=settings.person_per_minute, channel=settings.channel_per_minute)
    return Core(analyzer, store, fingerprint, language=settings.lang, limits=limits)


def _model_chores(core: Core, settings: Settings, model: Path | None) -> list[asyncio.Task[None]]:
    """Watching for a newer model, unless the operator named one."""
    if model or settings.model:
        return []
    watch = ModelWatch(ModelStore(settings.home), load_tested, core.inference.model_id)
    return [asyncio.create_task(change_over_again_and_again(core.inference, watch))]


async def _run(messages: Messages, settings: Settings, config: SlackConfig, model: Path | None) -> ExitStatus:
    core = await make_core(settings, model)
    lag = LoopLag()
    port = settings.metrics_port
    services: list[Service] = [] if port is None else [Monitor(core, lag, port)]
    chores = [
        *_model_chores(core, settings, model),
        asyncio.create_task(purge_again_and_again(core, settings.retention_days)),
        asyncio.create_task(lag.measure()),
    ]
    try:
        installations = await open_installations(settings, core) if config.oauth else None
        services.append(SlackService(core, config, installations, monitoring_routes(core, lag, metrics=port is None)))
        for service in services:
            await service.open()
        complain(messages, "slack_ready")
        await until_told_to_stop()
    finally:
        await asyncio.gather(*(service.stop_listening() for service in services), return_exceptions=True)
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        abandoned = await core.close()
        await asyncio.gather(*(service.close() for service in services), return_exceptions=True)
    log.info("stopped", extra={"event": "stopped", "count": abandoned, "ms": round(1000 * lag.longest)})
    complain(messages, "slack_stopped", abandoned=abandoned)
    return ExitStatus.OK
