"""``nunchi settings``: what admins chose for their channels, and where it is kept."""

from __future__ import annotations

import json as json_module
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.commands.store import where, with_store
from bot.core.clock import KOREA, SystemClock
from bot.core.commands import describe
from bot.core.errors import ExitStatus, UserError
from bot.core.events import ChannelSettings, Place
from bot.core.jsontext import to_json
from bot.core.messages import Messages
from bot.core.moderation import Rule
from bot.core.records import Change
from bot.core.rule_toml import all_from_toml, all_to_toml, to_document, to_toml
from bot.settings import Settings, load_settings, names
from bot.storage.store import SqlStore
from bot.terminal import say

Installed = tuple[str, str, datetime]

ACTIONS = ("show", "path", "export", "rules", "import", "purge", "forget-tokens")


def settings(messages: Messages, action: str, file: Path | None = None, *, json: bool) -> ExitStatus:
    """Show the channels' settings (``show``), all of them as JSON (``export``), or where they are (``path``).

    ``rules`` writes the channels' rules as TOML, ``import`` reads them from such a file.

    ``purge`` deletes the settings of all channels, so that none is watched any more and all have the defaults.
    ``forget-tokens`` deletes the workspaces' tokens: if the key that sealed them is lost, nothing else helps.

    Raises:
        UserError: if the store cannot be opened, or the action is none of these.
    """
    if action not in ACTIONS:
        raise UserError(ExitStatus.USAGE, "usage_action", actions=", ".join(ACTIONS))
    if action == "path":
        say(str(where(load_settings())))
        return ExitStatus.OK

    if action == "purge":

        async def purge(store: SqlStore, settings: Settings) -> int:
            return await store.forget_settings()

        say(messages("settings_purged", count=with_store(purge)))
        return ExitStatus.OK

    if action == "forget-tokens":

        async def forget(store: SqlStore, settings: Settings) -> int:
            return await store.forget_installations()

        say(messages("settings_tokens_forgotten", count=with_store(forget)))
        return ExitStatus.OK

    if action == "import":
        return _import(messages, file)

    async def read(store: SqlStore, settings: Settings) -> tuple[dict[Place, ChannelSettings], list[Installed]]:
        return await store.channels(), await store.installed()

    channels, installed = with_store(read)
    if action == "rules":
        sys.stdout.write(all_to_toml(channels))
        return ExitStatus.OK
    if json or action == "export":
        rows = [_row(place, chosen) for place, chosen in channels.items()]
        say(to_json(rows) if json else json_module.dumps(rows, ensure_ascii=False, indent=2))
        return ExitStatus.OK
    current = load_settings()
    say("\n".join(f"{name} = {_shown(getattr(current, field))}" for field, name in names().items()))
    for platform, workspace, at in installed:
        day = at.astimezone(KOREA).strftime("%Y-%m-%d")
        say(messages("settings_installed", workspace=f"{platform}/{workspace}", day=day))
    if not channels:
        say(messages("settings_none"))
    for place, chosen in channels.items():
        title = "/".join(part for part in (place.platform, place.workspace, place.channel) if part)
        say(messages("settings_channel", channel=title, **describe(chosen, messages)))
        if chosen.rule != Rule():
            say("\n".join(f"    {line}" for line in to_toml(chosen).splitlines()[2:]))
    return ExitStatus.OK


def _row(place: Place, chosen: ChannelSettings) -> dict[str, Any]:
    rule = {name: table for name, table in to_document(chosen).items() if isinstance(table, dict)}
    rule.pop("thresholds", None)  # they are the channel's own
    plain = {name: value for name, value in asdict(chosen).items() if name != "rule"}
    return {**asdict(place), **plain, **({"rule": rule} if rule else {})}


def _import(messages: Messages, file: Path | None) -> ExitStatus:
    if file is None:
        raise UserError(ExitStatus.USAGE, "settings_import_file")
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise UserError(ExitStatus.NO_INPUT, "input_unreadable", path=file, reason=reason) from None

    async def change(store: SqlStore, settings: Settings) -> int:
        new = all_from_toml(text, await store.channels())
        for place, chosen in new.items():  # every rule was checked before the first is changed
            await store.configure(place, chosen, Change(place, SystemClock().now(), "", "", "rule", "import"))
        return len(new)

    say(messages("settings_rules_imported", count=with_store(change)))
    return ExitStatus.OK


def _shown(value: object) -> str:
    return "–" if value is None else str(value)  # a secret shows itself as asterisks
