"""The Home tab: what the app does, this workspace's channels and settings, today's figures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, MarkdownTextObject, PlainTextObject, SectionBlock

from bot.adapters.slack_events import PLATFORM, slack_id
from bot.core.commands import describe, today
from bot.core.messages import Messages
from bot.core.service import Core

_MOST_CHANNELS = 40
"""A view holds 100 blocks."""


async def home_view(core: Core, workspace: str, messages: Messages) -> dict[str, Any]:
    """The view to publish."""
    figures = await today(core, PLATFORM, workspace)
    channels = await core.store.channels(PLATFORM, workspace)
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=messages("home_title"))),
        SectionBlock(text=PlainTextObject(text=messages("home_ways"))),
        SectionBlock(text=PlainTextObject(text=messages("admin_help"))),
        DividerBlock(),
        SectionBlock(text=PlainTextObject(text=messages("home_today", **asdict(figures)))),
        HeaderBlock(text=PlainTextObject(text=messages("home_channels"))),
    ]
    if not channels:
        blocks.append(SectionBlock(text=PlainTextObject(text=messages("home_none"))))
    for place, settings in list(channels.items())[:_MOST_CHANNELS]:
        # The channel's name is Slack's to show, and only to those who may see it.
        name = MarkdownTextObject(text=f"<#{slack_id(place.channel)}>")
        words = PlainTextObject(text=messages("home_channel", **describe(settings, messages)))
        blocks.append(SectionBlock(fields=[name, words]))
    return {"type": "home", "blocks": [block.to_dict() for block in blocks]}
