"""Draws what the bot says as Slack lays out its blocks: ``python -m tests.scenarios.draw_cards cards.png``; look at it.

Two columns, Korean and English. Each message is checked against Slack's limits (slack-sdk's validators) before.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch
from slack_sdk.models.blocks import Block

import nlp
import training
from bot.adapters.slack_cards import message
from bot.core.cards import card_reply, make_card
from bot.core.events import ChannelSettings, Reply
from bot.core.evidence import signed_words
from bot.core.messages import Messages
from bot.core.why import explain

FONT = next((Path(training.__file__).parent / "fonts").glob("*.[ot]tf"))
TEXTS = (
    "배송도 빠르고 품질도 정말 좋아요",
    "배송은 정말 빨라서 좋았는데 품질이 너무 별로예요. 다시는 안 사요",
    "색은 예쁜데 생각보다 작아서 고민이에요",
)
_INK, _GREY, _LINE, _BLUE = "#1d1c1d", "#616061", "#bbbabb", "#1264a3"
_MARKS = {"🟢": "#2eb67d", "🟡": "#ecb22e", "🔴": "#e01e5a"}
_WIDTH, _LINE_HEIGHT, _INDENT = 7.6, 0.27, 0.62
_SUBSTITUTES = str.maketrans({"▰": "■", "▱": "□", "−": "-"})
"""For what this font has not; Slack's has."""


class Page:
    """A column of messages, drawn from the top down; lengths in inches."""

    def __init__(self, figure: Figure, left: float, height: float) -> None:
        self._figure, self._left, self._height = figure, left, height
        self.at = 0.35

    def text(self, x: float, words: str, size: float = 11, colour: str = _INK, **more: Any) -> None:
        font = FontProperties(fname=FONT, size=size)
        where = (self._left + x) / self._figure.get_figwidth(), 1 - self.at / self._height
        self._figure.text(*where, words.translate(_SUBSTITUTES), color=colour, fontproperties=font, **more)

    def button(self, right: float, words: str) -> None:
        """A button that ends at ``right``."""
        wide = 0.22 + 0.13 * sum(2 if c >= "가" else 1.1 for c in words) / 1.7
        width = self._figure.get_figwidth()
        box = FancyBboxPatch(
            ((self._left + right - wide) / width, 1 - (self.at + 0.09) / self._height),
            wide / width,
            0.27 / self._height,
            boxstyle="round,pad=0,rounding_size=0.003",
            edgecolor=_LINE,
            facecolor="white",
            transform=self._figure.transFigure,
        )
        self._figure.add_artist(box)
        self.text(right - wide / 2, words, 10, ha="center")

    def message(self, reply: Reply, *, alone: bool = False, file: str = "") -> None:
        """One message of the bot, as its blocks say."""
        blocks = message(reply)["blocks"]
        for block in Block.parse_all(blocks):
            block.validate_json()
        if alone:
            self.text(_INDENT, "◎ 나에게만 표시 · Only visible to you", 8, _GREY)
            self.at += 0.22
        self.text(0.1, "눈", 17, "white", bbox={"facecolor": "#2c3e50", "edgecolor": "none", "pad": 4})
        self.text(_INDENT, "눈치", 12, weight="bold")
        self.text(_INDENT + 0.5, "앱  오전 9:41", 8, _GREY)
        self.at += _LINE_HEIGHT
        for block in blocks:
            self._block(block)
        if file:
            self.button(_INDENT + 2.6, f"▤  {file}   CSV")
            self.at += 0.32
        self.at += 0.22

    def _block(self, block: dict[str, Any]) -> None:
        if block["type"] == "section":
            if "accessory" in block:
                self.button(_WIDTH - 0.2, block["accessory"]["text"]["text"])
            for line in block["text"]["text"].split("\n"):
                x = _INDENT
                if line[:1] in _MARKS:
                    self.text(x, "●", 12, _MARKS[line[0]])
                    line, x = line[1:].strip(), x + 0.25
                self.text(x, line)
                self.at += _LINE_HEIGHT
        elif block["type"] == "context":
            self.text(_INDENT, "    ".join(element["text"] for element in block["elements"]), 9, _GREY)
            self.at += _LINE_HEIGHT
        else:
            (feedback,) = block["elements"]
            at = _INDENT + 0.75
            for side in ("positive", "negative"):
                self.button(at, feedback[f"{side}_button"]["text"]["text"])
                at += 0.95
            self.at += 0.34


def draw(model: nlp.Analyzer, path: Path) -> None:
    height = 12.0
    figure = Figure(figsize=(2 * _WIDTH + 0.3, height))
    for column, messages in enumerate((Messages("ko"), Messages("en"))):
        page = Page(figure, 0.2 + column * _WIDTH, height)
        for text in TEXTS:
            words = signed_words(model.explain(text).words)
            card = make_card(
                model.analyze(text), ChannelSettings(), messages, "0" * 16, evidence=words, source="1700000000.000100"
            )
            page.message(card_reply(card, messages))
        page.message(Reply(explain(model.review(TEXTS[1]), ChannelSettings(), messages), private=True), alone=True)
        page.message(Reply(messages("file_progress", percent=42, done="420", total="1,000")))
        counts = {"positive": "610", "negative": "240", "unsure": "140", "unjudged": "10"}
        page.message(Reply(messages("file_done", rows="1,000", column=2, **counts)), file="nunchi-scored.csv")
        for name in ("busy", "file_one_at_a_time", "why_gone"):
            page.message(Reply(messages(name), private=True), alone=name != "file_one_at_a_time")
        print(f"column {column}: {page.at:.1f} of {height} inches")
    figure.savefig(path, dpi=80)


if __name__ == "__main__":
    draw(nlp.load(), Path(sys.argv[1]))
