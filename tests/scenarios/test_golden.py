"""The same message on Slack and on Discord: the same verdict, the same words on the card."""

from __future__ import annotations

from typing import Any

import nlp
from bot.core.memory import MemoryStore
from tests.bot.core.fakes import make_core
from tests.contract.discord_platform import discord
from tests.contract.slack_platform import slack
from tests.contract.test_contract import MIXED, REVIEWS
from tests.servers.discord import words

TEXTS = (*REVIEWS, MIXED, "ㅠㅠ 배송이 2주나 걸렸어요…", "나쁘지 않아요 :thumbsup:", "＠everyone 최고예요!!")


def on_slack(blocks: list[dict[str, Any]]) -> list[str]:
    """The words of a card on Slack: title, details, buttons."""
    section, context, feedback = blocks
    element = feedback["elements"][0]
    return [
        section["text"]["text"],
        *(detail["text"] for detail in context["elements"]),
        element["positive_button"]["text"]["text"],
        element["negative_button"]["text"]["text"],
        section["accessory"]["text"]["text"],
    ]


def on_discord(components: list[dict[str, Any]]) -> list[str]:
    """The same on Discord, without its mark-up; the figure stands in its title too."""
    title, details, *buttons = words(components)
    figure = title.rindex(" (")
    return [title.removeprefix("### ")[: figure - 4], *details.replace("-# ", "").split("\n"), *buttons]


def figures(store: MemoryStore) -> list[tuple[str, str, float, str, str]]:
    """What is kept of the verdicts."""
    return [(r.label, r.band, r.probability, r.model_id, r.text) for r in store._records.values()]


async def test_the_same_message_gets_the_same_verdict_and_card(model: nlp.Analyzer) -> None:
    stores, cards = (MemoryStore(), MemoryStore()), []
    async with slack(make_core(model, store=stores[0])) as played:
        for number, text in enumerate(TEXTS):
            await played.say(text, "mention", str(number))
        cards.append([on_slack(post.blocks) for post in played.server.posts])
    async with discord(make_core(model, store=stores[1])) as played_too:
        for number, text in enumerate(TEXTS):
            await played_too.say(text, "mention", str(number))
        cards.append([on_discord(post.payload["components"]) for post in played_too.server.posts])
    assert len(cards[0]) == len(TEXTS)
    for a, b in zip(*cards, strict=True):
        assert a == b
    assert figures(stores[0]) == figures(stores[1])
