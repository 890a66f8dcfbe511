"""``nunchi doctor slack``: whether the bot could be started, without starting it."""

from __future__ import annotations

import asyncio

from bot.adapters.slack_oauth import INSTALL_PATH
from bot.adapters.slack_service import check
from bot.commands.run import slack_config
from bot.core.errors import ExitStatus
from bot.core.messages import Messages
from bot.settings import load_settings
from bot.terminal import say


def doctor_slack(messages: Messages, *, http: bool) -> ExitStatus:
    """Ask Slack what it thinks of the tokens.

    Raises:
        UserError: what is to be mended first.
    """
    config = slack_config(load_settings(), http=http)
    if asyncio.run(check(config)) is None:
        say(messages("slack_ok_oauth", path=INSTALL_PATH))
        return ExitStatus.OK
    say(messages("slack_ok_bot"))
    if not http:
        say(messages("slack_ok_app"))
    return ExitStatus.OK
