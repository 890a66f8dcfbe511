"""Draws what moderators and authors see of cases: ``python -m tests.scenarios.draw_cases cases.png``; look at it.

The posts are laid out as both platforms do it, from the very blocks and components that the adapters make; Slack's
are checked against its limits (slack-sdk's validators) before. Two columns: Slack in Korean, Discord in English.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from slack_sdk.models.blocks import Block

import nlp
from bot.adapters.discord_posts import post_view
from bot.adapters.slack_posts import arguments
from bot.core.case_card import Look, case_post, forgotten_post, notice_post, rolled_post
from bot.core.case_posting import aspects_of
from bot.core.cases import Case
from bot.core.events import Place, Post
from bot.core.evidence import signed_words
from bot.core.messages import Messages
from tests.scenarios.draw_cards import FONT

TEXT = "배송은 정말 빨라서 좋았는데 품질이 너무 별로예요. 다시는 안 사요"
_WIDTH, _LINE, _COLOURS = 8.4, 0.27, {0: "#e3e5e8"}


class Column:
    """Drawn from the top down; lengths in inches."""

    def __init__(self, figure: Figure, left: float, height: float) -> None:
        self._figure, self._left, self._height = figure, left, height
        self.at = 0.3

    def text(self, x: float, words: str, size: float = 10, colour: str = "#1d1c1d", **more: Any) -> None:
        where = (self._left + x) / self._figure.get_figwidth(), 1 - self.at / self._height
        words = words.replace("−", "-").replace("🔴", "●").replace("🟡", "●").replace("🟢", "●")
        self._figure.text(*where, words, color=colour, fontproperties=FontProperties(fname=FONT, size=size), **more)

    def lines(self, words: str, x: float = 0.25, **more: Any) -> None:
        for line in words.split("\n"):
            for begin in range(0, max(1, len(line)), 62):
                self.text(x, line[begin : begin + 62], **more)
                self.at += _LINE

    def buttons(self, labels: list[tuple[str, str]]) -> None:
        x = 0.25
        for label, colour in labels:
            wide = 0.3 + sum(0.155 if c >= "가" else 0.085 for c in label)
            if x + wide > _WIDTH - 0.2:
                x, self.at = 0.25, self.at + 0.36
            self.text(
                x + wide / 2,
                label,
                9.5,
                "white" if colour else "#1d1c1d",
                ha="center",
                bbox={"facecolor": colour or "white", "edgecolor": "#888888", "boxstyle": "round,pad=0.35"},
            )
            x += wide + 0.12
        self.at += 0.42

    def slack(self, post: Post) -> None:
        blocks = arguments(post, "")["blocks"]
        for block in Block.parse_all(blocks):
            block.validate_json()
        for block in blocks:
            kind = block["type"]
            if kind == "header":
                self.lines(block["text"]["text"], size=13, weight="bold")
            elif kind == "context":
                self.lines("   ".join(element["text"] for element in block["elements"]), size=8.5, colour="#616061")
            elif kind == "section" and "fields" in block:
                for number in range(0, len(block["fields"]), 2):
                    top, deepest = self.at, 0.0
                    for x, field in zip((0.25, _WIDTH / 2), block["fields"][number : number + 2], strict=False):
                        self.at = top
                        self.lines(field["text"], x)
                        deepest = max(deepest, self.at)
                    self.at = deepest + 0.08
            elif kind == "section":
                self.lines(block["text"]["text"])
            elif kind == "actions":
                colours = {"primary": "#007a5a", "danger": "#e01e5a"}
                self.buttons([(e["text"]["text"], colours.get(e.get("style"), "")) for e in block["elements"]])
        self.at += 0.3

    def discord(self, post: Post) -> None:
        (container,) = post_view(post).to_components()
        top = self.at - 0.12
        for component in container["components"]:
            if component["type"] == 10:
                for line in component["content"].split("\n"):
                    small, big = line.startswith("-# "), line.startswith("### ")
                    words = line.removeprefix("-# ").removeprefix("### ").replace("**", "").replace("\\", "")
                    self.lines(words, size=8 if small else 12.5 if big else 10, weight="bold" if big else "normal")
            elif component["type"] == 1:
                colours = {3: "#248046", 4: "#da373c"}
                self.buttons([(each["label"], colours.get(each["style"], "")) for each in component["components"]])
        colour = container.get("accent_color") or 0
        bar = Rectangle(
            ((self._left + 0.08) / self._figure.get_figwidth(), 1 - self.at / self._height),
            0.05 / self._figure.get_figwidth(),
            (self.at - top) / self._height,
            color=f"#{colour:06x}" if colour else _COLOURS[0],
            transform=self._figure.transFigure,
        )
        self._figure.add_artist(bar)
        self.at += 0.3


def posts(model: nlp.Analyzer, place: Place, who: str, messages: Messages) -> list[Post]:
    """What there is to see, from the model's own words."""
    review = model.review(TEXT)
    words = signed_words(review.explanation.words)
    case = Case(
        place, 12, "1", "p", "r", datetime(2026, 3, 1, tzinfo=UTC), "negative", 0.03, model.model_id, "log card",
        aspects=aspects_of(review),
    )  # fmt: skip
    look = Look(words, (), link="https://example.com/1", hides=True)
    worked = replace(case, decision="wrong", assignee=who, owed=True, contested=True, rule="log reply approve")
    return [
        case_post(case, look, messages),
        case_post(worked, replace(look, answered=True), messages),
        case_post(replace(case, state="closed", decision="right", gone=True), look, messages),
        rolled_post(13, 329, "0" * 16, messages),
        forgotten_post(7, messages),
        notice_post(case, messages),
    ]


def draw(model: nlp.Analyzer, path: Path) -> None:
    height = 17.0
    figure = Figure(figsize=(2 * _WIDTH, height), facecolor="white")
    slack, discord = Column(figure, 0.1, height), Column(figure, 0.1 + _WIDTH, height)
    for post in posts(model, Place("slack", "T1", "C123"), "T1/U123", Messages("ko")):
        slack.slack(post)
    for post in posts(model, Place("discord", "1", "123"), "456", Messages("en")):
        discord.discord(post)
    print(f"slack {slack.at:.1f}, discord {discord.at:.1f} of {height} inches")
    figure.savefig(path, dpi=80)


if __name__ == "__main__":
    draw(nlp.load(), Path(sys.argv[1]))
